public import Buffers
internal import FFmpeg
public import FrameFormat
public import Pipelines
public import Stages

/// Takes media apart: one coded frame for each packet of one video stream.
public struct MediaSource: Source {
    /// What to take, and how.
    public struct Options: Hashable, Sendable {
        /// Which video stream, from 0 in the order of the container; `nil` takes the first that is
        /// no cover picture.
        public var videoStream: Int?
        /// The images of a numbered sequence shown in a second.
        public var imageRate = Rational(25, 1)

        /// The defaults.
        public init() {}
    }

    /// `media`
    public static let kind = "media"
    /// Demuxing blocks on files and networks.
    public static let execution = StageExecution.blocking

    private let input: MediaInput
    private let sourceID: UInt64
    private let options: Options
    private let pool: BufferPool
    private let onNote: @Sendable (String) -> Void
    private let onOpen: @Sendable (MediaDescription) throws -> Void

    /// Prepares to read `input`, whose frames will carry `sourceID`.
    ///
    /// - Parameters:
    ///   - input: What is opened when the source runs.
    ///   - sourceID: The number of the source in its stream.
    ///   - options: Which stream is read, from where to where.
    ///   - pool: Where the memory of payloads comes from.
    ///   - onNote: Hears what is to be said while it is read: once a wait, that the input has
    ///     nothing more for now; once, that pictures have layers that are not decoded.
    ///   - onOpen: Hears what was found before the first frame is sent; what it throws ends the
    ///     source.
    public init(
        _ input: MediaInput,
        sourceID: UInt64,
        options: Options = Options(),
        pool: BufferPool,
        onNote: @escaping @Sendable (String) -> Void = { _ in },
        onOpen: @escaping @Sendable (MediaDescription) throws -> Void = { _ in }
    ) {
        self.input = input
        self.sourceID = sourceID
        self.options = options
        self.pool = pool
        self.onNote = onNote
        self.onOpen = onOpen
    }

    /// Sends every packet, and a gap for what could not be read.
    public func run(_ output: consuming FrameOutput) async throws {
        let interrupt = MediaOpening.interrupt(for: input.name, onWait: onNote)
        let registration = output.onStop { interrupt.raise() }
        defer { withExtendedLifetime(registration) {} }
        var counts = PacketCounts(sourceID: sourceID)
        let holes = input.holes
        for (index, location) in input.locations.enumerated() {
            if output.isStopRequested { return }
            var demuxer = try MediaOpening.open(location, name: input.name, interrupt: interrupt)
            let description = MediaDescription(
                demuxer,
                name: input.name,
                chosen: try MediaOpening.choose(
                    options.videoStream,
                    of: demuxer,
                    name: input.name
                ),
                location: index == 0 ? location : nil
            )
            if index == 0 { try onOpen(description) }
            if let hole = holes?.before(index) {
                try await output.send(.gap(counts.gap(for: hole)))
            }
            if case .images = input {
                counts.tick = StampedTime(
                    MediaTime(
                        value: Int64(index),
                        timeBase: Rational(
                            options.imageRate.denominator,
                            options.imageRate.numerator
                        )
                    ),
                    provenance: .derived
                )
            }
            let stream = description.stream
            switch (location, try WholeImage.kind(of: &demuxer, at: location, stream)) {
            case (.file(let path), .one(let time, let duration)):
                var frame = try WholeImage.frame(
                    ofFile: path,
                    at: time,
                    lasting: duration,
                    stream,
                    position: counts.next(),
                    pool: pool
                )
                if let tick = counts.tick { frame.header.presentationTime = tick }
                let gap = counts.gap(forPagesOf: frame.payload.bytes, stream)
                try await output.send(.frame(frame))
                if let gap { try await output.send(.gap(gap)) }
                continue
            case (_, .several):
                demuxer = try MediaOpening.open(location, name: input.name, interrupt: interrupt)
            default: break
            }
            try await send(&demuxer, description, &counts, to: &output)
        }
    }

    private func send(
        _ demuxer: inout Demuxer,
        _ description: MediaDescription,
        _ counts: inout PacketCounts,
        to output: inout FrameOutput
    ) async throws {
        let stream = description.stream
        var watch = LossWatch(&demuxer, description, counts)
        demuxer.keep(only: watch.otherVideo.watched.union([stream.index]))
        let framer = try PacketFramer(stream: stream, pool: pool)
        var packet = try Packet()
        var memory: DecoderMemory?
        var layers = CodedLayers()
        let start = counts.packetCount
        while !output.isStopRequested {
            do {
                guard try demuxer.read(into: &packet) == .packet else { break }
            } catch {
                if output.isStopRequested { return }
                try MediaOpening.check(error, description, isFirst: counts.packetCount == start)
                let gap = counts.gap(for: error, heard: demuxer.takeLosses())
                try await output.send(.gap(gap))
                guard error.code == .invalidData, counts.mayReadOn else { break }
                continue
            }
            guard packet.streamIndex == stream.index else {
                watch.note(packet, of: demuxer, counts)
                continue
            }
            var gaps = try watch.gaps(before: packet, heard: demuxer.takeLosses(), counts)
            if let gap = counts.timeStep(at: packet.decodeTimestamp) { gaps.append(gap) }
            for gap in gaps { try await output.send(.gap(gap)) }
            let position = counts.next()
            // What nobody can decode is said, and not stored.
            if packet.isEncrypted { continue }
            var frame = framer.frame(
                from: packet,
                position: position,
                isJoinable: counts.packetCount == start + 1
            )
            if memory == nil { memory = DecoderMemory(frame.header) }
            memory?.take(&frame)
            if let tick = counts.tick { frame.header.presentationTime = tick }
            if let remark = layers.remark(of: frame) { onNote("\(input.name): \(remark)") }
            try await output.send(.frame(frame))
            if counts.packetCount == start + 1,
                let gap = counts.gap(forPagesOf: packet.bytes, stream)
            {
                try await output.send(.gap(gap))
            }
        }
        if output.isStopRequested { return }
        guard counts.packetCount > start else {
            throw StageError(.badInput, MediaOpening.emptyReason(description))
        }
        for gap in watch.gaps(atEndOf: &demuxer, counts) { try await output.send(.gap(gap)) }
    }
}
