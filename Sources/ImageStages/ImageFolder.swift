internal import CPlatform
internal import FrameFormat
internal import Glibc
internal import Stages
internal import SystemPackage

/// A folder that images are written to, in batches: temporary names, sync, final names, sync,
/// ledger. Used by one task at a time.
final class ImageFolder {
    /// Images that become durable together.
    private static let batchCountMaximum = 32
    /// Bytes of images that become durable together.
    private static let batchByteCountMaximum = 64 << 20

    private struct Waiting {
        let name: String
        let temporary: FilePath
        let line: ImageLedger.Line
    }

    private let folder: FilePath
    private let isForced: Bool
    private let ledger: ImageLedger
    private var batch: [Waiting] = []
    private var batchByteCount = 0
    private var names: ImageNames

    /// The last frame whose image was complete when the folder was opened.
    var lastSequence: UInt64 { ledger.lastSequence }
    /// Images that were complete when the folder was opened.
    var existingCount: Int { ledger.lineCount }

    init(
        _ folder: FilePath,
        title: ImageLedger.Title,
        stream: String,
        template: ImageNameTemplate,
        isForced: Bool
    ) throws {
        do {
            try Files.makeFolders(folder)
        } catch {
            throw StageError(
                .cannotCreate,
                "the folder \(folder) cannot be made; look at what is there: \(error)"
            )
        }
        self.folder = folder
        names = ImageNames(template, stream: stream)
        self.isForced = isForced
        ledger = try ImageLedger(in: folder, title: title, isForced: isForced)
    }

    /// Takes an image; it is complete after its batch, at the latest after ``finish()``.
    func write(_ image: EncodedImage) throws {
        let bytes = image.bytes
        let name = try names.next(for: image.header, ending: image.ending)
        try checkExisting(name, bytes)
        let temporary = folder.appending(".\(name).partial")
        do {
            let descriptor = try FileDescriptor.open(
                temporary.onDisk,
                .writeOnly,
                options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead]
            )
            try descriptor.closeAfter {
                _ = try descriptor.writeAll(bytes)
                // Where the pages are on their way, one sync of the batch has little left to do.
                cplatform_begin_writeback(descriptor.rawValue)
            }
        } catch {
            throw StageError(.inputOutput, "writing \(temporary) failed: \(error)")
        }
        let line = ImageLedger.Line(
            file: name,
            image: ImageDocument(image),
            frame: image.frame
        )
        batch.append(Waiting(name: name, temporary: temporary, line: line))
        batchByteCount += bytes.count
        if batch.count >= Self.batchCountMaximum || batchByteCount >= Self.batchByteCountMaximum {
            try finish()
        }
    }

    /// A run that was killed may have named images that its ledger does not list; they are equal,
    /// byte for byte.
    private func checkExisting(_ name: String, _ bytes: [UInt8]) throws {
        guard !isForced else { return }
        let path = folder.appending(name)
        guard Files.exists(path.string) else { return }
        guard Files.contents(of: path) == bytes else {
            throw StageError(
                .cannotCreate,
                "\(path) exists and is another image; choose another folder, or replace it with --force"
            )
        }
    }

    /// Completes the images that were taken so far.
    func finish() throws {
        guard !batch.isEmpty else { return }
        var lines = ""
        for image in batch {
            try Self.sync(image.temporary)
            let target = folder.appending(image.name)
            do {
                try Files.rename(image.temporary, to: target)
            } catch {
                throw StageError(.cannotCreate, "\(target) cannot be made: \(error)")
            }
            lines += try JSONLine.text(image.line)
        }
        try Self.sync(folder)
        try ledger.append(lines)
        batch.removeAll()
        batchByteCount = 0
    }

    private static func sync(_ path: FilePath) throws {
        do {
            let descriptor = try FileDescriptor.open(path.onDisk, .readOnly, options: .closeOnExec)
            try descriptor.closeAfter {
                guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch {
            throw StageError(.inputOutput, "syncing \(path) failed: \(error)")
        }
    }
}
