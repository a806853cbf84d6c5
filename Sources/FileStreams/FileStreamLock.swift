internal import ByteStreams
internal import SystemPackage

/// The lock of a file of a stream, held as long as this object lives. The kernel lets go of it when
/// the process ends, however it ends.
///
/// That of `LOCK` makes a writer the only one; that of a manifest lets it be changed beside a
/// writer.
final class FileStreamLock: Sendable {
    static let fileName = "LOCK"
    /// A process that is about to end may hold it a little longer.
    private static let attemptCount = 5
    private static let pause = Duration.milliseconds(20)

    private let file: any OpenFile

    /// Takes the lock of the writer.
    ///
    /// - Throws: `locked` while somebody else has it.
    convenience init(
        writerOf name: StreamName,
        in folder: FilePath,
        _ access: FileAccess
    ) throws(StreamError) {
        try self.init(
            folder.appending(Self.fileName),
            access,
            refusal: "stream \(name) is being written by another writer; wait for it to end"
        )
    }

    /// Takes the lock that a change of the manifest needs.
    ///
    /// - Throws: `locked` while somebody else changes it.
    convenience init(
        manifestOf name: StreamName,
        in folder: FilePath,
        _ access: FileAccess
    ) throws(StreamError) {
        try self.init(
            folder.appending(StreamManifest.fileNames[0]),
            access,
            refusal: "the manifest of stream \(name) is being changed by somebody else; try again"
        )
    }

    private init(
        _ path: FilePath,
        _ access: FileAccess,
        refusal: String
    ) throws(StreamError) {
        let file = try access.open(path, .updateOrCreate)
        for attempt in 1...Self.attemptCount {
            do {
                try access.environment.locks.lock(file)
                break
            } catch {
                guard error == .resourceTemporarilyUnavailable else {
                    throw FileAccess.failure(error, "locking \(path)")
                }
                guard attempt < Self.attemptCount else { throw StreamError(.locked, refusal) }
                access.environment.clock.wait(Self.pause)
            }
        }
        self.file = file
    }

    /// Whether a writer holds the lock of a stream.
    static func isHeld(in folder: FilePath, _ access: FileAccess) throws(StreamError) -> Bool {
        let path = folder.appending(fileName)
        do {
            return try access.environment.locks.isLocked(access.environment.files.open(path, .read))
        } catch {
            // No lock file, no writer.
            if error == .noSuchFileOrDirectory { return false }
            throw FileAccess.failure(error, "looking for the writer at \(path)")
        }
    }
}
