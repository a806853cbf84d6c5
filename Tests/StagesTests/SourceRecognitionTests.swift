import Buffers
import Digests
import Foundation
import FrameFormat
import FrameStreams
import TestSupport
import Testing

@testable import Stages

@Suite("whether a stream has a source already")
struct SourceRecognitionTests {
    private static let print = SourceFingerprint(
        byteCount: 9,
        digest: Array(repeating: 1, count: 32)
    )

    private static func identity(_ inode: UInt64) -> SourceIdentity {
        .file(
            FileIdentity(
                device: 1,
                inode: inode,
                byteCount: 9,
                modificationTime: 5,
                changeTime: 6
            )
        )
    }

    private static func content(_ byte: UInt8) -> SourceContent {
        SourceContent(byteCount: 9, digest: Array(repeating: byte, count: 32))
    }

    private static func begin(
        _ id: UInt64,
        _ print: SourceFingerprint = print,
        isOld: Bool = false
    ) -> SourceBegin {
        SourceBegin(
            sourceID: id,
            name: "\(id)",
            fingerprint: print,
            selection: "",
            totals: StreamTotals(),
            identity: isOld ? nil : identity(id)
        )
    }

    /// A source that was stored whole; its inode and content are its number.
    private static func ended(
        _ id: UInt64,
        _ print: SourceFingerprint = print,
        isOld: Bool = false,
        changed: Bool = false
    ) -> EndedSource {
        EndedSource(
            begin: begin(id, print, isOld: isOld),
            end: SourceEnd(
                sourceID: id,
                frameCount: 1,
                gapCount: 0,
                corruptFrameCount: 0,
                content: isOld || changed ? nil : content(UInt8(id)),
                identity: isOld || changed ? nil : identity(id)
            )
        )
    }

    private static func seen(
        inode: UInt64? = 99,
        checksContent: Bool = false,
        isReadable: Bool = true,
        print: SourceFingerprint? = print,
        content: SourceContent? = nil
    ) -> SourceRecognition {
        var seen = SourceRecognition(
            identity: inode.map(identity),
            isReadable: isReadable,
            checksContent: checksContent
        )
        seen.fingerprint = print
        seen.content = content
        return seen
    }

    @Test("nothing is read of what nobody has written to")
    func unchanged() {
        let sources = [Self.ended(1), Self.ended(2)]
        let seen = Self.seen(inode: 2, print: nil)
        #expect(seen.decide(ended: sources, newest: nil) == .leaveOut(sources[1], .unchanged))
        let careful = Self.seen(inode: 2, checksContent: true, print: nil)
        #expect(careful.decide(ended: sources, newest: nil) == .readEnds)
    }

    @Test("equal ends ask for the content, and the content decides")
    func content() {
        let sources = [Self.ended(1), Self.ended(2)]
        #expect(Self.seen(print: nil).decide(ended: sources, newest: nil) == .readEnds)
        #expect(Self.seen().decide(ended: sources, newest: nil) == .readContent)
        let same = Self.seen(content: Self.content(1))
        #expect(same.decide(ended: sources, newest: nil) == .leaveOut(sources[0], .content))
        let other = Self.seen(content: Self.content(7))
        #expect(other.decide(ended: sources, newest: nil) == .store)
    }

    @Test("other ends are another file, and nothing more is read")
    func otherEnds() {
        let print = SourceFingerprint(byteCount: 9, digest: Array(repeating: 2, count: 32))
        let sources = [Self.ended(1, print), Self.ended(2, print, isOld: true)]
        #expect(Self.seen().decide(ended: sources, newest: nil) == .store)
    }

    @Test("only what an older version stored is known by its ends, and not when content decides")
    func old() {
        let sources = [Self.ended(1, isOld: true), Self.ended(2, changed: true)]
        #expect(Self.seen().decide(ended: sources, newest: nil) == .leaveOut(sources[0], .ends))
        let careful = Self.seen(checksContent: true)
        #expect(careful.decide(ended: sources, newest: nil) == .store)
        #expect(Self.seen().decide(ended: [sources[1]], newest: nil) == .store)
        // A stream that knows more of another one asks for the content first.
        let both = [sources[0], Self.ended(3)]
        #expect(Self.seen().decide(ended: both, newest: nil) == .readContent)
    }

