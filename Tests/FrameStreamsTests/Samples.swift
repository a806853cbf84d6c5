import Buffers
import ByteStreams
import FrameFormat
import FrameStreams
import TestSupport
import Testing

/// What the tests of this module write, and how they read it back.
enum Samples {
    static let pool = BufferPool()
    static let timeBase = Rational(1, 25)

    static func name() throws -> StreamName { try #require(StreamName("stream")) }

    /// A packet with random bytes; it is the `ordinal`-th of its source, shown after as many ticks.
    static func frame(
        _ ordinal: UInt64,
        source: UInt64 = 0,
        byteCount: Int = 40,
        flags: FrameFlags = []
    ) throws -> Frame {
        var header = FrameHeader(
            codec: try #require(Codec(name: "png")),
            width: 16,
            height: 16
        )
        header.flags = flags
        header.position = SourcePosition(sourceID: source, ordinal: ordinal, origin: ordinal)
        header.presentationTime = StampedTime(time(ordinal), provenance: .container)
        var generator = SeededGenerator(seed: ordinal &+ source &* 1_000_003)
        let bytes = (0..<byteCount).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        return Frame(header: header, payload: pool.makeBuffer(copying: bytes.rawSpan))
    }

    static func time(_ ordinal: UInt64) -> MediaTime {
        MediaTime(value: Int64(ordinal), timeBase: timeBase)
    }

    static func gap(after ordinal: UInt64, source: UInt64 = 0) -> Gap {
        Gap(
            reason: .undecodable,
            position: SourcePosition(sourceID: source, ordinal: ordinal, origin: ordinal + 1),
            unit: .packets,
            first: ordinal + 1,
            last: ordinal + 1,
            detail: "refused"
        )
    }

    static let fingerprint = SourceFingerprint(byteCount: 7, digest: Array(repeating: 9, count: 32))

    /// What tells the sources of a test apart.
    static func fingerprint(_ number: UInt64) -> SourceFingerprint {
        let digest = (0..<32).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0 % 8))) }
        return SourceFingerprint(byteCount: 7, digest: digest)
    }

    static func writer(
        _ store: any StreamStore,
        salt: UInt64 = 0x5A17,
        now: Duration = .zero
    ) async throws
        -> FrameStreamWriter
    {
        let options = FrameStreamWriter.Options(pool: pool, salt: salt, now: { now })
        return try await FrameStreamWriter.open(name(), in: store, options: options)
    }

    static func items(
        _ store: any StreamStore,
        from start: FrameStreamReader.Start = .head,
        payloads: FrameStreamReader.Payloads = .read
    ) async throws -> [StreamItem] {
        let bytes = try await store.openReader(for: name())
        var reader = FrameStreamReader(bytes, pool: pool, from: start, payloads: payloads)
        var items: [StreamItem] = []
        while let item = try await reader.next() { items.append(item) }
        return items
    }

    static func findings(
        _ store: any StreamStore
    ) async throws -> ([FrameStreamVerifier.Finding], FrameStreamVerifier.Result) {
        let reader = try await store.openReader(for: name())
        var verifier = try await FrameStreamVerifier(
            name(),
            in: store,
            through: reader,
            pool: pool
        )
        var findings: [FrameStreamVerifier.Finding] = []
        while let finding = try await verifier.next() { findings.append(finding) }
        return (findings, verifier.result)
    }
}

extension [StreamItem] {
    var stored: [StoredRecord] {
        compactMap { if case .record(let stored) = $0 { stored } else { nil } }
    }

    var frames: [Frame] {
        stored.compactMap { if case .frame(let frame) = $0.record { frame } else { nil } }
    }

    var faults: [StreamFaultItem] {
        compactMap { if case .fault(let fault) = $0 { fault } else { nil } }
    }

    var missing: [Gap] {
        compactMap { if case .missing(let gap) = $0 { gap } else { nil } }
    }
}
