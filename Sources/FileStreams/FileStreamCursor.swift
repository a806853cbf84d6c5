internal import Buffers
internal import ByteStreams
internal import SystemPackage

/// Finds the bytes of a stream in its files. Used by one thread at a time.
final class FileStreamCursor {
    /// What is found where bytes of the stream must stand.
    private enum Found {
        case piece(FoundPiece)
        /// Nothing that can be read.
        case lost(ReadPiece)
    }

    private let place: StreamPlace
    private var bases: [StreamOffset] = []
    private var segment: SegmentFile?
    /// Where entries of the open segment stand that were passed.
    private var places: [(offset: StreamOffset, position: Int)] = []
    private var known: StreamBounds?
    private let ahead: ReadAhead?

    /// - Parameter ahead: What reads ahead for whoever reads one piece after the other.
    init(_ place: StreamPlace, ahead: ReadAhead? = nil) {
        self.place = place
        self.ahead = ahead
    }

    private var folder: FilePath { place.folder }
    private var name: StreamName { place.name }
    private var access: FileAccess { place.access }

    /// The bounds as they are now.
    func bounds() throws(StreamError) -> StreamBounds {
        guard let manifest = try StreamManifest.load(from: folder, access) else {
            guard try access.kind(of: folder) == .folder else {
                throw StreamError(.notFound, "there is no stream at \(folder)")
            }
            throw StreamError(
                .damaged,
                "\(folder) is no stream, or both of its manifests are damaged"
            )
        }
        // The lock is looked at first: a writer that comes in between only adds to what is found.
        let hasWriter = try FileStreamLock.isHeld(in: folder, access)
        let commit = try CommitMark.load(from: folder, access)
        var tail = commit?.durable ?? .zero
        if !hasWriter, commit?.isClosed != true {
            let found = try tailWithoutWriter(after: tail)
            tail = max(tail, found)
        }
        tail = max(tail, manifest.head)
        let bounds = StreamBounds(head: manifest.head, tail: tail, isSealed: manifest.isSealed)
        known = bounds
        return bounds
    }

    /// Finds the end that an interrupted writer left. What a reader is given must stay, so it is
    /// made durable before anybody sees it.
    private func tailWithoutWriter(after durable: StreamOffset) throws(StreamError) -> StreamOffset
    {
        guard let last = try SegmentFile.bases(in: folder, access).last else { return durable }
        let path = folder.appending(SegmentFile.name(base: last))
        let written = try access.open(path, .read)
        do {
            try written.sync(forgetsCache: false)
        } catch {
            // Where nothing can be written, nothing waits for it.
            guard error == .readOnlyFileSystem || error == .invalidArgument else {
                throw FileAccess.failure(error, "syncing \(path)")
            }
        }
        let file = try SegmentFile(folder: folder, base: last, access)
        return try SegmentTail(of: file, durable: durable).offset
    }

    /// The piece that holds `offset`, and those behind it that are read already; none at the tail.
    func pieces(at offset: StreamOffset) throws(StreamError) -> [ReadPiece] {
        var current: StreamBounds
        if let known { current = known } else { current = try bounds() }
        if offset >= current.tail { current = try bounds() }
        try requireKept(offset, current)
        guard offset < current.tail else {
            guard !current.isSealed || offset == current.tail else {
                throw StreamError(.invalid, "sealed stream \(name) ends before \(offset)")
            }
            return []
        }
        var last = try present(offset, tail: current.tail)
        var pieces = [last]
        var byteCount = last.byteCount
        while pieces.count < FileStreamLimits.handedPieceCount,
            byteCount < FileStreamLimits.handedByteCount,
            let next = ahead?.takeSound(last.end)
        {
            pieces.append(next)
            byteCount += next.byteCount
            last = next
            fillAhead(behind: next, tail: current.tail)
        }
        return pieces
    }

    private func requireKept(_ offset: StreamOffset, _ bounds: StreamBounds) throws(StreamError) {
        guard offset < bounds.head else { return }
        throw StreamError(
            .truncated,
            "stream \(name) starts at \(bounds.head); \(offset) was given up"
        )
    }

    /// The piece at `offset`. What cannot be read may have been given up since the bounds were
    /// known, and its file removed or used again.
    private func present(
        _ offset: StreamOffset,
        tail: StreamOffset
    ) throws(StreamError) -> ReadPiece {
        let piece: ReadPiece
        do throws(StreamError) {
            if let read = try ahead?.take(offset) {
                piece = read
            } else {
                switch try find(offset, tail: tail) {
                case .piece(let found): piece = try found.read()
                case .lost(let lost): piece = lost
                }
            }
        } catch {
            try requireKept(offset, try bounds())
            throw error
        }
        fillAhead(behind: piece, tail: tail)
        if case .sound = piece.content { return piece }
        try requireKept(offset, try bounds())
        return piece
    }