    @Test("what is not finished goes on, if its ends are the same")
    func resume() {
        var progress = SourceProgress(begin: Self.begin(5))
        #expect(Self.seen().decide(ended: [], newest: progress) == .resume(progress))
        let other = SourceFingerprint(byteCount: 8, digest: Array(repeating: 1, count: 32))
        #expect(Self.seen(print: other).decide(ended: [], newest: progress) == .store)
        progress.isEnded = true
        #expect(Self.seen().decide(ended: [], newest: progress) == .store)
    }

    @Test("what is no file, or names what is elsewhere, is never taken for the same")
    func unknowable() {
        let sources = [Self.ended(1), Self.ended(2)]
        #expect(Self.seen(inode: nil).decide(ended: sources, newest: nil) == .store)
        let partial = Self.seen(isReadable: false)
        #expect(partial.decide(ended: sources, newest: nil) == .store)
    }

    @Test("a change time vouches for a file only once the clock has moved on")
    func settled() {
        var file = FileIdentity(
            device: 1,
            inode: 1,
            byteCount: 1,
            modificationTime: 0,
            changeTime: 10_000_000_001
        )
        #expect(!file.isSettled(at: 10_020_000_000))
        #expect(file.isSettled(at: 10_200_000_000))
        file.changeTime = 10_000_000_000
        #expect(!file.isSettled(at: 12_000_000_000))
        #expect(file.isSettled(at: 13_000_000_000))
        #expect(!file.isSettled(at: 9_000_000_000) && !file.isSettled(at: .min))
    }
}

@Suite("the hash of a source's content")
struct ContentHashTests {
    private static func sum(_ bytes: [UInt8]) -> [UInt8] {
        var sum = SHA256()
        sum.update(bytes.rawSpan)
        return sum.finish()
    }

    @Test("is that of the specification, for any size", arguments: [0, 1, 8 << 20, (8 << 20) + 1])
    func rule(byteCount: Int) async throws {
        try await withTemporaryDirectory { folder in
            let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) }
            let path = folder.appendingPathComponent("f").path
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let chunks = stride(from: 0, to: byteCount, by: 8 << 20).flatMap { start in
                Self.sum(Array(bytes[start..<min(start + (8 << 20), byteCount)]))
            }
            let size = (0..<8).map { UInt8(truncatingIfNeeded: byteCount >> (8 * $0)) }
            let expected = SourceContent(
                byteCount: UInt64(byteCount),
                digest: Self.sum(size + chunks)
            )
            let files = try #require(SourceFiles(file: path))
            let watch = SourceWatch(files)
            watch.workAhead()
            #expect(watch.content() == expected)
            #expect(SourceWatch(files).conclude()?.content == expected)
            // What was stopped has no answer, and what changed has none either.
            let stopped = SourceWatch(files)
            stopped.stop()
            #expect(stopped.conclude() == nil)
            try Data(bytes + [1]).write(to: URL(fileURLWithPath: path))
            let late = SourceWatch(files)
            #expect(late.conclude()?.content == nil)
            #expect(late.change != nil)
        }
    }

    @Test("of several files counts their names and order")
    func list() async throws {
        try await withTemporaryDirectory { folder in
            for name in ["1", "2", "3"] {
                try Data(name.utf8).write(to: folder.appendingPathComponent(name))
            }
            func content(_ names: String...) -> SourceContent? {
                let paths = names.map { folder.appendingPathComponent($0).path }
                return SourceWatch(SourceFiles(images: paths)).content()
            }
            let whole = content("1", "2")
            #expect(whole != nil && whole == content("1", "2"))
            #expect(whole != content("2", "1") && whole != content("1", "3"))
            try Data("2".utf8).write(to: folder.appendingPathComponent("3"))
            #expect(whole != content("1", "3"))
        }
    }
}
