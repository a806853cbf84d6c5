internal import FFmpeg
internal import Glibc
internal import Stages
internal import SystemPackage

/// Opens media, and says in words that help why it cannot be opened.
enum MediaOpening {
    static func open(
        _ location: MediaLocation,
        name: String,
        interrupt: Interrupt
    ) throws -> Demuxer {
        if case .file(let path) = location { try checkFile(path) }
        let demuxer: Demuxer
        do {
            demuxer = try Demuxer(location, interrupt: interrupt)
        } catch {
            throw failure(error, location, name: name)
        }
        // FFmpeg draws any file of that name as pictures of letters (ttydec.c).
        guard demuxer.formatName != "tty" else {
            throw StageError(.badInput, "\(name) is text, no media")
        }
        return demuxer
    }

    /// How long a live playlist has nothing more until that is told, in seconds. FFmpeg gives up
    /// when it has looked some times in vain (`max_reload` of its demuxer: 3 in newer versions,
    /// with half the length of a segment between them), which may be soon.
    private static let waitLimit = 1

    /// An interrupt that tells where a live playlist has nothing more for now.
    static func interrupt(
        for name: String,
        onWait: @escaping @Sendable (String) -> Void
    ) -> Interrupt {
        Interrupt(after: .seconds(waitLimit)) {
            onWait(
                "\(name): nothing has come for \(waitLimit) s; waits for more of the live playlist, "
                    + "which has no #EXT-X-ENDLIST"
            )
        }
    }

    /// What can be said without FFmpeg is said better without it.
    private static func checkFile(_ path: String) throws {
        guard let status = Files.status(path) else {
            throw StageError(.noInput, "there is no file \(path)")
        }
        if Files.isFolder(path) {
            throw StageError(.noInput, "\(path) is a folder; name the files in it")
        }
        guard Files.isReadable(path) else {
            throw StageError(.noInput, "\(path) may not be read; look at its permissions")
        }
        if status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 {
            throw StageError(.badInput, "\(path) is empty")
        }
    }

    private static func failure(
        _ error: FFmpegError,
        _ location: MediaLocation,
        name: String
    ) -> StageError {
        switch error.code {
        case .noSuchFile:
            return StageError(.noInput, "there is no input \(name)")
        case .invalidData where location == .standardInput:
            return StageError(
                .badInput,
                """
                standard input holds no media that can be read from a pipe; an MP4 whose index is at the end \
                needs a seekable file
                """
            )
        case .invalidData where isHEIF(location):
            return StageError(.badInput, unreadHEIF(name))
        case .invalidData:
            return StageError(
                .badInput,
                "\(name) is no media that FFmpeg knows, or it is cut off before its index"
            )
        case .permissionDenied:
            return StageError(.noInput, "\(name) may not be read; look at its permissions")
        default:
            return StageError(.noInput, "\(name) cannot be opened: \(error)")
        }
    }

    private static let conversion = "convert it first, as with heif-convert"

    private static func unreadHEIF(_ name: String) -> String {
        "\(name) is a HEIF image of a kind that the FFmpeg in use does not read; \(conversion)"
    }

    /// The brands of HEIF images (ISO/IEC 23008-12, 10; of AV1 in it, AVIF 1.1, section 6).
    private static let brands = ["heic", "heix", "heim", "heis", "mif1", "msf1", "avif"]

    /// Whether a file has one of the brands.
    private static func isHEIF(_ location: MediaLocation) -> Bool {
        guard case .file(let path) = location else { return false }
        let head = Files.contents(of: FilePath(path), atMost: 12) ?? []
        return head.count == 12 && head[4..<8].elementsEqual("ftyp".utf8)
            && brands.contains { head[8...].elementsEqual($0.utf8) }
    }

    /// Tells damage in the data, which becomes a gap, from what makes the whole input unusable.
    static func check(
        _ error: FFmpegError,
        _ description: MediaDescription,
        isFirst: Bool
    ) throws {
        if error.code == .outOfMemory { throw error }
        if isFirst, error.code != .invalidData || needsSeekableFile(description) {
            throw StageError(.badInput, emptyReason(description))
        }
    }

    /// Why nothing came out of an input that could be opened.
    static func emptyReason(_ description: MediaDescription) -> String {
        // FFmpeg before 7.0 opens images in tiles, and finds none of them.
        if let brand = description.brand, brands.contains(brand) {
            return unreadHEIF(description.name)
        }
        return needsSeekableFile(description)
            ? """
            \(description.name) has its index behind its pictures and needs a seekable file; \
            store it in a file first
            """
            : "\(description.name) has a video stream without a single packet"
    }

    /// What is thrown where no packet can be decoded without a key.
    static func encrypted(_ name: String) -> StageError {
        StageError(
            .badInput,
            "the pictures of \(name) are encrypted; decrypt it first with the key, as its seller's player does"
        )
    }

    private static func needsSeekableFile(_ description: MediaDescription) -> Bool {
        !description.isSeekable && description.formatName.split(separator: ",").contains("mp4")
    }

    /// The video stream with a number; without one, the first that is no cover picture.
    static func choose(
        _ number: Int?,
        of demuxer: borrowing Demuxer,
        name: String
    ) throws -> MediaStream {
        let streams = demuxer.streams.filter { $0.kind == .video }
        guard !streams.isEmpty else {
            throw StageError(.badInput, "\(name) has no video stream")
        }
        if let number {
            guard streams.indices.contains(number) else {
                throw StageError(
                    .unsuitable,
                    """
                    \(name) has \(streams.count) video stream(s), numbered from 0; \
                    --video-stream \(number) is none of them
                    """
                )
            }
            return streams[number]
        }
        // HEIF keeps large images in tiles, each of which FFmpeg has as a stream.
        guard !streams.contains(where: { demuxer.isTile($0.index) }) else {
            throw StageError(
                .badInput,
                "\(name) has an image in \(streams.count) tiles, which are not put together; \(conversion)"
            )
        }
        return streams.first { !$0.disposition.contains(.attachedPicture) } ?? streams[0]
    }
}
