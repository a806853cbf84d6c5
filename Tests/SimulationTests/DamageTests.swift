import Buffers
import ByteStreams
import TestSupport
import Testing

@testable import FileStreams

@Suite("damage of the files of a stream, simulated")
struct DamageTests {
    private static let blockByteCount = 4096
    /// Of so many flips one is made, unless all are asked for.
    private static let flipStride = Extent.isExhaustive ? 1 : 9_973
    /// The same of lengths to which a file is cut.
    private static let cutStride = Extent.isExhaustive ? 1 : 1_021

    /// A closed stream of some 256 KiB in several segments.
    private struct Sound {
        var disk: SimulatedDisk
        var history: History
        var name: StreamName
        /// The files, by name, and the nodes that they are.
        var files: [(name: String, node: Int)]
        var options: FileStreamStore.Options
    }

    private static func sound() throws -> Sound {
        let system = SimulatedSystem(SimulatedDisk(), seed: 1)
        var options = FileStreamStore.Options()
        options.segmentByteCount = 16 * blockByteCount
        var history = History()
        var generator = SeededGenerator(seed: 3)
        var life = try SimulatedLife(system, options, history) { history = $0 }
        // What was given up is not looked at.
        life.truncates = false
        while system.disk.nodes.reduce(0, { $0 + $1.current.count }) < 256 << 10 {
            try life.run(appendCount: 12, using: &generator)
        }
        // The last life may have ended without a close.
        let folders = SimulatedLife.folders(system, options)
        let room = RoomWait(name: life.name, clock: system, waits: false) { _ in }
        let recovery = try folders.recover(life.name, room: room)
        let tail = Int(recovery.tail.value)
        history.appended.removeLast(history.appended.count - tail)
        history.boundaries = history.boundaries.filter { $0 <= tail }
        (history.acknowledged, history.durable) = (tail, tail)
        try recovery.log.close()
        let files = system.disk.names
            .filter { !system.disk.nodes[$0.value].isFolder && $0.key.name != "LOCK" }
            .map { ($0.key.name, $0.value) }.sorted { $0.0 < $1.0 }
        return Sound(
            disk: system.disk,
            history: history,
            name: life.name,
            files: files,
            options: options
        )
    }

    /// What a reader and an inspection find.
    private struct Finding {
        /// What is not returned as sound.
        var ranges: [Range<Int>] = []
        var faultCount = 0
    }

    private static func look(at disk: SimulatedDisk, _ sound: Sound) throws -> Finding {
        let system = SimulatedSystem(disk, seed: 1)
        let place = SimulatedLife.folders(system, sound.options).place(sound.name)
        let cursor = FileStreamCursor(place)
        let bounds = try cursor.bounds()
        guard Int(bounds.tail.value) == sound.history.appended.count,
            Int(bounds.head.value) == sound.history.head
        else { throw Violation("the bounds are \(bounds)") }
        var finding = Finding()
        var offset = bounds.head
        while offset < bounds.tail {
            guard let chunk = try cursor.pieces(at: offset).first?.chunk(at: offset, upTo: 1 << 20)
            else {
                throw Violation("nothing at \(offset)")
            }
            let start = Int(offset.value)
            if case .sound(let bytes, _) = chunk.content {
                guard sound.history.holds(bytes, at: start) else {
                    throw Violation("wrong bytes at \(start)")
                }
            } else {
                finding.ranges.append(start..<start + chunk.byteCount)
            }
            offset = offset.advanced(by: chunk.byteCount)
        }
        finding.faultCount = try FileStreamInspection(place).faults().count
        return finding
    }

    /// The appends that ranges belong to.
    private static func appends(_ finding: Finding, _ sound: Sound) -> Int {
        let ends = sound.history.boundaries.sorted()
        return zip(ends, ends.dropFirst()).count { start, end in
            finding.ranges.contains { $0.overlaps(start..<end) }
        }
    }

