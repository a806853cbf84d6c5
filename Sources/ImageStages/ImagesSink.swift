internal import FileNames
internal import FrameFormat
public import FrameStreams
public import Pipelines
public import Stages
internal import Synchronization
public import SystemPackage

/// Writes each frame as an image file of its own, encoded on all processors, in order. Files are
/// written and synced beside the encoding.
///
/// An image gets its name only when it is whole and durable. `manifest.ndjson` in the folder lists
/// those that are; a run that was interrupted goes on behind its last line.
public struct ImagesSink: Sink {
    /// What to write.
    public struct Options: Hashable, Sendable {
        /// How frames become images.
        public var settings = ImageSettings()
        /// How files are named.
        public var template: ImageNameTemplate
        /// Whether existing files are replaced.
        public var isForced = false
        /// What the export selects, as one line: another selection does not continue it.
        public var selection = ""
        /// Images that are encoded at the same time.
        public var workerCount = 2

        /// The defaults, with a template.
        public init(template: ImageNameTemplate) {
            self.template = template
        }
    }

    /// `images`
    public static let kind = "images"
    /// Writing files blocks.
    public static let execution = StageExecution.blocking

    private let folder: FilePath
    private let stream: String
    private let options: Options
    private let remark: @Sendable (String) -> Void
    private let report: @Sendable (ImageCounts) -> Void

    /// Writes into `folder`, which is made where it is missing.
    ///
    /// - Parameters:
    ///   - folder: Where the images go.
    ///   - stream: Where the frames come from.
    ///   - options: What to write.
    ///   - remark: Hears, once for each, of decisions that a person may want to know.
    ///   - report: Hears what was written so far.
    public init(
        to folder: FilePath,
        stream: String,
        options: Options,
        remark: @escaping @Sendable (String) -> Void = { _ in },
        report: @escaping @Sendable (ImageCounts) -> Void
    ) {
        self.folder = folder
        self.stream = stream
        self.options = options
        self.remark = remark
        self.report = report
    }

    /// Writes all images that are not there yet.
    public func run(_ input: consuming FrameInput) async throws {
        var next = try await input.next()
        // What cannot be copied leaves no folder behind.
        if case .frame(let frame)? = next, options.settings.type == .copy {
            _ = try ImageCopy.fileEnding(of: frame)
        }
        let writer = ImageWriter(
            try ImageFolder(
                folder,
                title: title,
                stream: stream,
                template: options.template,
                isForced: options.isForced
            )
        )
        let workers = (0..<max(1, options.workerCount)).map {
            ImageWorker(options.settings, number: $0)
        }
        var counts = ImageCounts(existingCount: writer.existingCount)
        var line = ImageLine(workerCount: workers.count)
        var remarks: Set<String> = []
        try await withThrowingTaskGroup(of: ImageLine.Event.self) { group in
            /// Takes what a task has done, and lets the writer go on.
            func settle(_ event: ImageLine.Event) {
                for image in line.settle(event) {
                    if let text = image.remark, remarks.insert(text).inserted { remark(text) }
                    counts.count(image)
                }
                if case .written = event { report(counts) }
                guard let images = line.beginWriting() else { return }
                group.addTask(executorPreference: writer.executor) {
                    try writer.write(images)
                    return .written(images)
                }
            }
            while let element = next {
                switch element {
                case .gap(let gap):
                    counts.count(gap)
                case .frame(let frame) where frame.header.sequence > writer.lastSequence:
                    while !line.hasRoom(for: frame.byteCount), let event = try await group.next() {
                        settle(event)
                    }
                    let place = line.begin(frame.byteCount)
                    let worker = workers[place.worker]
                    group.addTask(executorPreference: worker.executor) {
                        .encoded(try worker.encode(frame), place)
                    }
                case .frame: break  // Its image is there.
                }
                next = try await input.next()
            }
            while let event = try await group.next() { settle(event) }
        }
        try writer.finish()
        report(counts)
    }

    private var title: ImageLedger.Title {
        ImageLedger.Title(
            stream: stream.shownFileName,
            settings: options.settings.line,
            name: options.template.description.shownFileName,
            selection: options.selection
        )
    }
}

/// What an export of images has done so far.
public struct ImageCounts: Hashable, Sendable {
    /// Images that were there already.
    public let existingCount: Int
    /// Frames, gaps and bytes of this run.
    public private(set) var output = OutputCounts()

    /// Counts what is known of packets that were written as they are.
    public mutating func count(_ censuses: StreamCensus) { output.count(censuses) }

    init(existingCount: Int) {
        self.existingCount = existingCount
    }

    mutating func count(_ image: EncodedImage) {
        output.frameCount += 1
        output.byteCount += UInt64(image.bytes.count)
        output.count(image.header.flags)
    }

    mutating func count(_ gap: Gap) {
        output.count(gap)
    }
}

/// An encoder with a thread of its own.
final class ImageWorker: Sendable {
    let executor: BlockingExecutor
    private let encoder: Mutex<ImageEncoder>

    init(_ settings: ImageSettings, number: Int) {
        executor = BlockingExecutor(label: "images.\(number)")
        encoder = Mutex(ImageEncoder(settings))
    }

    func encode(_ frame: Frame) throws -> EncodedImage {
        try encoder.withLock { try $0.encode(frame) }
    }
}

/// A folder with a thread of its own.
final class ImageWriter: Sendable {
    let executor = BlockingExecutor(label: "images.writer")
    /// The last frame whose image was complete before.
    let lastSequence: UInt64
    /// Images that were complete before.
    let existingCount: Int
    private let folder: Mutex<ImageFolder>

    init(_ folder: sending ImageFolder) {
        lastSequence = folder.lastSequence
        existingCount = folder.existingCount
        self.folder = Mutex(folder)
    }

    func write(_ images: [EncodedImage]) throws {
        try folder.withLock { folder in
            for image in images { try folder.write(image) }
        }
    }

    func finish() throws {
        try folder.withLock { try $0.finish() }
    }
}
