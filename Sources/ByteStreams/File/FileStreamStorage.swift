internal import SystemPackage

/// How a stream lies on the disk.
public struct FileStreamStorage: Hashable, Sendable {
    /// Files that hold bytes of the stream.
    public var segmentCount: Int
    /// What the files take on the disk as their sizes say, with all that is kept beside the bytes.
    public var byteCount: UInt64
    /// Whether the file system lets segments be written around the page cache; what it refuses is
    /// written through it.
    public var allowsDirectIO: Bool
}

extension FileStreamFolders {
    /// Looks at the files of a stream, and reads none.
    func storage(of name: StreamName) throws(StreamError) -> FileStreamStorage {
        let folder = place(name).folder
        guard let names = try access.names(in: folder) else {
            throw StreamError(.notFound, "there is no stream at \(folder)")
        }
        var byteCount: UInt64 = 0
        for file in names {
            do {
                let size = try access.environment.files.open(folder.appending(file), .read)
                    .byteCount()
                byteCount += UInt64(size)
            } catch {
                // Retention may free a file meanwhile.
                guard error == .noSuchFileOrDirectory else {
                    throw FileAccess.failure(error, "looking at \(folder.appending(file))")
                }
            }
        }
        return FileStreamStorage(
            segmentCount: try SegmentFile.bases(in: folder, access).count,
            byteCount: byteCount,
            allowsDirectIO: allowsDirectIO(folder.appending(StreamManifest.fileNames[0]))
        )
    }

    private func allowsDirectIO(_ path: FilePath) -> Bool {
        var direct = FileOpening.read
        direct.isDirect = true
        do {
            _ = try access.environment.files.open(path, direct)
            return true
        } catch {
            return false
        }
    }
}
