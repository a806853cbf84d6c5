import CFFmpeg
import Glibc
import Synchronization

/// What FFmpeg has to say while it works.
public struct LogLine: Hashable, Sendable {
    /// How grave it is.
    public var level: LogLevel
    /// The part of FFmpeg that says it, such as `h264`; `nil` where it does not say.
    public var component: String?
    /// The line, without its end.
    public var text: String
    /// The lines that were left out since the one before, because they came too fast.
    public var suppressedCount: Int
}

/// How grave a line of the log is.
public enum LogLevel: Int32, Hashable, Sendable, Comparable, CaseIterable {
    /// Nothing is said.
    case quiet = -8
    /// The process is about to crash.
    case panic = 0
    /// FFmpeg cannot go on.
    case fatal = 8
    /// Something was lost.
    case error = 16
    /// Something looks wrong.
    case warning = 24
    /// What FFmpeg's commands show.
    case info = 32
    /// More of the same.
    case verbose = 40
    /// For who works on FFmpeg.
    case debug = 48
    /// For who works on FFmpeg, in great numbers.
    case trace = 56

    /// Whether `left` is graver than `right`.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Stands between FFmpeg's log, which is one for the process, and who listens.
enum Log {
    typealias Sink = @Sendable (LogLine) -> Void

    /// The most lines of a second that are passed on.
    static let maximumLinesPerSecond = 100

    /// Makes FFmpeg call here, once for the process.
    static func install() { _ = installed }

    static func setSink(_ sink: Sink?) {
        install()
        state.withLock { $0 = State(sink: sink) }
    }

    private static let installed: Void = unsafe av_log_set_callback {
        context,
        level,
        format,
        list in
        unsafe Log.receive(context, level, format, list)
    }

    private struct State {
        var sink: Sink?
        var unfinished = ""
        var second: Int = 0
        var lineCount = 0
        var suppressedCount = 0

        /// Takes a piece of text; gives back a line once it is complete and may be passed on.
        mutating func take(_ text: String, _ level: LogLevel, _ component: String?) -> LogLine? {
            unfinished += text
            guard unfinished.last?.isNewline == true else { return nil }
            let line = String(unfinished.dropLast())
            unfinished = ""
            guard !line.isEmpty, admits(at: MonotonicClock.nanoseconds() / 1_000_000_000) else {
                return nil
            }
            defer { suppressedCount = 0 }
            return LogLine(
                level: level,
                component: component,
                text: line,
                suppressedCount: suppressedCount
            )
        }

        private mutating func admits(at now: UInt64) -> Bool {
            if second != Int(now) {
                second = Int(now)
                lineCount = 0
            }
            lineCount += 1
            guard lineCount > Log.maximumLinesPerSecond else { return true }
            suppressedCount += 1
            return false
        }
    }

    private static let state = Mutex(State())

    private static func receive(
        _ context: UnsafeMutableRawPointer?,
        _ level: Int32,
        _ format: UnsafePointer<CChar>?,
        _ list: CVaListPointer?
    ) {
        guard let format = unsafe format, let list = unsafe list else { return }
        unsafe DemuxerLog.receive(format, list)
        // The bits above carry a colour.
        let gravity = level & 0xFF
        if let opaque = unsafe cffmpeg_codec_opaque(context) {
            unsafe Unmanaged<Complaints>.fromOpaque(opaque)._withUnsafeGuaranteedRef {
                unsafe $0.hear(format, list, gravity: level < 0 ? 0 : gravity)
            }
        }
        guard level < 0 || gravity <= av_log_get_level() else { return }
        guard let sink = state.withLock({ $0.sink }) else {
            unsafe av_log_default_callback(context, level, format, list)
            return
        }
        let component = unsafe cffmpeg_log_component(context).map { unsafe String(cString: $0) }
        let text = unsafe Self.text(format, list)
        let known = LogLevel.allCases.last { $0.rawValue <= gravity } ?? .info
        guard let line = state.withLock({ $0.take(text, known, component) }) else { return }
        sink(line)
    }

    /// The longest piece of text that is passed on, in bytes; FFmpeg's own limit.
    private static let maximumByteCount = 1024

    private static func text(_ format: UnsafePointer<CChar>, _ list: CVaListPointer) -> String {
        unsafe withUnsafeTemporaryAllocation(
            of: CChar.self,
            capacity: maximumByteCount
        ) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            var printsPrefix: Int32 = 0
            _ = unsafe av_log_format_line2(
                nil,
                0,
                format,
                list,
                start,
                Int32(buffer.count),
                &printsPrefix
            )
            return unsafe String(cString: start)
        }
    }
}

/// Time since the machine was started.
enum MonotonicClock {
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
