internal import Buffers
internal import ByteStreams
internal import SystemPackage

/// Looks for damage in everything that a stream's folder holds beside the bytes of the stream.
struct FileStreamInspection {
    private let place: StreamPlace

    init(_ place: StreamPlace) {
        self.place = place
    }

    private var folder: FilePath { place.folder }
    private var access: FileAccess { place.access }

    /// All damage that is found.
    func faults() throws(StreamError) -> [StoreFault] {
        let bounds = try FileStreamCursor(place).bounds()
        let hasWriter = try FileStreamLock.isHeld(in: folder, access)
        var faults = try manifestFaults()
        if !hasWriter { faults += try commitFaults() }
        // What an interrupted writer left unfinished is no damage; the next one completes it.
        let isClosed = try CommitMark.load(from: folder, access)?.isClosed ?? false
        let mayBeOpen = hasWriter || !isClosed
        let bases = try SegmentFile.bases(in: folder, access)
        for (index, base) in bases.enumerated() {
            let isLast = index == bases.count - 1
            let end = isLast ? bounds.tail : bases[index + 1]
            // Given up, and perhaps used again already, though a crash brought its name back.
            if !isLast, end <= bounds.head { continue }
            faults += try segmentFaults(base, end: end, mayBeOpen: isLast && mayBeOpen)
        }
        return faults
    }

    /// A copy that is one change behind is no damage: an interrupted change leaves it so, and the
    /// next one brings it up to date.
    private func manifestFaults() throws(StreamError) -> [StoreFault] {
        let copies = try StreamManifest.copies(in: folder, access)
        let newest = copies.compactMap { $0?.generation }.max() ?? 0
        return zip(StreamManifest.fileNames, copies).compactMap { file, copy in
            if let copy, copy.generation + 1 >= newest { return nil }
            return StoreFault(
                place: file,
                offset: nil,
                detail: copy == nil ? "missing or damaged" : "out of date"
            )
        }
    }

    private func commitFaults() throws(StreamError) -> [StoreFault] {
        var faults: [StoreFault] = []
        for (index, slot) in try CommitMark.slots(in: folder, access).enumerated()
        where slot == nil {
            faults.append(
                StoreFault(
                    place: "\(CommitMark.fileName) slot \(index)",
                    offset: nil,
                    detail: "missing or damaged"
                )
            )
        }
        return faults
    }

    private func segmentFaults(
        _ base: StreamOffset,
        end: StreamOffset,
        mayBeOpen: Bool
    ) throws(StreamError) -> [StoreFault] {
        let segment = try SegmentFile(folder: folder, base: base, access)
        let file = SegmentFile.name(base: base)
        var faults: [StoreFault] = []
        // Before anything is durable in it, its header need not be.
        if mayBeOpen, end <= base { return [] }
        for copy in 0..<SegmentHeader.copyCount {
            let block = try access.block(segment.path, at: copy * CheckedBlock.byteCount)
            let header = block.flatMap { SegmentHeader($0.bytes) }
            if header == nil || header?.base != base {
                faults.append(
                    StoreFault(place: "\(file) header \(copy)", offset: base, detail: "damaged")
                )
            }
        }
        guard !mayBeOpen else { return faults }
        if let fault = try endFault(of: segment, file: file, end: end) { faults.append(fault) }
        return faults
    }

    /// A complete segment ends with a seal entry behind its last byte.
    ///
    /// Behind that byte a writer may have gone on that lost its stream to the one who made the next
    /// segment, and did not know yet: what it wrote there counts for nothing.
    private func endFault(
        of segment: SegmentFile,
        file: String,
        end: StreamOffset
    ) throws(StreamError) -> StoreFault? {
        var position = SegmentHeader.byteCount
        var offset = segment.base
        while true {
            switch try segment.slot(at: position, offset: offset, limit: offset < end ? end : nil) {
            case .entry(let head, let place, _, let isSound):
                if isSound, offset == end, try isTakenOver(segment, at: end) { return nil }
                position = place + head.fileByteCount
                offset = head.end
            case .lost(let until, let next):
                if until >= end, next == position {
                    return StoreFault(place: file, offset: offset, detail: "the end is missing")
                }
                offset = until
                position = next
            case .end(let isSealed):
                let sealedByteCount = position + CheckedBlock.byteCount
                let byteCount = try segment.byteCount()
                var isExact = byteCount == sealedByteCount
                if byteCount > sealedByteCount { isExact = try isTakenOver(segment, at: end) }
                guard !isSealed || !isExact || offset != end else { return nil }
                return StoreFault(
                    place: file,
                    offset: offset,
                    detail: "the seal behind the last entry is missing or damaged"
                )
            }
        }
    }

    /// Whether another writer than that of a segment made the one that begins at `end`.
    private func isTakenOver(
        _ segment: SegmentFile,
        at end: StreamOffset
    ) throws(StreamError) -> Bool {
        let path = folder.appending(SegmentFile.name(base: end))
        guard try access.kind(of: path) == .file, let header = segment.header,
            let next = try SegmentFile(folder: folder, base: end, access).header
        else { return false }
        return next.epoch > header.epoch
    }
}
