internal import FrameFormat

extension Element: QueueItem {
    typealias Loss = FrameLoss

    var isContent: Bool {
        switch self {
        case .frame: true
        case .gap: false
        }
    }

    var isIndependent: Bool {
        switch self {
        case .frame(let frame):
            frame.header.codec == .raw || frame.header.flags.contains(.keyframe)
        case .gap: true
        }
    }
}

/// Adjacent frames, and gaps between them, that did not fit into the queue behind a live source.
struct FrameLoss: QueueLoss {
    private var frameCount: UInt64 = 0
    /// The gap of the source that is all there is to tell about, word for word.
    private var onlyGap: Gap?
    /// Why frames were missing before any was dropped here; each reason once.
    private var reasons: [Gap.Reason] = []
    /// The place of the first that is missing.
    private let start: SourcePosition
    private var unit = Gap.Unit.unknown
    /// The numbers that are missing; `nil` where the source does not number its frames.
    private var ordinals: ClosedRange<UInt64>?
    private var presentationTime: MediaTime?

    init(_ item: Element) {
        switch item {
        case .frame(let frame):
            start = frame.header.position.beforeNext
            lose(frame)
        case .gap(let gap):
            start = gap.position
            lose(gap)
            onlyGap = gap
        }
    }

    /// Frames of two sources are not lost together, for a gap has one source.
    mutating func absorb(_ item: Element) -> Bool {
        switch item {
        case .frame(let frame):
            guard frame.header.position.sourceID == start.sourceID else { return false }
            lose(frame)
        case .gap(let gap):
            guard gap.position.sourceID == start.sourceID else { return false }
            lose(gap)
        }
        onlyGap = nil
        return true
    }

    var item: Element {
        if let onlyGap { return .gap(onlyGap) }
        var detail = "\(frameCount) frames did not fit into the full queue behind the source"
        if !reasons.isEmpty {
            detail += "; missing there before: \(reasons.map { "\($0)" }.joined(separator: ", "))"
        }
        return .gap(
            Gap(
                reason: .overflow,
                position: start,
                unit: ordinals == nil ? .unknown : unit,
                first: ordinals?.lowerBound ?? 0,
                last: ordinals?.upperBound ?? 0,
                presentationTime: presentationTime,
                detail: detail
            )
        )
    }

    private mutating func lose(_ frame: Frame) {
        frameCount += 1
        presentationTime = presentationTime ?? frame.header.presentationTime?.time
        let ordinal = frame.header.position.ordinal
        guard ordinal > 0 else { return }
        include(ordinal...ordinal, of: frame.header.codec == .raw ? .frames : .packets)
    }

    private mutating func lose(_ gap: Gap) {
        if !reasons.contains(gap.reason) { reasons.append(gap.reason) }
        presentationTime = presentationTime ?? gap.presentationTime
        guard gap.unit == .packets || gap.unit == .frames, gap.first > 0, gap.first <= gap.last
        else { return }
        include(gap.first...gap.last, of: gap.unit)
    }

    private mutating func include(_ range: ClosedRange<UInt64>, of unit: Gap.Unit) {
        self.unit = unit
        guard let known = ordinals else {
            ordinals = range
            return
        }
        ordinals =
            min(known.lowerBound, range.lowerBound)...max(known.upperBound, range.upperBound)
    }
}

extension SourcePosition {
    /// The place of the frame before the one that is here.
    fileprivate var beforeNext: SourcePosition {
        SourcePosition(
            sourceID: sourceID,
            ordinal: ordinal > 0 ? ordinal - 1 : 0,
            origin: origin > 0 ? origin - 1 : 0
        )
    }
}
