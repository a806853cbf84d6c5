internal import FrameFormat
internal import Glibc
internal import SystemPackage

extension FileIdentity {
    /// Nanoseconds of a second.
    private static let nanosecondCount: Int64 = 1_000_000_000
    /// Longer than the tick of any clock that stamps files with parts of a second.
    private static let fineTick = nanosecondCount / 10
    /// Longer than the tick of file systems that keep whole seconds, or every other one.
    private static let coarseTick = 2 * nanosecondCount + nanosecondCount / 2

    /// What the file system says of the regular file at `path`; `nil` if there is none.
    init?(_ path: FilePath) {
        var status = stat()
        let result = unsafe path.onDisk.withPlatformString { unsafe stat($0, &status) }
        guard result == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status)
    }

    /// What the file system says of an open file; `nil` if it says nothing.
    init?(_ file: FileDescriptor) {
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        self.init(
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            byteCount: UInt64(max(0, status.st_size)),
            modificationTime: Self.nanoseconds(status.st_mtim),
            changeTime: Self.nanoseconds(status.st_ctim)
        )
    }

    /// Times that do not fit, in the year 2262 and later, keep what tells them apart.
    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* nanosecondCount &+ Int64(time.tv_nsec)
    }

    /// The time of the clock that stamps files.
    package static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return nanoseconds(time)
    }

    /// Whether a write after `now` is sure to leave another change time than this one: the clocks
    /// of file systems stand still for a while between their ticks.
    func isSettled(at now: Int64) -> Bool {
        let tick = changeTime % Self.nanosecondCount == 0 ? Self.coarseTick : Self.fineTick
        let (age, overflows) = now.subtractingReportingOverflow(changeTime)
        return !overflows && age >= tick
    }

    /// Whether the content is that of `other`, as far as one can see who trusts the time of
    /// modification.
    func isWritten(since other: FileIdentity) -> Bool {
        (device, inode, byteCount, modificationTime)
            != (other.device, other.inode, other.byteCount, other.modificationTime)
    }
}
