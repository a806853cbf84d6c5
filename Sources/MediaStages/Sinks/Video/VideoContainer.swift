internal import FFmpeg
internal import Stages

/// A kind of video file, chosen by the ending of its name.
public struct VideoContainer: Hashable, Sendable {
    /// The ending.
    public let fileExtension: String
    /// FFmpeg's name of the muxer.
    let muxerName: String
    /// The encoder where nobody chooses.
    public let defaultEncoder: String
    /// Whether parameter sets stand in front of the packets and not in them.
    let wantsGlobalHeader: Bool
    /// Whether times are kept exactly; otherwise what becomes of them.
    let timeLoss: String?
    /// Whether a display matrix is kept.
    let keepsRotation: Bool
    /// Whether frames that are decoded and not shown stay so.
    let keepsEditLists: Bool
    /// Whether pictures may be coded in another order than they are shown.
    let takesReorderedPictures: Bool

    private init(
        _ fileExtension: String,
        _ muxerName: String,
        encoder: String = "libx264",
        wantsGlobalHeader: Bool = true,
        timeLoss: String? = nil,
        isMP4: Bool = false,
        takesReorderedPictures: Bool = true
    ) {
        self.fileExtension = fileExtension
        self.muxerName = muxerName
        defaultEncoder = encoder
        self.wantsGlobalHeader = wantsGlobalHeader
        self.timeLoss = timeLoss
        keepsRotation = isMP4
        keepsEditLists = isMP4
        self.takesReorderedPictures = takesReorderedPictures
    }

    private static let matroskaTimes = "times are rounded to milliseconds"

    /// All kinds.
    public static let all: [VideoContainer] = [
        VideoContainer("mp4", "mp4", isMP4: true),
        VideoContainer("mov", "mov", isMP4: true),
        VideoContainer("mkv", "matroska", timeLoss: matroskaTimes),
        VideoContainer("webm", "webm", encoder: "libvpx-vp9", timeLoss: matroskaTimes),
        VideoContainer(
            "ts",
            "mpegts",
            wantsGlobalHeader: false,
            timeLoss: "times are rounded to 1/90000 s, and start later"
        ),
        VideoContainer(
            "avi",
            "avi",
            wantsGlobalHeader: false,
            timeLoss: "frames have no times of their own, and come at a steady rate",
            takesReorderedPictures: false
        ),
        // Its muxer hands no side data, and so no display matrix, to the segments, and what reads
        // the list goes by no edit lists of theirs.
        VideoContainer("m3u8", "hls"),
    ]

    /// The kind of a file by the ending of its name; `nil` for one that is not known.
    public init?(path: String) {
        let ending = path.split(separator: ".").last.map { $0.lowercased() }
        guard let found = Self.all.first(where: { $0.fileExtension == ending }) else { return nil }
        self = found
    }

    /// Whether players find a codec in such a file, as far as the codec's name tells; a trial tells
    /// the rest (``VideoTrial``). FFmpeg writes any codec as MPEG-TS, also those that nothing reads
    /// again (ISO/IEC 13818-1 table 2-34), and some into Matroska and AVI that its own demuxers do
    /// not take apart. MP4 and WebM have lists of their own, which FFmpeg knows.
    func holds(_ codecName: String) -> Bool {
        switch muxerName {
        case "mpegts": Self.transportCodecs.contains(codecName)
        case "matroska", "avi": !Self.lost.contains(codecName)
        case "mov": true
        default: Muxer.holds(codecName: codecName, format: fileMuxerName) ?? true
        }
    }

    private static let transportCodecs: Set<String> = [
        "h264", "hevc", "mpeg1video", "mpeg2video", "mpeg4", "cavs", "dirac", "vc1",
    ]
    private static let lost: Set<String> = ["gif", "qtrle"]

    /// Refuses a codec that such a file cannot hold, and names the kinds that can.
    func check(holds codecName: String) throws {
        guard !holds(codecName) else { return }
        throw StageError(
            .unsuitable,
            "\(fileExtension) cannot hold \(codecName); \(wayOut(for: codecName))"
        )
    }

    /// What a person can do who cannot have a codec in such a file.
    func wayOut(for codecName: String) -> String {
        let others = Self.all.filter { other in
            other != self && other.holds(codecName)
                && Muxer.holds(codecName: codecName, format: other.fileMuxerName) ?? true
        }.map(\.fileExtension)
        let encode = "--codec \(VideoCodec.shortName(ofEncoder: defaultEncoder)) encodes anew"
        guard !others.isEmpty else { return encode }
        return "\(others.joined(separator: ", ")) can, and \(encode)"
    }

    /// The muxer of the files themselves, where the container is a list of them.
    var fileMuxerName: String { isPlaylist ? "mp4" : muxerName }

    /// Whether two packets may be decoded at the same time.
    var takesEqualTimes: Bool { muxerName == "matroska" || muxerName == "webm" }

    /// Whether the first packet has to come at zero: AVI fills the time before it with empty
    /// packets.
    var beginsAtZero: Bool { muxerName == "avi" }

    /// Whether the file has an index of all packets that is read in no time.
    var hasWholeIndex: Bool { choosesTimeBase }

    /// Whether the file is a list of others.
    public var isPlaylist: Bool { muxerName == "hls" }

    /// Whether the file has a time base of its own that can be chosen.
    var choosesTimeBase: Bool { muxerName == "mp4" || muxerName == "mov" }
}
