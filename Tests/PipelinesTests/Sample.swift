import Pipelines

// The examples of Pipelines.md, word for word; a test compares the two.

struct Sample: Transform {
    static let kind = "sample"
    let every: UInt64

    func run(_ input: consuming FrameInput, _ output: consuming FrameOutput) async throws {
        var count: UInt64 = 0
        while let frame = try await input.nextFrame(forwardingGapsTo: &output) {
            if count.isMultiple(of: every) { try await output.send(.frame(frame)) }
            count += 1
        }
    }
}

func thin(_ source: any Source, into sink: any Sink, stop: StopSignal) async throws {
    let pipeline = Pipeline(
        name: "thin",
        source: source,
        transforms: [Sample(every: 10)],
        sink: sink
    )
    try await pipeline.run(stop: stop)
}
