import Foundation
import SprocketStreams
import Synchronization
import TestSupport
import Testing

@Suite("the library as README.md shows it")
struct ReadmeTests {
    private static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    @Test("the example is code that compiles, word for word")
    func compiles() throws {
        let page = try String(
            contentsOf: Self.here.appendingPathComponent("../../README.md"),
            encoding: .utf8
        )
        let code = try String(
            contentsOf: Self.here.appendingPathComponent("Example.swift"),
            encoding: .utf8
        )
        let example = try #require(page.components(separatedBy: "```swift\n").dropFirst().first)
            .components(separatedBy: "```")[0]
        func words(_ text: String) -> String {
            text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        #expect(words(code).contains(words(example)))
    }

    /// A stream of small pictures at 25 a second.
    private static func store(_ count: Int, sealed: Bool = true) async throws -> MemoryStreamStore {
        let store = MemoryStreamStore()
        try await store.withFrameWriter("camera") { writer in
            for number in 0..<count {
                let pixels = [UInt8](repeating: UInt8(number), count: 6)
                try await writer.append(
                    try Frame(
                        picture: pixels.span.bytes,
                        width: 3,
                        height: 2,
                        pixelFormat: "gray",
                        time: MediaTime(value: Int64(number), timeBase: Rational(1, 25))
                    )
                )
            }
        }
        if sealed { try await store.sealStream(StreamName(checking: "camera")) }
        return store
    }

    private static func numbers(
        _ store: any StreamStore,
        _ selection: FrameSelection = FrameSelection(),
        following: Bool = false
    ) async throws -> [UInt64] {
        try await store.withFrames(of: "camera", selection, following: following) { frames in
            var numbers: [UInt64] = []
            for try await frame in frames { numbers.append(frame.header.sequence) }
            return numbers
        }
    }

    @Test("frames come by number, by time, and as the stream grows")
    func reading() async throws {
        let store = CountingStore(try await Self.store(100))
        #expect(try await Self.numbers(store) == Array(1...100))
        #expect(try await Self.numbers(store, .numbers(10...20)) == Array(10...20))
        #expect(try await Self.numbers(store, .seconds(1..<2)) == Array(26...50))
        #expect(try await Self.numbers(store, following: true) == Array(1...100))
        #expect(store.openCount == 0)
        var some = FrameSelection()
        some.countMaximum = 3
        #expect(try await Self.numbers(store, some) == [1, 2, 3])
    }

    @Test("what the source lost is an error, unless somebody says to go on")
    func losses() async throws {
        let store = try await Self.store(3, sealed: false)
        try await store.withFrameWriter("camera") { writer in
            try await writer.append(Gap(reason: .overflow, position: SourcePosition()))
        }
        await #expect(throws: StreamLoss.self) { _ = try await Self.numbers(store) }
        let said = Mutex(0)
        let count = try await store.withFrames(
            of: "camera",
            onLoss: { _ in said.withLock { $0 += 1 } },
            { frames in try await frames.reduce(0) { count, _ in count + 1 } }
        )
        #expect(count == 3)
        #expect(said.withLock { $0 } == 1)
    }

    @Test("what is no name is refused")
    func names() async throws {
        let store = MemoryStreamStore()
        let error = await #expect(throws: StreamError.self) {
            try await store.withFrames(of: "a/b") { _ in }
        }
        #expect(error?.code == .invalid)
    }

    @Test("bytes that are no such picture are refused")
    func pictures() {
        let pixels: [UInt8] = [1, 2, 3]
        #expect(throws: PictureError.self) {
            try Frame(picture: pixels.span.bytes, width: 2, height: 2, pixelFormat: "gray")
        }
        #expect(throws: PictureError.self) {
            try Frame(picture: pixels.span.bytes, width: 1, height: 1, pixelFormat: "no-format")
        }
    }
}
