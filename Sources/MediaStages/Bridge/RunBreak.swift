internal import FrameFormat
internal import Stages

/// Why a frame cannot follow those before it in one file.
struct RunBreak: Error, Hashable {
    /// What the person can do about it.
    enum Remedy: Hashable {
        /// What is in front of the frame and what is behind it go to files of their own.
        case parts
        /// Words that say it.
        case words(String)
    }

    /// The frame.
    let sequence: UInt64
    /// What is wrong with it, beginning with its name.
    let reason: String
    let remedy: Remedy

    /// The error for a person; `ranges` are the parts that can each be a file.
    func error(ranges: RangeSurvey? = nil) -> StageError {
        switch remedy {
        case .words(let words): StageError(.unsuitable, "\(reason); \(words)")
        case .parts:
            StageError(
                .unsuitable,
                ranges.map { "\(reason); export each part to a file of its own: \($0.text)" }
                    ?? "\(reason); export the frames on both sides apart with --frames"
            )
        }
    }
}

/// The ranges of frames that can each be one file. Pure.
struct RangeSurvey {
    /// Ranges that are named; of more, their number.
    private static let namedCount = 12

    private(set) var ranges: [ClosedRange<UInt64>] = []
    private var first: UInt64
    private var last: UInt64
    private let begin: (FrameHeader) -> (FrameHeader) throws -> Void
    private var place: (FrameHeader) throws -> Void

    /// Begins at the first frame of the file that broke, with its last.
    ///
    /// - Parameter begin: Makes, of the first frame of a file, what judges all its frames by
    ///   throwing ``RunBreak``.
    init(
        from first: UInt64,
        through last: UInt64,
        begin: @escaping (FrameHeader) -> (FrameHeader) throws -> Void
    ) {
        (self.first, self.last, self.begin) = (first, last, begin)
        // Whatever comes next begins a file.
        place = { throw RunBreak(sequence: $0.sequence, reason: "", remedy: .parts) }
    }

    /// Judges the next frame; one that `isApart` begins a file in any case.
    mutating func take(_ header: FrameHeader, isApart: Bool = false) {
        if isApart || !isPlaced(header) {
            if first <= last { ranges.append(first...last) }
            first = header.sequence
            place = begin(header)
            // A frame that cannot even be the first of a file is one by itself.
            _ = isPlaced(header)
        }
        last = header.sequence
    }

    private func isPlaced(_ header: FrameHeader) -> Bool {
        do {
            try place(header)
            return true
        } catch {
            return false
        }
    }

    /// No frame follows.
    mutating func finish() {
        if first <= last { ranges.append(first...last) }
    }

    /// As flags of the command.
    var text: String {
        let named = ranges.prefix(Self.namedCount).map { range in
            range.count == 1
                ? "--frames \(range.lowerBound)"
                : "--frames \(range.lowerBound)..\(range.upperBound)"
        }
        let rest = ranges.count - named.count
        return named.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
