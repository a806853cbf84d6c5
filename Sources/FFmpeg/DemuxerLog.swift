import CFFmpeg
import Glibc

/// A loss of which FFmpeg only speaks, in its words.
public struct MediaLoss: Hashable, Sendable {
    /// What is lost.
    public enum Kind: Hashable, Sendable {
        /// Something in the media could not be read.
        case unreadable
        /// The media ends too early.
        case truncated
        /// The media is there, but nobody without the key can use it.
        case encrypted
    }

    /// What is lost.
    public var kind: Kind
    /// The line, without its end.
    public var text: String

    /// Makes a loss.
    public init(kind: Kind, text: String) {
        self.kind = kind
        self.text = text
    }

    /// The playlist that the line ends with, as HLS numbers them; `nil` where it names none.
    public var playlist: Int? {
        guard let name = text.firstRange(of: "of playlist ") else { return nil }
        return Int(text[name.upperBound...].prefix(while: \.isNumber))
    }
}

/// Hears what FFmpeg logs of losses while it works for one demuxer.
///
/// Demuxers open others within themselves (HLS, DASH, ffconcat), which log in names of their own;
/// but all of them work on the thread of the call. So what is said on this thread during a call is
/// said of this demuxer.
final class DemuxerLog {
    /// The most losses that are kept until they are taken; more say nothing new.
    private static let countMaximum = 16
    /// The longest line that is kept, in bytes.
    private static let byteCountMaximum = 256

    private var losses: [MediaLoss] = []

    /// Which log hears a thread.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        _ = unsafe pthread_key_create(&key, nil)
        return key
    }()

    /// Hears what is logged on this thread during the call.
    func hearing<Result>(_ call: () -> Result) -> Result {
        let before = unsafe pthread_getspecific(Self.key)
        _ = unsafe pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
        defer { _ = unsafe pthread_setspecific(Self.key, before) }
        return call()
    }

    /// What was heard since the last call.
    func take() -> [MediaLoss] {
        guard !losses.isEmpty else { return [] }
        defer { losses = [] }
        return losses
    }

    /// Takes a line as its format and arguments, whatever its level.
    static func receive(_ format: UnsafePointer<CChar>, _ list: CVaListPointer) {
        guard let listener = unsafe pthread_getspecific(key),
            let kind = unsafe DemuxerLossTable.kind(format)
        else { return }
        unsafe Unmanaged<DemuxerLog>.fromOpaque(listener)._withUnsafeGuaranteedRef {
            unsafe $0.keep(kind, format, list)
        }
    }

    private func keep(
        _ kind: MediaLoss.Kind,
        _ format: UnsafePointer<CChar>,
        _ list: CVaListPointer
    ) {
        guard losses.count < Self.countMaximum else { return }
        let text = unsafe withUnsafeTemporaryAllocation(
            of: CChar.self,
            capacity: Self.byteCountMaximum
        ) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            unsafe cffmpeg_format(start, Int32(buffer.count), format, list)
            return unsafe String(cString: start)
        }
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? text
        let loss = MediaLoss(kind: kind, text: line)
        // Demuxers try again, and say it again.
        if !losses.contains(loss) { losses.append(loss) }
    }
}
