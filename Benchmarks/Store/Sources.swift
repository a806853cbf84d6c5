import ArgumentParser
import Buffers
import ByteStreams
import FileStreams
import FrameFormat
import FrameStreams
import SystemPackage

extension StoreBenchmark {
    /// Opens a stream of many ended sources for writing, and asks for one of them.
    struct Sources: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seconds to open a stream and to ask for a source, kB of memory, its name.",
            discussion: "With --fill, appends sources first, and measures nothing."
        )

        @Argument(help: "The stream.")
        var stream: String

        @Option(help: "Sources to append.")
        var fill: UInt64?

        @Option(help: "Frames of each source that is appended.")
        var frames: UInt64 = 1

        @Flag(help: "Wait for the disk behind each source.")
        var flush = false

        @Flag(help: "Append as a writer that knows nothing of lists of sources.")
        var unlisted = false

        @Option(help: "The number of the source that is asked for.")
        var ask: UInt64 = 1

        func run() async throws {
            let pool = BufferPool()
            let location = try StreamLocation(stream)
            let name = location.name
            let store = FileStreamStore(directory: FilePath(location.store.path), pool: pool)
            let options = FrameStreamWriter.Options(pool: pool)
            let start = ContinuousClock.now
            let writer = try await FrameStreamWriter.open(name, in: store, options: options)
            let opened = ContinuousClock.now
            if let fill {
                try await self.fill(fill, writer, pool)
                try await writer.close()
                return
            }
            let query = SourceQuery(
                selection: Self.selection,
                identity: Self.identity(ask),
                fingerprint: Self.fingerprint(ask)
            )
            let found = try await writer.endedSources(matching: query)
            let asked = ContinuousClock.now
            try await writer.close()
            let seconds = [start.duration(to: opened), opened.duration(to: asked)].map {
                $0 / .seconds(1)
            }
            let names = found.map(\.begin.name).joined(separator: " ")
            // The outcome of the program.
            print("\(seconds[0]) \(seconds[1]) \(try Self.peak()) \(names)")
        }

        private func fill(
            _ count: UInt64,
            _ writer: FrameStreamWriter,
            _ pool: BufferPool
        ) async throws {
            if !unlisted { _ = try await writer.endedSources(matching: SourceQuery(selection: "")) }
            guard let codec = Codec(name: "h264") else { preconditionFailure("a fit name") }
            var header = FrameHeader(codec: codec, width: 1920, height: 1080)
            let payload = pool.makeBuffer(byteCount: 1000).freeze()
            let last = (await writer.sourceProgress?.begin.sourceID) ?? 0
            for number in last + 1...last + count {
                let source = try await writer.beginSource(
                    name: "clips/\(number).mp4",
                    fingerprint: Self.fingerprint(number),
                    selection: Self.selection,
                    identity: Self.identity(number)
                )
                for ordinal in 0..<frames {
                    header.position = SourcePosition(
                        sourceID: source,
                        ordinal: ordinal + 1,
                        origin: ordinal + 1
                    )
                    try await writer.append(Frame(header: header, payload: payload))
                }
                try await writer.endSource(
                    content: SourceContent(
                        byteCount: 1000,
                        digest: Self.fingerprint(~number).digest
                    ),
                    identity: Self.identity(number)
                )
                if flush { try await writer.flush() }
            }
        }

        private static let selection =
            "payload=packets stream=0 census=1 what decides which frames come out, as one line"

        private static func identity(_ number: UInt64) -> SourceIdentity {
            .file(
                FileIdentity(
                    device: 66_305,
                    inode: number,
                    byteCount: 1000,
                    modificationTime: 1,
                    changeTime: 2
                )
            )
        }

        private static func fingerprint(_ number: UInt64) -> SourceFingerprint {
            var state = number
            let digest = (0..<32).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            }
            return SourceFingerprint(byteCount: 1000, digest: digest)
        }

        /// The most memory that the process had, in kB.
        private static func peak() throws -> String {
            let file = try FileDescriptor.open(FilePath("/proc/self/status"), .readOnly)
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = try file.closeAfter {
                try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
            }
            let status = String(decoding: bytes[..<count], as: UTF8.self)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            return line.flatMap { $0.split(separator: " ").dropLast().last.map(String.init) } ?? "-"
        }
    }
}
