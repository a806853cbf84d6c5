import ByteStreams
import Foundation
import FrameStreams
import Jobs
import Stages
import TestSupport
import Testing

@Suite("readers and writers are closed, whatever happens")
struct ClosingTests {
    /// A job by its name, over a stream that holds the clip.
    private enum Work: String, CaseIterable, Sendable {
        case ingest, cat, images, video, copy, part, recover, verify, reindex

        func run(_ sample: JobSample) async throws {
            let stream = JobSample.url("stream")
            switch self {
            case .ingest:
                _ = try await sample.ingest(as: .packets, to: "new")
            case .cat:
                _ = try await sample.pictures()
            case .images:
                _ = try await sample.images().run(in: sample.context)
            case .video:
                _ = try await sample.video().run(in: sample.context)
            case .copy:
                let job = CopyJob(from: stream, to: JobSample.url("new"))
                _ = try await job.run(in: sample.context)
            case .part:
                var job = CopyJob(from: stream, to: JobSample.url("new"))
                job.selection.frames.sequences = 2...5
                _ = try await job.run(in: sample.context)
            case .recover:
                let job = RecoverJob(from: stream, to: JobSample.url("new"))
                _ = try await job.run(in: sample.context) { _ in }
            case .verify:
                var job = VerifyJob(stream: stream)
                job.isDeep = true
                _ = try await job.run(in: sample.context) { _ in }
            case .reindex:
                _ = try await ReindexJob(stream: stream).run(in: sample.context)
            }
        }
    }

    /// Calls of the store that fail, spread over those there are.
    private static let failureCountMaximum = 12

    @Test("of every job, at whatever call the store fails", arguments: Work.allCases)
    private func closed(work: Work) async throws {
        try await withTemporaryDirectory { folder in
            let sample = try JobSample(in: folder)
            _ = try await sample.ingest()
            sample.store.begin()
            try await work.run(sample)
            #expect(sample.store.openCount == 0)
            #expect(sample.store.openedCount > 0)
            let callCount = sample.store.callCount
            let step = max(1, callCount / Self.failureCountMaximum)
            var failureCount = 0
            for call in stride(from: 0, to: callCount, by: step) {
                for name in ["images", "video.mkv"] {
                    // What was not made is not there.
                    try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
                }
                sample.store.begin()
                if let new = StreamName("new") {
                    try? await sample.store.deleteStream(new)  // It may not be there.
                }
                sample.store.begin(failingAt: call)
                // A read ahead of what is wanted in the end may fail in vain.
                do { try await work.run(sample) } catch { failureCount += 1 }
                #expect(sample.store.openCount == 0, "call \(call)")
            }
            #expect(failureCount > 1)
        }
    }
}
