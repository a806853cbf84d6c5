public import Buffers
internal import FrameFormat
public import Pipelines

/// Makes sides even that are odd, for encoders that want that: the last column or row is repeated.
public struct Pad: Transform {
    /// `pad`
    public static let kind = "pad"

    private let pool: BufferPool

    /// Pads into buffers of `pool`.
    public init(pool: BufferPool) {
        self.pool = pool
    }

    /// Pads every frame that needs it.
    public func run(
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        while let frame = try await input.nextFrame(forwardingGapsTo: &output) {
            try await output.send(.frame(try padded(frame)))
        }
    }

    private func padded(_ frame: Frame) throws -> Frame {
        let (width, height) = (frame.header.width, frame.header.height)
        guard !width.isMultiple(of: 2) || !height.isMultiple(of: 2) else { return frame }
        guard let layout = frame.header.pixelFormat?.layout,
            layout.flags.isDisjoint(with: [.bitstream, .palette]),
            layout.planes.allSatisfy({ $0.bitsPerStep.isMultiple(of: 8) })
        else {
            throw StageError(
                .unsuitable,
                """
                pictures of \(frame.header.pixelFormat?.name ?? "no known format") cannot be padded; \
                convert them with --pixel-format yuv420p
                """
            )
        }
        var result = frame
        result.header.width = width + width % 2
        result.header.height = height + height % 2
        result.header.planes = layout.planes(
            width: result.header.width,
            height: result.header.height
        )
        let byteCount = result.header.planes.reduce(0) { $0 + $1.byteCount }
        var payload = pool.makeBuffer(byteCount: Int(byteCount))
        let source = frame.payload.bytes
        for (index, plane) in layout.planes.enumerated() {
            Self.copy(
                source,
                frame.header.planes[index],
                to: &payload,
                result.header.planes[index],
                stepByteCount: plane.bitsPerStep / 8
            )
        }
        result.payload = payload.freeze()
        return result
    }

    private static func copy(
        _ source: RawSpan,
        _ from: PlaneLayout,
        to payload: inout MutableBuffer,
        _ to: PlaneLayout,
        stepByteCount: Int
    ) {
        for row in 0..<Int(to.rowCount) {
            let line = min(row, Int(from.rowCount) - 1)
            let origin = Int(from.offset) + line * Int(from.rowByteCount)
            let values = source.extracting(origin..<origin + Int(from.rowByteCount))
            let target = Int(to.offset) + row * Int(to.rowByteCount)
            payload.copy(values, at: target)
            guard to.rowByteCount > from.rowByteCount else { continue }
            let last = values.extracting(values.byteCount - stepByteCount..<values.byteCount)
            payload.copy(last, at: target + values.byteCount)
        }
    }
}
