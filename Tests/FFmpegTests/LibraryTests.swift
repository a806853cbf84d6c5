import FFmpeg
import Foundation
import Synchronization
import TestSupport
import Testing

/// Alone, since the log is one for the process.
@Suite(.serialized)
struct LibraryTests {
    @Test("the log comes with its level and who says it")
    func log() async throws {
        let box = Box()
        Library.setLogSink { line in box.add(line) }
        defer { Library.setLogSink(nil) }
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("broken.mp4").path
            // A movie whose box of metadata is missing.
            try Data([0, 0, 0, 16] + Array("ftypisom".utf8) + [0, 0, 2, 0]).write(
                to: URL(fileURLWithPath: path)
            )
            #expect(throws: FFmpegError.self) { _ = try Demuxer(.file(path)) }
        }
        let said = try #require(box.all.first { $0.text == "moov atom not found" })
        #expect(said.level == .error)
        #expect(said.component == "mov,mp4,m4a,3gp,3g2,mj2")
    }

    private final class Box: Sendable {
        private let lines = Mutex<[LogLine]>([])

        func add(_ line: LogLine) { lines.withLock { $0.append(line) } }

        var all: [LogLine] { lines.withLock { $0 } }
    }
}
