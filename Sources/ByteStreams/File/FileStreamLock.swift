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
        let opened: FileDescriptor
        do {
            opened = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead]
            )
        } catch {
            throw FileAccess.failure(error, "opening \(path)")
        }
        do throws(StreamError) {
            try Self.lock(opened, path, name)
        } catch {
            // Before it is this object's own: an initialiser that throws later runs `deinit` too.
            FileAccess.close(opened)
            throw error
        }
        descriptor = opened
    }

    private static func lock(
        _ descriptor: FileDescriptor,
        _ path: FilePath,
        _ name: StreamName
    ) throws(StreamError) {
        for attempt in 1...attemptCount {
            let status = cplatform_lock(descriptor.rawValue)
            if status == 0 { return }
            guard status == EAGAIN || status == EACCES else {
                throw FileAccess.failure(Errno(rawValue: status), "locking \(path)")
            }
            if attempt < attemptCount {
                var pause = timespec(tv_sec: 0, tv_nsec: Int(pauseMicroseconds) * 1000)
                unsafe nanosleep(&pause, nil)
            }
        }
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
