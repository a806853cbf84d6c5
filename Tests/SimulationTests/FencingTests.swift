import Buffers
import ByteStreams
import SystemPackage
import TestSupport
import Testing

@testable import FileStreams

@Suite("a writer that lost its stream")
struct FencingTests {
    private static func append(_ count: UInt8, at offset: StreamOffset) -> SegmentLog.Append {
        let bytes = (0..<count).map { $0 }
        let piece = StreamPiece(SimulatedLife.pool.makeBuffer(copying: bytes.rawSpan))
        return SegmentLog.Append(offset: offset, pieces: [piece])
    }

    @Test(
        "a writer whose lock was taken away acknowledges nothing after another one has begun",
        arguments: [SyncLevel.always, .group, .interval, .os]
    )
    func fenced(sync: SyncLevel) throws {
        let system = SimulatedSystem(SimulatedDisk(), seed: 1)
        var options = FileStreamStore.Options()
        options.policy.sync = sync
        let folders = SimulatedLife.folders(system, options)
        let name = try #require(StreamName("s"))
        _ = try folders.create(name)
        let room = RoomWait(name: name, clock: system, waits: false) { _ in }
        let first = try folders.recover(name, room: room)
        let promised = try first.log.commit([Self.append(9, at: .zero)], isFlushAsked: true)
        #expect(throws: StreamError.self) { try folders.recover(name, room: room) }
        // Somebody removes the lock.
        try folders.access.remove(folders.place(name).folder.appending(FileStreamLock.fileName))
        let second = try folders.recover(name, room: room)
        #expect(second.tail == promised)
        #expect(second.epoch == first.epoch + 1)
        let refusal = #expect(throws: StreamError.self) {
            try first.log.commit([Self.append(7, at: promised)], isFlushAsked: true)
        }
        #expect(refusal?.code == .fenced)
        let end = try second.log.commit([Self.append(5, at: promised)], isFlushAsked: true)
        try second.log.close()
        let cursor = FileStreamCursor(folders.place(name))
        #expect(try cursor.bounds().tail == end)
        let piece = try #require(try cursor.pieces(at: promised).first)
        let chunk = try #require(piece.chunk(at: promised, upTo: 100))
        #expect(chunk.byteCount == 5)
        // What the first one wrote behind the end of its segment is no damage.
        #expect(try FileStreamInspection(folders.place(name)).faults() == [])
    }
}
