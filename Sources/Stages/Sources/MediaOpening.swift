internal import Buffers
internal import Digests
internal import FFmpeg
internal import Glibc
internal import SystemPackage

/// Opens media, and says in words that help why it cannot be opened.
enum MediaOpening {
    static func open(
        _ location: MediaLocation,
        name: String,
        interrupt: Interrupt
    ) throws -> Demuxer {
        if case .file(let path) = location { try checkFile(path) }
        do {
            return try Demuxer(location, interrupt: interrupt)
        } catch {
            throw failure(error, location, name: name)
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
        needsSeekableFile(description)
            ? """
            \(description.name) has its index behind its pictures and needs a seekable file; \
            store it in a file first
            """
            : "\(description.name) has a video stream without a single packet"
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
        return streams.first { !$0.disposition.contains(.attachedPicture) } ?? streams[0]
    }

    /// What a file is recognised by when it is met again: its size, its first and its last 64 KiB.
    static func digest(ofFile path: String) throws -> (byteCount: UInt64, digest: [UInt8]) {
        do {
            let file = try FileDescriptor.open(
                FilePath(path).onDisk,
                .readOnly,
                options: .closeOnExec
            )
            return try file.closeAfter {
                let size = try file.seek(offset: 0, from: .end)
                var sum = SHA256()
                let sizeBytes = (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
                sum.update(sizeBytes.rawSpan)
                for offset in [0, max(0, size - Int64(sampleByteCount))] {
                    let sample = try readSample(of: file, at: offset)
                    sum.update(sample.rawSpan)
                }
                return (UInt64(size), sum.finish())
            }
        } catch let error as Errno {
            throw StageError(.noInput, "\(path) cannot be read: \(error)")
        }
    }

    /// Bytes of a file that are looked at in one place.
    private static let sampleByteCount = 64 << 10

    /// Less only at the end of the file.
    private static func readSample(
        of file: FileDescriptor,
        at offset: Int64
    ) throws -> [UInt8] {
        try unsafe [UInt8](unsafeUninitializedCapacity: sampleByteCount) { buffer, count in
            while count < sampleByteCount {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: buffer[count...])
                )
                let read = try unsafe file.read(
                    fromAbsoluteOffset: offset + Int64(count),
                    into: rest
                )
                guard read > 0 else { return }
                count += read
            }
        }
    }
}

extension MediaInput {
    /// What the input is recognised by; `nil` for what is gone once it was read, and for what may
    /// change.
    public func fingerprint() throws -> (byteCount: UInt64, digest: [UInt8])? {
        switch self {
        case .file(let path):
            guard let status = Files.status(path), status.st_mode & S_IFMT == S_IFREG else {
                return nil
            }
            return try MediaOpening.digest(ofFile: path)
        case .images(_, let paths):
            var total: UInt64 = 0
            var sum = SHA256()
            for path in paths {
                let (byteCount, digest) = try MediaOpening.digest(ofFile: path)
                total += byteCount
                sum.update(digest.rawSpan)
            }
            return (total, sum.finish())
        case .url, .standardInput:
            return nil
        }
    }
}
