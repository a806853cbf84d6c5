internal import Buffers
internal import Digests
internal import Dispatch
internal import FoundationEssentials
internal import FrameFormat
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The hash of all bytes of a source's files, made chunk by chunk on as many threads as come to
/// help (specification, section 6.6).
///
/// A thread holds one piece of a chunk in memory. Each chunk is read from a file that is found to
/// be the one that was looked at.
final class ContentHash: Sendable {
    /// Bytes that have a digest of their own.
    static let chunkByteCount: UInt64 = 8 << 20
    /// Bytes that are read at once.
    private static let pieceByteCount = 1 << 20

    private struct State {
        /// The first chunk that nobody has begun.
        var next = 0
        /// The digests of all chunks, one after the other.
        var digests: [UInt8]
        var isDone: [Bool]
        /// Whether something could not be read, or is not what was looked at.
        var isSpoiled = false
    }

    private let files: SourceFiles
    /// The number of the first chunk of each file, and in the end that of all chunks.
    private let starts: [Int]
    private let state: Mutex<State>
    private let stopped = Atomic<Bool>(false)

    init(_ files: SourceFiles) {
        self.files = files
        var starts = [0]
        for file in files.files {
            let byteCount = file.identity?.byteCount ?? 0
            let count = byteCount / Self.chunkByteCount
            let rest = byteCount % Self.chunkByteCount == 0 ? 0 : 1
            // What no file system holds is not hashed: it is cut off, and found to differ.
            starts.append(starts[starts.count - 1] + Int(min(count, 1 << 24)) + rest)
        }
        self.starts = starts
        let chunkCount = starts[starts.count - 1]
        state = Mutex(
            State(
                digests: Array(repeating: 0, count: chunkCount * SHA256.byteCount),
                isDone: Array(repeating: false, count: chunkCount)
            )
        )
    }

    /// Whether somebody wants it no more.
    var isStopped: Bool { stopped.load(ordering: .acquiring) }

    /// Ends the work of all threads soon.
    func stop() { stopped.store(true, ordering: .releasing) }

    /// Hashes chunks that nobody has begun until there are none; blocks.
    func work() {
        while let chunk = claim(), hash(chunk) {}
    }

    /// Hashes what is left on all cores; blocks.
    ///
    /// - Returns: `nil` if it was stopped, or if the files cannot be read or have changed.
    func finish() -> SourceContent? {
        DispatchQueue.concurrentPerform(
            iterations: max(1, ProcessInfo.processInfo.activeProcessorCount)
        ) { _ in work() }
        // A thread that works ahead may be busy with one; doing it twice is quicker than waiting.
        for chunk in unfinished {
            guard hash(chunk) else { return nil }
        }
        guard !isStopped, !state.withLock({ $0.isSpoiled }) else { return nil }
        let digests = state.withLock { $0.digests }
        return files.content(
            digests: files.files.indices.map { index in
                guard let identity = files.files[index].identity else {
                    return Array(repeating: 0, count: SHA256.byteCount)
                }
                let range = starts[index] * SHA256.byteCount..<starts[index + 1] * SHA256.byteCount
                var sum = SHA256()
                let size = SourceFiles.littleEndian(identity.byteCount)
                sum.update(size.rawSpan)
                let chunks = Array(digests[range])
                sum.update(chunks.rawSpan)
                return sum.finish()
            }
        )
    }

    private var unfinished: [Int] {
        state.withLock { state in state.isDone.indices.filter { !state.isDone[$0] } }
    }

    private func claim() -> Int? {
        state.withLock { state in
            guard state.next < state.isDone.count, !state.isSpoiled else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    /// - Returns: Whether to go on.
    private func hash(_ chunk: Int) -> Bool {
        guard !isStopped else { return false }
        // What cannot be read now is told by whoever reads the media.
        guard let digest = try? digest(of: chunk) else {
            if !isStopped { state.withLock { $0.isSpoiled = true } }
            return false
        }
        state.withLock { state in
            let start = chunk * SHA256.byteCount
            state.digests.replaceSubrange(start..<start + SHA256.byteCount, with: digest)
            state.isDone[chunk] = true
        }
        return true
    }

    /// The digest of a chunk; `nil` if it is not what was looked at, or nobody wants it any more.
    private func digest(of chunk: Int) throws -> [UInt8]? {
        let index = self.index(of: chunk)
        let file = files.files[index]
        guard let identity = file.identity else { return nil }
        let start = UInt64(chunk - starts[index]) * Self.chunkByteCount
        let end = min(start + Self.chunkByteCount, identity.byteCount)
        let descriptor = try FileDescriptor.open(file.path.onDisk, .readOnly, options: .closeOnExec)
        return try descriptor.closeAfter {
            guard let current = FileIdentity(descriptor), !current.isWritten(since: identity) else {
                return nil
            }
            // Only a hint: the whole chunk can come while its first piece is hashed.
            _ = posix_fadvise(
                descriptor.rawValue,
                Int(start),
                Int(end - start),
                POSIX_FADV_WILLNEED
            )
            var sum = SHA256()
            var offset = start
            while offset < end {
                guard !isStopped else { return nil }
                let wanted = min(Int(end - offset), Self.pieceByteCount)
                let piece = try SourceReading.bytes(
                    of: descriptor,
                    at: Int64(offset),
                    atMost: wanted
                )
                guard piece.count == wanted else { return nil }
                sum.update(piece.rawSpan)
                offset += UInt64(wanted)
            }
            return sum.finish()
        }
    }

    /// The file that a chunk is of.
    private func index(of chunk: Int) -> Int {
        var (low, high) = (0, starts.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= chunk { low = middle } else { high = middle }
        }
        return low
    }
}
