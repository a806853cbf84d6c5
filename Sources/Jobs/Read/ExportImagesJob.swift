internal import ByteStreams
public import ImageStages
public import MediaStages
internal import Pipelines
internal import Stages
public import SystemPackage

/// Writes frames of a stream as images.
///
/// A run that was interrupted goes on behind the last image that its ledger lists, when the same
/// job runs again.
public struct ExportImagesJob: Sendable {
    /// Sheets of many pictures side by side.
    public struct Sheets: Hashable, Sendable {
        /// Pictures in a row.
        public var columns: Int
        /// Rows.
        public var rows: Int

        /// Makes a grid.
        public init(columns: Int, rows: Int) {
            self.columns = columns
            self.rows = rows
        }
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// What was written, and what was there.
        public let counts: ImageCounts
        /// Whether damage was met, and said, on the way.
        public let metFaults: Bool
    }

    /// The stream to read: a path or a URL.
    public var stream: String
    /// The folder to write into, which is made where it is missing.
    public var folder: FilePath
    /// How files are named, how frames become images, and whether files are replaced. What is
    /// selected is noted by the job itself.
    public var options: ImagesSink.Options
    /// Which frames.
    public var selection = StreamSelection()
    /// Whether pictures are put side by side: then they have the size that the options say, and
    /// the sheets follow from that.
    public var sheets: Sheets?
    /// How packets are decoded.
    public var decoding = Decode.Options()

    /// Writes all frames of a stream.
    public init(stream: String, to folder: FilePath, options: ImagesSink.Options) {
        self.stream = stream
        self.folder = folder
        self.options = options
    }

    /// Writes the images that are not there yet.
    ///
    /// - Returns: `nil` where nothing was looked at, because the job was stopped before.
    public func run(in context: JobContext) async throws -> Outcome? {
        let reading = try reading(context)
        let latest = Latest<ImageCounts?>(nil)
        context.report(.begins(stream))
        let sink = ImagesSink(
            to: folder,
            stream: reading.stream.location.description,
            options: sinkOptions,
            remark: { [stream] in context.note("\(stream): \($0)") }
        ) { counts in
            latest.value = counts
            context.report(.progress(JobProgress(counts.output)))
        }
        try await reading.run(through: transforms(context), into: sink)
        guard var counts = latest.value else { return nil }
        if options.settings.type == .copy { counts.count(try await reading.censuses()) }
        return Outcome(counts: counts, metFaults: reading.metFaults)
    }

    /// Says what ``run(in:)`` would write, and writes nothing.
    public func forecast(in context: JobContext) async throws -> ImagesForecast.Forecast {
        let reading = try reading(context)
        let latest = Latest(ImagesForecast.Forecast())
        let sink = ImagesForecast(
            stream: reading.stream.location.description,
            options: sinkOptions
        ) { latest.value = $0 }
        try await reading.run(through: transforms(context), into: sink)
        return latest.value
    }

    private func reading(_ context: JobContext) throws -> StreamReading {
        StreamReading(
            try context.stream(stream),
            selection,
            decodes: options.settings.type != .copy,
            decoding: decoding,
            in: context
        )
    }

    /// The tiles have the size; the sheets follow from them.
    private var sinkOptions: ImagesSink.Options {
        var options = options
        if sheets != nil { options.settings.size = nil }
        options.selection = SelectionLine.text(selection.frames, last: selection.last)
        return options
    }

    private func transforms(_ context: JobContext) -> [any Transform] {
        guard let sheets else { return [] }
        return [
            ContactSheet(
                columns: sheets.columns,
                rows: sheets.rows,
                settings: options.settings,
                pool: context.pool
            )
        ]
    }
}
