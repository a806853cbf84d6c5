public import ByteStreams

extension StreamStore {
    /// Opens a writer of frames for the duration of `body`, and closes it, which makes everything
    /// durable. The stream is made where it is missing.
    ///
    /// - Throws: What `body` throws; what it has appended is kept as far as the store could.
    public func withFrameWriter<Result>(
        _ name: StreamName,
        options: FrameStreamWriter.Options = FrameStreamWriter.Options(),
        _ body: (FrameStreamWriter) async throws -> Result
    ) async throws -> Result {
        let writer = try await FrameStreamWriter.open(name, in: self, options: options)
        let result: Result
        do {
            result = try await body(writer)
        } catch {
            // The error of the body is the one that matters; closing keeps what was accepted.
            try? await writer.close()
            throw error
        }
        try await writer.close()
        return result
    }

    /// Opens a writer of frames by a name that is text (`StreamName`).
    ///
    /// - Throws: `invalid` for what is no name; what `body` throws.
    public func withFrameWriter<Result>(
        _ name: String,
        options: FrameStreamWriter.Options = FrameStreamWriter.Options(),
        _ body: (FrameStreamWriter) async throws -> Result
    ) async throws -> Result {
        try await withFrameWriter(StreamName(checking: name), options: options, body)
    }
}
