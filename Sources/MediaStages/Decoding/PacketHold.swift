internal import Buffers
internal import DequeModule
internal import FrameFormat

/// The packets that a decoder of several threads was given, as far back as a decoder of one thread
/// has to start to go on in its place, and which of their pictures have been given out. Pure.
///
/// What happens around damage depends on the pictures before: two whole groups, whose pictures all
/// came out sound, stay in front of whatever is still inside the decoder.
struct PacketHold {
    /// Packets that are kept in any case, in bytes: most groups are smaller.
    static let byteCountFloor = 8 << 20
    /// The most bytes of packets that are kept; behind it the decoder goes on with one thread.
    static let byteCountMaximum = 256 << 20
    /// The most packets that are kept.
    static let packetCountMaximum = 16_384

    private(set) var packets: Deque<CodedPacket> = []
    /// How many pictures of a packet were given out.
    private(set) var givenCounts: [UInt64: Int] = [:]
    private var byteCount = 0
    /// Keyframes whose own picture was given out, and so everything before them; the newest last.
    private var passedStarts: [UInt64] = []

    /// Whether no more can be kept.
    var isFull: Bool {
        byteCount > Self.byteCountMaximum || packets.count > Self.packetCountMaximum
    }

    mutating func append(_ packet: CodedPacket) {
        packets.append(packet)
        byteCount += packet.frame.payload.byteCount
    }

    /// Notes that a picture of the packet with this number was given out.
    mutating func gaveOut(_ number: UInt64) {
        givenCounts[number, default: 0] += 1
        guard let packet = packet(number), packet.isStart, passedStarts.last ?? 0 < number else {
            return
        }
        passedStarts.append(number)
        while passedStarts.count > 2, byteCount > Self.byteCountFloor {
            passedStarts.removeFirst()
            drop(before: passedStarts[0])
        }
    }

    private func packet(_ number: UInt64) -> CodedPacket? {
        guard let first = packets.first?.number, number >= first,
            number - first < UInt64(packets.count)
        else { return nil }
        return packets[Int(number - first)]
    }

    private mutating func drop(before number: UInt64) {
        while let first = packets.first, first.number < number {
            packets.removeFirst()
            givenCounts[first.number] = nil
            byteCount -= first.frame.payload.byteCount
        }
    }
}
