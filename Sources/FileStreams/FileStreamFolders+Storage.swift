internal import ByteStreams
internal import SystemPackage

extension FileStreamFolders {
    /// Looks at the files of a stream, and reads none.
    func storage(of name: StreamName) throws(StreamError) -> StreamStorage {
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
        return StreamStorage(
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
