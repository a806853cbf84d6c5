import Buffers
import ByteStreams
import FileNames
import FrameFormat
import FrameStreams
import MediaStages
import Pipelines
import Stages
import Synchronization

/// The pipeline of one input.
struct IngestRun {
    let plan: IngestPlan
    let input: MediaInput
    let files: SourceFiles?
    let recognition: SourceRecognition
    let target: OpenStream
    let writer: FrameStreamWriter
    let pool: BufferPool
    /// What the stream has of the input already.
    var resumed: Resumption?
    /// Pictures before those of the input, as they are numbered in the stream, if that is known.
    var picturesBefore: UInt64?
    let console: Console

    /// The census of the packets, once the input has ended.
    private let census = Latest<Census?>(nil)

    /// What came of it.
    struct Result {
        /// What was stored now; of packets also what did not decode.
        let counts: OutputCounts
        /// How the input changed meanwhile, in words.
        let change: String?
    }

    /// Less than usual: the store behind the last queue has a window of its own.
    private static let queueLimits = QueueLimits(
        byteCountMaximum: 8 << 20,
        elementCountMaximum: 16
    )

    init(
        plan: IngestPlan,
        input: MediaInput,
        files: SourceFiles?,
        recognition: SourceRecognition,
        target: OpenStream,
        writer: FrameStreamWriter,
        pool: BufferPool,
        resumed: Resumption?,
        picturesBefore: UInt64?,
        console: Console
    ) {
        self.plan = plan
        self.input = input
        self.files = files
        self.recognition = recognition
        self.target = target
        self.writer = writer
        self.pool = pool
        self.resumed = resumed
        self.picturesBefore = picturesBefore
        self.console = console
    }

    /// The census of the packets; `nil` of pictures, and before the input has ended.
    var takenCensus: Census? { census.value }

    /// Stores the input, and hashes its files beside.
    func run(stop: StopSignal) async throws -> Result {
        let watch = files.map { SourceWatch($0, content: recognition.content) }
        let tally = Tally()
        let progress = Progress(console)
        progress.begin(input.name)
        let pipeline = await pipeline(watch, tally, progress)
        let registration = stop.onStop { watch?.stop() }
        defer { withExtendedLifetime(registration) {} }
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { watch?.stop() }
            if let watch {
                group.addTask(executorPreference: BlockingExecutor(label: "ingest.content")) {
                    watch.workAhead()
                }
            }
            try await progress.shown { try await pipeline.run(stop: stop) }
        }
        var counts = tally.counts
        if let census = takenCensus { counts.count(census) }
        return Result(counts: counts, change: watch?.change)
    }

    private func pipeline(
        _ watch: SourceWatch?,
        _ tally: Tally,
        _ progress: Progress
    ) async -> Pipeline {
        let newest = await writer.sourceProgress?.begin.sourceID ?? 0
        let sourceID = resumed?.progress.begin.sourceID ?? newest + 1
        var options = MediaSource.Options()
        options.videoStream = plan.videoStream
        let free = await target.store.freeByteCount()
        let source = MediaSource(
            input,
            sourceID: sourceID,
            options: options,
            pool: pool,
            onNote: { console.note($0) }
        ) { description in
            tally.expect(description.frameCountEstimate)
            announce(description, free: free)
        }
        let introduction = StreamSink.Introduction(
            name: input.name.shownFileName,
            fingerprint: recognition.fingerprint ?? SourceFingerprint(byteCount: 0, digest: []),
            selection: plan.selectionLine,
            identity: recognition.identity
        )
        let sink = StreamSink(
            writer,
            introducing: resumed == nil ? introduction : nil,
            concluding: { marks($0) },
            conclude: { watch.map { $0.conclude() } ?? StreamSink.Conclusion() }
        ) { counts in
            tally.update(counts)
            progress.update(
                frameCount: counts.frameCount,
                byteCount: counts.byteCount,
                fraction: tally.fraction
            )
        }
        return Pipeline(
            name: "ingest",
            source: source,
            transforms: transforms,
            sink: sink,
            limits: Self.queueLimits
        )
    }

    /// What is noted of the packets as a whole.
    private func marks(_ begin: SourceBegin) -> [Mark] {
        guard let census = takenCensus else { return [] }
        let placed = PlacedCensus(
            firstSequence: begin.totals.frameCount + 1,
            picturesBefore: picturesBefore,
            census: census
        )
        return CensusMarks.marks(of: placed) ?? []
    }

    private func take(_ outcome: CensusDecoder.Outcome) {
        switch outcome {
        case .taken(let taken):
            census.value = taken
        case .failed(let reason):
            console.note("\(input.name): no census of the packets was taken: \(reason)")
        }
    }

    private var transforms: [any Transform] {
        var transforms: [any Transform] = []
        var options = plan.decoding
        options.fallback = plan.conversion.pixelFormat
        if !plan.storesPackets {
            transforms.append(Decode(options, pool: pool))
            transforms.append(RequirePicture(in: input.name))
        }
        if !plan.selection.isEverything { transforms.append(Sample(plan.selection)) }
        if plan.storesPackets, plan.takesCensus {
            transforms.append(TakeCensus(options, pool: pool) { take($0) })
        }
        if let resumed {
            transforms.append(
                SkipStored(
                    throughOrdinal: resumed.progress.lastOrdinal,
                    gapCount: resumed.progress.gapCount,
                    keeping: resumed.frame?.header.position.ordinal
                )
            )
        }
        let conversion = plan.conversion
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
        if let frame = resumed?.frame { transforms.append(MatchStored(frame)) }
        return transforms
    }

    /// Says what is left out, and what is about to be written, where so many bytes are free.
    private func announce(_ description: MediaDescription, free: UInt64?) {
        let ignored = Dictionary(grouping: description.streams.filter { !$0.isTaken }, by: \.kind)
            .map { "\($0.value.count) \($0.key)" }.sorted()
        if !ignored.isEmpty {
            console.note("\(input.name): left out: \(ignored.joined(separator: ", ")) stream(s)")
        }
        if let variant = description.variant { console.note("\(input.name): \(variant)") }
        for remark in description.remarks { console.warn("\(input.name): \(remark)") }
        guard !plan.storesPackets, let byteCount = frameByteCount(description) else { return }
        var line = "\(input.name): \(ByteText.text(byteCount)) a frame"
        if let rate = description.frameRate {
            line += ", \(ByteText.text(Double(byteCount) * rate)) a second of media"
        }
        if let count = description.frameCountEstimate, plan.selection.isEverything {
            let total = Double(byteCount) * count
            line += ", about \(ByteText.text(total)) in all"
            if let free, total > Double(free) {
                console.warn(
                    "\(line) is more than the \(ByteText.text(free)) that are free; "
                        + "--payload packets or --size need less"
                )
                return
            }
        }
        if let free { line += "; \(ByteText.text(free)) are free" }
        console.note(line)
    }

    private func frameByteCount(_ description: MediaDescription) -> UInt64? {
        guard let layout = (plan.conversion.pixelFormat ?? description.pixelFormat)?.layout else {
            return nil
        }
        let width = plan.conversion.width.map { UInt32($0) } ?? description.size.width
        let height = plan.conversion.height.map { UInt32($0) } ?? description.size.height
        return layout.payloadByteCount(width: width, height: height)
    }
}
