internal import FFmpeg
internal import FrameFormat
internal import Stages
internal import SystemPackage

/// How a container is opened for the packets of one export.
struct VideoOpening {
    let container: VideoContainer
    let parameters: FFmpeg.CodecParameters
    let statement: ContainerStatement

    /// Opens it at `path`, for packets like that with `header`.
    func open(_ path: FilePath, _ muxerName: String, _ header: FrameHeader) throws -> Muxer {
        let muxer: Muxer
        let writtenTag: UInt32?
        do throws(FFmpegError) {
            var opened = try Muxer(path: path.string, format: muxerName)
            _ = try opened.addStream(
                parameters,
                displayMatrix: container.keepsRotation
                    ? header.displayMatrix.flatMap { FFmpeg.DisplayMatrix(values: $0.elements) }
                    : nil,
                sideData: statement.sideData
            )
            try opened.writeHeader(options: options(muxerName, path))
            writtenTag = opened.codecTag(of: 0)
            muxer = consume opened
        } catch  where error.isRefusal {
            throw StageError(
                .unsuitable,
                """
                \(container.fileExtension) cannot hold this \(header.codec.name): \(error.text); \
                \(container.wayOut(for: header.codec.name))
                """
            )
        } catch {
            throw StageError(.cannotCreate, "\(path) cannot be written: \(error)")
        }
        try statement.check(tag: writtenTag)
        return muxer
    }

    private func options(_ muxerName: String, _ path: FilePath) -> FFmpeg.Options {
        if muxerName == "hls" {
            let name = path.stem ?? "video"
            let folder = path.removingLastComponent()
            return Options([
                ("hls_segment_type", "fmp4"), ("hls_playlist_type", "vod"), ("hls_time", "6"),
                ("hls_fmp4_init_filename", "\(name)-init.mp4"),
                ("hls_segment_filename", folder.appending("\(name)-%05d.m4s").string),
            ])
        }
        var options = statement.options.map { ($0.name, $0.value) }
        if container.choosesTimeBase, let timeBase = parameters.timeBase,
            timeBase.denominator < Int32.max
        {
            // With the frames' own clock, their times are exact.
            options.append(("video_track_timescale", "\(timeBase.denominator)"))
        }
        return Options(options)
    }
}
