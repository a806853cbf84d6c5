internal import FrameFormat
public import Pipelines
internal import Synchronization
public import SystemPackage

/// Writes each frame as an image file of its own, encoded on all processors, in order.
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

    /// Frames of a batch for each worker: enough that the workers seldom wait for the slowest.
    private static let batchCountPerWorker = 4
    /// Bytes of frames after which a batch is full.
    private static let batchByteCountMaximum = 64 << 20

    /// Writes all images that are not there yet.
    public func run(_ input: consuming FrameInput) async throws {
        let output = try ImageFolder(
            folder,
            title: title,
            template: options.template,
            isForced: options.isForced
        )
        var counts = ImageCounts(existingCount: output.existingCount)
        let workers = (0..<max(1, options.workerCount)).map {
            ImageWorker(options.settings, number: $0)
        }
        var remarks: Set<String> = []
        var batch: [Frame] = []
        var batchByteCount = 0
        while let element = try await input.next() {
            switch element {
            case .gap(let gap):
                counts.count(gap)
            case .frame(let frame):
                guard frame.header.sequence > output.lastSequence else { continue }
                batch.append(frame)
                batchByteCount += frame.byteCount
            }
            if batch.count >= workers.count * Self.batchCountPerWorker
                || batchByteCount >= Self.batchByteCountMaximum
            {
                try await write(batch, by: workers, to: output, &counts, &remarks)
                batch = []
                batchByteCount = 0
            }
        }
        try await write(batch, by: workers, to: output, &counts, &remarks)
        try output.finish()
        report(counts)
    }

    /// Encodes a batch on all workers, and writes it in order.
    private func write(
        _ frames: [Frame],
        by workers: [ImageWorker],
        to output: ImageFolder,
        _ counts: inout ImageCounts,
        _ remarks: inout Set<String>
    ) async throws {
        let images = try await withThrowingTaskGroup(of: [(Int, EncodedImage)].self) { group in
            for (number, worker) in workers.enumerated() where number < frames.count {
                group.addTask(executorPreference: worker.executor) {
                    try stride(from: number, to: frames.count, by: workers.count).map {
                        ($0, try worker.encode(frames[$0]))
                    }
                }
            }
            return try await group.reduce(into: [Int: EncodedImage]()) { images, part in
                for (index, image) in part { images[index] = image }
            }
        }
        for (index, frame) in frames.enumerated() {
            guard let image = images[index] else {
                preconditionFailure("each frame has its worker")
            }
            if let text = image.remark, remarks.insert(text).inserted { remark(text) }
            try output.write(image, for: frame)
            counts.count(frame, byteCount: image.bytes.count)
        }
        report(counts)
    }

    private var title: ImageLedger.Title {
        ImageLedger.Title(
            stream: stream,
            settings: options.settings.line,
            name: options.template.description,
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

    init(existingCount: Int) {
        self.existingCount = existingCount
    }

    mutating func count(_ frame: Frame, byteCount: Int) {
        let before = output.byteCount
        output.count(frame)
        output.byteCount = before + UInt64(byteCount)
    }

    mutating func count(_ gap: Gap) {
        output.count(gap)
    }
}

/// An encoder with a thread of its own.
final class ImageWorker: Sendable {
    let executor: BlockingExecutor
    private let encoder: Mutex<Boxed>

    /// A class, so that the encoder moves into the lock without being `Sendable`.
    private struct Boxed: @unchecked Sendable {  // Reached through the lock alone.
        let encoder: ImageEncoder
    }

    init(_ settings: ImageSettings, number: Int) {
        executor = BlockingExecutor(label: "images.\(number)")
        encoder = Mutex(Boxed(encoder: ImageEncoder(settings)))
    }

    func encode(_ frame: Frame) throws -> EncodedImage {
        try encoder.withLock { try $0.encoder.encode(frame) }
    }
}
