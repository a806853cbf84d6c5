import Buffers
import FrameFormat
import MediaStages
import Pipelines
import Synchronization
import Testing

/// Says of each element what it is, and hands the news on.
private final class Order: Sink {
    static let kind = "order"
    private let seen = Mutex<[String]>([])
    private let news: AsyncStream<Void>.Continuation

    init(_ news: AsyncStream<Void>.Continuation) {
        self.news = news
    }

    var elements: [String] { seen.withLock { $0 } }

    func run(_ input: consuming FrameInput) async throws {
        while let element = try await input.next() {
            let word =
                switch element {
                case .frame(let frame): "\(frame.header.position.ordinal)"
                case .gap: "gap"
                }
            seen.withLock { $0.append(word) }
            news.yield()
        }
    }
}

/// Sends elements; before those after the first, waits until something has come out at the end.
private struct PatientSource: Source {
    static let kind = "patient"
    let elements: [Element]
    let news: AsyncStream<Void>?

    func run(_ output: consuming FrameOutput) async throws {
        var arrivals = news?.makeAsyncIterator()
        for (index, element) in elements.enumerated() {
            if index > 0 { _ = await arrivals?.next() }
            try await output.send(element)
        }
    }
}

@Suite("Decode", .timeLimit(.minutes(1)))
struct DecodeTests {
    private static func packets(_ count: Int64) async throws -> [Frame] {
        let pictures = try SeekStream.pictures(Array(0..<count), Rational(1, 25))
        return try await SeekStream.packets(of: pictures, codec: "ffv1", [])
    }

    private static func order(of elements: [Element], isPatient: Bool) async throws -> [String] {
        let (news, continuation) = AsyncStream.makeStream(of: Void.self)
        let sink = Order(continuation)
        var options = Decode.Options()
        // A decoder of several threads holds pictures back by itself.
        options.threadCount = 1
        let pipeline = Pipeline(
            name: "decode",
            source: PatientSource(elements: elements, news: isPatient ? news : nil),
            transforms: [Decode(options, pool: SeekStream.pool)],
            sink: sink
        )
        try await pipeline.run()
        return sink.elements
    }

    @Test("a picture does not wait for the packet behind it")
    func promptness() async throws {
        let packets = try await Self.packets(3).map { Element.frame($0) }
        #expect(try await Self.order(of: packets, isPatient: true) == ["1", "2", "3"])
    }

    @Test("a gap stands between the pictures before and behind it")
    func gaps() async throws {
        var elements = try await Self.packets(4).map { Element.frame($0) }
        elements.insert(.gap(Gap(reason: .overflow, position: SourcePosition())), at: 2)
        let order = try await Self.order(of: elements, isPatient: false)
        #expect(order == ["1", "2", "gap", "3", "4"])
    }

    @Test("a packet that is refused is a gap where its picture would stand")
    func refusals() async throws {
        var packets = try await Self.packets(4)
        packets[2].payload = packets[2].payload.slice(0..<1)
        let order = try await Self.order(of: packets.map { .frame($0) }, isPatient: false)
        #expect(order == ["1", "2", "gap", "3"])
    }
}
