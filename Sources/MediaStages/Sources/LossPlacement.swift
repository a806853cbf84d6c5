internal import FFmpeg
internal import FrameFormat

/// Makes gaps of the losses of which FFmpeg speaks, where they belong among the packets. Pure.
struct LossPlacement {
    /// How many usual steps a decode time is ahead where something is missing before it.
    private static let stepCountMinimum: Int64 = 3

    /// Heard before the first packet was given out: probing reads ahead, so that what is missing
    /// may lie anywhere behind it.
    private var held: [MediaLoss] = []
    private var lastTime: Int64?
    private var usualStep: Int64?
    /// Whether the media was said to end too early.
    private(set) var endsEarly = false

    /// Begins with what was heard while the media was opened.
    ///
    /// - Parameter playlist: The number of the playlist that is read, of formats that have several
    ///   and number them: what is missing of the others is not missed.
    init(heardAtOpening losses: [MediaLoss], playlist: Int?) {
        for loss in losses where loss.kind != .encrypted {
            if let playlist, let other = loss.playlist, other != playlist { continue }
            held.append(loss)
        }
    }

    /// What was lost before a packet with this decode time.
    mutating func before(packetAt time: Int64?, heard losses: [MediaLoss]) -> [MediaLoss] {
        guard let time else { return note(losses) }
        defer { lastTime = time }
        guard let lastTime else { return note(losses) }
        let (step, overflow) = time.subtractingReportingOverflow(lastTime)
        let usual = usualStep ?? step
        let (limit, isEndless) = usual.multipliedReportingOverflow(by: Self.stepCountMinimum)
        if !overflow, step > 0 { usualStep = min(usual, step) }
        guard !held.isEmpty, overflow || step < 0 || (!isEndless && usual > 0 && step >= limit)
        else { return note(losses) }
        // What ends the media is behind all of it.
        let here = held.filter { $0.kind != .truncated }
        held.removeAll { $0.kind != .truncated }
        return note(here + losses)
    }

    /// What was lost behind the last packet, or somewhere that is not known.
    mutating func atEnd(heard losses: [MediaLoss]) -> [MediaLoss] {
        defer { held = [] }
        return note(held + losses)
    }

    private mutating func note(_ losses: [MediaLoss]) -> [MediaLoss] {
        if losses.contains(where: { $0.kind == .truncated }) { endsEarly = true }
        return losses.filter { $0.kind != .encrypted }
    }
}
