internal import FFmpeg
internal import FrameFormat

/// Notices video that goes on in another stream, where the one that is taken ends: a transport
/// stream may give its pictures a new PID, also long after it was probed. Pure.
struct OtherVideo {
    /// Packets of the old stream that may come out behind the first of the new one: the last waits
    /// in the demuxer for one more that never comes.
    private static let lateCountMaximum: UInt64 = 4

    private var known: Set<Int>
    /// Video that appeared while the media was read.
    private var watchedLate: Set<Int> = []
    private var stream: Int?
    private var count: UInt64 = 0
    private var packetCountBefore: UInt64 = 0

    /// Streams beside the chosen one that have to be read to notice it.
    let watched: Set<Int>

    /// Watches beside the `chosen` one of the streams that are known from the start.
    init(chosen: Int, of streams: [MediaStream], formatName: String) {
        known = Set(streams.map(\.index))
        let videos = streams.filter {
            $0.kind == .video && !$0.disposition.contains(.attachedPicture) && $0.index != chosen
        }
        // Elsewhere, what is declared in the beginning runs side by side.
        let mayFollow = ["mpegts", "mpeg"].contains(formatName)
        watched = mayFollow ? Set(videos.map(\.index)) : []
    }

    /// Whether it has to be told what kind of stream this is.
    func asksKind(of index: Int) -> Bool { !known.contains(index) && !watchedLate.contains(index) }

    /// Is told.
    mutating func tell(_ index: Int, isVideo: Bool) {
        known.insert(index)
        if isVideo { watchedLate.insert(index) }
    }

    /// Takes a packet of another stream than the chosen one.
    mutating func note(_ index: Int, packetCount: UInt64) {
        guard watched.contains(index) || watchedLate.contains(index) else { return }
        if stream == nil {
            stream = index
            packetCountBefore = packetCount
        }
        count += 1
    }

    /// The packets that came instead of more of the chosen stream.
    func packetsInstead(packetCount: UInt64) -> (stream: Int, count: UInt64)? {
        guard let stream, packetCountBefore > 0,
            packetCount - packetCountBefore <= Self.lateCountMaximum
        else { return nil }
        return (stream, count)
    }
}
