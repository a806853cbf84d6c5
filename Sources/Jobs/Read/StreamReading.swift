internal import Buffers
internal import ByteStreams
internal import FrameFormat
internal import FrameStreams
internal import MediaStages
internal import Pipelines
internal import Stages

/// Frames out of a stream: the front of every pipeline that reads one.
struct StreamReading {
    let stream: OpenStream
    let selection: StreamSelection
    var conversion = Conversion()
    /// Whether packets are decoded; some sinks take them as they are.
    let decodes: Bool
    /// Whether anybody looks at the numbers of the pictures in packets.
    var needsNumbers = true
    let decoding: Decode.Options
    let context: JobContext

    /// What was found damaged on the way.
    private let faultCount = Latest(0)

    init(
        _ stream: OpenStream,
        _ selection: StreamSelection,
        conversion: Conversion = Conversion(),
        decodes: Bool,
        needsNumbers: Bool = true,
        decoding: Decode.Options,
        in context: JobContext
    ) {
        self.stream = stream
        self.selection = selection
        self.conversion = conversion
        self.decodes = decodes
        self.needsNumbers = needsNumbers
        self.decoding = decoding
        self.context = context
    }

    /// Whether damage was met.
    var metFaults: Bool { faultCount.value > 0 }

    /// What is known of packets that did not decode when they were stored.
    func censuses() async throws -> StreamCensus {
        try await stream.store.withReader(for: stream.name) { reader in
            try await StreamCensus.read(reader, pool: context.pool)
        }
    }

    /// Runs the pipeline from the stream through `further` transforms to `sink`.
    func run(through further: [any Transform] = [], into sink: any Sink) async throws {
        try await stream.store.withReader(for: stream.name) { reader in
            try await run(reader, through: further, into: sink)
        }
    }

    private func run(
        _ reader: any ByteStreamReader,
        through further: [any Transform],
        into sink: any Sink
    ) async throws {
        let use = ReadingPlanner.Use(
            decodes: decodes,
            follows: selection.follows,
            needsNumbers: needsNumbers
        )
        var planner = ReadingPlanner(reader, for: use, pool: context.pool)
        let plan: ReadingPlan
        if let last = selection.last {
            plan = try await lastPlan(last, &planner)
        } else {
            plan = try await planner.plan(selection.frames)
        }
        let firstNumber = selection.frames.sequences?.lowerBound ?? UInt64.max
        if plan.lacksCensus, firstNumber > 1 { sayNoCensus() }
        do {
            try await run(plan, source(plan), through: further, into: sink)
        } catch let error as PipelineError where error.cause is DecodeStart.Mismatch {
            // The packets are not what the index makes of them; nothing was written.
            let whole = try await planner.wholePlan(plan.selection)
            try await run(whole, source(whole), through: further, into: sink)
        }
    }

    private func source(_ plan: ReadingPlan) -> StreamSource {
        StreamSource(
            stream.name,
            in: stream.store,
            plan.spans,
            follows: selection.follows,
            takesPackets: !leavesOutDecoder(plan),
            pool: context.pool
        ) { [faultCount, context] fault in
            faultCount.update { $0 += 1 }
            context.warn(FaultText.text(fault))
        }
    }

    /// Pictures need no thread to be decoded on.
    private func leavesOutDecoder(_ plan: ReadingPlan) -> Bool {
        decodes && plan.holdsPackets == false
    }

    /// What to read for the last frames; the pictures of packets are decoded and counted first.
    private func lastPlan(
        _ last: UInt64,
        _ planner: inout ReadingPlanner
    ) async throws -> ReadingPlan {
        var wanted = selection.frames
        switch try await planner.lastNumbers(last) {
        case .known(let numbers):
            wanted.sequences = numbers
            return try await planner.plan(wanted)
        case .unknown:
            sayNoCensus()
        }
        let counts = Latest<(count: UInt64, last: UInt64)>((0, 0))
        let whole = try await planner.wholePlan(FrameSelection())
        // What is damaged is said when it is read to be written.
        let source = StreamSource(
            stream.name,
            in: stream.store,
            whole.spans,
            pool: context.pool
        ) { _ in }
        let sink = CountOutput { counts.value = ($0, $1) }
        try await run(whole, source, through: [], into: sink)
        let total = counts.value.last
        wanted.sequences = (total > last ? total - last + 1 : 1)...UInt64.max
        return try await planner.wholePlan(wanted)
    }

    /// Says why it takes long, and what would help.
    private func sayNoCensus() {
        context.note(
            "\(stream.location): no census says which pictures its packets give; decoding from the head "
                + "(sprocket reindex takes one)"
        )
    }

    private func run(
        _ plan: ReadingPlan,
        _ source: StreamSource,
        through further: [any Transform],
        into sink: any Sink
    ) async throws {
        let pipeline = Pipeline(
            name: "read",
            source: source,
            transforms: transforms(plan) + further,
            sink: sink,
            limits: QueueLimits(elementCountMaximum: 16)
        )
        try await pipeline.run(stop: context.stop)
    }

    private func transforms(_ plan: ReadingPlan) -> [any Transform] {
        var transforms: [any Transform] = []
        if decodes {
            if !leavesOutDecoder(plan) {
                var options = decoding
                options.fallback = conversion.pixelFormat
                transforms.append(Decode(options, from: plan.decodeStart, pool: context.pool))
            }
            if plan.selection.isEverything, plan.decodeStart == nil, !selection.follows {
                transforms.append(RequirePicture(in: "\(stream.location)", mayBeEmpty: true))
            }
        }
        if !plan.selection.isEverything { transforms.append(Sample(plan.selection)) }
        return transforms + conversion.transforms(context.pool)
    }
}
