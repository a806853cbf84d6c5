internal import FoundationEssentials
internal import FrameFormat
internal import Glibc
internal import Stages
internal import SystemPackage

/// The file `manifest.ndjson` of a folder of images: one line for each image that is complete and
/// durable.
///
/// The first line says what the export is; a run with the same first line goes on behind the last
/// line. A line is written after its image has its final name, so that a listed image is always
/// whole.
final class ImageLedger {
    /// The name of the file.
    static let fileName = "manifest.ndjson"
    /// The longest first line that is read, in bytes.
    static let titleByteCountMaximum = 64 << 10

    /// What an export is; another one does not continue it.
    struct Title: Codable, Hashable {
        var format = "sprocket-images"
        var version = 1
        var stream: String
        var settings: String
        var name: String
        var selection: String

        /// Whether both are one export: a selection may be written in several ways.
        func means(_ other: Title) -> Bool {
            var same = self
            same.selection = SelectionLine.canonical(selection)
            return same == other
        }
    }

    /// One image.
    struct Line: Encodable {
        let file: String
        let image: ImageDocument
        let frame: FrameDocument
    }

    private struct Resumed: Decodable {
        struct Frame: Decodable {
            let sequence: UInt64
        }
        let frame: Frame
    }

    private let descriptor: FileDescriptor
    private let path: FilePath
    /// The last frame whose image was complete when the ledger was opened; 0 for none.
    let lastSequence: UInt64
    /// Images that were complete when the ledger was opened.
    let lineCount: Int

    /// Opens the ledger of `folder`, or starts it.
    ///
    /// - Throws: `cannotCreate` when the folder holds another export and `isForced` is false.
    init(in folder: FilePath, title: Title, isForced: Bool) throws {
        path = folder.appending(Self.fileName)
        let existing = isForced ? nil : try Self.load(path)
        var keptByteCount = 0
        var last: UInt64 = 0
        var count = 0
        if let existing {
            (keptByteCount, last, count) = try Self.resume(existing, title: title, path: path)
        }
        do {
            descriptor = try FileDescriptor.open(
                path.onDisk,
                .readWrite,
                options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead]
            )
            // An interrupted run may have left half a line.
            try descriptor.resize(to: Int64(keptByteCount))
            try descriptor.seek(offset: 0, from: .end)
        } catch {
            throw StageError(.cannotCreate, "the ledger \(path) cannot be written: \(error)")
        }
        lastSequence = last
        lineCount = count
        if keptByteCount == 0 {
            let text = try JSONLine.text(title)
            try append(text)
        }
    }

    deinit {
        try? descriptor.close()  // Every line was synced; nothing is left to lose.
    }

    /// Adds lines and makes them durable.
    func append(_ text: String) throws {
        do {
            _ = try descriptor.writeAll(text.utf8)
            guard fdatasync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            throw StageError(.inputOutput, "writing the ledger \(path) failed: \(error)")
        }
    }

    private static func load(_ path: FilePath) throws -> [Substring]? {
        guard let bytes = Files.contents(of: path), !bytes.isEmpty else {
            return nil
        }
        var text = String(decoding: bytes, as: UTF8.self)[...]
        if let end = text.lastIndex(of: "\n") { text = text[...end] } else { return nil }
        return text.split(separator: "\n")
    }

    /// What of an interrupted run stays: its bytes, its last frame and its number of images.
    private static func resume(
        _ lines: [Substring],
        title: Title,
        path: FilePath
    ) throws -> (byteCount: Int, lastSequence: UInt64, lineCount: Int) {
        let decoder = JSONDecoder()
        guard let first = lines.first,
            // What cannot be read as a title is no export of ours.
            let found = try? decoder.decode(Title.self, from: Data(first.utf8)),
            found.means(title)
        else {
            throw StageError(
                .cannotCreate,
                "\(path) belongs to another export; choose another folder, or replace it with --force"
            )
        }
        var byteCount = first.utf8.count + 1
        var last: UInt64 = 0
        var count = 0
        for line in lines.dropFirst() {
            guard let resumed = try? decoder.decode(Resumed.self, from: Data(line.utf8))
            else {
                break  // A damaged line: its image and those behind it are made again.
            }
            last = resumed.frame.sequence
            byteCount += line.utf8.count + 1
            count += 1
        }
        return (byteCount, last, count)
    }
}
