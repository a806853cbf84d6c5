import Digests
import Foundation
import Testing

/// What was seen of old streams by the program that wrote them: Tests/Fixtures/OldStreams.
struct OldStreams: Decodable, Sendable {
    /// A stream, and what commands said of it.
    struct Stream: Decodable, Sendable, CustomTestStringConvertible {
        let stream: String
        let looks: [Look]

        var testDescription: String { stream }
    }

    /// A command that is run once more.
    struct Again: Decodable, Sendable, CustomTestStringConvertible {
        let again: Look
        /// What is written; one of both.
        let stream: String?
        let folder: String?
        /// What is to be seen then, of a stream.
        let looks: [Look]?
        /// Images and lines of the manifest, of a folder.
        let sum: String?
        let lines: Int?
        let needsFFmpeg5: Bool?

        var testDescription: String { stream ?? folder ?? "" }
    }

    /// What is otherwise now, by intention.
    private struct Difference: Decodable {
        let command: String
        /// Whether it holds of what is seen behind a command that was run once more.
        let isAgain: Bool?
        let status: Int32?
        let lines: Int?
        let sum: String?
        let documents: [JSONValue]?
        /// Whether it is to become again what it was.
        let isFault: Bool?
    }

    var streams: [Stream]
    var again: [Again]

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/OldStreams")

    /// All that is noted, as it is right now.
    static let all: OldStreams = {
        do {
            return try noted()
        } catch {
            preconditionFailure("the notes of old streams are part of the sources: \(error)")
        }
    }()

    private static func noted() throws -> OldStreams {
        func read<Value: Decodable>(_ name: String) throws -> Value {
            let bytes = try Data(contentsOf: folder.appendingPathComponent(name))
            return try JSONDecoder().decode(Value.self, from: bytes)
        }
        let found: OldStreams = try read("sums.json")
        let differences: [Difference] = try read("differences.json")
        var unused = differences
        func now(_ look: Look, isAgain: Bool) -> Look {
            func concerns(_ difference: Difference) -> Bool {
                difference.command == look.command.joined(separator: " ")
                    && (difference.isAgain ?? false) == isAgain
            }
            guard let difference = differences.first(where: concerns) else { return look }
            unused.removeAll(where: concerns)
            var look = look
            look.status = difference.status ?? look.status
            look.lines = difference.lines ?? look.lines
            look.sum = difference.sum ?? look.sum
            look.documents = difference.documents ?? look.documents
            look.isFault = difference.isFault
            return look
        }
        let result = OldStreams(
            streams: found.streams.map { stream in
                Stream(stream: stream.stream, looks: stream.looks.map { now($0, isAgain: false) })
            },
            again: found.again.map { again in
                Again(
                    again: now(again.again, isAgain: true),
                    stream: again.stream,
                    folder: again.folder,
                    looks: again.looks?.map { now($0, isAgain: true) },
                    sum: again.sum,
                    lines: again.lines,
                    needsFFmpeg5: again.needsFFmpeg5
                )
            }
        )
        precondition(unused.isEmpty, "no command is \(unused.map(\.command))")
        return result
    }

    /// Puts inputs, streams and exports into a folder.
    static func unpack(in target: URL) throws {
        let archive = folder.appendingPathComponent("streams.tar.gz").path
        let run = try CommandRun.tool("tar", "--extract", "--gzip", "--file", archive, in: target)
        try #require(run.status == 0, "\(run.errors)")
    }

    /// The sum by which bytes are compared.
    static func sum(of bytes: Data) -> String {
        var hash = SHA256()
        hash.update([UInt8](bytes).span.bytes)
        return hash.finish().map { String(format: "%02x", $0) }.joined()
    }

    /// One sum of the names and bytes of all images in a folder; nothing for none.
    static func sum(ofImagesIn folder: URL) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let lines = try names.sorted().filter { $0 != "manifest.ndjson" }.map { name in
            "\(name) \(sum(of: try Data(contentsOf: folder.appendingPathComponent(name))))\n"
        }
        guard !lines.isEmpty else { return "" }
        return sum(of: Data(lines.joined().utf8))
    }
}

