import Buffers
import ByteStreams
import FileStreams
import Foundation
import StoreContract
import SystemPackage
import TestSupport
import Testing

/// The stores that promise the same things.
enum StoreKind: String, CaseIterable, Sendable {
    case memory, direct, buffered, untold

    func make(in folder: URL, pool: BufferPool) -> any StreamStore {
        var options = FileStreamStore.Options()
        // Small, so that segments follow one another.
        options.segmentByteCount = 96 << 10
        options.usesDirectIO = self == .direct
        var environment = StoreEnvironment.local
        if self == .untold { environment.changes = NoFileChanges("a test will have it so") }
        return self == .memory
            ? MemoryStreamStore()
            : FileStreamStore(
                directory: FilePath(folder.path),
                pool: pool,
                options: options,
                environment: environment
            )
    }
}

@Suite("what every store promises")
struct StreamStoreContractTests {
    private static let pool = BufferPool()

    @Test("a store keeps it", arguments: StoreKind.allCases, StoreContract.checks)
    func check(kind: StoreKind, check: StoreContract.Check) async throws {
        try await withTemporaryDirectory { folder in
            try await check.run(on: kind.make(in: folder, pool: Self.pool), pool: Self.pool)
        }
    }
}
