import ByteStreams
import Foundation
import FrameFormat
import ImageStages
import Jobs
import MediaStages
import Stages
import SystemPackage
import TestSupport
import Testing

/// A clip, a store in memory whose readers and writers are counted, and a place for what jobs
/// write.
struct JobSample {
    static let frameCount: UInt64 = 12
    static let pictureByteCount: UInt64 = 96 * 64 * 3 / 2

    let folder: URL
    let clip: String
    let store = CountingStore(MemoryStreamStore())

    init(in folder: URL) throws {
        self.folder = folder
        clip = folder.appendingPathComponent("clip.mp4").path
        try TestClip(
            width: 96,
            height: 64,
            frameCount: Int(Self.frameCount),
            rate: Rational(25, 1)
        ).write(to: clip)
    }

    var context: JobContext {
        JobContext(stores: StoreDirectory(["mem": { [store] (_) throws(StreamError) in store }]))
    }

    static func url(_ name: String) -> String { "mem://test/\(name)" }

    /// Stores the clip in a stream of this name.
    func ingest(
        as payload: IngestJob.Payload = .raw,
        to name: String = "stream"
    ) async throws -> Bool {
        var job = IngestJob(inputs: [clip], to: Self.url(name))
        job.payload = payload
        return try await job.run(in: context) { _ in }
    }

    /// What `cat` writes of a stream.
    func pictures(
        of name: String = "stream",
        _ change: (inout CatJob) -> Void = { _ in }
    ) async throws -> Data {
        var job = CatJob(stream: Self.url(name), form: .raw)
        change(&job)
        let path = folder.appendingPathComponent("pictures")
        let file = try FileDescriptor.open(
            FilePath(path.path),
            .writeOnly,
            options: [.create, .truncate],
            permissions: .ownerReadWrite
        )
        let outcome: CatJob.Outcome
        do {
            outcome = try await job.run(to: ByteOutput(file, name: "a file"), in: context)
            try file.close()
        } catch {
            try file.close()
            throw error
        }
        #expect(!outcome.metFaults)
        return try Data(contentsOf: path)
    }

    /// A job that writes images.
    func images(_ name: String = "images") throws -> ExportImagesJob {
        ExportImagesJob(
            stream: Self.url("stream"),
            to: FilePath(folder.appendingPathComponent(name).path),
            options: ImagesSink.Options(template: try ImageNameTemplate("{sequence:06}.png"))
        )
    }

    /// A job that writes a video.
    func video(_ name: String = "video.mkv") throws -> ExportVideoJob {
        let path = folder.appendingPathComponent(name).path
        let container = try #require(VideoContainer(path: path))
        let options = Encode.Options(
            codec: try VideoCodec(container.defaultEncoder),
            container: container
        )
        return ExportVideoJob(
            stream: Self.url("stream"),
            to: FilePath(path),
            container: container,
            coding: .encode(options, pads: false)
        )
    }
}
