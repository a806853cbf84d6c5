internal import Buffers
internal import FrameFormat
public import Pipelines

/// Writes raw pictures as YUV4MPEG2, which `ffmpeg`, `x264` and `mpv` read from a pipe.
///
/// The format has one size, one pixel format and one frame rate for all frames, and refuses the
/// rest.
public struct Y4MOutput: Sink {
    /// `y4m`
    public static let kind = "y4m"
    /// Writing to a pipe blocks.
    public static let execution = StageExecution.blocking

    private let output: ByteOutput
    private let notice: @Sendable (String) -> Void
    private let report: @Sendable (OutputCounts) -> Void

    /// Writes to `output`; `notice` hears once what the format cannot carry, `report` what was
    /// written so far.
    public init(
        to output: ByteOutput,
        notice: @escaping @Sendable (String) -> Void,
        report: @escaping @Sendable (OutputCounts) -> Void
    ) {
        self.output = output
        self.notice = notice
        self.report = report
    }

    /// Writes a header, and each picture behind a line of its own.
    public func run(_ input: consuming FrameInput) async throws {
        var counts = OutputCounts()
        var writer = Y4MWriter(output: output, notice: notice)
        while let element = try await input.next() {
            switch element {
            case .frame(let frame):
                try writer.take(frame)
                counts.count(frame)
            case .gap(let gap):
                counts.count(gap)
            }
            report(counts)
        }
        try writer.finish()
    }
}

/// Holds the first picture back until the second one tells the frame rate.
private struct Y4MWriter {
    private let output: ByteOutput
    private let notice: @Sendable (String) -> Void
    private var first: Frame?
    private var header: Y4MHeader?
    private var previousTime: MediaTime?
    private var hasSaidUnevenTimes = false

    init(output: ByteOutput, notice: @escaping @Sendable (String) -> Void) {
        self.output = output
        self.notice = notice
    }

    mutating func take(_ frame: Frame) throws {
        if let header {
            try header.check(frame.header)
            watchTimes(frame, against: header)
            try write(frame)
        } else if let first {
            let header = try Y4MHeader(first: first.header, second: frame.header)
            try header.check(frame.header)
            try output.write(header.line)
            self.header = header
            self.first = nil
            try write(first)
            watchTimes(first, against: header)
            watchTimes(frame, against: header)
            try write(frame)
        } else {
            _ = try Y4MHeader(first: frame.header, second: nil)
            first = frame
        }
    }

    mutating func finish() throws {
        guard let first else { return }
        try output.write(try Y4MHeader(first: first.header, second: nil).line)
        try write(first)
    }

    private func write(_ frame: Frame) throws {
        try output.write("FRAME\n")
        try output.write(frame.payload.bytes)
    }

    private mutating func watchTimes(_ frame: Frame, against header: Y4MHeader) {
        let time = frame.header.presentationTime?.time
        defer { previousTime = time }
        guard !hasSaidUnevenTimes, let previousTime, let time else { return }
        if Y4MHeader.rate(from: previousTime, to: time) != header.rate {
            hasSaidUnevenTimes = true
            notice(
                """
                frame \(frame.header.sequence) is not on a steady \
                \(header.rate.numerator)/\(header.rate.denominator) frames a second: y4m cannot carry \
                its time; --as ndjson can
                """
            )
        }
    }
}
