public import Buffers
public import ByteStreams
public import FrameFormat

/// Something of a stream that cannot be read, or that it never had.
public enum StreamLoss: Error, Sendable, CustomStringConvertible {
    /// Damage, and frames that are missing behind it.
    case damage(StreamFaultItem)
    /// Frames whose numbers are missing.
    case missing(Gap)
    /// Frames that the source of the stream lost; the stream itself is whole.
    case gap(Gap)

    /// One line for a person.
    public var description: String {
        switch self {
        case .damage(.record(let fault)): "a record is damaged: \(fault.error)"
        case .damage(.unfinished(let fault)): "a record was not completed: \(fault.error)"
        case .damage(.store(let range, let detail)):
            "damage at offset \(range.lowerBound): \(detail)"
        case .missing(let gap): "frames \(gap.first) to \(gap.last) are missing"
        case .gap(let gap): "frames are missing (\(gap.reason)): \(gap.detail)"
        }
    }
}

/// The frames of a stream in their order; packets are not decoded.
public struct StoredFrames: AsyncSequence, Sendable {
    /// A frame.
    public typealias Element = Frame

    let reader: any ByteStreamReader
    let plan: ReadingPlan
    let follows: Bool
    let pool: BufferPool
    let onLoss: @Sendable (StreamLoss) throws -> Void

    /// Reads frame by frame.
    public struct Iterator: AsyncIteratorProtocol {
        private let frames: StoredFrames
        private var spans: ArraySlice<ReadingPlan.Span>
        private var records: FrameStreamReader?
        private var selector: FrameSelector

        init(_ frames: StoredFrames) {
            self.frames = frames
            spans = frames.plan.spans[...]
            selector = FrameSelector(frames.plan.selection)
        }

        /// The next frame that is wanted; `nil` at the end.
        ///
        /// - Throws: What the store says, and whatever is thrown for a loss.
        public mutating func next() async throws -> Frame? {
            while !selector.isDone {
                if records == nil {
                    guard let span = spans.popFirst() else { return nil }
                    records = FrameStreamReader(
                        frames.reader,
                        pool: frames.pool,
                        from: span.start,
                        follow: frames.follows && span.end == nil,
                        until: span.end
                    )
                }
                guard let item = try await records?.next() else {
                    records = nil
                    continue
                }
                guard let frame = try frame(item) else { continue }
                switch selector.judge(frame.header) {
                case .keep: return frame
                case .drop: continue
                case .end: return nil
                }
            }
            return nil
        }

        private func frame(_ item: StreamItem) throws -> Frame? {
            switch item {
            case .fault(let fault): try frames.onLoss(.damage(fault))
            case .missing(let gap): try frames.onLoss(.missing(gap))
            case .record(let stored):
                switch stored.record {
                case .frame(let frame): return frame
                case .gap(let gap): if gap.isLoss { try frames.onLoss(.gap(gap)) }
                case .index, .sourceBegin, .sourceEnd, .mark: break
                }
            }
            return nil
        }
    }

    /// Starts at the first frame that is wanted.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }
}

extension StreamStore {
    /// Reads frames for the duration of `body`; only what is wanted is read.
    ///
    /// ```swift
    /// try await store.withFrames(of: "camera", .seconds(10..<20)) { frames in
    ///     for try await frame in frames { … }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - name: The stream.
    ///   - selection: Which frames; ``FrameSelection/shownAt`` is not looked at.
    ///   - following: Whether to wait at the tail for more, until the stream is sealed or the task
    ///     is cancelled.
    ///   - pool: Where memory comes from that the store does not provide.
    ///   - onLoss: Hears of what cannot be read or was lost in the source, and decides: reading
    ///     ends with what it throws, and goes on otherwise. A loss is never passed over unless it
    ///     says so.
    ///   - body: Takes the frames.
    public func withFrames<Result>(
        of name: StreamName,
        _ selection: FrameSelection = FrameSelection(),
        following: Bool = false,
        pool: BufferPool = BufferPool(),
        onLoss: @escaping @Sendable (StreamLoss) throws -> Void = { throw $0 },
        _ body: (StoredFrames) async throws -> Result
    ) async throws -> Result {
        try await withReader(for: name) { reader in
            let use = ReadingPlanner.Use(decodes: false, follows: following, needsNumbers: false)
            var planner = ReadingPlanner(reader, for: use, pool: pool)
            let plan = try await planner.plan(selection)
            return try await body(
                StoredFrames(
                    reader: reader,
                    plan: plan,
                    follows: following,
                    pool: pool,
                    onLoss: onLoss
                )
            )
        }
    }

    /// Reads frames of a stream whose name is text (`StreamName`); else the same.
    ///
    /// - Throws: `invalid` for what is no name.
    public func withFrames<Result>(
        of name: String,
        _ selection: FrameSelection = FrameSelection(),
        following: Bool = false,
        pool: BufferPool = BufferPool(),
        onLoss: @escaping @Sendable (StreamLoss) throws -> Void = { throw $0 },
        _ body: (StoredFrames) async throws -> Result
    ) async throws -> Result {
        try await withFrames(
            of: StreamName(checking: name),
            selection,
            following: following,
            pool: pool,
            onLoss: onLoss,
            body
        )
    }
}
