/// How the packets of a source become pictures, as decoding all of them in their order showed.
///
/// It is the proof by which a picture is found by its number: a packet may give none, because it is
/// not shown, is skipped or is refused, or more than one. Packets and pictures are counted from 1
/// within the source, packets as they are stored, pictures as they come out.
public struct Census: Hashable, Sendable {
    /// Pictures that are shown before their group's keyframe and are stored behind it.
    package struct Lead: Hashable, Sendable {
        /// The first keyframe of which this holds.
        package var packet: UInt64
        /// Pictures that come out before the keyframe's.
        package var pictureCount: UInt64

        /// Says from which keyframe on there are so many.
        package init(packet: UInt64, pictureCount: UInt64) {
            self.packet = packet
            self.pictureCount = pictureCount
        }
    }

    /// Changes of the number of leading pictures that are kept at most.
    package static let leadCountMaximum = 1 << 16

    package var runs = CensusRuns()
    package var leads: [Lead] = []
    /// Keyframes at which decoding does not start: their pictures come out among those of other
    /// groups, or not at all.
    package var barred = CensusRanges()

    /// Pictures that are damaged.
    public package(set) var corrupt = CensusRanges()
    /// Pictures that are made from damaged ones.
    public package(set) var resting = CensusRanges()
    /// Packets that the decoder refuses.
    public package(set) var refused = CensusRanges()

    /// Of no packets.
    package init() {}

    /// Packets of the source.
    public var packetCount: UInt64 { runs.packetCount }

    /// Pictures that come out.
    public var pictureCount: UInt64 { runs.pictureCount }

    /// Pictures that are marked, damaged or resting on damage.
    public var markedCount: UInt64 { corrupt.count + resting.count }

    /// Whether something does not decode as it should.
    public var hasDamage: Bool { markedCount > 0 || refused.count > 0 }

    /// The number of the first picture that decoding from a keyframe gives as decoding from the
    /// head does; `nil` if it cannot start there.
    ///
    /// - Parameter start: What the keyframe begins, as its bytes say.
    package func firstPicture(from packet: UInt64, _ start: GroupStart) -> UInt64? {
        guard !barred.contains(packet) else { return nil }
        switch start {
        case .closed: return runs.pictures(beforePacket: packet) + 1
        case .open: return runs.pictures(beforePacket: packet) + lead(of: packet) + 1
        case .unknown: return nil
        }
    }

    /// Sound pictures after which what a decoder makes of damage is what one makes that has decoded
    /// everything: more than any codec refers back.
    private static let soundCount: UInt64 = 32

    /// Whether pictures up to `last` come out as from the head if decoding starts with `first`:
    /// what a decoder makes of damage rests on what it had before.
    func isExact(from first: UInt64, through last: UInt64) -> Bool {
        var faults = [corrupt.first(from: first), resting.first(from: first)]
        let packet = refused.first(from: runs.packet(ofPicture: first))
        faults.append(packet.map { runs.pictures(beforePacket: $0) + 1 })
        return faults.allSatisfy { fault in
            fault.map { $0 > last || $0 >= first + Self.soundCount } ?? true
        }
    }

    /// Pictures that come out before that of a keyframe and are stored behind it.
    func lead(of packet: UInt64) -> UInt64 {
        leads.last { $0.packet <= packet }?.pictureCount ?? 0
    }

    /// The first packet with which there are as many pictures as this number.
    package func packet(ofPicture picture: UInt64) -> UInt64 {
        runs.packet(ofPicture: picture)
    }
}
