import CFFmpeg

/// The FFmpeg that this process runs with.
public enum Library {
    /// The version of one of FFmpeg's libraries.
    public struct Version: Hashable, Sendable, CustomStringConvertible {
        /// Such as `libavcodec`.
        public let library: String
        /// The version.
        public let major, minor, micro: Int

        /// Name and version.
        public var description: String { "\(library) \(major).\(minor).\(micro)" }

        init(_ library: String, _ packed: UInt32) {
            self.library = library
            major = Int(packed >> 16)
            minor = Int(packed >> 8 & 0xFF)
            micro = Int(packed & 0xFF)
        }
    }

    /// The version of FFmpeg as a whole, such as `5.1.9-0+deb12u1`.
    public static var version: String { unsafe String(cString: av_version_info()) }

    /// The versions of its libraries, as they run; not those of the headers.
    public static var versions: [Version] {
        [
            Version("libavutil", avutil_version()),
            Version("libavcodec", avcodec_version()),
            Version("libavformat", avformat_version()),
            Version("libswscale", swscale_version()),
        ]
    }

    /// The licence under which this build may be passed on.
    public static var license: String { unsafe String(cString: avcodec_license()) }

    /// The flags that FFmpeg was built with.
    public static var configuration: String { unsafe String(cString: avcodec_configuration()) }

    /// The names of all video decoders, in FFmpeg's order.
    public static var videoDecoderNames: [String] {
        unsafe videoCodecs { unsafe av_codec_is_decoder($0) != 0 }
    }

    /// The names of all video encoders, in FFmpeg's order.
    public static var videoEncoderNames: [String] {
        unsafe videoCodecs { unsafe av_codec_is_encoder($0) != 0 }
    }

    /// Only lines as grave as this one or graver go to the log; for the whole process.
    public static var logLevel: LogLevel {
        get {
            let level = av_log_get_level()
            return LogLevel.allCases.last { $0.rawValue <= level } ?? .quiet
        }
        set { av_log_set_level(newValue.rawValue) }
    }

    /// Sends FFmpeg's log to `sink` instead of standard error; `nil` sends it back there.
    ///
    /// One sink for the whole process. It is called from any thread, also from several at once and
    /// from within calls of this module: it must not wait. No more than a hundred lines of
    /// a second are passed on; the next says how many were left out.
    public static func setLogSink(_ sink: (@Sendable (LogLine) -> Void)?) {
        Log.setSink(sink)
    }

    private static func videoCodecs(
        where isWanted: (UnsafePointer<AVCodec>) -> Bool
    ) -> [String] {
        var names: [String] = []
        var state: UnsafeMutableRawPointer?
        while let codec = unsafe av_codec_iterate(&state) {
            guard unsafe codec.pointee.type == AVMEDIA_TYPE_VIDEO, unsafe isWanted(codec) else {
                continue
            }
            unsafe names.append(String(cString: codec.pointee.name))
        }
        return names
    }
}
