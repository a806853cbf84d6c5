internal import Buffers
internal import FFmpeg
internal import FileNames
internal import FrameFormat
internal import Glibc
internal import Stages
internal import SystemPackage

/// An input that is one image file. Its bytes are taken whole: FFmpeg cuts off what stands behind
/// the image, or takes it for another one.
enum WholeImage {
    /// What a file is.
    enum Kind {
        /// No image file.
        case other
        /// Images one behind the other; packets of the demuxer were read.
        case several
        /// One image, with the times that the demuxer gives it.
        case one(presentationTime: Int64?, duration: Int64?)
    }

    /// Looks at the first packets of what was opened.
    static func kind(
        of demuxer: inout Demuxer,
        at location: MediaLocation,
        _ stream: MediaStream
    ) throws -> Kind {
        guard case .file(let path) = location, isImageFormat(demuxer.formatName),
            let status = Files.status(path), status.st_mode & S_IFMT == S_IFREG
        else { return .other }
        demuxer.keep(only: [stream.index])
        var packet = try Packet()
        let first = start(of: try next(&demuxer, &packet), packet)
        let one = Kind.one(
            presentationTime: first == nil ? 0 : packet.presentationTimestamp,
            duration: first == nil ? nil : packet.duration
        )
        guard let first, let second = start(of: try next(&demuxer, &packet), packet) else {
            return one
        }
        // A moving GIF goes on without a signature.
        return demuxer.formatName == "gif" || second == first ? .several : one
    }

    /// The frame of a file that is one image.
    static func frame(
        ofFile path: String,
        at presentationTime: Int64?,
        lasting duration: Int64?,
        _ stream: MediaStream,
        position: SourcePosition,
        pool: BufferPool
    ) throws -> Frame {
        let bytes = try bytes(ofFile: path, pool: pool)
        // What the file says of itself, as of its orientation, is in the bytes.
        var packet = try Packet(copying: bytes.bytes)
        packet.presentationTimestamp = presentationTime
        packet.decodeTimestamp = presentationTime
        packet.duration = duration
        packet.flags = [.key]
        let framer = try PacketFramer(stream: stream, pool: pool)
        var frame = framer.frame(from: packet, position: position, isJoinable: true)
        frame.payload = bytes
        return frame
    }

    /// FFmpeg's demuxers of image files.
    private static func isImageFormat(_ name: String) -> Bool {
        name.hasSuffix("_pipe") || name == "image2" || name == "gif"
    }

    /// Damage ends what can be looked at; the decoder will say so.
    private static func next(
        _ demuxer: inout Demuxer,
        _ packet: inout Packet
    ) throws -> Demuxer.ReadResult {
        do {
            return try demuxer.read(into: &packet)
        } catch {
            if error.code == .outOfMemory { throw error }
            return .endOfFile
        }
    }

    /// The first bytes of a packet, which in each kind of image file are always the same.
    private static func start(
        of result: Demuxer.ReadResult,
        _ packet: borrowing Packet
    ) -> [UInt8]? {
        guard result == .packet else { return nil }
        let bytes = packet.bytes
        return unsafe bytes.withUnsafeBytes { unsafe Array($0.prefix(2)) }
    }

    /// The bytes of a file.
    ///
    /// - Throws: `refused` for more than a packet holds, `noInput` where it cannot be read.
    private static func bytes(ofFile path: String, pool: BufferPool) throws -> Buffer {
        do {
            let file = try FileDescriptor.open(
                FilePath(path).onDisk,
                .readOnly,
                options: .closeOnExec
            )
            return try file.closeAfter {
                let byteCount = try file.seek(offset: 0, from: .end)
                guard byteCount <= Packet.maximumByteCount else {
                    throw StageError(
                        .refused,
                        """
                        \(path) has \(byteCount) bytes, and an image may have \(Packet.maximumByteCount)
                        """
                    )
                }
                var buffer = pool.makeBuffer(byteCount: Int(byteCount))
                var count = 0
                while count < Int(byteCount) {
                    let offset = count
                    let read = try unsafe buffer.withUnsafeMutableBytes { memory in
                        try unsafe file.read(
                            fromAbsoluteOffset: Int64(offset),
                            into: UnsafeMutableRawBufferPointer(rebasing: memory[offset...])
                        )
                    }
                    guard read > 0 else {
                        throw StageError(.badInput, "\(path) became shorter while it was read")
                    }
                    count += read
                }
                return buffer.freeze()
            }
        } catch let error as Errno {
            throw StageError(.noInput, "\(path) cannot be read: \(error)")
        }
    }
}
