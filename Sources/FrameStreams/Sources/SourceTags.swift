internal import FrameFormat

/// Short hashes of what a source is asked for by; 0 stands for what there is not (specification,
/// section 6.7).
///
/// Equal tags prove nothing: the records decide.
struct SourceTags: Hashable, Sendable {
    /// Of selection and identity.
    var identity: UInt32 = 0
    /// Of selection and fingerprint.
    var fingerprint: UInt32 = 0
    /// Of selection, fingerprint and content.
    var content: UInt32 = 0

    /// Tags as they were read.
    init(identity: UInt32, fingerprint: UInt32, content: UInt32) {
        self.identity = identity
        self.fingerprint = fingerprint
        self.content = content
    }

    /// The tags of what a source may be.
    init(_ query: SourceQuery) {
        if let known = query.identity { identity = Self.tag(known, query.selection) }
        guard let print = query.fingerprint, !print.digest.isEmpty else { return }
        fingerprint = Self.tag(print, query.selection)
        if let known = query.content { content = Self.tag(known, print, query.selection) }
    }

    /// The tags of what can be asked of an ended source.
    init(_ source: EndedSource) {
        let (begin, end) = (source.begin, source.end)
        let hasEnds = end.content != nil || source.knowsEndsAlone
        self.init(
            SourceQuery(
                selection: begin.selection,
                identity: end.identity,
                fingerprint: hasEnds ? begin.fingerprint : nil,
                content: end.content
            )
        )
    }

    /// Whether there is something that both have in common.
    func resemble(_ other: SourceTags) -> Bool {
        identity != 0 && identity == other.identity
            || fingerprint != 0 && fingerprint == other.fingerprint
    }

    /// Whether nothing can be asked of the source.
    var isEmpty: Bool { identity == 0 && fingerprint == 0 }

    private static func tag(_ identity: SourceIdentity, _ selection: String) -> UInt32 {
        switch identity {
        case .file(let file):
            var hash = TagHash(kind: 1, selection)
            hash.add(file.device)
            hash.add(file.inode)
            hash.add(file.byteCount)
            hash.add(UInt64(bitPattern: file.modificationTime))
            hash.add(UInt64(bitPattern: file.changeTime))
            return hash.tag
        case .files(let files):
            var hash = TagHash(kind: 2, selection)
            hash.add(files.fileCount)
            hash.add(files.digest)
            return hash.tag
        }
    }

    private static func tag(_ print: SourceFingerprint, _ selection: String) -> UInt32 {
        var hash = TagHash(kind: 3, selection)
        hash.add(print)
        return hash.tag
    }

    private static func tag(
        _ content: SourceContent,
        _ print: SourceFingerprint,
        _ selection: String
    ) -> UInt32 {
        var hash = TagHash(kind: 4, selection)
        hash.add(print)
        hash.add(content.byteCount)
        hash.add(content.digest)
        return hash.tag
    }
}

/// FNV-1a with 64 bits, of which the upper 30 are kept.
private struct TagHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    init(kind: UInt8, _ selection: String) {
        add(CollectionOfOne(kind))
        add(UInt64(selection.utf8.count))
        add(selection.utf8)
    }

    /// The tag, which is not 0.
    var tag: UInt32 { max(1, UInt32(state >> 34)) }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    mutating func add(_ number: UInt64) {
        for shift in stride(from: 0 as UInt64, to: 64, by: 8) {
            add(CollectionOfOne(UInt8(truncatingIfNeeded: number >> shift)))
        }
    }

    mutating func add(_ print: SourceFingerprint) {
        add(print.byteCount)
        add(print.digest)
    }
}
