import CFFmpeg
import Glibc
import Synchronization

/// What a decoder says of damage, in FFmpeg's words.
public struct Complaint: Hashable, Sendable {
    /// What it is about.
    public enum Kind: Hashable, Sendable {
        /// Bytes that cannot be, or something that they refer to and that is not there.
        case damage
        /// The numbers of H.264's frames (7.4.3, `frame_num`) leave some out. Damage, unless the
        /// sequence parameter set allows gaps.
        case frameNumberGap
    }

    /// What it is about.
    public var kind: Kind
    /// The line, without its end.
    public var text: String
}

/// Gathers what FFmpeg logs in a decoder's name: of damage, and of a picture that it refuses
/// because of max_pixels, there is no other word than this.
final class Complaints: Sendable {
    private struct State {
        var complaint: Complaint?
        var refusesForPixels = false
    }

    private let codec: AVCodecID
    private let state = Mutex(State())
    // Looked at after each call, also where nothing was ever heard.
    private let hasHeard = Atomic<Bool>(false)

    init(of codec: AVCodecID) {
        self.codec = codec
    }

    /// The gravest complaint since the last call; damage counts for more than a gap of numbers.
    func take() -> Complaint? {
        guard hasHeard.load(ordering: .acquiring) else { return nil }
        return state.withLock { state in
            hasHeard.store(false, ordering: .releasing)
            return state.complaint.take()
        }
    }

    /// Whether a picture was refused since the last call.
    func takeRefusal() -> Bool {
        state.withLock { state in
            defer { state.refusesForPixels = false }
            return state.refusesForPixels
        }
    }

    func forget() {
        _ = take()
        _ = takeRefusal()
    }

    /// Hears a line of the log, as its format and arguments. Called from any thread.
    func hear(_ format: UnsafePointer<CChar>, _ list: CVaListPointer, gravity: Int32) {
        if gravity > AV_LOG_ERROR {
            guard let quiet = unsafe ComplaintTable.quietKind(format) else { return }
            let line = unsafe Self.line(format, list)
            if let kind = ComplaintTable.kind(of: quiet, line) { keep(kind, line) }
        } else if unsafe ComplaintTable.refusesForPixels(format) {
            state.withLock { $0.refusesForPixels = true }
        } else if !(unsafe ComplaintTable.isHarmless(format, of: codec)) {
            keep(.damage, unsafe Self.line(format, list))
        }
    }

    /// The line, without its end.
    private static func line(_ format: UnsafePointer<CChar>, _ list: CVaListPointer) -> String {
        let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            unsafe cffmpeg_format(start, Int32(buffer.count), format, list)
            return unsafe String(cString: start)
        }
        return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? text
    }

    private func keep(_ kind: Complaint.Kind, _ line: String) {
        state.withLock { state in
            hasHeard.store(true, ordering: .releasing)
            if let known = state.complaint, known.kind == .damage || kind != .damage { return }
            state.complaint = Complaint(kind: kind, text: line)
        }
    }
}