    private func fillAhead(behind piece: ReadPiece, tail: StreamOffset) {
        ahead?.fill(behind: piece, tail: tail) { next in
            // What cannot be found ahead is found again, and said, when it is asked for.
            guard case .piece(let found)? = try? find(next, tail: tail) else { return nil }
            return found
        }
    }

    /// The piece at `offset`, not read yet, or how much is lost there.
    private func find(_ offset: StreamOffset, tail: StreamOffset) throws(StreamError) -> Found {
        if bases.isEmpty || segment == nil || offset < (segment?.base ?? .zero)
            || offset >= end(of: segment?.base, tail: tail)
        {
            try openSegment(for: offset)
        }
        guard let segment else {
            let next = bases.first { $0 > offset } ?? tail
            return lost(from: offset, to: min(next, tail), "no segment holds them")
        }
        let limit = end(of: segment.base, tail: tail)
        guard offset < limit else { return lost(from: offset, to: tail, "no segment holds them") }
        return try walk(segment, to: offset, limit: limit)
    }

    private func openSegment(for offset: StreamOffset) throws(StreamError) {
        bases = try SegmentFile.bases(in: folder, access)
        places = []
        segment = nil
        guard let base = bases.last(where: { $0 <= offset }) else { return }
        segment = try SegmentFile(folder: folder, base: base, access)
    }

    /// Where the segment that begins at `base` must end.
    private func end(of base: StreamOffset?, tail: StreamOffset) -> StreamOffset {
        guard let base else { return .zero }
        return min(bases.first { $0 > base } ?? tail, tail)
    }

    private func walk(
        _ segment: SegmentFile,
        to offset: StreamOffset,
        limit: StreamOffset
    ) throws(StreamError) -> Found {
        var (at, position) = start(before: offset, in: segment)
        var walkedCount = 0
        while true {
            if walkedCount == FileStreamLimits.walkedBlockCount, at < offset {
                let end = try end(ofPlacesBehind: at, in: segment)
                (at, position) = try segment.entry(before: offset, from: (at, position), to: end)
            }
            walkedCount += 1
            switch try segment.slot(at: position, offset: at, limit: limit) {
            case .entry(let head, let place, let block, let isSound):
                note(at, place)
                if offset < head.end {
                    guard let piece = head.pieces.first(where: { offset < $0.end }) else {
                        preconditionFailure("the pieces of an entry cover its bytes")
                    }
                    return .piece(
                        FoundPiece(
                            piece: piece,
                            segment: segment,
                            position: place,
                            block: block,
                            isSound: isSound
                        )
                    )
                }
                at = head.end
                position = place + head.fileByteCount
            case .lost(let until, let next):
                if offset < until {
                    return lost(
                        from: at,
                        to: min(until, limit),
                        "\(segment.path) is damaged at byte \(position)"
                    )
                }
                at = until
                position = next
            case .end:
                // The writer may have begun another segment since the folder was read.
                let bases = try SegmentFile.bases(in: folder, access)
                if bases != self.bases {
                    self.bases = bases
                    return try find(offset, tail: limit)
                }
                // A seal before the next segment begins: what lies between was in a file that is
                // gone.
                if let newer = bases.first(where: { $0 > at }), newer < limit {
                    try openSegment(for: newer)
                }
                return lost(from: at, to: limit, "\(segment.path) ends before them")
            }
        }
    }

    /// The last known entry at or before `offset`.
    private func start(
        before offset: StreamOffset,
        in segment: SegmentFile
    ) -> (StreamOffset, Int) {
        let count = placeCount(upTo: offset)
        return count == 0 ? (segment.base, SegmentHeader.byteCount) : places[count - 1]
    }

    /// The place of the next known entry behind `offset`, or the end of the file.
    private func end(
        ofPlacesBehind offset: StreamOffset,
        in segment: SegmentFile
    ) throws(StreamError) -> Int {
        let index = placeCount(upTo: offset)
        return index < places.count ? places[index].position : try segment.byteCount()
    }

    /// Keeps a place among those that are known, in order.
    private func note(_ offset: StreamOffset, _ position: Int) {
        let index = placeCount(upTo: offset)
        guard index == 0 || places[index - 1].offset < offset else { return }
        places.insert((offset, position), at: index)
    }

    /// How many of the known entries begin at or before `offset`.
    private func placeCount(upTo offset: StreamOffset) -> Int {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func lost(from start: StreamOffset, to end: StreamOffset, _ detail: String) -> Found {
        let byteCount = Int(end.value - start.value)
        let content = StreamChunk.Content.lost(
            byteCount: byteCount,
            detail: "bytes \(start) to \(end) of stream \(name) are lost: \(detail)"
        )
        return .lost(ReadPiece(offset: start, content: content, byteCount: byteCount))
    }
}
