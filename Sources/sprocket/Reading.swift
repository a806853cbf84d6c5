import ArgumentParser
import Buffers
import ByteStreams
import FrameFormat
import FrameStreams
import Pipelines
import Stages
import Synchronization

/// Frames out of a stream: the front of the pipelines of `cat` and `export`.
struct Reading {
    let stream: OpenStream
    let selection: FrameSelection
    let last: UInt64?
    let follows: Bool
    let conversion: Conversion
    /// Whether packets are decoded; `ndjson` shows them as they are.
    let decodes: Bool
    let pixelCountMaximum: Int
    let pool: BufferPool
    let console: Console

    /// What was found damaged on the way.
    private let faultCount = Faults()

    init(
        _ stream: OpenStream,
        options: SelectionOptions,
        conversion: Conversion,
        decodes: Bool,
        pixelCountMaximum: Int,
        pool: BufferPool,
        console: Console
    ) throws {
        self.stream = stream
        selection = try options.selection()
        last = options.last
        follows = options.follow
        self.conversion = conversion
        self.decodes = decodes
        self.pixelCountMaximum = pixelCountMaximum
        self.pool = pool
        self.console = console
    }

    private final class Faults: Sendable {
        let count = Mutex(0)
    }

    /// Whether damage was met.
    var metFaults: Bool { faultCount.count.withLock { $0 > 0 } }

    /// Runs the pipeline from the stream through `further` transforms to `sink`.
    func run(
        through further: [any Transform] = [],
        into sink: any Sink,
        interruption: Interruption
    ) async throws {
        let reader = try await stream.store.openReader(for: stream.name)
        let summary = try await FrameStreamSummary.read(reader, pool: pool)
        var wanted = selection
        if let last {
            let total = try await frameCount(summary)
            wanted.sequences = (total > last ? total - last + 1 : 1)...UInt64.max
        }
        let faults = faultCount
        let source = StreamSource(reader, follows: follows, pool: pool) { [console] fault in
            faults.count.withLock { $0 += 1 }
            console.warn(Self.text(fault))
        }
        let pipeline = Pipeline(
            name: "read",
            source: source,
            transforms: transforms(wanted) + further,
            sink: sink,
            limits: QueueLimits(elementCountMaximum: 16)
        )
        try await pipeline.run(stop: interruption.signal)
        await reader.close()
    }

    /// Frames as they will be numbered: packets are counted as pictures, where they are decoded.
    private func frameCount(_ summary: FrameStreamSummary) async throws -> UInt64 {
        guard decodes, let first = summary.firstFrame, first.codec != .raw else {
            return summary.totals.frameCount
        }
        throw ValidationError(
            "--last cannot count the pictures in packets before they are decoded; use --frames or --time"
        )
    }

    private func transforms(_ selection: FrameSelection) -> [any Transform] {
        var transforms: [any Transform] = []
        if decodes {
            var options = Decode.Options()
            options.pixelCountMaximum = pixelCountMaximum
            options.fallback = conversion.pixelFormat
            transforms.append(Decode(options, pool: pool))
        }
        if !selection.isEverything { transforms.append(Sample(selection)) }
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
