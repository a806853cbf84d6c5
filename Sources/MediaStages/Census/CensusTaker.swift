internal import FrameStreams

/// Takes the census of a source while its packets are decoded. Pure.
///
/// Packets are told in the order in which they are sent, pictures in that in which they come out,
/// each with the packet that it is made of. What is kept is the last packets and the census itself.
struct CensusTaker {
    /// Packets within which a picture comes out, more than any decoder holds back.
    static let windowPacketCount = 1024

    /// A keyframe whose pictures may still come out.
    fileprivate struct Key {
        let packet: UInt64
        let start: GroupStart
        /// The picture of the packet itself.
        var own: UInt64?
        /// The first picture of the packet and those behind it.
        var first: UInt64?
        /// Whether pictures of packets before it come out behind its own, or behind the first.
        var isOpenBroken = false
        var isClosedBroken = false
    }

    private var census = Census()
    /// Pictures of the packets that are not in the census yet.
    private var window: [UInt8] = []
    private var keys: [Key] = []
    private var pictureCount: UInt64 = 0
    /// Packets that were told so far.
    private(set) var packetCount: UInt64 = 0
    /// What cannot be counted; `nil` so far.
    private(set) var failure: String?

    /// Takes the next packet.
    ///
    /// - Parameter start: What it begins, if it is a keyframe.
    /// - Returns: Its number.
    mutating func packet(_ start: GroupStart?) -> UInt64 {
        packetCount += 1
        window.append(0)
        if let start { keys.append(Key(packet: packetCount, start: start)) }
        if window.count >= 2 * Self.windowPacketCount { settle(Self.windowPacketCount) }
        return packetCount
    }

    /// Notes that the decoder refuses a packet.
    mutating func refuse(_ packet: UInt64) {
        census.refused.insert(packet)
    }

    /// Takes the next picture.
    mutating func picture(of packet: UInt64, isCorrupt: Bool, restsOnDamage: Bool) {
        let settledCount = packetCount - UInt64(window.count)
        guard packet > settledCount, packet <= packetCount else {
            return fail("a picture came out \(packetCount - min(packet, packetCount)) packets late")
        }
        let place = Int(packet - settledCount - 1)
        guard window[place] < CensusRuns.pictureCountMaximum else {
            return fail("packet \(packet) gives too many pictures")
        }
        window[place] += 1
        pictureCount += 1
        if isCorrupt {
            census.corrupt.insert(pictureCount)
        } else if restsOnDamage {
            census.resting.insert(pictureCount)
        }
        for index in keys.indices { keys[index].take(pictureCount, of: packet) }
    }

    /// The census of all that was told.
    ///
    /// - Returns: `nil` if it cannot be taken; ``failure`` says why.
    mutating func finish() -> Census? {
        settle(window.count)
        census.runs.closeHalf()
        let kept = [census.barred, census.corrupt, census.resting, census.refused]
        if kept.contains(where: \.isOverfull) || census.leads.count > Census.leadCountMaximum {
            fail("there are too many exceptions")
        }
        return failure == nil ? census : nil
    }

    /// Puts the oldest packets into the census.
    private mutating func settle(_ count: Int) {
        defer { window.removeFirst(count) }
        var number = packetCount - UInt64(window.count)
        for pictures in window.prefix(count) {
            number += 1
            if let key = keys.first, key.packet == number {
                keys.removeFirst()
                settle(key)
            }
            guard census.runs.append(pictures) else {
                return fail("there are too many exceptions")
            }
        }
    }

    /// Notes where decoding from a keyframe gets its first picture, before its own is counted.
    private mutating func settle(_ key: Key) {
        guard key.start != .unknown else { return }
        let before = census.runs.pictureCount
        guard let own = key.own, !key.isOpenBroken, key.start == .open || !key.isClosedBroken,
            own > before
        else { return census.barred.insert(key.packet) }
        guard key.start == .open else { return }
        let lead = own - 1 - before
        if lead != census.leads.last?.pictureCount ?? 0 {
            census.leads.append(Census.Lead(packet: key.packet, pictureCount: lead))
        }
    }

    private mutating func fail(_ reason: String) {
        failure = failure ?? reason
    }
}

extension CensusTaker.Key {
    /// Takes the picture with this number.
    fileprivate mutating func take(_ number: UInt64, of packet: UInt64) {
        if packet < self.packet {
            isOpenBroken = isOpenBroken || own != nil
            isClosedBroken = isClosedBroken || first != nil
        } else {
            first = first ?? number
            if packet == self.packet { own = own ?? number }
        }
    }
}
