import ArgumentParser
import Buffers
import ByteStreams
import FrameFormat
import FrameStreams
import MediaStages
import Pipelines
import Stages

/// Frames out of a stream: the front of the pipelines of `cat` and `export`.
struct Reading {
    let stream: OpenStream
    let selection: FrameSelection
    let last: UInt64?
    let follows: Bool
    let conversion: Conversion
    /// Whether packets are decoded; `ndjson` shows them as they are.
    let decodes: Bool
    /// Whether anybody looks at the numbers of the pictures in packets.
    let needsNumbers: Bool
    let decoding: Decode.Options
    let pool: BufferPool
    let console: Console

    /// What was found damaged on the way.
    private let faultCount = Latest(0)

    init(
        _ stream: OpenStream,
        options: SelectionOptions,
        conversion: Conversion,
        decodes: Bool,
        needsNumbers: Bool = true,
        decoding: Decode.Options,
        pool: BufferPool,
        console: Console
    ) throws {
        self.stream = stream
        selection = try options.selection()
        last = options.last
        follows = options.follow
        self.conversion = conversion
        self.decodes = decodes
        self.needsNumbers = needsNumbers
        self.decoding = decoding
        self.pool = pool
        self.console = console
    }

    /// Whether damage was met.
    var metFaults: Bool { faultCount.value > 0 }

    /// What is known of packets that did not decode when they were stored.
    func censuses() async throws -> StreamCensus {
        try await stream.store.withReader(for: stream.name) { reader in
            try await StreamCensus.read(reader, pool: pool)
        }
    }

    /// Runs the pipeline from the stream through `further` transforms to `sink`.
    func run(
        through further: [any Transform] = [],
        into sink: any Sink,
        interruption: Interruption
    ) async throws {
        let reader = try await stream.store.openReader(for: stream.name)
        let use = ReadingPlanner.Use(
            decodes: decodes,
            follows: follows,
            needsNumbers: needsNumbers
        )
        var planner = ReadingPlanner(reader, for: use, pool: pool)
        let plan: ReadingPlan
        if let last {
            plan = try await lastPlan(last, reader, &planner, interruption)
        } else {
            plan = try await planner.plan(selection)
        }
        if plan.lacksCensus, (selection.sequences?.lowerBound ?? UInt64.max) > 1 { sayNoCensus() }
        let source = { (plan: ReadingPlan) in
            StreamSource(reader, plan.spans, follows: follows, pool: pool) { fault in
                faultCount.update { $0 += 1 }
                console.warn(Self.text(fault))
            }
        }
        do {
            try await run(plan, source(plan), through: further, into: sink, interruption)
        } catch let error as PipelineError where error.cause is DecodeStart.Mismatch {
            // The packets are not what the index makes of them; nothing was written.
            let whole = try await planner.wholePlan(plan.selection)
            try await run(whole, source(whole), through: further, into: sink, interruption)
        }
        await reader.close()
    }

    /// What to read for the last frames; the pictures of packets are decoded and counted first.
    private func lastPlan(
        _ last: UInt64,
        _ reader: any ByteStreamReader,
        _ planner: inout ReadingPlanner,
        _ interruption: Interruption
    ) async throws -> ReadingPlan {
        let counts = Latest<(count: UInt64, last: UInt64)>((0, 0))
        let count = { (plan: ReadingPlan) async throws in
            // What is damaged is said when it is read to be written.
            let source = StreamSource(reader, plan.spans, pool: pool) { _ in }
            let sink = CountOutput { counts.value = ($0, $1) }
            try await run(plan, source, through: [], into: sink, interruption)
        }
        var wanted = selection
        switch try await planner.lastNumbers(last) {
        case .known(let numbers):
            wanted.sequences = numbers
            return try await planner.plan(wanted)
        case .unknown:
            sayNoCensus()
        }
        try await count(try await planner.wholePlan(FrameSelection()))
        let total = counts.value.last
        wanted.sequences = (total > last ? total - last + 1 : 1)...UInt64.max
        return try await planner.wholePlan(wanted)
    }

    /// Says why it takes long, and what would help.
    private func sayNoCensus() {
        console.note(
            "\(stream.location): no census says which pictures its packets give; decoding from the head "
                + "(sprocket reindex takes one)"
        )
    }

    private func run(
        _ plan: ReadingPlan,
        _ source: StreamSource,
        through further: [any Transform],
        into sink: any Sink,
        _ interruption: Interruption
    ) async throws {
        let pipeline = Pipeline(
            name: "read",
            source: source,
            transforms: transforms(plan) + further,
            sink: sink,
            limits: QueueLimits(elementCountMaximum: 16)
        )
        try await pipeline.run(stop: interruption.signal)
    }

    private func transforms(_ plan: ReadingPlan) -> [any Transform] {
        var transforms: [any Transform] = []
        if decodes {
            var options = decoding
            options.fallback = conversion.pixelFormat
            transforms.append(Decode(options, from: plan.decodeStart, pool: pool))
            if plan.selection.isEverything, plan.decodeStart == nil, !follows {
                transforms.append(RequirePicture(in: "\(stream.location)", mayBeEmpty: true))
            }
        }
        if !plan.selection.isEverything { transforms.append(Sample(plan.selection)) }
        if !conversion.isNothing {
            transforms.append(
                Scale(
                    width: conversion.width,
                    height: conversion.height,
                    pixelFormat: conversion.pixelFormat,
                    pool: pool
                )
            )
        }
        return transforms
    }

    /// What damage means, for a person.
    static func text(_ fault: StreamFaultItem) -> String {
        switch fault {
        case .record(let fault):
            let frame = fault.sequence.map { "frame \($0)" } ?? "a record"
            return
                "\(frame) at offset \(fault.range.lowerBound) is damaged and left out: \(fault.error)"
        case .unfinished(let fault):
            return
                "the record at offset \(fault.range.lowerBound) was not completed by its writer and is left out"
        case .store(let range, let detail):
            return "damage at offset \(range.lowerBound) touched no frame: \(detail)"
        }
    }
}
