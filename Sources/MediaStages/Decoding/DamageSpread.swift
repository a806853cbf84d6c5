internal import FrameFormat
internal import FrameStreams

/// Follows damage from picture to picture, in the order of decoding. Pure.
///
/// A picture whose packet the decoder complained of is damaged. What comes behind it rests on it,
/// up to the next keyframe from which decoding can start: pictures that are shown before such a
/// keyframe may still refer to the group before.
struct DamageSpread {
    /// What is wrong with a picture.
    enum Mark: Hashable {
        /// Nothing is known to be.
        case none
        /// Something of it is lost or made up.
        case damaged
        /// A picture that it refers to is damaged, or not there.
        case restsOnDamage
    }

    private enum Reach: Hashable {
        case nothing
        /// Pictures that are shown before the keyframe of an open group.
        case before(MediaTime)
        case everything
    }

    /// Packets behind one by which its picture has come out.
    private static let packetCountMaximum: UInt64 = 1024

    private var reach = Reach.nothing
    private var marks: [UInt64: Mark] = [:]

    /// Notes that a packet is about to be decoded.
    mutating func begin(_ packet: CodedPacket) {
        let count = Self.packetCountMaximum
        if packet.number > count { marks[packet.number - count] = nil }
        let time = packet.frame.header.presentationTime?.time
        if packet.isIntra || (packet.isStart && reach != .everything) {
            // What is shown behind the last keyframe refers to nothing before it.
            reach = .nothing
        } else if packet.isStart {
            reach = Self.reach(across: packet)
        }
        let isReached: Bool =
            switch reach {
            case .nothing: false
            case .everything: true
            case .before(let end): time.map { $0.isBefore(end) } ?? true
            }
        marks[packet.number] = isReached ? .restsOnDamage : Mark.none
    }

    /// Notes that the decoder complained of a packet, or refused it.
    mutating func damage(_ packet: CodedPacket) {
        marks[packet.number] = .damaged
        if !packet.isIntra, !packet.isDisposable { reach = .everything }
    }

    /// Notes that packets are missing in front of one.
    mutating func miss(before packet: CodedPacket) {
        guard packet.isStart else { return damage(packet) }
        // A keyframe needs none of them.
        reach = Self.reach(across: packet)
    }

    /// How far damage in front of a keyframe reaches.
    private static func reach(across start: CodedPacket) -> Reach {
        guard start.start != .closed, let time = start.frame.header.presentationTime?.time else {
            return start.start == .closed ? .nothing : .everything
        }
        return .before(time)
    }

    /// What is wrong with a picture of the packet with this number.
    func mark(of number: UInt64) -> Mark { marks[number] ?? .none }
}
