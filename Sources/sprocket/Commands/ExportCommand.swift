import ArgumentParser

/// `sprocket export`
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the frames of a stream to files.",
        subcommands: [ExportImagesCommand.self, ExportVideoCommand.self]
    )
}
