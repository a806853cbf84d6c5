internal import Buffers
internal import ByteStreams
internal import DequeModule
internal import Dispatch
internal import Synchronization
internal import SystemPackage

/// Appends to a stream in files: callers queue, one thread writes and syncs what has gathered.
final class FileStreamWriter: ByteStreamWriter {
    private typealias Waiter = CheckedContinuation<Void, Never>
    private typealias FlushWaiter = CheckedContinuation<Result<StreamOffset, StreamError>, Never>

    private struct State {
        var pending: [SegmentLog.Append] = []
        var pendingByteCount = 0
        var roomWaiters: [Waiter] = []
        var flushWaiters: [FlushWaiter] = []
        var isDraining = false
        var isClosed = false
        var tail: StreamOffset
        /// Nothing is accepted or acknowledged after the first failure.
        var failure: StreamError?
    }

    /// The log may block, and belongs to this queue.
    private final class Owner: @unchecked Sendable {  // Touched only on the writer's queue.
        let log: SegmentLog
        var lock: FileStreamLock?

        init(log: SegmentLog, lock: FileStreamLock) {
            self.log = log
            self.lock = lock
        }
    }

    let epoch: UInt32
    let appendByteCountMaximum = FileStreamLimits.appendByteCountMaximum
    let pieceCountMaximum = EntryHead.pieceCountMaximum
    private let name: StreamName
    private let state: Mutex<State>
    private let owner: Owner
    private let queue: DispatchQueue
    private let room: RoomWait

    init(name: StreamName, _ recovery: FileStreamRecovery, room: RoomWait) {
        self.name = name
        self.room = room
        epoch = recovery.epoch
        state = Mutex(State(tail: recovery.tail))
        owner = Owner(log: recovery.log, lock: recovery.lock)
        queue = DispatchQueue(label: "stream.\(name)")
    }

    var tail: StreamOffset { state.withLock { $0.tail } }

    func append(_ pieces: [StreamPiece]) async throws(StreamError) -> StreamOffset {
        let byteCount = pieces.reduce(0) { $0 + $1.bytes.byteCount }
        guard byteCount <= appendByteCountMaximum, pieces.count <= pieceCountMaximum else {
            throw StreamError(
                .tooLarge,
                """
                \(pieces.count) pieces of \(byteCount) bytes are too much for one append to \(name); \
                at most \(pieceCountMaximum) of \(appendByteCountMaximum)
                """
            )
        }
        guard byteCount > 0 else { return tail }
        await waitForRoom(for: byteCount)
        let accepted = state.withLock { state -> Result<(StreamOffset, Bool), StreamError> in
            if let failure = state.failure { return .failure(failure) }
            if state.isClosed { return .failure(Self.closed(name)) }
            state.pending.append(SegmentLog.Append(offset: state.tail, pieces: pieces))
            state.pendingByteCount += byteCount
            state.tail = state.tail.advanced(by: byteCount)
            defer { state.isDraining = true }
            return .success((state.tail, !state.isDraining))
        }
        let (end, isIdle) = try accepted.get()
        if isIdle { queue.async { self.drain() } }
        return end
    }

    /// A window that is empty admits any one append, whatever its size.
    private func waitForRoom(for byteCount: Int) async {
        await withCheckedContinuation { (waiter: Waiter) in
            let isFree = state.withLock { state in
                let hasRoom =
                    state.pendingByteCount == 0
                    || state.pendingByteCount + byteCount <= FileStreamLimits.windowByteCount
                guard !hasRoom, state.failure == nil else { return true }
                state.roomWaiters.append(waiter)
                return false
            }
            if isFree { waiter.resume() }
        }
    }

    func flush() async throws(StreamError) -> StreamOffset {
        let result = await withCheckedContinuation { (waiter: FlushWaiter) in
            let isIdle = state.withLock { state in
                state.flushWaiters.append(waiter)
                defer { state.isDraining = true }
                return !state.isDraining
            }
            if isIdle { queue.async { self.drain() } }
        }
        return try result.get()
    }

    func close() async throws(StreamError) {
        let wasClosed = state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        guard !wasClosed else { return }
        // Who closes on a full disk wants to know that it is full.
        room.giveUp()
        let flushed = await withCheckedContinuation { (waiter: FlushWaiter) in
            queue.async {
                self.drain()
                waiter.resume(returning: self.closeLog())
            }
        }
        _ = try flushed.get()
    }

    private func closeLog() -> Result<StreamOffset, StreamError> {
        defer { owner.lock = nil }
        if let failure = state.withLock({ $0.failure }) { return .failure(failure) }
        do {
            try owner.log.close()
            return .success(owner.log.acknowledged)
        } catch {
            return .failure(error)
        }
    }

    /// Writes what has gathered, again and again until nothing has.
    private func drain() {
        while true {
            let (batch, flushes) = state.withLock { state in
                let taken = (state.pending, state.flushWaiters)
                state.pending = []
                state.flushWaiters = []
                if taken.0.isEmpty, taken.1.isEmpty { state.isDraining = false }
                return taken
            }
            if batch.isEmpty, flushes.isEmpty {
                scheduleSync()
                return
            }
            let result = commit(batch) { () throws(StreamError) in
                try owner.log.commit(batch, isFlushAsked: !flushes.isEmpty)
            }
            for waiter in flushes { waiter.resume(returning: result) }
        }
    }

    /// With the level `interval` what is written is synced although nobody asks.
    private func scheduleSync() {
        guard let wait = owner.log.syncWait, state.withLock({ $0.failure }) == nil else { return }
        let (seconds, attoseconds) = wait.components
        let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { [weak self] in
            guard let self, !self.state.withLock({ $0.isClosed }) else { return }
            _ = self.commit([]) { () throws(StreamError) in try self.owner.log.syncIfDue() }
        }
    }

    private func commit(
        _ batch: [SegmentLog.Append],
        _ body: () throws(StreamError) -> Void
    ) -> Result<StreamOffset, StreamError> {
        if let failure = state.withLock({ $0.failure }) {
            release(batch, failure: failure)
            return .failure(failure)
        }
        do {
            try body()
        } catch {
            // After a failed write or sync it is not known what the disk has; nothing more is
            // promised.
            release(batch, failure: error)
            return .failure(error)
        }
        release(batch, failure: nil)
        return .success(owner.log.acknowledged)
    }

    private func release(_ batch: [SegmentLog.Append], failure: StreamError?) {
        let byteCount = batch.reduce(0) { $0 + $1.pieces.reduce(0) { $0 + $1.bytes.byteCount } }
        let waiters = state.withLock { state in
            state.pendingByteCount -= byteCount
            if let failure { state.failure = failure }
            defer { state.roomWaiters = [] }
            return state.roomWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private static func closed(_ name: StreamName) -> StreamError {
        StreamError(.closed, "the writer of stream \(name) is closed")
    }
}
