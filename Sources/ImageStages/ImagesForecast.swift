internal import FrameFormat
public import Pipelines

/// Says what an export of images would write, and writes nothing.
///
/// Every frame gets its name, as in the export; one in ``sampleInterval`` is encoded, and what that
/// gives stands for the others.
public struct ImagesForecast: Sink {
    /// `images-forecast`
    public static let kind = "images-forecast"
    /// Encoding computes for long.
    public static let execution = StageExecution.blocking

    /// One frame in so many is encoded.
    public static let sampleInterval: UInt64 = 16

    /// What would be written.
    public struct Forecast: Hashable, Sendable {
        /// Images.
        public fileprivate(set) var imageCount: UInt64 = 0
        /// Bytes in all, about.
        public fileprivate(set) var byteCount: UInt64 = 0
        /// The name of the first.
        public fileprivate(set) var firstName: String?
        /// The name of the last.
        public fileprivate(set) var lastName: String?
        /// Columns of the first.
        public fileprivate(set) var width = 0
        /// Rows of the first.
        public fileprivate(set) var height = 0
        /// Gaps in which frames are missing.
        public fileprivate(set) var gapCount: UInt64 = 0

        /// Nothing would be written.
        public init() {}
    }

    private let stream: String
    private let options: ImagesSink.Options
    private let report: @Sendable (Forecast) -> Void

    /// Looks at what an export with these options would write; `report` hears the whole.
    public init(
        stream: String,
        options: ImagesSink.Options,
        report: @escaping @Sendable (Forecast) -> Void
    ) {
        self.stream = stream
        self.options = options
        self.report = report
    }

    /// Looks at all frames.
    ///
    /// - Throws: `cannotCreate` when two frames would have one name.
    public func run(_ input: consuming FrameInput) async throws {
        let encoder = ImageEncoder(options.settings)
        var names = ImageNames(options.template, stream: stream)
        var forecast = Forecast()
        var (sampleCount, sampleByteCount): (UInt64, UInt64) = (0, 0)
        while let element = try await input.next() {
            switch element {
            case .gap(let gap): forecast.gapCount += gap.isLoss ? 1 : 0
            case .frame(let frame):
                let type = options.settings.type
                let ending =
                    type == .copy ? try ImageCopy.fileEnding(of: frame) : type.fileExtension
                let name = try names.next(for: frame.header, ending: ending)
                if forecast.imageCount.isMultiple(of: Self.sampleInterval) {
                    let image = try encoder.encode(frame)
                    sampleCount += 1
                    sampleByteCount += UInt64(image.bytes.count)
                    if forecast.imageCount == 0 {
                        (forecast.width, forecast.height) = (image.width, image.height)
                    }
                }
                forecast.imageCount += 1
                forecast.firstName = forecast.firstName ?? name
                forecast.lastName = name
            }
        }
        if sampleCount > 0 {
            forecast.byteCount = sampleByteCount * forecast.imageCount / sampleCount
        }
        report(forecast)
    }
}
