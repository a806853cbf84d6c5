import CFFmpeg
import Glibc

extension Demuxer {
    /// The losses of which FFmpeg spoke since the last call, while it opened the media and read.
    public mutating func takeLosses() -> [MediaLoss] { log.take() }

    /// The packets of a stream that its index knows by now; of MP4 and its family, whose edit lists
    /// leave out packets and repeat them, these are all that can be read, and those of fragments as
    /// far as they were read. `nil` for containers whose indices say less.
    public func indexedPacketCount(of index: Int) -> Int64? {
        guard formatName.split(separator: ",").contains("mp4"),
            index >= 0, index < Int(unsafe pointer.pointee.nb_streams),
            let stream = unsafe cffmpeg_stream(pointer, Int32(index))
        else { return nil }
        return unsafe cffmpeg_indexed_packets(stream)
    }

    /// The size of the media in bytes; `nil` where bytes cannot be read in any order.
    public var byteCount: Int64? {
        guard isSeekable, let input = unsafe pointer.pointee.pb else { return nil }
        let size = unsafe avio_size(input)
        return size >= 0 ? size : nil
    }

    /// How far the media was read, in bytes; `nil` where the demuxer opens files of its own.
    public var readByteCount: Int64? {
        guard let input = unsafe pointer.pointee.pb else { return nil }
        let position = unsafe avio_seek(input, 0, SEEK_CUR)
        return position >= 0 ? position : nil
    }

    /// Bytes of the media itself, fewer at its end; none where they cannot be read. Packets cannot
    /// be read behind this.
    public mutating func bytes(at offset: Int64, count: Int) -> [UInt8] {
        guard isSeekable, offset >= 0, count > 0, count <= Int(Int32.max),
            let input = unsafe pointer.pointee.pb,
            unsafe avio_seek(input, offset, SEEK_SET) == offset
        else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            let read = unsafe avio_read(input, buffer.baseAddress, Int32(count))
            initializedCount = max(0, Int(read))
        }
    }

    /// Whether more may be added to the playlist of `context` at any time.
    static func isLivePlaylist(_ context: UnsafePointer<AVFormatContext>) -> Bool {
        // Only of playlists that have an end, the demuxer adds up the lengths.
        guard let format = unsafe context.pointee.iformat else { return false }
        return unsafe strcmp(format.pointee.name, "hls") == 0
            && context.pointee.duration == cffmpeg_no_timestamp()
    }
}
