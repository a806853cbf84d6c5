import ByteStreams
import TestSupport

extension StoreContract {
    /// What is kept.
    static let contents = [
        Check("what is appended is read back, over reopenings too") {
            try await $0.appendAndRead()
        },
        Check("what lies before a truncation is gone, and the rest stays where it is") {
            try await $0.truncate()
        },
        Check("a new stream is empty, and one that is not there is not found") {
            try await $0.existence()
        },
        Check("bytes come back as the traits say") { try await $0.pieces() },
    ]

    private func appendAndRead() async throws {
        let name = try await newStream()
        try Self.require(try await !store.createStream(name), "a stream is new once")
        var generator = SeededGenerator(seed: 7)
        var expected: [UInt8] = []
        var epoch: UInt32 = 0
        for round in 0..<3 {
            let writer = try await store.openWriter(for: name)
            try Self.require(writer.epoch > epoch, "epochs grow")
            epoch = writer.epoch
            for number in 0..<40 {
                let pieces = append(using: &generator)
                let end = try await writer.append(pieces)
                expected += Self.array(pieces)
                try Self.require(
                    end == StreamOffset(UInt64(expected.count)),
                    "an append says where the stream then ends"
                )
                guard number.isMultiple(of: 9) else { continue }
                try Self.require(
                    try await writer.flush() == end,
                    "a flush covers what was appended"
                )
                let tail = try await store.bounds(of: name).tail
                try Self.require(tail == end, "what is flushed is seen, in round \(round)")
            }
            try await writer.close()
        }
        try await store.withReader(for: name) { reader in
            try Self.require(try await Self.bytes(reader) == expected, "the bytes are the same")
        }
        try Self.require(try await store.faults(of: name).isEmpty, "a sound stream has no faults")
    }

    private func truncate() async throws {
        let name = try await newStream()
        var generator = SeededGenerator(seed: 8)
        var expected: [UInt8] = []
        try await store.withWriter(for: name) { writer in
            for _ in 0..<40 {
                let pieces = append(using: &generator)
                _ = try await writer.append(pieces)
                expected += Self.array(pieces)
            }
        }
        let half = StreamOffset(UInt64(expected.count / 2))
        try await store.truncateStream(name, before: half)
        try await store.withReader(for: name) { reader in
            try Self.require(try await reader.bounds().head == half, "the head is where it was put")
            let rest = try await Self.bytes(reader, from: half)
            try Self.require(
                rest == Array(expected[(expected.count / 2)...]),
                "the rest is the same"
            )
            try await Self.expect(.truncated) { _ = try await reader.read(at: .zero, upTo: 1) }
        }
    }

    private func existence() async throws {
        let name = try name
        let other = try Self.unwrap(StreamName("a"), "a name of one letter is a name")
        try await Self.expect(.notFound) { _ = try await store.bounds(of: name) }
        try await Self.expect(.notFound) { _ = try await store.openWriter(for: name) }
        try await Self.expect(.notFound) { _ = try await store.openReader(for: name) }
        try await Self.expect(.notFound) { try await store.deleteStream(name) }
        try await store.createStream(name)
        try await store.createStream(other)
        try Self.require(try await store.streamNames() == [other, name], "names come in order")
        let empty = StreamBounds(head: .zero, tail: .zero, isSealed: false)
        try Self.require(try await store.bounds(of: name) == empty, "a new stream is empty")
        try await store.withWriter(for: name) {
            try Self.require($0.tail == .zero, "the first byte goes to the start")
            _ = try await $0.append([piece(7, seed: 1)])
        }
        try await store.deleteStream(name)
        try Self.require(try await store.streamNames() == [other], "what is removed is gone")
        try Self.require(try await store.createStream(name), "and can be made again")
        try Self.require(try await store.bounds(of: name) == empty, "and is empty then")
    }

    private func pieces() async throws {
        let name = try await newStream()
        let pieces = [piece(60, seed: 1), piece(10_000, seed: 2), piece(32, seed: 3)]
        try await store.withWriter(for: name) { _ = try await $0.append(pieces) }
        try await store.withReader(for: name) { reader in
            let all = try await Self.bytes(reader)
            try Self.require(all == Self.array(pieces), "the bytes are the same")
            guard store.traits.keepsPieces else { return }
            let chunk = try Self.unwrap(
                try await reader.read(at: StreamOffset(60), upTo: 1 << 20),
                "there are bytes"
            )
            guard case .sound(let buffer, let checksum) = chunk.content else {
                throw Broken(description: "\(chunk.content)")
            }
            try Self.require(buffer == pieces[1].bytes, "a piece comes back as one")
            try Self.require(checksum == pieces[1].checksum, "with the checksum it came with")
        }
    }
}
