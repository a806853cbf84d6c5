internal import Buffers
internal import DequeModule
internal import FFmpeg
internal import FrameFormat
internal import FrameStreams

/// A decoder whose pictures, marks and refusals are those of one thread from the first packet on,
/// whatever the number of its threads.
///
/// A sound stream is decoded by as many threads as are wanted: their pictures are the same. What
/// they make of damage depends on who was first, so at the first sign of it everything that has not
/// come out is decoded again by one thread, from packets that are held for this, and so is what
/// follows. Before a picture comes out, its decoder has complained of everything that touches it.
///
/// Used by one task at a time.
final class ExactDecoder {
    /// What comes out, in order.
    enum Event {
        /// A picture.
        case picture(DamageSpread.Mark, of: CodedPacket?)
        /// A packet that the decoder refuses; `nil` for what it held back at the end.
        case refusal(of: CodedPacket?, FFmpegError)
        /// Nothing before another packet is sent.
        case needsPacket
        /// Nothing more.
        case endOfStream
    }

    private enum Threads {
        case several(PacketHold)
        case one
    }

    private let make: (_ threadCount: Int) throws -> Decoder
    private let pool: BufferPool
    private var decoder: Decoder
    /// Whether the decoder was given nothing yet: its first packet comes with what those before
    /// it told.
    private var isFresh = true
    private var packet: Packet
    private var threads: Threads
    private var count: UInt64 = 0
    /// What is still to be given to the decoder.
    private var pending: Deque<CodedPacket> = []
    /// Packets whose pictures may still come out, by their number.
    private var underway: Deque<CodedPacket> = []
    private var current: CodedPacket?
    private var spread = DamageSpread()
    /// Pictures that were given out before one thread took over, by their packet.
    private var givenCounts: [UInt64: Int] = [:]
    private var isFinishing = false
    private var hasFinished = false

    /// Opens a decoder with so many threads; 0 for as many as there are processors.
    init(
        threadCount: Int,
        pool: BufferPool,
        make: @escaping (_ threadCount: Int) throws -> Decoder
    ) throws {
        self.pool = pool
        self.make = make
        packet = try Packet()
        decoder = try make(threadCount)
        threads = decoder.threadCount == 1 ? .one : .several(PacketHold())
    }

    /// Takes a packet; what it leads to comes out of ``receive(into:)``.
    func send(_ frame: Frame) throws {
        count += 1
        let packet = CodedPacket(number: count, frame)
        pending.append(packet)
        guard case .several(var hold) = threads else { return }
        threads = .one  // Gives up the other reference, so that nothing is copied.
        hold.append(packet)
        threads = .several(hold)
        if hold.isFull { try goOnWithOneThread() }
    }

    /// Notes that no packet follows.
    func finish() { isFinishing = true }

    /// The next of what comes out. What was in `picture` is gone, whatever the answer.
    ///
    /// - Throws: What ends the decoding: a limit, or a lack of memory.
    func receive(into picture: inout Picture) throws -> Event {
        while true {
            let output: Decoder.Output
            do {
                output = try decoder.receive(into: &picture)
            } catch {
                if let event = try refusal(error) { return event }
                continue
            }
            if try hearsComplaint() { continue }
            switch output {
            case .picture:
                if let event = try given(picture) { return event }
            case .needsPacket:
                guard let next = pending.popFirst() else {
                    guard isFinishing, !hasFinished else { return .needsPacket }
                    hasFinished = true
                    if let event = try finishDecoder() { return event }
                    continue
                }
                if let event = try feed(next) { return event }
            case .endOfStream:
                return .endOfStream
            }
        }
    }

    private func feed(_ next: CodedPacket) throws -> Event? {
        current = next
        underway.append(next)
        if underway.count > Self.underwayCountMaximum { underway.removeFirst() }
        if case .one = threads { spread.begin(next) }
        do {
            try packet.fill(from: isFresh ? next.frame.startingDecoder(pool) : next.frame)
            isFresh = false
            packet.number(next.number)
            let acceptance = try decoder.send(packet)
            assert(acceptance == .accepted, "a decoder that has given out all takes a packet")
        } catch let error as FFmpegError {
            return try refusal(error)
        }
        return nil
    }

    /// Packets behind one by which its picture has come out.
    private static let underwayCountMaximum = 1024

    private func finishDecoder() throws -> Event? {
        do {
            try decoder.finish()
            return nil
        } catch {
            return try refusal(error)
        }
    }

    /// What an error means; `nil` where one thread begins again.
    private func refusal(_ error: FFmpegError) throws -> Event? {
        guard error.code != .tooManyPixels, error.code != .outOfMemory else { throw error }
        if case .several = threads {
            try goOnWithOneThread()
            return nil
        }
        _ = decoder.takeComplaint()
        if let current, !hasFinished { spread.damage(current) }
        return .refusal(of: hasFinished ? nil : current, error)
    }

    /// Listens to the decoder.
    ///
    /// - Returns: Whether one thread begins again, and what has just come out does not count.
    private func hearsComplaint() throws -> Bool {
        guard let complaint = decoder.takeComplaint(), isDamage(complaint) else { return false }
        if case .several = threads {
            try goOnWithOneThread()
            return true
        }
        if let current {
            switch complaint.kind {
            case .damage: spread.damage(current)
            case .frameNumberGap: spread.miss(before: current)
            }
        }
        return false
    }

    private func isDamage(_ complaint: Complaint) -> Bool {
        complaint.kind == .damage || !FrameNumberGaps.areAllowed(by: underway)
    }

    /// What to make of a picture; `nil` for one that was given out before, or if one thread begins
    /// again.
    private func given(_ picture: borrowing Picture) throws -> Event? {
        let number = picture.packetNumber ?? 0
        guard case .several(var hold) = threads else {
            if let count = givenCounts[number] {
                givenCounts[number] = count > 1 ? count - 1 : nil
                return nil
            }
            let mark = picture.isIncomplete ? .damaged : spread.mark(of: number)
            return .picture(mark, of: sent(number))
        }
        guard !picture.isIncomplete else {
            try goOnWithOneThread()
            return nil
        }
        threads = .one
        hold.gaveOut(number)
        threads = .several(hold)
        return .picture(.none, of: sent(number))
    }

    private func sent(_ number: UInt64) -> CodedPacket? {
        guard let first = underway.first?.number, number >= first,
            number - first < UInt64(underway.count)
        else { return nil }
        return underway[Int(number - first)]
    }

    /// Puts a decoder with one thread in the place of the other, to be given the held packets anew.
    private func goOnWithOneThread() throws {
        guard case .several(let hold) = threads else { return }
        threads = .one
        decoder = try make(1)
        isFresh = true
        pending = hold.packets
        givenCounts = hold.givenCounts
        underway = []
        hasFinished = false
    }
}
