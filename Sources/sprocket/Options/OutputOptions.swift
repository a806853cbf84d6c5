public import ArgumentParser
public import Logging

/// What the command says, and how.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Write results as JSON, one document a line, to standard output.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors and losses.")
    var quiet = false

    @Option(
        name: .long,
        help: "The least important lines to show: trace, debug, info, notice, warning, error."
    )
    var logLevel: Logger.Level = .notice
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
