internal import ByteStreams
internal import SystemPackage

/// The streams in a folder, by calls that block: what ``FileStreamStore`` runs on threads that may.
struct FileStreamFolders: Sendable {
    let directory: FilePath
    let access: FileAccess
    let options: FileStreamStore.Options

    /// Where a stream lies, whether or not it is there.
    func place(_ name: StreamName) -> StreamPlace {
        StreamPlace(folder: directory.appending(name.description), name: name, access: access)
    }

    private func isStream(_ name: StreamName) throws(StreamError) -> Bool {
        let folder = place(name).folder
        for file in StreamManifest.fileNames
        where try access.kind(of: folder.appending(file)) != nil {
            return true
        }
        return false
    }

    /// The streams by name.
    func names() throws(StreamError) -> [StreamName] {
        guard let names = try access.names(in: directory) else {
            throw StreamError(.notFound, "there is no folder \(directory)")
        }
        var streams: [StreamName] = []
        for name in names.compactMap(StreamName.init) where try isStream(name) {
            streams.append(name)
        }
        return streams.sorted()
    }

    /// Makes a stream; `false` if there is one.
    func create(_ name: StreamName) throws(StreamError) -> Bool {
        if try isStream(name) { return false }
        let folder = place(name).folder
        switch try access.kind(of: folder) {
        case .file:
            throw StreamError(
                .cannotCreate,
                "\(folder) is a file, not a stream; choose another name"
            )
        case .folder:
            guard try access.names(in: folder)?.isEmpty ?? true else {
                throw StreamError(
                    .cannotCreate,
                    "\(folder) is a folder with other things in it; choose another name"
                )
            }
        case nil: break
        }
        // Made aside and renamed when complete, so that a stream is whole from its first moment;
        // what a crash leaves aside is written over by the next attempt.
        let aside = directory.appending(".creating-\(name)")
        do throws(StreamError) {
            try make(name, aside: aside)
        } catch {
            // Somebody else may have been faster, and have taken the folder with him.
            if error.code == .notFound, try isStream(name) { return false }
            throw error
        }
        do {
            try access.environment.files.rename(aside, to: folder, .folder)
        } catch {
            try access.removeFolder(aside)
            if try isStream(name) { return false }
            throw FileAccess.failure(error, "making \(folder)")
        }
        try access.syncFolder(directory)
        return true
    }

    /// Makes the files of a stream in a folder that nobody takes for one yet.
    private func make(_ name: StreamName, aside: FilePath) throws(StreamError) {
        try access.makeFolder(aside)
        let lock = try FileStreamLock(writerOf: name, in: aside, access)
        defer { withExtendedLifetime(lock) {} }
        var commit = CommitMark()
        commit.isClosed = true
        for slot in 1...CommitMark.slotCount {
            commit.generation += 1
            try commit.save(to: aside, access, isSynced: slot == CommitMark.slotCount)
        }
        try StreamManifest().save(to: aside, access)
        try access.syncFolder(aside)
    }

    /// Opens a stream for writing.
    func recover(_ name: StreamName, room: RoomWait) throws(StreamError) -> FileStreamRecovery {
        try FileStreamRecovery(place(name), options: options, room: room)
    }

    /// Ends a stream. Of a sealed one it completes what a crash may have cut short.
    func seal(_ name: StreamName) throws(StreamError) {
        let place = place(name)
        if try FileStreamCursor(place).bounds().isSealed { return try markSealed(place) }
        let room = RoomWait(name: name, clock: access.environment.clock, waits: false) { _ in }
        let recovery = try recover(name, room: room)
        defer { withExtendedLifetime(recovery.lock) {} }
        try recovery.log.close()
        try markSealed(place)
    }

    /// Says in both manifests that the stream is sealed.
    private func markSealed(_ place: StreamPlace) throws(StreamError) {
        let lock = try FileStreamLock(manifestOf: place.name, in: place.folder, access)
        defer { withExtendedLifetime(lock) {} }
        let copies = try StreamManifest.copies(in: place.folder, access)
        guard var manifest = StreamManifest.newest(of: copies) else {
            throw StreamError(.damaged, "both manifests of \(place.folder) are damaged")
        }
        guard !manifest.isSealed || copies.contains(where: { $0 != manifest }) else { return }
        manifest.generation += 1
        manifest.isSealed = true
        try manifest.save(to: place.folder, access)
    }

    /// Gives up what lies before an offset.
    func truncate(_ name: StreamName, before offset: StreamOffset) throws(StreamError) {
        let place = place(name)
        let bounds = try FileStreamCursor(place).bounds()
        guard offset <= bounds.tail else {
            throw StreamError(.invalid, "stream \(name) ends at \(bounds.tail), before \(offset)")
        }
        guard offset > bounds.head else { return }
        try HeadTruncation(place: place, keepsSpares: false).run(before: offset)
    }

    /// Removes a stream: first its name, then its files.
    func delete(_ name: StreamName) throws(StreamError) {
        let folder = place(name).folder
        guard try isStream(name) else {
            throw StreamError(.notFound, "there is no stream at \(folder)")
        }
        let lock = try FileStreamLock(writerOf: name, in: folder, access)
        defer { withExtendedLifetime(lock) {} }
        let aside = directory.appending(".deleted-\(name)")
        // What a crash left of an earlier stream of that name.
        try access.removeFolder(aside)
        do {
            try access.environment.files.rename(folder, to: aside, .folder)
        } catch {
            throw FileAccess.failure(error, "removing \(folder)")
        }
        try access.syncFolder(directory)
        try access.removeFolder(aside)
    }
}