extension OldStreams {
    /// A command, and what came of it.
    struct Look: Decodable, Sendable {
        /// What is compared.
        enum Kind: String, Decodable, Sendable {
            /// Bytes of standard output.
            case bytes
            /// Lines of standard output, without the writer's number and the wall clock.
            case headers
            /// Headers without the origin, which depends on how many threads decode.
            case frames
            /// Documents of standard output; those of today may say more.
            case json
            /// Documents of standard output, without where a stream has its ends.
            case sources
            /// Bytes of a file.
            case file
            /// Packets of a file.
            case packets
            /// Images of a folder.
            case folder
            /// How the command ended.
            case status
        }

        let command: [String]
        let kind: Kind
        var status: Int32
        /// The file or folder that the command makes.
        let made: String?
        /// Whether other releases of FFmpeg make others.
        let needsFFmpeg5: Bool?
        var lines: Int?
        var sum: String?
        var documents: [JSONValue]?
        /// Whether it is known not to be so now.
        var isFault: Bool?

        /// Whether it shows pictures of MPEG-4, of which FFmpeg 9 makes other pixels.
        private var showsMPEG4: Bool {
            command.starts(with: ["cat", "startedpackets", "--as", "raw"])
        }

        /// Runs the command, and expects what was seen.
        func check(in folder: URL) throws {
            guard isFault == true else { return try compare(in: folder) }
            withKnownIssue("\(command)", isIntermittent: FFmpegCommand.release != 5) {
                try compare(in: folder)
            }
        }

        private func compare(in folder: URL) throws {
            let target = made.map { folder.appendingPathComponent($0) }
            if let target, FileManager.default.fileExists(atPath: target.path) {
                try FileManager.default.removeItem(at: target)
            }
            let run = try CommandRun.sprocket(command, in: folder)
            if needsFFmpeg5 == true, FFmpegCommand.release != 5 { return }
            if showsMPEG4, FFmpegCommand.release >= 9 { return }
            let shown = command.joined(separator: " ")
            #expect(run.status == status, "\(shown): \(run.errors)")
            let text = run.text
            if let lines {
                #expect(text.split(separator: "\n").count == lines, "\(shown)")
            }
            if let documents {
                let found = try JSONValue.lines(of: text)
                #expect(found.count == documents.count, "\(shown): \(text)")
                for (found, document) in zip(found, documents) {
                    #expect(found.holds(document), "\(shown): \(found) holds not \(document)")
                }
            }
            if let sum {
                let found = try self.sum(of: run, target, in: folder)
                #expect(found == sum, "\(shown): \(run.errors)")
            }
        }

        private func sum(of run: CommandRun, _ target: URL?, in folder: URL) throws -> String {
            switch kind {
            case .bytes:
                return OldStreams.sum(of: run.output)
            case .headers, .frames:
                var text = run.text.replacing(/"(?:epoch|captureNanoseconds)":-?\d+,?/, with: "")
                if kind == .frames { text = text.replacing(/"origin":\d+,/, with: "") }
                return OldStreams.sum(of: Data(text.utf8))
            case .file, .packets, .folder:
                guard let target, FileManager.default.fileExists(atPath: target.path) else {
                    return ""
                }
                if kind == .folder { return try OldStreams.sum(ofImagesIn: target) }
                if kind == .file { return OldStreams.sum(of: try Data(contentsOf: target)) }
                let reading = "-v error -i \(target.path) -map 0 -c copy -f framemd5 -"
                let arguments = reading.split(separator: " ").map(String.init)
                return OldStreams.sum(
                    of: try CommandRun.tool("ffmpeg", arguments, in: folder).output
                )
            case .json, .sources, .status:
                return ""
            }
        }
    }
}

/// A value of JSON.
enum JSONValue: Decodable, Equatable, Sendable {
    case null
    case truth(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        func decoded<Value: Decodable>(_ type: Value.Type) -> Value? {
            try? value.decode(type)  // What it is shows only by trying.
        }
        if value.decodeNil() {
            self = .null
        } else if let truth = decoded(Bool.self) {
            self = .truth(truth)
        } else if let number = decoded(Double.self) {
            self = .number(number)
        } else if let text = decoded(String.self) {
            self = .text(text)
        } else if let list = decoded([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    /// The document on each line.
    static func lines(of text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { line in
            try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
        }
    }

    /// Whether all that another value says is said here too; objects may say more.
    func holds(_ other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object(let values), .object(let others)):
            others.allSatisfy { key, other in values[key]?.holds(other) ?? false }
        case (.list(let values), .list(let others)):
            values.count == others.count && zip(values, others).allSatisfy { $0.holds($1) }
        default:
            self == other
        }
    }
}
