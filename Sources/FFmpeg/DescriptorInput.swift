import CFFmpeg
import FileNames
import Glibc

/// Reads a pipe, a device or standard input for a demuxer, and lets an ``Interrupt`` end the wait:
/// FFmpeg's own protocols block in the kernel there.
@safe
struct DescriptorInput: ~Copyable {
    let context: UnsafeMutablePointer<AVIOContext>
    private let state: State
    private let ownsDescriptor: Bool

    /// What the callbacks need. The context points to it without counting, and is destroyed first.
    private final class State: Sendable {
        let descriptor: Int32
        let interrupt: Interrupt

        init(descriptor: Int32, interrupt: Interrupt) {
            self.descriptor = descriptor
            self.interrupt = interrupt
        }
    }

    /// The size of the buffer between the descriptor and the demuxer, in bytes.
    private static let bufferByteCount = 65_536
    /// How long a wait lasts before the interrupt is looked at again, in milliseconds.
    private static let pollMilliseconds: Int32 = 50

    /// An input if FFmpeg's own protocols would block on `location`.
    static func make(
        for location: MediaLocation,
        interrupt: Interrupt
    ) throws(FFmpegError) -> DescriptorInput? {
        switch location {
        case .url: return nil
        case .standardInput:
            return try DescriptorInput(STDIN_FILENO, owned: false, interrupt: interrupt)
        case .file(let path):
            var status = stat()
            guard unsafe stat(path.systemName, &status) == 0 else { return nil }
            let type = status.st_mode & S_IFMT
            guard type == S_IFIFO || type == S_IFCHR else { return nil }
            // Without O_NONBLOCK the call waits until someone opens the other end.
            let descriptor = unsafe open(path.systemName, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else {
                let code = FFmpegError.Code(rawValue: cffmpeg_error_from_errno(errno))
                throw FFmpegError(code, in: "open", on: path)
            }
            return try DescriptorInput(descriptor, owned: true, interrupt: interrupt)
        }
    }

    private init(_ descriptor: Int32, owned: Bool, interrupt: Interrupt) throws(FFmpegError) {
        let state = State(descriptor: descriptor, interrupt: interrupt)
        let buffer = unsafe av_malloc(Self.bufferByteCount)
        var status = stat()
        let isFile =
            unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        let context = unsafe avio_alloc_context(
            buffer?.assumingMemoryBound(to: UInt8.self),
            Int32(Self.bufferByteCount),
            0,
            Unmanaged.passUnretained(state).toOpaque(),
            Self.read,
            nil,
            isFile ? Self.seek : nil
        )
        guard let context = unsafe context else {
            unsafe av_free(buffer)
            if owned { close(descriptor) }
            throw FFmpegError(.outOfMemory, in: "avio_alloc_context")
        }
        self.state = state
        ownsDescriptor = owned
        unsafe self.context = context
    }

    deinit {
        unsafe av_freep(&context.pointee.buffer)
        var context: UnsafeMutablePointer<AVIOContext>? = unsafe context
        unsafe avio_context_free(&context)
        if ownsDescriptor { close(state.descriptor) }
    }

    /// What a demuxer reads from; nothing where FFmpeg opens the location itself.
    static func context(
        of input: borrowing DescriptorInput?
    ) -> UnsafeMutablePointer<AVIOContext>? {
        switch input {
        case .some(let input): unsafe input.context
        case .none: nil
        }
    }

    private typealias Read =
        @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>?, Int32) -> Int32
    private typealias Seek = @convention(c) (UnsafeMutableRawPointer?, Int64, Int32) -> Int64

    private static let read: Read = { opaque, buffer, byteCount in
        guard let opaque = unsafe opaque else { return cffmpeg_error_bug() }
        let state = unsafe Unmanaged<State>.fromOpaque(opaque).takeUnretainedValue()
        while true {
            if state.interrupt.endsCalls { return cffmpeg_error_exit() }
            var request = pollfd(descriptor: state.descriptor)
            let ready = unsafe poll(&request, 1, DescriptorInput.pollMilliseconds)
            guard ready > 0 else {
                if ready == 0 || errno == EINTR { continue }
                return cffmpeg_error_from_errno(errno)
            }
            let count = unsafe Glibc.read(state.descriptor, buffer, Int(byteCount))
            if count > 0 { return Int32(count) }
            if count == 0 { return cffmpeg_error_end_of_file() }
            guard errno == EAGAIN || errno == EINTR else { return cffmpeg_error_from_errno(errno) }
        }
    }

    private static let seek: Seek = { opaque, offset, whence in
        guard let opaque = unsafe opaque else { return Int64(cffmpeg_error_bug()) }
        let state = unsafe Unmanaged<State>.fromOpaque(opaque).takeUnretainedValue()
        guard whence & cffmpeg_seek_size() == 0 else {
            var status = stat()
            guard unsafe fstat(state.descriptor, &status) == 0 else {
                return Int64(cffmpeg_error_from_errno(errno))
            }
            return Int64(status.st_size)
        }
        let position = lseek(
            state.descriptor,
            off_t(offset),
            whence & (SEEK_SET | SEEK_CUR | SEEK_END)
        )
        return position >= 0 ? Int64(position) : Int64(cffmpeg_error_from_errno(errno))
    }
}

extension pollfd {
    /// Asks whether the descriptor has something to read.
    fileprivate init(descriptor: Int32) {
        self.init(fd: descriptor, events: Int16(POLLIN), revents: 0)
    }
}
