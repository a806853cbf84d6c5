internal import CPlatform
internal import Glibc
internal import SystemPackage

/// The lock that makes a writer the only one. The kernel lets go of it when the process ends,
/// however it ends.
final class FileStreamLock: Sendable {
    static let fileName = "LOCK"
    /// A process that is about to end may hold it a little longer.
    private static let attemptCount = 5
    private static let pauseMicroseconds: UInt32 = 20_000

    private let descriptor: FileDescriptor

    /// Takes the lock.
    ///
    /// - Throws: `locked` while somebody else has it.
    init(folder: FilePath, name: StreamName) throws(StreamError) {
        let path = folder.appending(Self.fileName)
        do {
            descriptor = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead]
            )
        } catch {
            throw FileAccess.failure(error, "opening \(path)")
        }
        for attempt in 1...Self.attemptCount {
            let status = cplatform_lock(descriptor.rawValue)
            if status == 0 { return }
            guard status == EAGAIN || status == EACCES else {
                FileAccess.close(descriptor)
                throw FileAccess.failure(Errno(rawValue: status), "locking \(path)")
            }
            if attempt < Self.attemptCount {
                var pause = timespec(tv_sec: 0, tv_nsec: Int(Self.pauseMicroseconds) * 1000)
                unsafe nanosleep(&pause, nil)
            }
        }
        FileAccess.close(descriptor)
        throw StreamError(
            .locked,
            "stream \(name) is being written by another writer; wait for it to end"
        )
    }

    deinit {
        FileAccess.close(descriptor)
    }

    /// Whether somebody holds the lock of a stream.
    static func isHeld(in folder: FilePath) -> Bool {
        guard
            let descriptor = try? FileDescriptor.open(  // No lock file, no writer.
                folder.appending(fileName),
                .readOnly,
                options: .closeOnExec
            )
        else { return false }
        defer { FileAccess.close(descriptor) }
        return cplatform_is_locked(descriptor.rawValue) == 1
    }
}
