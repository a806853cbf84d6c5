internal import ByteStreams
internal import DequeModule
internal import Dispatch
internal import Synchronization

/// Reads and checks the pieces that will be asked for next, several at the same time, for whoever
/// reads a stream from piece to piece.
///
/// Used by one thread at a time; it has threads of its own.
final class ReadAhead {
    /// One piece on its way.
    private final class Reading: Sendable {
        private let result = Mutex<Result<ReadPiece, StreamError>?>(nil)
        /// Left when there is a result. Whoever waits for it has a thread that may block.
        private let work = DispatchGroup()

        init() {
            work.enter()
        }

        func run(_ found: FoundPiece) {
            let read: Result<ReadPiece, StreamError>
            do throws(StreamError) {
                read = .success(try found.read())
            } catch {
                read = .failure(error)
            }
            result.withLock { $0 = read }
            work.leave()
        }

        /// The piece, if it is there and sound.
        var soundPiece: ReadPiece? {
            guard case .success(let piece)? = result.withLock({ $0 }), case .sound = piece.content
            else { return nil }
            return piece
        }

        func wait() throws(StreamError) -> ReadPiece {
            work.wait()
            guard let result = result.withLock({ $0 }) else {
                preconditionFailure("a reading that is done has a result")
            }
            return try result.get()
        }
    }

    private struct Item {
        let piece: EntryHead.Piece
        let reading: Reading
    }

    private var items: Deque<Item> = []
    private let queue: DispatchQueue
    /// Behind the piece that was asked for last.
    private var expected: StreamOffset?
    /// How many pieces in a row were asked for in their order.
    private var orderedCount = 0
    /// Where nothing was found to read: not looked for again until it is asked for.
    private var obstacle: StreamOffset?

    init(name: StreamName) {
        queue = DispatchQueue(label: "stream.\(name).ahead", attributes: .concurrent)
    }

    /// The piece at `offset`, if it was read ahead. Blocks while it is on its way.
    func take(_ offset: StreamOffset) throws(StreamError) -> ReadPiece? {
        if offset == expected {
            orderedCount += 1
        } else {
            orderedCount = 0
            items = []
        }
        while let item = items.popFirst() {
            if item.piece.offset == offset { return try item.reading.wait() }
        }
        return nil
    }

    /// The piece at `offset`, if it is the next one and there already, and sound.
    func takeSound(_ offset: StreamOffset) -> ReadPiece? {
        guard offset == expected, let item = items.first, item.piece.offset == offset,
            let piece = item.reading.soundPiece
        else { return nil }
        orderedCount += 1
        items.removeFirst()
        return piece
    }

    /// Begins to read what lies behind a piece, as far as that has not been begun.
    ///
    /// - Parameter find: Finds the piece at an offset; `nil` for none.
    func fill(
        behind piece: ReadPiece,
        tail: StreamOffset,
        find: (StreamOffset) -> FoundPiece?
    ) {
        expected = piece.end
        guard orderedCount >= FileStreamLimits.readAheadOrderedCount else { return }
        var next = items.last?.piece.end ?? piece.end
        while hasRoom, next < tail, next != obstacle {
            guard let found = find(next) else {
                obstacle = next
                return
            }
            begin(found)
            next = found.piece.end
        }
    }

    private var hasRoom: Bool {
        let byteCount = items.reduce(0) { $0 + $1.piece.byteCount }
        return items.count < FileStreamLimits.readAheadPieceCount
            && byteCount < FileStreamLimits.readAheadByteCount
    }

    private func begin(_ found: FoundPiece) {
        let reading = Reading()
        items.append(Item(piece: found.piece, reading: reading))
        if found.piece.byteCount >= FileStreamLimits.readAheadPieceByteCountMinimum {
            queue.async { reading.run(found) }
        } else {
            // Another thread would take longer to begin than this one to be done.
            reading.run(found)
        }
    }
}
