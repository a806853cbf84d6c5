import FFmpeg
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite
struct InterruptTests {
    private typealias Outcome = CheckedContinuation<FFmpegError?, Never>

    /// What an open that never gets a byte ends with.
    private static func outcome(
        of location: MediaLocation,
        _ interrupt: Interrupt,
        while meanwhile: @Sendable () -> Void
    ) async -> FFmpegError? {
        async let error = withCheckedContinuation { (continuation: Outcome) in
            Thread.detachNewThread {
                do throws(FFmpegError) {
                    _ = try Demuxer(location, interrupt: interrupt)
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error)
                }
            }
        }
        meanwhile()
        return await error
    }

    @Test("raising it ends the open of a pipe into which nobody writes", arguments: [false, true])
    func fifo(hasWriter: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("pipe").path
            try #require(unsafe mkfifo(path, 0o600) == 0)
            let writer = hasWriter ? unsafe open(path, O_RDWR) : -1
            defer { if writer >= 0 { close(writer) } }
            let interrupt = Interrupt()
            let error = await Self.outcome(of: .file(path), interrupt) { interrupt.raise() }
            #expect(error?.code == .interrupted)
            #expect(interrupt.isRaised && !interrupt.isOverdue)
        }
    }

    @Test("the deadline ends it too")
    func deadline() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appendingPathComponent("pipe").path
            try #require(unsafe mkfifo(path, 0o600) == 0)
            let interrupt = Interrupt()
            interrupt.arm(for: .milliseconds(20))
            let error = await Self.outcome(of: .file(path), interrupt) {}
            #expect(error?.code == .interrupted)
            #expect(interrupt.isOverdue && !interrupt.isRaised)
            interrupt.disarm()
            #expect(!interrupt.isOverdue)
        }
    }

    @Test("raising it ends the open of a connection over which nothing comes")
    func socket() async throws {
        let listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(listener >= 0)
        defer { close(listener) }
        try #require(listen(listener, 1) == 0)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(listener, $0, &length)
            }
        }
        try #require(named == 0)
        let url = "tcp://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        let interrupt = Interrupt()
        let error = await Self.outcome(of: .url(url), interrupt) { interrupt.raise() }
        #expect(error?.code == .interrupted)
    }

    @Test("a clip that comes through a pipe decodes as from the file")
    func pipe() async throws {
        try await withTemporaryDirectory { folder in
            let clip = folder.appendingPathComponent("clip.mkv").path
            try Clip(encoderName: "ffv1", width: 320, height: 240).write(to: clip)
            let path = folder.appendingPathComponent("pipe").path
            try #require(unsafe mkfifo(path, 0o600) == 0)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: clip))
            Thread.detachNewThread {
                // Where it fails the reader gets too little, and the digests differ.
                try? bytes.write(to: URL(fileURLWithPath: path), options: [])
            }
            #expect(try Decoding(.file(path)).digest == Decoding(.file(clip)).digest)
        }
    }
}
