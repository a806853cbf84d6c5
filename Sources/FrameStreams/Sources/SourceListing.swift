public import Buffers
public import ByteStreams
public import FrameFormat

/// The sources of a stream, and the marks about sources as a whole: those behind the last frame of
/// each.
public struct SourceListing: Sendable {
    /// Records behind the last frame of a source that are looked at.
    private static let stepMaximum = 1 << 16

    /// The sources, oldest first, as far back as the stream reaches.
    public private(set) var sources: [FrameStreamSummary.Source] = []
    /// The marks, oldest first.
    public private(set) var marks: [Mark] = []

    /// Finds sources and marks by a few reads around the borders between sources. Marks behind
    /// damage are not found.
    ///
    /// `key` is that of the marks that are wanted.
    public static func read(
        _ reader: any ByteStreamReader,
        marksOf key: String,
        pool: BufferPool
    ) async throws -> SourceListing {
        let (sources, begins) = try await SourceHistory.readPlaces(reader, pool: pool)
        let bounds = try await reader.bounds()
        var probe = try await RecordProbe(reader, bounds: bounds, pool: pool)
        var listing = SourceListing()
        listing.sources = sources
        for border in begins + [probe.end] {
            listing.marks += try await marks(of: key, before: border, &probe)
        }
        return listing
    }

    /// The marks in front of an offset, with at most index records and a source's end between.
    private static func marks(
        of key: String,
        before border: UInt64,
        _ probe: inout RecordProbe
    ) async throws(StreamError) -> [Mark] {
        var found: [Mark] = []
        var offset = border
        for _ in 0..<stepMaximum {
            guard let trailer = try await probe.trailer(endingAt: offset),
                let start = probe.place(trailer.recordByteCount, before: offset),
                let outline = try await probe.outline(at: start), outline.end == offset
            else { break }
            switch outline.record {
            case .mark(let mark):
                if mark.key == key { found.append(mark) }
            case .index, .sourceEnd:
                break
            case .frame, .gap, .sourceBegin:
                return found.reversed()
            }
            offset = start
        }
        return found.reversed()
    }
}
