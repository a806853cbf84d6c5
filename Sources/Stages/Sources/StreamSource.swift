public import Buffers
public import ByteStreams
internal import FrameFormat
public import FrameStreams
public import Pipelines

/// Reads the frames and gaps of a stream. What is damaged becomes a gap, and is said.
public struct StreamSource: Source {
    /// `stream`
    public static let kind = "stream"

    private let open: @Sendable () async throws -> any ByteStreamReader
    private let spans: [ReadingPlan.Span]
    private let follows: Bool
    private let payloads: FrameStreamReader.Payloads
    private let takesPackets: Bool
    private let pool: BufferPool
    private let onFault: @Sendable (StreamFaultItem) -> Void

    /// Prepares to read a stream.
    ///
    /// - Parameters:
    ///   - name: The stream.
    ///   - store: Where it is.
    ///   - spans: What of it is read, one part behind the other.
    ///   - follows: Whether to wait at the tail for more, where a part has no end.
    ///   - payloads: Whether payloads are read.
    ///   - takesPackets: Whether anybody decodes packets; otherwise the first one ends the source.
    ///   - pool: Where the memory of payloads comes from.
    ///   - onFault: Hears of damage as it is met.
    public init(
        _ name: StreamName,
        in store: any StreamStore,
        _ spans: [ReadingPlan.Span] = [.whole],
        follows: Bool = false,
        payloads: FrameStreamReader.Payloads = .read,
        takesPackets: Bool = true,
        pool: BufferPool,
        onFault: @escaping @Sendable (StreamFaultItem) -> Void
    ) {
        self.init(
            opening: { try await store.openReader(for: name) },
            spans,
            follows: follows,
            payloads: payloads,
            takesPackets: takesPackets,
            pool: pool,
            onFault: onFault
        )
    }

    /// Prepares to read through a reader that is the source's own: it is stopped with the pipeline,
    /// and closed.
    package init(
        opening open: @escaping @Sendable () async throws -> any ByteStreamReader,
        _ spans: [ReadingPlan.Span] = [.whole],
        follows: Bool = false,
        payloads: FrameStreamReader.Payloads = .read,
        takesPackets: Bool = true,
        pool: BufferPool,
        onFault: @escaping @Sendable (StreamFaultItem) -> Void
    ) {
        self.open = open
        self.spans = spans
        self.follows = follows
        self.payloads = payloads
        self.takesPackets = takesPackets
        self.pool = pool
        self.onFault = onFault
    }
}

extension StreamSource {
    /// Sends frames and gaps, and a gap for each run of frames that is missing.
    public func run(_ output: consuming FrameOutput) async throws {
        let reader = try await open()
        do {
            try await read(reader, &output)
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
    }

    private func read(
        _ reader: any ByteStreamReader,
        _ output: inout FrameOutput
    ) async throws {
        let registration = output.onStop { reader.stop() }
        defer { withExtendedLifetime(registration) {} }
        for span in spans {
            var records = FrameStreamReader(
                reader,
                pool: pool,
                from: span.start,
                follow: follows && span.end == nil,
                payloads: payloads,
                until: span.end
            )
            while let item = try await records.next() {
                // Told to stop in the middle of a record: that it is not whole means nothing.
                if output.isStopRequested { return }
                guard let element = try element(item) else { continue }
                try await output.send(element)
            }
        }
    }

    private func element(_ item: StreamItem) throws -> Element? {
        switch item {
        case .record(let stored):
            switch stored.record {
            case .frame(let frame):
                guard takesPackets || frame.header.codec == .raw else {
                    throw StageError(
                        .temporary,
                        "frame \(frame.header.sequence) is a packet that came while pictures were read; read again"
                    )
                }
                return .frame(frame)
            case .gap(let gap): return .gap(gap)
            case .index, .sourceBegin, .sourceEnd, .mark: return nil
            }
        case .missing(let gap):
            return .gap(gap)
        case .fault(let fault):
            onFault(fault)
            return nil
        }
    }
}
