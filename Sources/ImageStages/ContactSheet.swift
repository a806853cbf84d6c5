public import Buffers
internal import FrameFormat
internal import Images
public import Pipelines
internal import Stages

/// Puts frames side by side into larger ones: a picture of many, to look over.
///
/// A sheet has the times and numbers of its first frame. Frames are scaled to the tiles' size,
/// their own shape kept; what a tile has beside its frame, and the tiles behind the last frame, are
/// black. Gaps go by in their places.
public struct ContactSheet: Transform {
    /// `contact-sheet`
    public static let kind = "contact-sheet"
    /// Scaling computes for long.
    public static let execution = StageExecution.blocking

    /// The width of a tile where nobody chooses.
    public static let tileWidthDefault = 320
    /// The most columns, and the most rows, of a sheet.
    public static let sideMaximum = 64

    private let columns: Int
    private let rows: Int
    private let settings: ImageSettings
    private let pool: BufferPool

    /// Makes sheets of `columns` by `rows` tiles, of the size in `settings` or
    /// ``tileWidthDefault`` wide.
    public init(columns: Int, rows: Int, settings: ImageSettings, pool: BufferPool) {
        precondition((1...Self.sideMaximum).contains(columns), "a sheet has columns")
        precondition((1...Self.sideMaximum).contains(rows), "a sheet has rows")
        self.columns = columns
        self.rows = rows
        self.settings = settings
        self.pool = pool
    }

    /// Makes sheets until there are no more frames; the last one may not be full.
    public func run(
        _ input: consuming FrameInput,
        _ output: consuming FrameOutput
    ) async throws {
        var sheet: Sheet?
        while let frame = try await input.nextFrame(forwardingGapsTo: &output) {
            var current = try sheet ?? Sheet(self, first: frame)
            try current.add(frame)
            sheet = current
            if current.isFull {
                try await output.send(.frame(current.frame(from: pool)))
                sheet = nil
            }
        }
        if let sheet { try await output.send(.frame(sheet.frame(from: pool))) }
    }

    /// One sheet as it fills.
    private struct Sheet {
        private let columns: Int
        private let rows: Int
        private let tile: PictureConverter.Size
        private let turns: Bool
        private let first: Frame
        private var bytes: [UInt8]
        private var count = 0
        /// Bytes of a pixel: red, green, blue.
        private static let pixelByteCount = 3

        init(_ stage: ContactSheet, first: Frame) throws {
            columns = stage.columns
            rows = stage.rows
            turns = stage.settings.turns
            let shape = Self.shape(of: first, turns: turns)
            tile =
                stage.settings.size
                ?? PictureConverter.Size(
                    width: ContactSheet.tileWidthDefault,
                    height: max(1, ContactSheet.tileWidthDefault * shape.height / shape.width)
                )
            self.first = first
            guard columns * tile.width <= FormatLimits.dimensionMaximum,
                rows * tile.height <= FormatLimits.dimensionMaximum
            else {
                throw StageError(
                    .unsuitable,
                    """
                    a sheet of \(columns)x\(rows) tiles of \(tile.width)x\(tile.height) is too large; \
                    choose smaller tiles with --size
                    """
                )
            }
            let pixelCount = columns * tile.width * rows * tile.height
            bytes = [UInt8](repeating: 0, count: pixelCount * Self.pixelByteCount)
        }

        var isFull: Bool { count == columns * rows }

        /// The size of a frame as it is shown.
        private static func shape(of frame: Frame, turns: Bool) -> PictureConverter.Size {
            var settings = ImageSettings()
            settings.squaresPixels = true
            let size =
                settings.size(for: frame.header)
                ?? PictureConverter.Size(
                    width: Int(frame.header.width),
                    height: Int(frame.header.height)
                )
            let swaps = turns && frame.orientation.isTransposed
            return swaps
                ? PictureConverter.Size(width: size.height, height: size.width) : size
        }

        mutating func add(_ frame: Frame) throws {
            let shape = Self.shape(of: frame, turns: turns)
            let orientation = turns ? frame.orientation : .upright
            // The largest size of that shape that fits into the tile.
            let isWide = shape.width * tile.height >= shape.height * tile.width
            let width = isWide ? tile.width : max(1, tile.height * shape.width / shape.height)
            let height = isWide ? max(1, tile.width * shape.height / shape.width) : tile.height
            var options = PictureConverter.Options()
            options.keepsAlpha = false
            options.highDynamicRange = .tonemap
            options.size =
                orientation.isTransposed
                ? PictureConverter.Size(width: height, height: width)
                : PictureConverter.Size(width: width, height: height)
            let pixels = try PictureConverter(options).pixels(of: RawPicture.make(of: frame))
                .turned(orientation)
            place(pixels, x: (tile.width - width) / 2, y: (tile.height - height) / 2)
            count += 1
        }

        private mutating func place(_ pixels: ImagePixels, x: Int, y: Int) {
            let left = count % columns * tile.width + x
            let top = count / columns * tile.height + y
            let line = columns * tile.width
            let source = pixels.bytes
            for row in 0..<pixels.height {
                for column in 0..<pixels.width {
                    let from = (row * pixels.width + column) * pixels.channelCount
                    let to = ((top + row) * line + left + column) * Self.pixelByteCount
                    for channel in 0..<Self.pixelByteCount {
                        // Gray has one value for all three.
                        bytes[to + channel] = source[from + min(channel, pixels.channelCount - 1)]
                    }
                }
            }
        }

        func frame(from pool: BufferPool) -> Frame {
            var header = first.header
            header.width = UInt32(columns * tile.width)
            header.height = UInt32(rows * tile.height)
            header.pixelFormat = PixelFormat(name: "rgb24")
            header.planes =
                header.pixelFormat?.layout?.planes(width: header.width, height: header.height) ?? []
            header.sampleAspectRatio = nil
            header.displayMatrix = nil
            header.color = ColorDescription.unspecified
            header.color.range = .init(2, provenance: .derived)
            header.color.matrix = .init(0, provenance: .derived)
            return Frame(header: header, payload: pool.makeBuffer(copying: bytes.rawSpan))
        }
    }
}

extension Frame {
    /// How it is turned for showing; upright where that is no quarter turn.
    fileprivate var orientation: Orientation {
        header.displayMatrix.flatMap { Orientation($0) } ?? .upright
    }
}
