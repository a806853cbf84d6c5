import ByteStreams
import Foundation
import FrameStreams
import ImageStages
import Jobs
import MediaStages
import Stages
import TestSupport
import Testing

@Suite("jobs without a command, in a store that is no disk")
struct JobTests {
    @Test("an ingest stores once, and what is stored is what a decoder gives")
    func ingest() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try JobSample(in: folder)
            #expect(try await !sample.ingest())
            let pictures = try await sample.pictures()
            #expect(
                pictures.count == Int(JobSample.frameCount * JobSample.pictureByteCount)
            )
            let again = IngestJob(inputs: [sample.clip], to: JobSample.url("stream"))
            _ = try await again.run(in: sample.context) { outcome in
                #expect(outcome.status == .alreadyStored)
                #expect(outcome.frameCount == JobSample.frameCount)
            }
            #expect(try await !sample.ingest(as: .packets, to: "packets"))
            #expect(try await sample.pictures(of: "packets") == pictures)
        }
    }

    @Test("a part of the frames is that part")
    func select() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try JobSample(in: folder)
            _ = try await sample.ingest(as: .packets)
            let all = try await sample.pictures()
            let size = Int(JobSample.pictureByteCount)
            let third = try await sample.pictures { $0.selection.frames.sequences = 3...3 }
            #expect(third == all[(2 * size)..<(3 * size)])
            let last = try await sample.pictures { $0.selection.last = 2 }
            #expect(last == all.suffix(2 * size))
        }
    }

    @Test("copies, checks, repairs and exports give all frames")
    func others() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try JobSample(in: folder)
            _ = try await sample.ingest()
            let pictures = try await sample.pictures()
            let copy = CopyJob(from: JobSample.url("stream"), to: JobSample.url("copy"))
            #expect(try await copy.run(in: sample.context).frameCount == JobSample.frameCount)
            #expect(try await copy.run(in: sample.context).frameCount == 0)
            #expect(try await sample.pictures(of: "copy") == pictures)
            let recover = RecoverJob(from: JobSample.url("stream"), to: JobSample.url("rescued"))
            let rescued = try await recover.run(in: sample.context) { _ in }
            #expect(rescued.frameCount == JobSample.frameCount && rescued.lossCount == 0)
            let verify = VerifyJob(stream: JobSample.url("rescued"))
            let verified = try await verify.run(in: sample.context) { _ in }
            #expect(!verified.hasLosses && verified.records.frameCount == JobSample.frameCount)
            let reindex = ReindexJob(stream: JobSample.url("stream"))
            #expect(try await reindex.run(in: sample.context).fault == nil)
            let images = try #require(try await sample.images().run(in: sample.context))
            #expect(images.counts.output.frameCount == JobSample.frameCount)
            let video = try await sample.video().run(in: sample.context)
            #expect(video.counts.output.frameCount == JobSample.frameCount)
        }
    }

    @Test("a policy that the store cannot keep is refused before anything is made")
    func policy() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try JobSample(in: folder)
            var job = IngestJob(inputs: [sample.clip], to: JobSample.url("stream"))
            job.policy.sync = .always
            let refusal = await #expect(throws: PolicyRefusal.self) {
                try await job.run(in: sample.context) { _ in }
            }
            #expect(refusal?.aspect == .sync)
            #expect(try await sample.store.streamNames().isEmpty)
        }
    }

    @Test("an export of images goes on if its selection is the same, however it is written")
    func sameSelection() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try JobSample(in: folder)
            _ = try await sample.ingest()
            var job = try sample.images()
            let range = try #require(SelectionText.timeRange("0..0.2"))
            (job.selection.frames.start, job.selection.frames.end) = range
            let first = try #require(try await job.run(in: sample.context))
            #expect(first.counts.output.frameCount == 5)
            let ledger = folder.appendingPathComponent("images/manifest.ndjson")
            // As version 0.1.0 noted what was typed.
            let typed = try String(contentsOf: ledger, encoding: .utf8)
                .replacingOccurrences(of: "time=0..0.2", with: "time=00:00..0.20")
            #expect(typed.contains("time=00:00..0.20"))
            try Data(typed.utf8).write(to: ledger)
            let second = try #require(try await job.run(in: sample.context))
            #expect(second.counts.existingCount == 5)
            job.selection.frames.keyframesOnly = true
            await #expect(throws: (any Error).self) { try await job.run(in: sample.context) }
        }
    }
}
