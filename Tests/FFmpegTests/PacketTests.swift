import Buffers
import FFmpeg
import Testing

@Suite
struct PacketTests {
    @Test("a new packet is empty and knows no times")
    func empty() throws {
        let packet = try Packet()
        let byteCount = packet.bytes.byteCount
        #expect(byteCount == 0)
        let fields = Fields(packet)
        #expect(fields.times == [nil, nil, nil])
        #expect(fields.position == nil)
        #expect(fields.flags == [])
        #expect(fields.sideData == [])
    }

    @Test("a packet holds a copy of the bytes", arguments: [0, 1, 63, 4096, 1_000_000])
    func copies(byteCount: Int) throws {
        let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let packet = try Packet(copying: bytes.rawSpan)
        #expect(StoredPacket(packet).bytes == bytes)
    }

    @Test("replacing the bytes leaves nothing of what was there", arguments: [3, 100, 5000])
    func replaces(byteCount: Int) throws {
        var packet = try Packet(copying: [UInt8](repeating: 9, count: 100).rawSpan)
        packet.presentationTimestamp = 5
        packet.flags = [.key, .corrupt]
        try packet.add(SideData(name: "palette", bytes: [1, 2]))
        let bytes = [UInt8](repeating: 7, count: byteCount)
        try packet.replaceBytes(with: bytes.rawSpan)
        let fields = Fields(packet)
        #expect(fields.bytes == bytes)
        #expect(fields.times == [nil, nil, nil])
        #expect(fields.flags == [])
        #expect(fields.sideData == [])
    }

    @Test("what is set is what is read")
    func fields() throws {
        var packet = try Packet()
        packet.presentationTimestamp = -3
        packet.decodeTimestamp = -7
        packet.duration = 4
        packet.position = 99
        packet.streamIndex = 2
        packet.timeBase = Fraction(1, 90_000)
        packet.flags = [.key, .disposable, .discard]
        let fields = Fields(packet)
        #expect(fields.times == [-3, -7, 4])
        #expect(fields.position == 99)
        #expect(fields.streamIndex == 2)
        #expect(fields.timeBase == Fraction(1, 90_000))
        #expect(fields.flags == [.key, .disposable, .discard])
        packet.presentationTimestamp = nil
        packet.position = nil
        packet.timeBase = nil
        let emptied = Fields(packet)
        #expect(emptied.times == [nil, -7, 4])
        #expect(emptied.position == nil)
        #expect(emptied.timeBase == nil)
    }

    @Test("side data comes back by name, and an entry replaces its namesake")
    func sideData() throws {
        var packet = try Packet()
        let matrix = [UInt8](0..<36)
        try packet.add(SideData(name: "new-extradata", bytes: [1, 2, 3]))
        try packet.add(SideData(name: SideData.displayMatrix, bytes: matrix))
        try packet.add(SideData(name: "new-extradata", bytes: [4]))
        #expect(
            Fields(packet).sideData == [
                SideData(name: "new-extradata", bytes: [4]),
                SideData(name: "display-matrix", bytes: matrix),
            ]
        )
    }

    @Test("side data that FFmpeg does not know is refused")
    func unknownSideData() throws {
        #expect(throws: FFmpegError.self) {
            var packet = try Packet()
            try packet.add(SideData(name: "nonsense", bytes: [1]))
        }
    }

    /// A copy of everything, since `#expect` cannot borrow a noncopyable value.
    private struct Fields {
        var bytes: [UInt8]
        var times: [Int64?]
        var position: Int64?
        var streamIndex: Int
        var timeBase: Fraction?
        var flags: Packet.Flags
        var sideData: [SideData]

        init(_ packet: borrowing Packet) {
            bytes = unsafe packet.bytes.withUnsafeBytes { unsafe Array($0) }
            times = [packet.presentationTimestamp, packet.decodeTimestamp, packet.duration]
            position = packet.position
            streamIndex = packet.streamIndex
            timeBase = packet.timeBase
            flags = packet.flags
            sideData = packet.sideData
        }
    }
}
