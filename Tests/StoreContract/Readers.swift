import ByteStreams
import TestSupport

extension StoreContract {
    /// How reading waits and ends.
    static let readers = [
        Check("a reader waits for the tail to move, and can be cancelled") {
            try await $0.waiting()
        },
        Check("a stop ends a wait, and every read after it") { try await $0.stopping() },
        Check("a seal ends a wait") { try await $0.sealing() },
        Check("nothing is read from a reader that is closed") { try await $0.closing() },
        Check("a reader that follows the writer gets everything in its order") {
            try await $0.following()
        },
    ]

    private func waiting() async throws {
        let name = try await newStream()
        let writer = try await store.openWriter(for: name)
        try await store.withReader(for: name) { reader in
            async let chunk = reader.read(at: .zero, upTo: 10)
            _ = try await writer.append([piece(3, seed: 1)])
            _ = try await writer.flush()
            try Self.require((try await chunk?.byteCount ?? 0) > 0, "what was waited for comes")
            let cancelled = await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        _ = try await reader.read(at: StreamOffset(3), upTo: 10)
                        return false
                    } catch { return (error as? StreamError)?.code == .cancelled }
                }
                group.cancelAll()
                return await group.next() ?? false
            }
            try Self.require(cancelled, "a wait can be cancelled")
        }
        try await writer.close()
    }

    private func stopping() async throws {
        let name = try await newStream()
        let writer = try await store.openWriter(for: name)
        _ = try await writer.append([piece(3, seed: 1)])
        _ = try await writer.flush()
        try await store.withReader(for: name) { reader in
            async let waited = reader.read(at: StreamOffset(3), upTo: 10)
            // It may wait already or not: either way it ends.
            await Task.yield()
            reader.stop()
            let chunk = try await waited
            try Self.require(chunk == nil, "a stop ends a wait")
            let earlier = try await reader.read(at: .zero, upTo: 10)
            try Self.require(earlier == nil, "nothing is read behind a stop")
            reader.stop()
            let tail = try await reader.bounds().tail
            try Self.require(tail == StreamOffset(3), "bounds are told all the same")
        }
        try await writer.close()
    }

    private func sealing() async throws {
        let name = try await newStream()
        try await store.withReader(for: name) { reader in
            async let waited = reader.read(at: .zero, upTo: 10)
            await Task.yield()
            try await store.sealStream(name)
            let chunk = try await waited
            try Self.require(chunk == nil, "the end of a sealed stream is an end")
        }
    }

    private func closing() async throws {
        let name = try await newStream()
        try await store.withWriter(for: name) { _ = try await $0.append([piece(3, seed: 1)]) }
        let reader = try await store.openReader(for: name)
        await reader.close()
        await reader.close()
        try await Self.expect(.closed) { _ = try await reader.read(at: .zero, upTo: 1) }
    }

    private func following() async throws {
        let name = try await newStream()
        let writer = try await store.openWriter(for: name)
        try await store.withReader(for: name) { reader in
            var generator = SeededGenerator(seed: 11)
            var offset = StreamOffset.zero
            for _ in 0..<60 {
                let pieces = append(using: &generator)
                _ = try await writer.append(pieces)
                let end = try await writer.flush()
                var bytes: [UInt8] = []
                while offset < end {
                    let chunk = try Self.unwrap(
                        try await reader.read(at: offset, upTo: 1 << 20),
                        "there are bytes before the tail"
                    )
                    bytes += Self.array(try Self.sound(chunk))
                    offset = offset.advanced(by: chunk.byteCount)
                }
                try Self.require(bytes == Self.array(pieces), "the bytes are the same")
            }
        }
        try await writer.close()
    }
}
