import ArgumentParser
import Buffers
import ByteStreams
import FileNames
import FrameFormat
import FrameStreams
import Jobs
import Stages

/// `sprocket info`
struct InfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Say what a stream holds, without reading all of it.",
        discussion: """
            EXAMPLES
              sprocket info stream
              sprocket info stream --json | jq .frames
            """
    )

    @Argument(help: "The stream to look at.")
    var stream: String

    @OptionGroup var output: OutputOptions

    private struct Source: Encodable {
        let id: UInt64
        let name: String
        let selection: String
        let isComplete: Bool
        let frames: UInt64?
        let gaps: UInt64?
        let pictures: UInt64?
        let damagedPictures: UInt64?
        let refusedPackets: UInt64?
    }

    private struct Report: Encodable {
        let stream: String
        let head: UInt64
        let tail: UInt64
        let isSealed: Bool
        let frames: UInt64
        let gaps: UInt64
        let corruptFrames: UInt64
        let seconds: Double?
        let codec: String?
        let pixelFormat: String?
        let width: UInt32?
        let height: UInt32?
        let sources: [Source]
        let storage: Storage?
    }

    private struct Storage: Encodable {
        let segments: Int
        let bytes: UInt64
        let io: String

        init(_ storage: StreamStorage) {
            segments = storage.segmentCount
            bytes = storage.byteCount
            io = storage.allowsDirectIO ? "direct" : "buffered"
        }
    }

    func run() async throws {
        let pool = BufferPool()
        let target = try Stores.directory.stream(stream, pool: pool)
        let (summary, censuses) = try await target.store.withReader(for: target.name) { reader in
            (
                try await FrameStreamSummary.read(reader, pool: pool),
                try await StreamCensus.read(reader, pool: pool)
            )
        }
        let report = report(summary, censuses, try await target.store.storage(of: target.name))
        if output.json {
            try ByteOutput.standardOutput.write(try JSONLine.text(report))
        } else {
            try ByteOutput.standardOutput.write(text(report))
        }
    }

    private func report(
        _ summary: FrameStreamSummary,
        _ censuses: StreamCensus,
        _ storage: StreamStorage?
    ) -> Report {
        let frame = summary.firstFrame
        let corruptCount = summary.totals.corruptFrameCount
        return Report(
            stream: stream,
            head: summary.bounds.head.value,
            tail: summary.bounds.tail.value,
            isSealed: summary.bounds.isSealed,
            frames: summary.totals.frameCount,
            gaps: summary.totals.gapCount + censuses.refusedCount,
            corruptFrames: corruptCount - min(corruptCount, censuses.supersededCount)
                + censuses.corruptCount,
            seconds: summary.seconds,
            codec: frame?.codec.name,
            pixelFormat: frame?.pixelFormat?.name,
            width: frame?.width,
            height: frame?.height,
            sources: summary.sources.map { source in
                let first = source.begin.totals.frameCount + 1
                let census = censuses.census(beginningWithFrame: first)
                return Source(
                    id: source.begin.sourceID,
                    name: String(shownFileName: source.begin.name),
                    selection: source.begin.selection,
                    isComplete: source.end != nil,
                    frames: source.end?.frameCount,
                    gaps: source.end?.gapCount,
                    pictures: census?.pictureCount,
                    damagedPictures: census?.corrupt.count,
                    refusedPackets: census?.refused.count
                )
            },
            storage: storage.map(Storage.init)
        )
    }

    private func text(_ report: Report) -> String {
        var lines = [
            "stream    \(report.stream)\(report.isSealed ? " (sealed)" : "")",
            "bytes     \(report.head) to \(report.tail), \(ByteText.text(report.tail - report.head))",
            "frames    \(report.frames), \(report.corruptFrames) marked corrupt, "
                + CountText.text(report.gaps, "gap"),
        ]
        if let storage = report.storage {
            lines.append(
                "storage   \(ByteText.text(storage.bytes)) in "
                    + "\(CountText.text(UInt64(storage.segments), "segment")), \(storage.io) I/O"
            )
        }
        if let codec = report.codec, let width = report.width, let height = report.height {
            lines.append("pictures  \(codec) \(width)x\(height) \(report.pixelFormat ?? "")")
        }
        if let seconds = report.seconds {
            lines.append("length    \(NumberText.decimal(seconds, fractionDigitCount: 3)) s")
        }
        for source in report.sources {
            var state = source.frames.map { CountText.text($0, "frame") } ?? "not complete"
            if let pictures = source.pictures {
                state += ", \(CountText.text(pictures, "picture"))"
            }
            let name = source.name.shownFileName
            lines.append("source    \(source.id): \(name) (\(source.selection)), \(state)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
