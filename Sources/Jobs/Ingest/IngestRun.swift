internal import Buffers
internal import ByteStreams
internal import FileNames
internal import FrameFormat
internal import FrameStreams
internal import MediaStages
internal import Pipelines
internal import Stages
internal import Synchronization

/// The pipeline of one input.
struct IngestRun {
    let job: IngestJob
    let input: MediaInput
    let files: SourceFiles?
    let recognition: SourceRecognition
    let target: OpenStream
    let writer: FrameStreamWriter
    /// What the stream has of the input already.
    var resumed: Resumption?
    /// Pictures before those of the input, as they are numbered in the stream, if that is known.
    var picturesBefore: UInt64?
    let context: JobContext

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
        job: IngestJob,
        input: MediaInput,
        files: SourceFiles?,
        recognition: SourceRecognition,
        target: OpenStream,
        writer: FrameStreamWriter,
        resumed: Resumption?,
        picturesBefore: UInt64?,
        context: JobContext
    ) {
        self.job = job
        self.input = input
        self.files = files
        self.recognition = recognition
        self.target = target
        self.writer = writer
        self.resumed = resumed
        self.picturesBefore = picturesBefore
        self.context = context
    }

    /// The census of the packets; `nil` of pictures, and before the input has ended.
    var takenCensus: Census? { census.value }

    /// Stores the input, and hashes its files beside.
    func run() async throws -> Result {
        let watch = files.map { SourceWatch($0, content: recognition.content) }
        let tally = Tally()
        context.report(.begins(input.name))
        let pipeline = await pipeline(watch, tally)
        let registration = context.stop.onStop { watch?.stop() }
        defer { withExtendedLifetime(registration) {} }
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { watch?.stop() }
            if let watch {
                group.addTask(executorPreference: BlockingExecutor(label: "ingest.content")) {
                    watch.workAhead()
                }
            }
            try await pipeline.run(stop: context.stop)
        }
        var counts = tally.counts
        if let census = takenCensus { counts.count(census) }
        return Result(counts: counts, change: watch?.change)
    }

    private func pipeline(
        _ watch: SourceWatch?,
        _ tally: Tally
    ) async -> Pipeline {
        let newest = await writer.sourceProgress?.begin.sourceID ?? 0
        let sourceID = resumed?.progress.begin.sourceID ?? newest + 1
        var options = MediaSource.Options()
        options.videoStream = job.videoStream
        let free = await target.store.freeByteCount()
        let source = MediaSource(
            input,
            sourceID: sourceID,
            options: options,
            pool: context.pool,
            onNote: { [context] in context.note($0) }
        ) { description in
            tally.expect(description.frameCountEstimate)
            announce(description, free: free)
        }
        let introduction = StreamSink.Introduction(
            name: input.name.shownFileName,
            fingerprint: recognition.fingerprint ?? SourceFingerprint(byteCount: 0, digest: []),
            selection: job.selectionLine,
            identity: recognition.identity
        )
        let sink = StreamSink(
            writer,
            introducing: resumed == nil ? introduction : nil,
            concluding: { marks($0) },
            conclude: { watch.map { $0.conclude() } ?? StreamSink.Conclusion() }
        ) { counts in
            tally.update(counts)
            context.report(.progress(JobProgress(counts, fraction: tally.fraction)))
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
            context.note("\(input.name): no census of the packets was taken: \(reason)")
        }
    }

    private var transforms: [any Transform] {
        var transforms: [any Transform] = []
        var options = job.decoding
        options.fallback = job.conversion.pixelFormat
        if !job.storesPackets {
            transforms.append(Decode(options, pool: context.pool))
            transforms.append(RequirePicture(in: input.name))
        }
        if !job.selection.isEverything { transforms.append(Sample(job.selection)) }
        if job.storesPackets, job.takesCensus {
            transforms.append(TakeCensus(options, pool: context.pool) { take($0) })
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
        transforms += job.conversion.transforms(context.pool)
        if let frame = resumed?.frame { transforms.append(MatchStored(frame)) }
        return transforms
    }

    /// Says what is left out, and what is about to be written, where so many bytes are free.
    private func announce(_ description: MediaDescription, free: UInt64?) {
        let ignored = Dictionary(grouping: description.streams.filter { !$0.isTaken }, by: \.kind)
            .map { "\($0.value.count) \($0.key)" }.sorted()
        if !ignored.isEmpty {
            context.note("\(input.name): left out: \(ignored.joined(separator: ", ")) stream(s)")
        }
        if let variant = description.variant { context.note("\(input.name): \(variant)") }
        for remark in description.remarks { context.warn("\(input.name): \(remark)") }
        guard !job.storesPackets, let byteCount = frameByteCount(description) else { return }
        var line = "\(input.name): \(ByteText.text(byteCount)) a frame"
        if let rate = description.frameRate {
            line += ", \(ByteText.text(Double(byteCount) * rate)) a second of media"
        }
        if let count = description.frameCountEstimate, job.selection.isEverything {
            let total = Double(byteCount) * count
            line += ", about \(ByteText.text(total)) in all"
            if let free, total > Double(free) {
                context.warn(
                    "\(line) is more than the \(ByteText.text(free)) that are free; "
                        + "--payload packets or --size need less"
                )
                return
            }
        }
        if let free { line += "; \(ByteText.text(free)) are free" }
        context.note(line)
    }

    private func frameByteCount(_ description: MediaDescription) -> UInt64? {
        guard let layout = (job.conversion.pixelFormat ?? description.pixelFormat)?.layout else {
            return nil
        }
        let width = job.conversion.width.map { UInt32($0) } ?? description.size.width
        let height = job.conversion.height.map { UInt32($0) } ?? description.size.height
        return layout.payloadByteCount(width: width, height: height)
    }
}
