internal import FrameFormat
public import FrameStreams
public import Pipelines

/// Lets the frames of a `FrameSelection` pass, and every gap.
///
/// Returns as soon as nothing more can pass, which ends the stages in front of it.
public struct Sample: Transform {
    /// `sample`
    public static let kind = "sample"

    private let selection: FrameSelection

    /// Takes the frames that are wanted.
    public init(_ selection: FrameSelection) {
        self.selection = selection
    }

    /// Passes what is selected.
    public func run(
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        if let point = selection.shownAt {
            try await passShown(at: point, input, output)
        } else {
            try await passSelected(input, output)
        }
    }

    private func passSelected(
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        var selector = FrameSelector(selection)
        while let element = try await input.next() {
            guard case .frame(let frame) = element else {
                try await output.send(element)
                continue
            }
            switch selector.judge(frame.header) {
            case .keep: try await output.send(element)
            case .drop: break
            case .end: return
            }
            if selector.isDone { return }
        }
    }

    /// The wanted frame is known when the next one starts later, or when there is none.
    private func passShown(
        at point: TimePoint,
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        var candidate: Frame?
        while let element = try await input.next() {
            guard case .frame(let frame) = element else {
                try await output.send(element)
                continue
            }
            switch frame.header.starts(after: point) {
            case .none: continue
            case .some(false): candidate = frame
            case .some(true):
                guard let candidate else { return }
                return try await output.send(.frame(candidate))
            }
        }
        if let candidate, candidate.header.isShown(at: point) {
            try await output.send(.frame(candidate))
        }
    }
}

extension FrameHeader {
    /// Whether the frame starts after `point`; `nil` when it has no time on that clock.
    fileprivate func starts(after point: TimePoint) -> Bool? {
        switch point {
        case .media(let time):
            presentationTime.map { time.isBefore($0.time) }
        case .wall(let nanoseconds):
            captureTime.map { nanoseconds < $0.nanoseconds }
        }
    }

    /// Whether the last frame of all, which starts at or before `point`, is still shown then.
    /// A frame without a duration is shown for ever.
    fileprivate func isShown(at point: TimePoint) -> Bool {
        guard case .media(let time) = point, let start = presentationTime?.time,
            let duration = duration?.time, duration.timeBase == start.timeBase, duration.value > 0
        else { return true }
        let end = MediaTime(value: start.value + duration.value, timeBase: start.timeBase)
        return time.isBefore(end)
    }
}
