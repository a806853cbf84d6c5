public import Buffers
public import ByteStreams
internal import FrameFormat

/// Counts the pictures of a stream before one of its sources.
extension StreamCensus {
    /// How many numbers of pictures are taken before the frame with this number, with which a
    /// source begins; `nil` if a source before it has packets and no census.
    public static func pictureCount(
        beforeFrame sequence: UInt64,
        in reader: any ByteStreamReader,
        pool: BufferPool
    ) async throws -> UInt64? {
        guard sequence > 1 else { return 0 }
        let census = try await read(reader, pool: pool)
        var locator = FrameLocator(reader, pool: pool)
        var least: UInt64 = 0
        for source in census.sources.reversed() where source.frames.upperBound < sequence {
            if let placed = source.placed {
                return placed.picturesBefore.map {
                    max(least, $0 + placed.census.pictureCount)
                }
            }
            let planner = ReadingPlanner(reader, for: .init(decodes: true), pool: pool)
            guard let frame = try await locator.frame(atOrAfter: source.frames.lowerBound),
                try await planner.header(frame).codec == .raw
            else { return nil }
            // Stored pictures keep their numbers.
            least = max(least, source.frames.upperBound)
        }
        return least
    }
}
