import ByteStreams

extension StoreContract {
    /// What is refused.
    static let limits = [
        Check("what does not fit, and what comes too late, is refused") {
            try await $0.refusals()
        },
        Check("a policy is refused where the traits say that it cannot be kept") {
            try $0.policies()
        },
    ]

    private func refusals() async throws {
        let name = try await newStream()
        let writer = try await store.openWriter(for: name)
        let piece = piece(10, seed: 1)
        let most = Array(repeating: piece, count: writer.pieceCountMaximum)
        try await Self.expect(.tooLarge) { _ = try await writer.append(most + [piece]) }
        try Self.require(writer.tail == .zero, "what is refused leaves nothing")
        let tail = try await writer.append(most)
        let beyond = tail.advanced(by: 1)
        try Self.require(try await writer.flush() == tail, "as many pieces as it says are taken")
        try await writer.close()
        try await Self.expect(.invalid) { try await store.truncateStream(name, before: beyond) }
        try await store.truncateStream(name, before: StreamOffset(10))
        try await store.truncateStream(name, before: StreamOffset(5))
        try await store.sealStream(name)
        let sealed = StreamBounds(head: StreamOffset(10), tail: tail, isSealed: true)
        try Self.require(try await store.bounds(of: name) == sealed, "the head never moves back")
        try await store.withReader(for: name) { reader in
            try await Self.expect(.truncated) {
                _ = try await reader.read(at: StreamOffset(9), upTo: 1)
            }
            try await Self.expect(.invalid) { _ = try await reader.read(at: beyond, upTo: 1) }
            let rest = try await Self.bytes(reader, from: StreamOffset(10))
            try Self.require(rest == Array(Self.array(most).dropFirst(10)), "the rest is the same")
        }
    }

    private func policies() throws {
        let traits = store.traits
        var policy = StoragePolicy()
        try Self.require(traits.refusal(of: policy) == nil, "the default is nothing to refuse")
        policy.sync = .os
        let sync = traits.refusal(of: policy)
        try Self.require(sync == (traits.honoursSyncLevel ? nil : .sync), "a level is refused")
        policy = StoragePolicy()
        policy.waitsForRoom = false
        let room = traits.refusal(of: policy)
        try Self.require(room == (traits.honoursRoomPolicy ? nil : .room), "a failure is refused")
        policy = StoragePolicy()
        policy.retainedByteCount = 1 << 30
        let retention = traits.refusal(of: policy)
        try Self.require(
            retention == (traits.honoursRetention ? nil : .retention),
            "retention is refused"
        )
    }
}
