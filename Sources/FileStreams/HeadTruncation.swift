internal import ByteStreams
internal import SystemPackage

/// Gives up the bytes at the head of a stream: beside its writer, or without one.
struct HeadTruncation {
    let place: StreamPlace
    /// Whether files that are freed are kept for new segments.
    let keepsSpares: Bool

    /// Moves the head to `offset`, which lies within the stream, and frees the segments that lie
    /// wholly before it.
    ///
    /// The new head is durable before the first file goes. The last segment stays, so a writer is
    /// not disturbed.
    func run(before offset: StreamOffset) throws(StreamError) {
        let (folder, access) = (place.folder, place.access)
        let lock = try FileStreamLock(manifestOf: place.name, in: folder, access)
        defer { withExtendedLifetime(lock) {} }
        guard var manifest = try StreamManifest.load(from: folder, access) else { return }
        if offset > manifest.head {
            manifest.generation += 1
            manifest.head = offset
            try manifest.save(to: folder, access)
        }
        let shelf = SegmentShelf(folder: folder, access: access, usesDirectIO: false)
        let bases = try SegmentFile.bases(in: folder, access)
        var isChanged = false
        for (base, next) in zip(bases, bases.dropFirst()) where next <= manifest.head {
            try shelf.put(folder.appending(SegmentFile.name(base: base)), keeps: keepsSpares)
            isChanged = true
        }
        if isChanged { try access.syncFolder(folder) }
    }
}