    @Test("a flipped bit anywhere is found, and costs no append but its own")
    func flips() throws {
        let sound = try Self.sound()
        try #require(try Self.look(at: sound.disk, sound).ranges.isEmpty)
        try #require(try Self.look(at: sound.disk, sound).faultCount == 0)
        var count = 0
        for (name, node) in sound.files {
            let bitCount = sound.disk.nodes[node].current.count * 8
            for bit in stride(from: 0, to: bitCount, by: Self.flipStride) {
                var disk = sound.disk
                disk.damage(node) { $0[bit / 8] ^= 1 << (bit % 8) }
                let finding = try Self.look(at: disk, sound)
                count += 1
                if finding.ranges.isEmpty, finding.faultCount == 0 {
                    Issue.record("bit \(bit) of \(name) is not found")
                    return
                }
                if Self.appends(finding, sound) > 1 {
                    Issue.record("bit \(bit) of \(name) costs \(finding.ranges)")
                    return
                }
            }
        }
        Extent.report("flips", "\(count) bits")
    }

    @Test("a file that is cut anywhere is found, and loses no more than what was cut")
    func cuts() throws {
        let sound = try Self.sound()
        var count = 0
        for (name, node) in sound.files {
            for length in stride(
                from: 0,
                to: sound.disk.nodes[node].current.count,
                by: Self.cutStride
            ) {
                var disk = sound.disk
                disk.damage(node) { $0.removeLast($0.count - length) }
                let finding = try Self.look(at: disk, sound)
                count += 1
                if finding.ranges.isEmpty, finding.faultCount == 0 {
                    Issue.record("\(name) cut to \(length) is not found")
                    return
                }
            }
        }
        Extent.report("cuts", "\(count) lengths")
    }

    @Test("blocks that are zeroed, swapped or repeated are found, and no wrong byte comes back")
    func blocks() throws {
        let sound = try Self.sound()
        var generator = SeededGenerator(seed: Extent.seed)
        var count = 0
        for (name, node) in sound.files {
            let bytes = sound.disk.nodes[node].current
            for unit in [512, Self.blockByteCount] {
                let starts = Array(stride(from: 0, to: bytes.count, by: unit))
                // Of the small files every pair of blocks, of the segments a sample.
                let isSmall = bytes.count <= 4 * Self.blockByteCount
                for start in starts
                where Extent.isExhaustive || isSmall || start.isMultiple(of: 5 * unit) {
                    let others =
                        isSmall ? starts : [starts.randomElement(using: &generator) ?? 0]
                    for other in others {
                        count += try Self.exchange(start, other, unit, of: node, name, sound)
                    }
                }
            }
        }
        Extent.report("blocks", "\(count) blocks")
    }

    /// Zeroes a block, overwrites it with another, and swaps the two.
    ///
    /// - Returns: How often that changed something; all of it was found.
    private static func exchange(
        _ start: Int,
        _ other: Int,
        _ unit: Int,
        of node: Int,
        _ name: String,
        _ sound: Sound
    ) throws -> Int {
        let bytes = sound.disk.nodes[node].current
        let here = start..<start + unit
        let changes: [(inout [UInt8]) -> Void] = [
            { $0.replaceSubrange(here, with: repeatElement(0, count: unit)) },
            { $0.replaceSubrange(here, with: bytes[other..<other + unit]) },
            {
                $0.replaceSubrange(here, with: bytes[other..<other + unit])
                $0.replaceSubrange(other..<other + unit, with: bytes[here])
            },
        ]
        var count = 0
        for (kind, change) in changes.enumerated() {
            var disk = sound.disk
            disk.damage(node, change)
            guard disk.nodes[node].current != bytes else { continue }
            let finding = try look(at: disk, sound)
            count += 1
            if finding.ranges.isEmpty, finding.faultCount == 0 {
                Issue.record("\(name): \(kind), \(unit) at \(start), \(other)")
            }
        }
        return count
    }
}
