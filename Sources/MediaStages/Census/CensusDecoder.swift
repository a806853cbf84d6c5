public import Buffers
public import FrameFormat
public import FrameStreams

/// Decodes the packets of a source only to count what they give.
///
/// Used by one task at a time. Memory is bounded by what a decoder holds back, and by the census.
public final class CensusDecoder {
    /// What became of a census.
    public enum Outcome: Hashable, Sendable {
        /// It was taken.
        case taken(Census)
        /// It could not be; why: lower case, no full stop.
        case failed(String)
    }

    private let options: Decode.Options
    private let pool: BufferPool
    private var taker = CensusTaker()
    private var session: DecodeSession?
    /// Packets that were told before the session's first.
    private var packetsBefore: UInt64 = 0
    private var failure: String?

    /// Prepares to count the packets of one source.
    public init(_ options: Decode.Options = Decode.Options(), pool: BufferPool) {
        self.options = options
        self.pool = pool
    }

    /// Takes the next packet of the source.
    public func take(_ frame: Frame) {
        guard failure == nil else { return }
        do {
            try decode(frame)
        } catch {
            give(up: "\(error)")
        }
    }

    /// The census of all packets.
    public func finish() -> Outcome {
        if failure == nil {
            do { try drain() } catch { give(up: "\(error)") }
        }
        guard failure == nil, let census = taker.finish() else {
            return .failed(failure ?? taker.failure ?? "packets and pictures do not match")
        }
        return .taken(census)
    }

    private func give(up reason: String) {
        failure = reason
        session = nil
    }

    private func decode(_ frame: Frame) throws {
        guard frame.header.codec != .raw else { return give(up: "the frames are pictures") }
        if let session, !session.suits(frame) { try drain() }
        let number = taker.packet(
            frame.header.flags.contains(.keyframe) ? GroupStart(frame) : nil
        )
        if session == nil {
            session = try DecodeSession(for: frame, options: options, pool: pool)
            packetsBefore = number - 1
        }
        guard let session else { return }
        try session.send(frame)
        try count(session)
    }

    private func drain() throws {
        guard let session else { return }
        self.session = nil
        session.finish()
        try count(session)
    }

    private func count(_ session: DecodeSession) throws {
        while true {
            switch try session.receiveEvent() {
            case .needsPacket, .endOfStream:
                return
            case .refusal(let packet, _):
                if let packet { taker.refuse(packetsBefore + packet.number) }
            case .picture(let mark, let packet):
                guard let packet else {
                    return give(up: "the decoder does not say which packets its pictures are of")
                }
                taker.picture(
                    of: packetsBefore + packet.number,
                    isCorrupt: mark == .damaged,
                    restsOnDamage: mark == .restsOnDamage
                )
            }
        }
    }
}
