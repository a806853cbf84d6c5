import CFFmpeg

/// A compressed access unit: what a demuxer reads and a decoder takes.
@safe
public struct Packet: ~Copyable, @unchecked Sendable {  // One owner, no thread affinity.
    let pointer: UnsafeMutablePointer<AVPacket>

    /// A packet with nothing in it.
    public init() throws(FFmpegError) {
        guard let pointer = unsafe av_packet_alloc() else {
            throw FFmpegError(.outOfMemory, in: "av_packet_alloc")
        }
        unsafe self.pointer = pointer  // Nothing throws once the pointer is kept.
    }

    /// A packet with a copy of `bytes`.
    public init(copying bytes: RawSpan) throws(FFmpegError) {
        var packet = try Packet()
        try packet.replaceBytes(with: bytes)
        self = packet
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVPacket>? = unsafe pointer
        unsafe av_packet_free(&pointer)
    }

    /// The compressed bytes, valid while the packet is borrowed.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = unsafe Memory.span(pointer.pointee.data, Int(pointer.pointee.size))
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Replaces everything in the packet by a copy of `bytes`, with the zeros behind them that
    /// FFmpeg's parsers read (AV_INPUT_BUFFER_PADDING_SIZE). Timestamps, flags and side data start
    /// afresh. The memory is used again where it is large enough and nothing else holds it.
    public mutating func replaceBytes(with bytes: RawSpan) throws(FFmpegError) {
        let byteCount = bytes.byteCount
        guard byteCount <= Self.maximumByteCount else {
            throw FFmpegError(.invalidArgument, in: "av_new_packet", on: "\(byteCount) bytes")
        }
        if !hasOwnMemory(for: byteCount) {
            unsafe av_packet_unref(pointer)
            try check(unsafe av_new_packet(pointer, Int32(byteCount)), "av_new_packet")
        }
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe UnsafeMutableRawPointer(pointer.pointee.data)
                .copyMemory(from: start, byteCount: byteCount)
        }
    }

    /// The most bytes that fit into a packet: FFmpeg counts in 32 bits and adds its padding.
    public static let maximumByteCount = Int(Int32.max - AV_INPUT_BUFFER_PADDING_SIZE)

    /// Gives up everything in the packet, so that it can be filled again.
    public mutating func reset() {
        unsafe av_packet_unref(pointer)
    }

    /// Makes room for `byteCount` bytes in the memory at hand, if that is possible.
    private mutating func hasOwnMemory(for byteCount: Int) -> Bool {
        guard let buffer = unsafe pointer.pointee.buf, unsafe av_buffer_is_writable(buffer) == 1
        else { return false }
        let padding = Int(AV_INPUT_BUFFER_PADDING_SIZE)
        guard unsafe buffer.pointee.size >= byteCount + padding else { return false }
        unsafe pointer.pointee.buf = nil
        unsafe av_packet_unref(pointer)
        unsafe pointer.pointee.buf = buffer
        unsafe pointer.pointee.data = buffer.pointee.data
        unsafe pointer.pointee.size = Int32(byteCount)
        unsafe (buffer.pointee.data + byteCount).update(repeating: 0, count: padding)
        return true
    }
}

extension Packet {
    /// When the picture is shown, in ``timeBase``.
    public var presentationTimestamp: Int64? {
        get { unsafe Timestamp.optional(pointer.pointee.pts) }
        set { unsafe pointer.pointee.pts = Timestamp.raw(newValue) }
    }

    /// When the packet is decoded, in ``timeBase``.
    public var decodeTimestamp: Int64? {
        get { unsafe Timestamp.optional(pointer.pointee.dts) }
        set { unsafe pointer.pointee.dts = Timestamp.raw(newValue) }
    }

    /// How long the picture is shown, in ``timeBase``; `nil` where it is not known.
    public var duration: Int64? {
        get { unsafe pointer.pointee.duration > 0 ? pointer.pointee.duration : nil }
        set { unsafe pointer.pointee.duration = newValue ?? 0 }
    }

    /// What the timestamps count; `nil` where nobody said. A ``Demuxer`` always says.
    public var timeBase: Fraction? {
        get { unsafe Fraction.known(pointer.pointee.time_base) }
        set { unsafe pointer.pointee.time_base = (newValue ?? Fraction(0, 1)).rational }
    }

    /// The stream it belongs to.
    public var streamIndex: Int {
        get { Int(unsafe pointer.pointee.stream_index) }
        set { unsafe pointer.pointee.stream_index = Int32(newValue) }
    }

    /// Where it lies in the media, in bytes, if that is known.
    public var position: Int64? {
        get { unsafe pointer.pointee.pos >= 0 ? pointer.pointee.pos : nil }
        set { unsafe pointer.pointee.pos = newValue ?? -1 }
    }

    /// Gives the packet a number that the picture which begins in it will have
    /// (``Picture/packetNumber``). With FFmpeg before 6.0 it takes the place of ``position``.
    public mutating func number(_ number: UInt64) {
        unsafe cffmpeg_set_packet_number(pointer, Int64(clamping: number))
    }

    /// Whether the bytes are encrypted, as the demuxer says, so that no decoder can use them.
    public var isEncrypted: Bool { unsafe cffmpeg_is_encrypted(pointer) != 0 }

    /// What the demuxer or the encoder says about the packet.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// FFmpeg's bits (AV_PKT_FLAG_...).
        public let rawValue: Int32

        /// Flags from FFmpeg's bits.
        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// Decoding can start here.
        public static let key = Self(rawValue: AV_PKT_FLAG_KEY)
        /// The bytes are damaged.
        public static let corrupt = Self(rawValue: AV_PKT_FLAG_CORRUPT)
        /// It is decoded but not shown, as an edit list wants it.
        public static let discard = Self(rawValue: AV_PKT_FLAG_DISCARD)
        /// No other packet needs it to be decoded.
        public static let disposable = Self(rawValue: AV_PKT_FLAG_DISPOSABLE)
    }

    /// What the demuxer or the encoder says about the packet.
    public var flags: Flags {
        get { Flags(rawValue: unsafe pointer.pointee.flags) }
        set { unsafe pointer.pointee.flags = newValue.rawValue }
    }
}

/// Spans over FFmpeg's memory, which may be absent.
enum Memory {
    /// A span that the caller ties to its owner.
    @unsafe
    @_lifetime(immortal)
    static func span(_ start: UnsafePointer<UInt8>?, _ byteCount: Int) -> RawSpan {
        let buffer = unsafe UnsafeRawBufferPointer(
            start: start,
            count: start == nil ? 0 : byteCount
        )
        let span = unsafe RawSpan(_unsafeBytes: buffer)
        return unsafe _overrideLifetime(span, borrowing: ())
    }

    /// A copy as an array.
    static func copy(_ start: UnsafePointer<UInt8>?, _ byteCount: Int) -> [UInt8] {
        guard let start = unsafe start, byteCount > 0 else { return [] }
        return unsafe [UInt8](UnsafeBufferPointer(start: start, count: byteCount))
    }
}
