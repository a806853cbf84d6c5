import CFFmpeg

extension Packet {
    /// Everything that rides beside the bytes, in FFmpeg's order.
    public var sideData: [SideData] {
        (0..<Int(unsafe pointer.pointee.side_data_elems)).map { index in
            let entry = unsafe pointer.pointee.side_data[index]
            return SideData(
                name: SideDataNames.name(unsafe entry.type),
                bytes: unsafe Memory.copy(entry.data, entry.size)
            )
        }
    }

    /// Puts side data beside the bytes, in the place of any of the same name.
    ///
    /// Throws if the name is not one of FFmpeg's.
    public mutating func add(_ sideData: SideData) throws(FFmpegError) {
        guard let type = SideDataNames.packetType(sideData.name) else {
            throw FFmpegError(
                .invalidArgument,
                in: "av_packet_new_side_data",
                on: sideData.name
            )
        }
        guard
            let memory = unsafe av_packet_new_side_data(pointer, type, sideData.bytes.count)
        else {
            throw FFmpegError(.outOfMemory, in: "av_packet_new_side_data", on: sideData.name)
        }
        for (offset, byte) in sideData.bytes.enumerated() {
            unsafe memory[offset] = byte
        }
    }
}
