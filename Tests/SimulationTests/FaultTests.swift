import ByteStreams
import SystemPackage
import TestSupport
import Testing

@testable import FileStreams

@Suite("errors of the system, simulated")
struct FaultTests {
    /// Calls after which a life is taken to hang: a hundred times what the longest needs.
    private static let callCountMaximum = 100_000

    /// What goes wrong.
    private struct Fault {
        var error: Errno?
        /// The first call, and how many from there on.
        var call: Int
        var count: Int
        /// The codes that the store may answer with; it may always go on as if nothing was.
        var codes: Set<StreamError.Code>
    }

    private static func fault(using generator: inout SeededGenerator, within calls: Int) -> Fault {
        let call = Int.random(in: 0..<calls, using: &generator)
        let count = Int.random(in: 1...8, using: &generator)
        // A sync that fails is an error of its own, whatever the system calls it.
        let choices: [(Errno?, Set<StreamError.Code>)] = [
            (.ioError, [.inputOutput]),
            (.noSpace, [.full, .inputOutput, .cannotCreate]),
            (.diskQuotaExceeded, [.full, .inputOutput, .cannotCreate]),
            (.readOnlyFileSystem, [.denied, .inputOutput, .cannotCreate]),
            (.tooManyOpenFiles, [.inputOutput, .cannotCreate]),
            (nil, []),
        ]
        let (error, codes) = choices.randomElement(using: &generator) ?? choices[0]
        return Fault(error: error, call: call, count: count, codes: codes.union([.cannotCreate]))
    }

    /// A life with a fault in it, and what there is afterwards.
    private static func examine(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let fault = fault(using: &generator, within: 400)
        let system = SimulatedSystem(SimulatedDisk(), seed: seed)
        let options = SimulatedLife.options(using: &generator)
        var isHanging = false
        system.onCall = { _, call in
            isHanging = isHanging || call > callCountMaximum
            if isHanging { return .failed(SimulatedSystem.dead) }
            guard (fault.call..<fault.call + fault.count).contains(call) else { return .done }
            return fault.error.map { .failed($0) } ?? .short
        }
        var life = try SimulatedLife(system, options, History()) { _ in }
        do {
            let count = Int.random(in: 5...25, using: &generator)
            try life.run(appendCount: count, using: &generator)
        } catch let error as StreamError {
            guard fault.error != nil, fault.codes.contains(error.code) else {
                throw Violation("\(fault) ended with \(error.code): \(error)")
            }
        }
        guard !isHanging else { throw Violation("\(fault) makes it hang") }
        system.onCall = { _, _ in .done }
        try examine(life, system, options, using: &generator)
    }

    /// What was durable is there, for a reader and for the next writer.
    private static func examine(
        _ life: SimulatedLife,
        _ system: SimulatedSystem,
        _ options: FileStreamStore.Options,
        using generator: inout SeededGenerator
    ) throws {
        guard life.history.isCreated else { return }
        let folders = SimulatedLife.folders(system, options)
        // Of what was promised, a failed sync takes what was not synced when it was promised.
        var history = life.history
        let examination = Examination(history: history, promised: history.durable)
        try examination.read(folders, life.name)
        history.acknowledged = history.durable
        var next = try SimulatedLife(system, options, history) { _ in }
        try next.run(appendCount: 3, using: &generator)
        let after = Examination(
            history: next.history,
            promised: next.history.acknowledged
        )
        try after.read(folders, life.name)
        // What a failed sync lost must not have been taken for durable since.
        let system = SimulatedSystem(system.disk.crashed(.synced, using: &generator), seed: 1)
        try Examination(history: next.history, promised: next.history.durable)
            .read(SimulatedLife.folders(system, options), life.name)
    }

    @Test("any call may fail: the error says it, nothing promised is lost, the next writer goes on")
    func faults() throws {
        for index in 0..<UInt64(Extent.faultCount) {
            do {
                try Self.examine(Extent.seed &* 7_919 &+ index)
            } catch {
                Issue.record("SPROCKET_SEED=\(Extent.seed), fault \(index): \(error)")
                return
            }
        }
        Extent.report("faults", "\(Extent.faultCount) points")
    }

    @Test("a full disk makes a writer wait, and it goes on when there is room")
    func waitsForRoom() throws {
        var waitedCount = 0
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let system = SimulatedSystem(SimulatedDisk(), seed: seed)
            var options = SimulatedLife.options(using: &generator)
            options.policy.retainedByteCount = nil
            var isFull = false
            var refusalCount = 0
            system.onCall = { operation, call in
                if call.isMultiple(of: 90) { isFull = true }
                // Files that are there are written in place; what is new has no room. The small
                // files of a stream are made with it.
                guard isFull, operation == .reserve || operation == .write, call > 60 else {
                    return .done
                }
                refusalCount += 1
                if refusalCount.isMultiple(of: 5) { isFull = false }
                return .failed(refusalCount.isMultiple(of: 2) ? .noSpace : .diskQuotaExceeded)
            }
            var life = try SimulatedLife(system, options, History()) { _ in }
            do {
                try life.run(appendCount: 40, using: &generator)
                if refusalCount > 0 { waitedCount += 1 }
            } catch let error as StreamError where error.code == .full {
                // A manifest that cannot be written is an error: it was there before.
                #expect(error.message.contains("MANIFEST"))
            }
            system.onCall = { _, _ in .done }
            let folders = SimulatedLife.folders(system, options)
            try Examination(history: life.history, promised: life.history.acknowledged)
                .read(folders, life.name)
        }
        #expect(waitedCount > 0)
    }
}
