internal import ByteStreams
internal import FoundationEssentials
internal import FrameFormat
internal import FrameStreams
internal import Pipelines
internal import Stages

/// What a stream has of a source that was interrupted.
struct Resumption {
    let progress: SourceProgress
    /// The newest of its frames that every decoding gives out again; `nil` if there is none, and
    /// none is needed.
    let frame: Frame?
}

extension Ingest {
    /// What is to be done with an input, once as much of it was read as that takes.
    ///
    /// - Parameter recognition: What is known of the input, and then what had to be read.
    /// - Returns: A verdict that asks for more if the job was stopped meanwhile.
    func verdict(
        on input: MediaInput,
        _ files: SourceFiles?,
        _ recognition: inout SourceRecognition
    ) async throws -> SourceRecognition.Verdict {
        guard let files else { return .store }
        let progress = await writer.sourceProgress
        let newest = progress?.begin.selection == job.selectionLine ? progress : nil
        while true {
            let query = recognition.query(selection: job.selectionLine)
            let ended = try await writer.endedSources(matching: query)
            let verdict = recognition.decide(ended: ended, newest: newest)
            switch verdict {
            case .leaveOut, .resume, .store: return verdict
            case .readEnds:
                recognition.fingerprint =
                    try input.fingerprint() ?? SourceFingerprint(byteCount: 0, digest: [])
            case .readContent:
                recognition.content = await content(of: input, files)
                if context.stop.isRaised { return verdict }
                // What changes or cannot be read now is told by the ingest.
                if recognition.content == nil { recognition.isReadable = false }
            }
        }
    }

    /// Hashes the files of an input on all cores.
    private func content(of input: MediaInput, _ files: SourceFiles) async -> SourceContent? {
        context.note(
            "\(input.name) begins and ends like what is stored already; its content decides"
        )
        let watch = SourceWatch(files)
        let registration = context.stop.onStop { watch.stop() }
        defer { withExtendedLifetime(registration) {} }
        return await withTaskGroup(of: SourceContent?.self) { group in
            group.addTask(executorPreference: BlockingExecutor(label: "ingest.content")) {
                watch.content()
            }
            // As many threads again wait for the disk while those compute.
            for number in 1...ProcessInfo.processInfo.activeProcessorCount {
                let executor = BlockingExecutor(label: "ingest.content.\(number)")
                group.addTask(executorPreference: executor) {
                    watch.workAhead()
                    return nil
                }
            }
            var content: SourceContent?
            for await found in group { content = found ?? content }
            return content
        }
    }

    /// How to go on with a source; `nil` if it cannot be known that it is the same.
    func resumption(
        _ progress: SourceProgress,
        _ files: SourceFiles?
    ) async throws -> Resumption? {
        if let frame = try await writer.newestSoundFrame() {
            return Resumption(progress: progress, frame: frame)
        }
        let begun = progress.begin.identity
        guard progress.frameCount == 0 || begun != nil && begun == files?.identity else {
            return nil
        }
        return Resumption(progress: progress, frame: nil)
    }

    /// Why an input is left out.
    func reason(
        _ input: MediaInput,
        _ done: EndedSource,
        _ ground: SourceRecognition.Ground
    ) -> String {
        switch ground {
        case .unchanged, .content:
            let other = done.begin.name == input.name ? "" : " as \(done.begin.name)"
            return "\(input.name) is in \(target.location) already\(other); nothing to do"
        case .ends:
            return
                """
                \(input.name) is in \(target.location) already, as far as its size and its first and last 64 KiB \
                tell, which is all that the version that stored it has noted; --check-content stores it anew
                """
        }
    }
}
