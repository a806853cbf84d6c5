import CFFmpeg

/// What a function of FFmpeg answered instead of doing what it was asked for.
public struct FFmpegError: Error, Hashable, Sendable {
    /// FFmpeg's number for what went wrong.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The number as FFmpeg's functions return it, negative.
        public let rawValue: Int32

        /// The code with FFmpeg's number.
        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }
    }

    /// What went wrong.
    public let code: Code

    /// The function of FFmpeg that said so.
    public let function: String

    /// What it was working on (a path, the name of a codec, of an option), where that says more.
    public let subject: String?

    init(_ code: Code, in function: String, on subject: String? = nil) {
        self.code = code
        self.function = function
        self.subject = subject
    }

    /// FFmpeg's text for the code.
    public var text: String {
        if code == .tooManyPixels { return "picture has more pixels than max_pixels allows" }
        return unsafe withUnsafeTemporaryAllocation(
            of: CChar.self,
            capacity: Int(AV_ERROR_MAX_STRING_SIZE)
        ) { buffer in
            guard let start = buffer.baseAddress else { return "error \(code.rawValue)" }
            _ = unsafe av_strerror(code.rawValue, start, buffer.count)
            return unsafe String(cString: start)
        }
    }
}

extension FFmpegError: CustomStringConvertible {
    /// The function, what it worked on, and FFmpeg's text.
    public var description: String {
        guard let subject else { return "\(function): \(text)" }
        return "\(function) \(subject): \(text)"
    }
}

extension FFmpegError.Code {
    /// The end of the media (AVERROR_EOF).
    public static let endOfFile = Self(rawValue: cffmpeg_error_end_of_file())
    /// Not now (EAGAIN).
    public static let again = Self(rawValue: cffmpeg_error_from_errno(EAGAIN))
    /// An ``Interrupt`` ended the call (AVERROR_EXIT).
    public static let interrupted = Self(rawValue: cffmpeg_error_exit())
    /// The bytes are not what the format or the codec asks for.
    public static let invalidData = Self(rawValue: cffmpeg_error_invalid_data())
    /// A picture is larger than `max_pixels` allows. This code is not FFmpeg's: FFmpeg answers
    /// with different codes, which say nothing of the limit.
    public static let tooManyPixels = Self(rawValue: cffmpeg_error_too_many_pixels())
    /// There is no memory.
    public static let outOfMemory = Self(rawValue: cffmpeg_error_from_errno(ENOMEM))
    /// An argument or an option has a wrong value.
    public static let invalidArgument = Self(rawValue: cffmpeg_error_from_errno(EINVAL))
    /// There is no such file.
    public static let noSuchFile = Self(rawValue: cffmpeg_error_from_errno(ENOENT))
    /// The path names a directory.
    public static let isDirectory = Self(rawValue: cffmpeg_error_from_errno(EISDIR))
    /// The file may not be opened.
    public static let permissionDenied = Self(rawValue: cffmpeg_error_from_errno(EACCES))
    /// The device reports an error.
    public static let inputOutput = Self(rawValue: cffmpeg_error_from_errno(EIO))
    /// There is no room left.
    public static let noSpace = Self(rawValue: cffmpeg_error_from_errno(ENOSPC))
    /// The quota is used up.
    public static let quota = Self(rawValue: cffmpeg_error_from_errno(EDQUOT))
    /// The file would become larger than allowed.
    public static let fileTooLarge = Self(rawValue: cffmpeg_error_from_errno(EFBIG))
    /// The peer took too long.
    public static let timedOut = Self(rawValue: cffmpeg_error_from_errno(ETIMEDOUT))
    /// A mistake within FFmpeg.
    public static let bug = Self(rawValue: cffmpeg_error_bug())
    /// FFmpeg does not know what went wrong; external libraries answer so.
    public static let unknown = Self(rawValue: cffmpeg_error_unknown())
    /// The media uses a feature that FFmpeg lacks.
    public static let notSupported = Self(rawValue: cffmpeg_error_not_supported())
    /// This build of FFmpeg has no such decoder.
    public static let decoderNotFound = Self(rawValue: cffmpeg_error_decoder_not_found())
    /// This build of FFmpeg has no such encoder.
    public static let encoderNotFound = Self(rawValue: cffmpeg_error_encoder_not_found())
    /// This build of FFmpeg cannot read the container.
    public static let demuxerNotFound = Self(rawValue: cffmpeg_error_demuxer_not_found())
    /// This build of FFmpeg cannot write the container.
    public static let muxerNotFound = Self(rawValue: cffmpeg_error_muxer_not_found())
    /// This build of FFmpeg does not know the URL's scheme.
    public static let protocolNotFound = Self(rawValue: cffmpeg_error_protocol_not_found())
    /// The media has no such stream.
    public static let streamNotFound = Self(rawValue: cffmpeg_error_stream_not_found())
    /// Nothing knows the option.
    public static let optionNotFound = Self(rawValue: cffmpeg_error_option_not_found())
}

/// Throws if `result` is one of FFmpeg's errors; gives it back otherwise.
@discardableResult
func check(
    _ result: Int32,
    _ function: String,
    on subject: String? = nil
) throws(FFmpegError) -> Int32 {
    guard result < 0 else { return result }
    throw FFmpegError(FFmpegError.Code(rawValue: result), in: function, on: subject)
}
