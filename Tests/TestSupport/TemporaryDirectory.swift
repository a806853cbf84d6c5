public import Foundation

/// A folder that is gone after `body`.
public func withTemporaryDirectory<Result>(
    _ body: (URL) async throws -> Result
) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("sprocket-test-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // A folder that stays behind is no reason to fail a test.
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
