import Glibc

/// Lines for whoever watches.
enum Line {
    /// Writes one line with one write(2): all of it is said, or nothing.
    static func say(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        let bytes = Array((text + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
        }
    }

    /// Nanoseconds of the clock that all processes of a machine share and nobody sets.
    static var now: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// The standard input, by which whoever watches says when.
enum Signal {
    /// Waits for a byte.
    static func wait() {
        var byte: UInt8 = 0
        _ = unsafe read(STDIN_FILENO, &byte, 1)
    }

    /// Whether the other end has been closed.
    static var isOver: Bool {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&input, 1, 0) > 0
    }
}
