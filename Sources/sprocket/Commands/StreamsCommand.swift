import ArgumentParser
import Buffers
import ByteStreams
import Jobs
import Stages

/// `sprocket streams`
struct StreamsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "streams",
        abstract: "List, create, seal, truncate and delete streams.",
        subcommands: [List.self, Create.self, Seal.self, Truncate.self, Delete.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the streams in a folder.",
            discussion: """
                EXAMPLES
                  sprocket streams list .
                """
        )

        @Argument(help: "The folder.")
        var folder: String
        @OptionGroup var output: OutputOptions

        private struct Line: Encodable {
            let name: String
            let head: UInt64
            let tail: UInt64
            let isSealed: Bool
        }

        func run() async throws {
            let store = try Stores.directory.store(folder, pool: BufferPool())
            for name in try await store.streamNames() {
                let bounds = try await store.bounds(of: name)
                let line = Line(
                    name: name.description,
                    head: bounds.head.value,
                    tail: bounds.tail.value,
                    isSealed: bounds.isSealed
                )
                try ByteOutput.standardOutput.write(
                    output.json
                        ? try JSONLine.text(line)
                        : "\(name)\t\(ByteText.text(bounds.tail.value - bounds.head.value))"
                            + "\(bounds.isSealed ? "\tsealed" : "")\n"
                )
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an empty stream.",
            discussion: """
                EXAMPLES
                  sprocket streams create camera
                """
        )

        @Argument(help: "The stream.")
        var stream: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let target = try Stores.directory.stream(stream, pool: BufferPool())
            if try await !target.store.createStream(target.name) {
                Console(output).note("\(stream) exists already")
            }
        }
    }

    struct Seal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a stream: nothing can be appended any more.",
            discussion: """
                EXAMPLES
                  sprocket streams seal camera
                """
        )

        @Argument(help: "The stream.")
        var stream: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let target = try Stores.directory.stream(stream, pool: BufferPool())
            try await target.store.sealStream(target.name)
        }
    }

    struct Truncate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Give up the bytes before an offset, and free the segments that lie wholly before it.",
            discussion: """
                EXAMPLES
                  sprocket streams truncate camera --before 1073741824
                """
        )

        @Argument(help: "The stream.")
        var stream: String
        @Option(help: ArgumentHelp("The first offset that stays.", valueName: "offset"))
        var before: UInt64
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let target = try Stores.directory.stream(stream, pool: BufferPool())
            try await target.store.truncateStream(target.name, before: StreamOffset(before))
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a stream with all its frames.",
            discussion: """
                EXAMPLES
                  sprocket streams delete camera --force
                """
        )

        @Argument(help: "The stream.")
        var stream: String
        @Flag(help: "Needed: there is no way back.")
        var force = false
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard force else {
                throw ValidationError("deleting \(stream) cannot be undone; add --force to mean it")
            }
            let target = try Stores.directory.stream(stream, pool: BufferPool())
            try await target.store.deleteStream(target.name)
        }
    }
}
