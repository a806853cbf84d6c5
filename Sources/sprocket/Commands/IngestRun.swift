import Buffers
import ByteStreams
import FrameFormat
import FrameStreams
import Pipelines
import Stages
import Synchronization

/// The pipeline of one input.
struct IngestRun {
    let plan: IngestPlan
    let input: MediaInput
    let target: OpenStream
    let writer: FrameStreamWriter
    let pool: BufferPool
    /// What the stream has of the input already.
    let resumed: SourceProgress?
    let console: Console

    /// Less than usual: the store behind the last queue has a window of its own.
    private static let queueLimits = QueueLimits(
        byteCountMaximum: 8 << 20,
        elementCountMaximum: 16
    )

    /// Stores the input.
    ///
    /// - Returns: What was stored now.
    func run(fingerprint: SourceFingerprint, stop: StopSignal) async throws -> OutputCounts {
        let newest = await writer.sourceProgress?.begin.sourceID ?? 0
        let sourceID = resumed?.begin.sourceID ?? newest + 1
        let progress = Progress(console)
        progress.begin(input.name)
        let tally = Tally()
        var options = MediaSource.Options()
        options.videoStream = plan.videoStream
        let source = MediaSource(input, sourceID: sourceID, options: options, pool: pool) {
            description in
            tally.expect(description.frameCountEstimate)
            announce(description)
        }
        let introduction = StreamSink.Introduction(
            name: input.name,
            fingerprint: fingerprint,
            selection: plan.selectionLine
        )
        let sink = StreamSink(writer, introducing: resumed == nil ? introduction : nil) { counts in
            tally.update(counts)
            progress.update(
                frameCount: counts.frameCount,
                byteCount: counts.byteCount,
                fraction: tally.fraction
            )
        }
        let pipeline = Pipeline(
            name: "ingest",
            source: source,
            transforms: transforms,
            sink: sink,
            limits: Self.queueLimits
        )
        try await progress.shown { try await pipeline.run(stop: stop) }
        return tally.counts
    }

    private var transforms: [any Transform] {
        var transforms: [any Transform] = []
        if !plan.storesPackets {
            var options = plan.decoding
            options.fallback = plan.conversion.pixelFormat
            transforms.append(Decode(options, pool: pool))
        }
        if !plan.selection.isEverything { transforms.append(Sample(plan.selection)) }
        if let resumed {
            transforms.append(
                SkipStored(throughOrdinal: resumed.lastOrdinal, gapCount: resumed.gapCount)
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
        return transforms
    }

    /// Says what is left out, and what is about to be written.
    private func announce(_ description: MediaDescription) {
        let ignored = Dictionary(grouping: description.streams.filter { !$0.isTaken }, by: \.kind)
            .map { "\($0.value.count) \($0.key)" }.sorted()
        if !ignored.isEmpty {
            console.note("\(input.name): left out: \(ignored.joined(separator: ", ")) stream(s)")
        }
        guard !plan.storesPackets, let byteCount = frameByteCount(description) else { return }
        var line = "\(input.name): \(ByteText.text(byteCount)) a frame"
        if let rate = description.frameRate {
            line += ", \(ByteText.text(Double(byteCount) * rate)) a second of media"
        }
        let free = target.freeByteCount
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
