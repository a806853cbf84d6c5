internal import FileNames
internal import Glibc
internal import Stages
internal import SystemPackage

/// A file that gets its name when it is complete and durable, and leaves nothing behind when it is
/// not.
///
/// A playlist and its segments are made in a folder of their own; the segments get their names
/// first and the list last.
final class VideoFile {
    /// Where the container writes.
    let workPath: FilePath
    /// Where a trial may be written.
    let trialPath: FilePath
    private let path: FilePath
    private let isForced: Bool
    /// A folder of its own for what is several files.
    private let workFolder: FilePath?

    /// - Throws: `cannotCreate` for a file that exists and is not to be replaced.
    init(_ path: FilePath, _ container: VideoContainer, isForced: Bool) throws {
        self.path = path
        self.isForced = isForced
        let name = path.lastComponent?.string ?? "video"
        // Two exports to one name do not write one file.
        let work = path.removingLastComponent().appending(".\(name).\(getpid()).partial")
        workFolder = container.isPlaylist ? work : nil
        workPath = container.isPlaylist ? work.appending(name) : work
        let trial = ".\(name).\(getpid()).trial"
        trialPath = path.removingLastComponent().appending(trial)
        try refuseExisting()
        guard let workFolder else { return }
        guard unsafe mkdir(workFolder.string.systemName, 0o755) == 0 else {
            throw StageError(
                .cannotCreate,
                "the folder \(workFolder) cannot be made: \(Errno(rawValue: errno))"
            )
        }
    }

    deinit {
        // Nothing is there any more of what was completed.
        Files.remove(workFolder ?? workPath)
        Files.remove(trialPath)
    }

    private func refuseExisting() throws {
        guard isForced || !Files.exists(path.string) else {
            throw StageError(
                .cannotCreate,
                "\(path) exists; choose another name, or replace it with --force"
            )
        }
    }

    /// Makes the file durable and gives it its name.
    ///
    /// - Returns: Its bytes, those of segments included.
    func complete() throws -> UInt64 {
        // Somebody else may have made one meanwhile.
        try refuseExisting()
        let folder = path.removingLastComponent()
        do {
            var byteCount: UInt64 = 0
            for name in try segmentNames() {
                byteCount += try move(workPath.removingLastComponent().appending(name), to: folder)
            }
            byteCount += try Self.sync(workPath)
            try Files.rename(workPath, to: path)
            _ = try Self.sync(folder.isEmpty ? "." : folder)
            return byteCount
        } catch {
            throw StageError(.inputOutput, "completing \(path) failed: \(error)")
        }
    }

    /// What lies beside a playlist, in order.
    private func segmentNames() throws -> [String] {
        guard let workFolder else { return [] }
        return try Files.names(in: workFolder.string)
            .filter { $0 != workPath.lastComponent?.string }.sorted()
    }

    private func move(_ file: FilePath, to folder: FilePath) throws -> UInt64 {
        let byteCount = try Self.sync(file)
        let target = folder.appending(file.lastComponent?.string ?? "segment")
        try Files.rename(file, to: target)
        return byteCount
    }

    /// Makes a file, or the names in a folder, durable.
    ///
    /// - Returns: The bytes of the file.
    private static func sync(_ path: FilePath) throws -> UInt64 {
        let descriptor = try FileDescriptor.open(path.onDisk, .readOnly, options: .closeOnExec)
        return try descriptor.closeAfter {
            guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            var status = stat()
            guard unsafe fstat(descriptor.rawValue, &status) == 0 else {
                throw Errno(rawValue: errno)
            }
            return UInt64(status.st_size)
        }
    }
}
