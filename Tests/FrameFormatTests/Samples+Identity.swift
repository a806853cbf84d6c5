import FrameFormat

extension Samples {
    private static let file = SourceIdentity.file(
        FileIdentity(
            device: 0xFD01,
            inode: 1 << 40,
            byteCount: 12_345,
            modificationTime: -1,
            changeTime: 1_700_000_000_123_456_789
        )
    )

    private static let files = SourceIdentity.files(
        FileListIdentity(fileCount: 3, digest: Array(64..<96))
    )

    private static func begin(_ identity: SourceIdentity) -> Record {
        .sourceBegin(
            SourceBegin(
                sourceID: 2,
                name: "clips/night.y4m",
                fingerprint: SourceFingerprint(byteCount: 12_345, digest: Array(0..<32)),
                selection: "payload=raw",
                totals: StreamTotals(frameCount: 5),
                identity: identity
            )
        )
    }

    private static func end(_ identity: SourceIdentity) -> Record {
        .sourceEnd(
            SourceEnd(
                sourceID: 2,
                frameCount: 7,
                gapCount: 0,
                corruptFrameCount: 0,
                content: SourceContent(byteCount: 12_345, digest: Array(32..<64)),
                identity: identity
            )
        )
    }

    /// Sources that say which files they are.
    static let identities: [(String, Record)] = [
        ("source-begin-file", begin(file)), ("source-begin-files", begin(files)),
        ("source-end-file", end(file)), ("source-end-files", end(files)),
    ]
}
