internal import ByteStreams
internal import SystemPackage

/// Where a stream lies, and how its files are reached.
struct StreamPlace: Sendable {
    let folder: FilePath
    let name: StreamName
    let access: FileAccess

    /// Makes sure that no later writer has the stream.
    ///
    /// A later writer raises the epoch before it looks at the files, so what is durable while the
    /// epoch is still one's own is seen by it.
    func requireEpoch(_ epoch: UInt32) throws(StreamError) {
        let manifest = try StreamManifest.load(from: folder, access)
        guard manifest?.epoch == epoch else {
            throw StreamError(
                .fenced,
                """
                another writer has taken over stream \(name), or it was removed; nothing more is \
                written by this one
                """
            )
        }
    }
}
