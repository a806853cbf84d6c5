import Buffers
import ByteStreams
import FileStreams
import Foundation
import FrameFormat
import FrameStreams
import SystemPackage
import Testing

/// Streams as they are found, but cannot be made by a command.
enum StreamRewriting {
    /// Copies the first source of a stream.
    ///
    /// - Parameters:
    ///   - frameCount: Ends, without an end of the source, after so many frames.
    ///   - notesFiles: Whether the copy says which files the source is; version 0.1.0 did not.
    static func copy(
        _ name: String,
        to copyName: String,
        in folder: URL,
        frameCount: Int = .max,
        notesFiles: Bool = true
    ) async throws {
        let pool = BufferPool()
        let store = FileStreamStore(directory: FilePath(folder.path), pool: pool)
        let reader = try await store.openReader(for: try #require(StreamName(name)))
        let writer = try await FrameStreamWriter.open(
            try #require(StreamName(copyName)),
            in: store,
            options: FrameStreamWriter.Options(pool: pool)
        )
        var records = FrameStreamReader(reader, pool: pool)
        var count = 0
        while count < frameCount, let item = try await records.next() {
            guard case .record(let stored) = item else { continue }
            switch stored.record {
            case .frame(let frame):
                try await writer.append(frame)
                count += 1
            case .gap(let gap): try await writer.append(gap)
            case .sourceBegin(let begin):
                try await writer.beginSource(
                    name: begin.name,
                    fingerprint: begin.fingerprint,
                    selection: begin.selection,
                    identity: notesFiles ? begin.identity : nil
                )
            case .sourceEnd(let end):
                try await writer.endSource(
                    content: notesFiles ? end.content : nil,
                    identity: notesFiles ? end.identity : nil
                )
            case .index, .mark: break
            }
        }
        try await writer.close()
        await reader.close()
    }
}
