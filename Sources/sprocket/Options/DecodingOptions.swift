import ArgumentParser
import MediaStages

/// How packets are decoded.
struct DecodingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The largest picture that is decoded.", valueName: "N"))
    var maxPixels = Decode.Options.pixelCountDefault

    @Option(
        help: ArgumentHelp(
            "Threads of the decoder; 0 takes one for each processor.",
            discussion: "Pictures, marks and gaps are the same with any number.",
            valueName: "N"
        )
    )
    var decoderThreads = 0

    func validate() throws {
        guard maxPixels > 0 else { throw ValidationError("--max-pixels takes a number from 1") }
        guard decoderThreads >= 0 else {
            throw ValidationError("--decoder-threads takes a number from 0")
        }
    }

    /// What a decoder is told.
    var options: Decode.Options {
        var options = Decode.Options()
        options.pixelCountMaximum = maxPixels
        options.threadCount = decoderThreads
        return options
    }
}
