import ArgumentParser
import Buffers
import ByteStreams
import FileStreams
import FrameFormat
import FrameStreams
import SystemPackage

/// What of the stores can only be measured from inside a process: `Scripts/bench` runs it.
@main struct StoreBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store-benchmark",
        abstract: "Measures the stores from inside a process.",
        subcommands: [Append.self, Seek.self, Sources.self]
    )
}

extension StoreBenchmark {
    /// Appends ready frames to the store in memory, beside copies of the same bytes.
    struct Append: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seconds to append frames to the store in memory, and to copy their bytes."
        )

        @Option(help: "Frames.")
        var count = 2000

        @Option(help: "Frames that the store keeps; those before are given up.")
        var kept = 32

        func run() async throws {
            // Of different bytes, and more than the processor's caches hold.
            let pool = BufferPool()
            let frames = (0..<kept).map { Self.frame(UInt8(truncatingIfNeeded: $0), pool) }
            _ = Self.copy(frames, count: kept, pool)
            let copying = Self.copy(frames, count: count, pool)
            _ = try await append(frames, count: kept, pool)
            let appending = try await append(frames, count: count, pool)
            // The outcome of the program.
            print("\(appending) \(copying)")
        }

        private static func frame(_ number: UInt8, _ pool: BufferPool) -> Frame {
            guard let codec = Codec(name: "prores") else { preconditionFailure("a fit name") }
            var header = FrameHeader(codec: codec, width: 1920, height: 1080)
            header.flags = .keyframe
            var buffer = pool.makeBuffer(byteCount: 1920 * 1080 * 3 / 2)
            unsafe buffer.withUnsafeMutableBytes { bytes in
                for place in 0..<bytes.count { unsafe bytes[place] = number &+ UInt8(place & 63) }
            }
            return Frame(header: header, payload: buffer.freeze())
        }

        private static func copy(_ frames: [Frame], count: Int, _ pool: BufferPool) -> Double {
            var kept: [Buffer] = []
            return seconds {
                for number in 0..<count {
                    let payload = frames[number % frames.count].payload
                    var buffer = pool.makeBuffer(byteCount: payload.byteCount)
                    buffer.copy(payload.bytes, at: 0)
                    if kept.count == frames.count { kept.removeAll(keepingCapacity: true) }
                    kept.append(buffer.freeze())
                }
            }
        }

        private static func seconds(_ work: () -> Void) -> Double {
            let clock = ContinuousClock()
            return clock.measure(work) / .seconds(1)
        }

        private func append(
            _ frames: [Frame],
            count: Int,
            _ pool: BufferPool
        ) async throws
            -> Double
        {
            let store = MemoryStreamStore()
            guard let name = StreamName("frames") else { preconditionFailure("a fit name") }
            let options = FrameStreamWriter.Options(pool: pool)
            let writer = try await FrameStreamWriter.open(name, in: store, options: options)
            let start = ContinuousClock.now
            for number in 0..<count {
                _ = try await writer.append(frames[number % frames.count])
                if number % frames.count == frames.count - 1 {
                    try await writer.flush()
                    let tail = try await store.bounds(of: name).tail
                    try await store.truncateStream(name, before: tail)
                }
            }
            try await writer.flush()
            let taken = start.duration(to: .now)
            try await writer.close()
            return taken / .seconds(1)
        }
    }

    /// Reads single frames of a stored stream.
    struct Seek: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seconds to find and read one frame, the median of several."
        )

        @Argument(help: "The stream.")
        var stream: String

        @Option(help: "How many frames are read, spread over the stream.")
        var count = 51

        func run() async throws {
            let pool = BufferPool()
            let location = try StreamLocation(stream)
            let name = location.name
            let store = FileStreamStore(directory: FilePath(location.store.path), pool: pool)
            let reader = try await store.openReader(for: name)
            var locator = FrameLocator(reader, pool: pool)
            let last = max(1, try await locator.lastSequence())
            var times: [Double] = []
            for index in 0..<count {
                let wanted = 1 + (last - 1) * UInt64(index * 7919 % count) / UInt64(count)
                let start = ContinuousClock.now
                try await Self.read(wanted, in: store, name, pool)
                times.append(start.duration(to: .now) / .seconds(1))
            }
            await reader.close()
            // The outcome of the program.
            print(times.sorted()[count / 2])
        }

        /// With a reader of its own, which knows nothing of the stream yet.
        private static func read(
            _ sequence: UInt64,
            in store: FileStreamStore,
            _ name: StreamName,
            _ pool: BufferPool
        ) async throws {
            let reader = try await store.openReader(for: name)
            var locator = FrameLocator(reader, pool: pool)
            guard let place = try await locator.locate(sequence: sequence) else {
                throw ValidationError("there is no frame \(sequence)")
            }
            var frames = FrameStreamReader(reader, pool: pool, from: .offset(place.offset))
            guard case .record(let stored) = try await frames.next(),
                stored.place.sequence == sequence
            else { throw ValidationError("frame \(sequence) cannot be read") }
            await reader.close()
        }
    }
}
