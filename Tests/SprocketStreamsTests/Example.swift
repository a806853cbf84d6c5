import SprocketStreams

/// The example of README.md, word for word.
func example(
    _ pixels: [UInt8],
    show: (UInt64, Buffer) -> Void
) async throws {
    let store = FileStreamStore(directory: "streams")
    try await store.withFrameWriter("camera") { writer in
        for number in 0..<100 {
            let time = MediaTime(value: Int64(number), timeBase: Rational(1, 25))
            let frame = try Frame(
                picture: pixels.span.bytes,
                width: 64,
                height: 48,
                pixelFormat: "gray",
                time: time
            )
            try await writer.append(frame)
        }
    }  // Everything is durable.

    try await store.withFrames(of: "camera", .seconds(1..<2)) { frames in
        for try await frame in frames { show(frame.header.sequence, frame.payload) }
    }
    try await store.withFrames(of: "camera", .numbers(10...20)) { frames in
        for try await frame in frames { show(frame.header.sequence, frame.payload) }
    }
    // Until the stream is sealed, or the task cancelled.
    try await store.withFrames(of: "camera", following: true) { frames in
        for try await frame in frames { show(frame.header.sequence, frame.payload) }
    }
}
