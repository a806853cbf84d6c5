import ByteStreams
import SystemPackage
import TestSupport
import Testing

@testable import FileStreams

@Suite("crashes of the file store, simulated")
struct CrashTests {
    /// A moment of a life.
    private struct Moment {
        var disk: SimulatedDisk
        var history: History
    }

    /// The moments of two or three lives of one stream, of which each begins where the one before
    /// ended: in good order or with a crash.
    private static func moments(
        _ generator: inout SeededGenerator,
        seed: UInt64
    ) throws -> [Moment] {
        var moments: [Moment] = []
        var disk = SimulatedDisk()
        var history = History()
        for life in 0..<UInt64(Int.random(in: 1...3, using: &generator)) {
            let system = SimulatedSystem(disk, seed: seed &* 31 &+ life)
            let keptShare = Int.random(in: 1...6, using: &generator)
            var chooser = SeededGenerator(seed: generator.next())
            var now = history
            system.onCall = { operation, _ in
                switch operation {
                case .byteCount, .kind, .names, .read, .open: break
                default:
                    guard Int.random(in: 0..<keptShare, using: &chooser) == 0 else { break }
                    moments.append(Moment(disk: system.disk, history: now))
                }
                return .done
            }
            let options = SimulatedLife.options(using: &generator)
            var run = try SimulatedLife(system, options, history) { now = $0 }
            try run.run(appendCount: Int.random(in: 3...25, using: &generator), using: &generator)
            if Int.random(in: 0..<10, using: &generator) == 0 {
                try run.seal()
            }
            system.onCall = { _, _ in .done }
            history = run.history
            disk = system.disk
            moments.append(Moment(disk: disk, history: history))
            if history.isSealed { break }
            if Bool.random(using: &generator) {
                disk = disk.crashed(.everything, using: &generator)
            }
        }
        return moments
    }

    /// Crashes a moment in one of many ways, sometimes crashes the recovery as well, and compares
    /// what there is with what was promised.
    private static func examine(
        _ moment: Moment,
        using generator: inout SeededGenerator
    ) throws {
        let survival = SimulatedDisk.Survival.allCases.randomElement(using: &generator) ?? .synced
        let disk = moment.disk.crashed(survival, using: &generator)
        let history = moment.history
        let promised = history.promised(after: survival)
        let system = SimulatedSystem(disk, seed: generator.next())
        let folders = SimulatedLife.folders(system, SimulatedLife.options(using: &generator))
        guard let name = StreamName("s") else { return }
        guard try !folders.create(name) || !history.isCreated else {
            throw Violation("the stream is gone")
        }
        let examination = Examination(history: history, promised: promised)
        let tail = try examination.read(folders, name)
        // Marks may be torn until the next writer comes, and none comes to a sealed stream; a
        // segment that has a name is whole, or ends where the crash was.
        let faults = try FileStreamInspection(folders.place(name)).faults()
        if let fault = faults.first(where: {
            history.isSealed || $0.place.contains(SegmentFile.nameSuffix)
        }) {
            throw Violation("a crash is taken for damage: \(fault)")
        }
        if Int.random(in: 0..<3, using: &generator) == 0 {
            try crashRecovery(system, folders, name, using: &generator)
        }
        try goOn(system, folders, name, history, atLeast: tail, using: &generator)
    }

    /// Lets a writer open the stream, and crashes at one of its calls.
    private static func crashRecovery(
        _ system: SimulatedSystem,
        _ folders: FileStreamFolders,
        _ name: StreamName,
        using generator: inout SeededGenerator
    ) throws {
        let last = system.callCount + Int.random(in: 0..<60, using: &generator)
        system.onCall = { _, count in count < last ? .done : .failed(SimulatedSystem.dead) }
        let room = RoomWait(name: name, clock: system, waits: false) { _ in }
        _ = try? folders.recover(name, room: room)  // It may come to its end, or not.
        system.onCall = { _, _ in .done }
        let survival = SimulatedDisk.Survival.allCases.randomElement(using: &generator) ?? .synced
        system.disk = system.disk.crashed(survival, using: &generator)
    }

    /// Opens the stream for writing, appends, and reads everything again.
    private static func goOn(
        _ system: SimulatedSystem,
        _ folders: FileStreamFolders,
        _ name: StreamName,
        _ before: History,
        atLeast tail: Int,
        using generator: inout SeededGenerator
    ) throws {
        // A name that was never promised may be lost with the recovery's crash.
        if !before.isCreated { _ = try folders.create(name) }
        let examination = Examination(history: before, promised: tail)
        guard try examination.read(folders, name) == tail else {
            throw Violation("the tail is another one after a crash of the recovery")
        }
        if try FileStreamCursor(folders.place(name)).bounds().isSealed { return }
        var history = before
        (history.acknowledged, history.durable) = (tail, tail)
        var life = try SimulatedLife(system, folders.options, history) { _ in }
        try life.run(appendCount: 2, using: &generator)
        guard life.history.appended.count > tail else {
            throw Violation("what was appended after the crash is gone")
        }
        _ = try Examination(history: life.history, promised: life.history.acknowledged)
            .read(folders, name)
        // The power may fail right after the next life, too.
        let survival = SimulatedDisk.Survival.allCases.randomElement(using: &generator) ?? .synced
        system.disk = system.disk.crashed(survival, using: &generator)
        let promised = life.history.promised(after: survival)
        _ = try Examination(history: life.history, promised: promised).read(folders, name)
        try closeSoundly(folders, name)
    }

    /// Ends the stream in good order, after which nothing of the crash is left to see.
    private static func closeSoundly(_ folders: FileStreamFolders, _ name: StreamName) throws {
        let room = RoomWait(name: name, clock: folders.access.environment.clock, waits: false) {
            _ in
        }
        let recovery = try folders.recover(name, room: room)
        try withExtendedLifetime(recovery.lock) { try recovery.log.close() }
        let faults = try FileStreamInspection(folders.place(name)).faults()
        if let fault = faults.first {
            throw Violation("a stream that was closed in good order has a fault: \(fault)")
        }
    }

    @Test("whatever a crash leaves, the promised is there, and no more than a prefix of the rest")
    func crashes() throws {
        var stateCount = 0
        var workload: UInt64 = 0
        let perWorkload = max(
            Extent.statesPerWorkloadMinimum,
            Extent.stateCount / Extent.workloadCountMaximum
        )
        while stateCount < Extent.stateCount {
            let seed = Extent.seed &* 1_000_003 &+ workload
            var generator = SeededGenerator(seed: seed)
            let moments: [Moment]
            do {
                moments = try Self.moments(&generator, seed: seed)
            } catch {
                Issue.record("workload \(seed): \(error)")
                return
            }
            for state in 0..<perWorkload {
                guard let moment = moments.randomElement(using: &generator) else { break }
                do {
                    try Self.examine(moment, using: &generator)
                } catch {
                    Issue.record(
                        "SPROCKET_SEED=\(Extent.seed), workload \(workload), state \(state): \(error)"
                    )
                    return
                }
                stateCount += 1
            }
            workload += 1
        }
        Extent.report("crashes", "\(stateCount) states of \(workload) workloads")
    }
}
