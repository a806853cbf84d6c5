import ByteStreams

extension StoreContract {
    /// Who may write.
    static let writers = [
        Check("there is one writer, and a sealed stream has none") { try await $0.oneWriter() },
        Check("a writer that is taken over acknowledges nothing more") { try await $0.takeover() },
        Check("a writer that is let go of makes room for the next") { try await $0.letGo() },
    ]

    private func oneWriter() async throws {
        let name = try await newStream()
        let writer = try await store.openWriter(for: name)
        try await Self.expect(.locked) { _ = try await store.openWriter(for: name) }
        _ = try await writer.append([piece(5, seed: 1)])
        try await Self.expect(.locked) { try await store.sealStream(name) }
        try await writer.close()
        try await store.sealStream(name)
        try await store.sealStream(name)
        try await Self.expect(.sealed) { _ = try await store.openWriter(for: name) }
        try Self.require(try await store.bounds(of: name).isSealed, "a sealed stream says so")
        try await store.withReader(for: name) { reader in
            let end = try await reader.read(at: StreamOffset(5), upTo: 1)
            try Self.require(end == nil, "a sealed stream ends")
        }
    }

    private func takeover() async throws {
        let name = try await newStream()
        let old = try await store.openWriter(for: name)
        let kept = piece(9, seed: 1)
        _ = try await old.append([kept])
        _ = try await old.flush()
        guard store.traits.canTakeOver else {
            try await Self.expect(.locked) {
                _ = try await store.openWriter(for: name, takingOver: true)
            }
            try await old.close()
            return
        }
        let new = try await store.openWriter(for: name, takingOver: true)
        try Self.require(new.epoch > old.epoch, "epochs grow")
        try await Self.expect(.fenced) {
            _ = try await old.append([piece(7, seed: 2)])
            _ = try await old.flush()
        }
        let later = piece(11, seed: 3)
        _ = try await new.append([later])
        try await new.close()
        try? await old.close()  // It may say once more that it is fenced.
        try await store.withReader(for: name) { reader in
            let all = try await Self.bytes(reader)
            try Self.require(
                all == Self.array([kept, later]),
                "what was acknowledged is there, and nothing of the one that was taken over"
            )
        }
    }

    private func letGo() async throws {
        let name = try await newStream()
        do {
            let writer = try await store.openWriter(for: name)
            _ = try await writer.append([piece(5, seed: 1)])
            try await writer.close()
            try await writer.close()
            try await Self.expect(.closed) { _ = try await writer.append([piece(5, seed: 1)]) }
        }
        try await store.withWriter(for: name) { writer in
            try Self.require(writer.tail == StreamOffset(5), "the next goes on where it ended")
        }
    }
}
