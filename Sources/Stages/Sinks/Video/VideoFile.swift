internal import Foundation
internal import Glibc
internal import SystemPackage

/// A file that gets its name when it is complete, and leaves nothing behind when it is not.
final class VideoFile {
    /// Where the container writes.
    let workPath: FilePath
    private let path: FilePath
    private let isPlaylist: Bool
    private var isComplete = false

    /// - Throws: `cannotCreate` for a file that exists and is not to be replaced.
    init(_ path: FilePath, _ container: VideoContainer, isForced: Bool) throws {
        guard isForced || !FileManager.default.fileExists(atPath: path.string) else {
            throw StageError(
                .cannotCreate,
                "\(path) exists; choose another name, or replace it with --force"
            )
        }
        self.path = path
        isPlaylist = container.isPlaylist
        let name = path.lastComponent?.string ?? "video"
        // A playlist names its segments, which lie beside it from the start. Two exports to one
        // name do not write one file.
        workPath =
            isPlaylist
            ? path
            : path.removingLastComponent().appending(".\(name).\(getpid()).partial")
    }

    deinit {
        guard !isComplete, !isPlaylist else { return }
        unsafe unlink(workPath.string)
    }

    /// Makes the file durable and gives it its name.
    ///
    /// - Returns: Its bytes.
    func complete() throws -> UInt64 {
        do {
            let descriptor = try FileDescriptor.open(workPath, .readOnly, options: .closeOnExec)
            let byteCount = try descriptor.closeAfter {
                guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
                return try descriptor.seek(offset: 0, from: .end)
            }
            if !isPlaylist, unsafe rename(workPath.string, path.string) != 0 {
                throw Errno(rawValue: errno)
            }
            isComplete = true
            let parent = path.removingLastComponent()
            let folder = try FileDescriptor.open(
                parent.isEmpty ? "." : parent,
                .readOnly,
                options: [.directory, .closeOnExec]
            )
            try folder.closeAfter {
                guard fsync(folder.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            return UInt64(byteCount)
        } catch {
            throw StageError(.inputOutput, "completing \(path) failed: \(error)")
        }
    }
}
