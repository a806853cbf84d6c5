internal import FrameFormat

/// Where the times of a video begin in its file, seen from its first packets. Pure.
///
/// The first picture that is shown comes at zero if it would come before: players of MP4 leave out
/// what is below zero. It also comes at zero behind packets that are decoded only, which is how an
/// edit list of MP4 hides them, and in containers where time begins with the first packet.
struct VideoStart {
    /// Packets that are looked at: those that pictures in another order can lie apart, twice.
    static let packetCount = 32
    /// Bytes of them.
    static let byteCountMaximum = 64 << 20

    /// What all packets go through.
    let timeline: PacketTimeline
    /// What a person should know.
    let remark: String?

    /// Looks at the first packets, of which the first has the parameters.
    init(_ head: [FrameHeader], _ container: VideoContainer) {
        let first = head[0]
        let timeBase = head.lazy.compactMap(\.timeBase).first
        var timeline = PacketTimeline(first, timeBase: timeBase, container: container)
        var trial = timeline
        var placed: [(header: FrameHeader, times: PacketTimeline.Times)] = []
        for header in head {
            // The writer meets the same packet, and says what is wrong with it.
            guard let times = try? trial.place(header) else { break }
            placed.append((header, times))
        }
        let decodes = placed.map(\.times.decode)
        timeline.step = zip(decodes.dropFirst(), decodes).map(-).first { $0 > 0 } ?? timeline.step
        let shown = placed.filter { !$0.header.flags.contains(.discard) }
        let earliest = shown.map(\.times.presentation).min()
        let hides = container.keepsEditLists && head[0].flags.contains(.discard)
        if timeline.isUntimed {
            remark =
                "the frames have no times; they come at \(FrameTimeline.rateDefault.numerator) a second"
        } else if container.beginsAtZero {
            timeline.origin = -(decodes.first ?? 0)
            remark = nil
        } else if let earliest, earliest < 0 || hides && earliest > 0 {
            timeline.origin = -earliest
            let exact = MediaTime(value: earliest, timeBase: timeline.timeBase).seconds
            let was = (exact * 1000).rounded() / 1000
            remark =
                earliest < 0
                ? "times begin at \(was) s, below zero; all are shifted to begin at 0"
                : "times begin at \(was) s behind frames that are not shown; all are shifted to begin at 0"
        } else {
            remark = nil
        }
        self.timeline = timeline
    }
}
