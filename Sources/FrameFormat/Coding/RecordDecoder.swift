public import Buffers

/// Turns bytes into records, as they come, and finds the next record after damage.
///
/// Give it bytes with ``append(_:checksum:)``, then take items with ``next()`` until there is none,
/// and so on; ``finish()`` ends it. The items depend on the bytes alone, not on how they were cut.
/// Memory grows with the bytes that came and not with what they claim; time grows in proportion to
/// them, whatever they hold.
public struct RecordDecoder: Sendable {
    /// What a reader allows, beside the limits of the format.
    public struct Limits: Hashable, Sendable {
        /// The largest payload that is gathered, in bytes; a larger one is a fault.
        public var payloadByteCountMaximum: UInt64

        /// Makes limits, those of the format by default.
        public init(
            payloadByteCountMaximum: UInt64 = FormatLimits.payloadByteCountMaximum
        ) {
            self.payloadByteCountMaximum = payloadByteCountMaximum
        }
    }

    /// What was found.
    public enum Item: Hashable, Sendable {
        /// A sound record.
        case record(StoredRecord)
        /// Bytes that are no sound record.
        case fault(RecordFault)
    }

    /// Damage whose end has not been found yet.
    private struct OpenFault {
        var start: UInt64
        var sequence: UInt64?
        var error: FormatError
    }

    /// The random number of the stream; learnt from the first sound record if it was not given.
    public private(set) var salt: UInt64?

    /// How many more bytes are needed before the next item can be decided; a hint, at least 1.
    public private(set) var wantedByteCount = RecordPrefix.byteCount

    private let pool: BufferPool
    private let limits: Limits
    private var window: ByteWindow
    private var isFinished = false
    /// Where the next record is expected, or where the search for one goes on.
    private var position: UInt64
    private var openFault: OpenFault?
    /// The item behind a fault that its start has ended.
    private var pending: Item?
    /// The salt of a damaged record and the end that its prefix claims. Up to there no other salt
    /// is accepted while the stream's own is unknown, since the payload may hold other streams.
    private var claim: (salt: UInt64, end: UInt64)?
    /// The end of what was summed in vain; before it, sums are taken from `index`.
    private var summedEnd: UInt64 = 0
    private var index: ChecksumIndex?
    /// Bytes that were read for checksums of fields and payloads so far, for a test of the effort.
    package private(set) var summedByteCount: UInt64 = 0
    /// Nothing new can be decided before this many bytes have come.
    private var neededEnd: UInt64 = 0
    /// The record whose fields were summed and are right, while its payload is waited for.
    private var verifiedStart: UInt64?

    /// Makes a decoder for the bytes from `offset` on.
    ///
    /// - Parameters:
    ///   - offset: The offset in the stream of the first byte that will be appended.
    ///   - salt: The random number of the stream, if it is known.
    ///   - pool: Gives the memory for payloads that come in several chunks.
    ///   - limits: What the reader allows.
    public init(
        at offset: UInt64,
        salt: UInt64?,
        pool: BufferPool,
        limits: Limits = Limits()
    ) {
        self.salt = salt
        self.pool = pool
        self.limits = limits
        window = ByteWindow(at: offset)
        position = offset
    }

    /// Takes the next bytes of the stream.
    ///
    /// - Parameters:
    ///   - bytes: What follows the bytes that came before.
    ///   - checksum: The checksum of exactly `bytes`, if the store has it; a payload that is
    ///     exactly one chunk is then not summed again.
    public mutating func append(_ bytes: Buffer, checksum: CRC32C? = nil) {
        precondition(!isFinished, "nothing comes behind the end")
        window.append(bytes, checksum: checksum)
    }

    /// Notes that the next `byteCount` bytes of the stream are gone.
    public mutating func appendLost(byteCount: Int) {
        precondition(!isFinished, "nothing comes behind the end")
        window.appendLost(byteCount: byteCount)
        neededEnd = 0
    }

    /// Notes that no more bytes will come, so that what is incomplete becomes a fault.
    public mutating func finish() {
        isFinished = true
    }

    /// The next item; `nil` when more bytes are needed or, after ``finish()``, nothing is left.
    public mutating func next() -> Item? {
        if let item = pending.take() { return item }
        guard window.end >= neededEnd || isFinished else { return wait(for: neededEnd) }
        neededEnd = 0
        while true {
            if openFault != nil, !search() { return isFinished ? endFault() : nil }
            guard position < window.end else { return nil }
            switch assess() {
            case .undecided(let end):
                return wait(for: end)
            case .sound(let prefix, let record):
                return found(.record(record), prefix: prefix)
            case .refused(let prefix, let error):
                let range = position..<position + prefix.recordByteCount
                let fault = RecordFault(
                    range: range,
                    sequence: prefix.frameSequence,
                    error: error
                )
                return found(.fault(fault), prefix: prefix)
            case .damaged(let prefix, let error):
                if let fault = note(error, prefix: prefix) { return fault }
            }
        }
    }

    private mutating func wait(for end: UInt64) -> Item? {
        neededEnd = end
        wantedByteCount = Int(clamping: end - window.end)
        return nil
    }

    /// Moves to the next sync word, if it is there.
    private mutating func search() -> Bool {
        let hit = window.syncWord(from: position)
        position = hit.offset
        forget()
        wantedByteCount = RecordPrefix.byteCount
        return hit.isFound
    }

    /// Ends the damage at the end of the stream.
    private mutating func endFault() -> Item? {
        position = window.end
        return closeFault()
    }

    private mutating func closeFault() -> Item? {
        guard let fault = openFault.take() else { return nil }
        return .fault(
            RecordFault(
                range: fault.start..<position,
                sequence: fault.sequence,
                error: fault.error
            )
        )
    }

    /// Moves behind a record whose checksums are right, and puts the damage before it first.
    private mutating func found(_ item: Item, prefix: RecordPrefix) -> Item {
        salt = prefix.salt
        let fault = closeFault()
        position += prefix.recordByteCount
        forget()
        wantedByteCount = RecordPrefix.byteCount
        guard let fault else { return item }
        pending = item
        return fault
    }

    /// Notes damage at the position, and moves on by a byte to search inside it: a record that was
    /// torn by a crash may claim bytes that hold sound ones.
    ///
    /// - Returns: The damage before, if a believable prefix tells that this is another record.
    private mutating func note(_ error: FormatError, prefix: RecordPrefix?) -> Item? {
        var ended: Item?
        if let prefix {
            ended = closeFault()
            if salt == nil, position >= claim?.end ?? 0 {
                claim = (prefix.salt, position + prefix.recordByteCount)
            }
        }
        if openFault == nil {
            openFault = OpenFault(start: position, sequence: prefix?.frameSequence, error: error)
        }
        position += 1
        forget()
        return ended
    }

    /// Lets go of bytes that are not needed any more.
    private mutating func forget() {
        guard position < summedEnd else {
            index = nil
            return window.drop(before: position)
        }
        window.drop(before: position - min(position, ChecksumIndex.stepByteCount))
    }
}

// MARK: - One candidate

extension RecordDecoder {
    /// What the bytes at the position are.
    private enum Assessment {
        /// That is known when the bytes up to `end` have come.
        case undecided(end: UInt64)
        /// A record that is right in every way.
        case sound(RecordPrefix, StoredRecord)
        /// A record that was stored as it was written, and says what this version does not accept.
        case refused(RecordPrefix, FormatError)
        /// No whole record; the prefix is there if it can be believed.
        case damaged(RecordPrefix?, FormatError)
    }

    /// Why a part of a record cannot be looked at.
    private enum Absence: Error {
        case notYet(end: UInt64)
        case never(FormatError)
    }

    /// Checks from the cheap to the dear: prefix, fields, trailer, payload, values.
    private mutating func assess() -> Assessment {
        let start = position
        var believed: RecordPrefix?
        do throws(Absence) {
            let prefix = try prefix(at: start)
            believed = prefix
            let headerEnd = start + UInt64(RecordPrefix.byteCount + prefix.headerByteCount)
            let payloadEnd = headerEnd + prefix.payloadByteCount
            let headerRange = start + UInt64(RecordPrefix.byteCount)..<headerEnd
            try require(headerRange)
            guard verifiedStart == start || sum(headerRange) == prefix.headerChecksum else {
                return .damaged(prefix, .headerChecksum)
            }
            verifiedStart = start
            let trailer = try trailer(of: prefix, at: payloadEnd)
            guard sum(headerEnd..<payloadEnd) == prefix.payloadChecksum else {
                return .damaged(prefix, .payloadChecksum)
            }
            return read(
                prefix,
                trailer: trailer,
                fields: window.buffer(headerRange, pool: pool),
                payloadStart: headerEnd
            )
        } catch {
            switch error {
            case .notYet(let end): return .undecided(end: end)
            case .never(let error): return .damaged(believed, error)
            }
        }
    }

    /// Makes sure that the bytes of `range` are there.
    private func require(_ range: Range<UInt64>) throws(Absence) {
        if window.holdsLost(in: range) { throw .never(.lostBytes) }
        guard range.upperBound > window.end else { return }
        throw isFinished ? .never(.truncatedRecord) : .notYet(end: range.upperBound)
    }

    private func prefix(at start: UInt64) throws(Absence) -> RecordPrefix {
        let range = start..<start + UInt64(RecordPrefix.byteCount)
        try require(range)
        do throws(FormatError) {
            let prefix = try RecordPrefix(window.buffer(range, pool: pool).bytes)
            let claimed = claim.flatMap { start < $0.end ? $0.salt : nil }
            guard prefix.salt == salt ?? claimed ?? prefix.salt else {
                throw .foreignSalt(prefix.salt)
            }
            guard prefix.payloadByteCount <= limits.payloadByteCountMaximum else {
                throw .payloadTooLarge(byteCount: prefix.payloadByteCount)
            }
            return prefix
        } catch {
            throw .never(error)
        }
    }

    private func trailer(
        of prefix: RecordPrefix,
        at start: UInt64
    ) throws(Absence) -> RecordTrailer {
        let range = start..<start + UInt64(RecordTrailer.byteCount)
        try require(position..<range.upperBound)
        do throws(FormatError) {
            let trailer = try RecordTrailer(window.buffer(range, pool: pool).bytes)
            guard trailer.recordByteCount == prefix.recordByteCount, trailer.salt == prefix.salt
            else { throw .trailerMismatch }
            return trailer
        } catch {
            throw .never(error)
        }
    }

    /// Sums `range`, each byte once or, where damage leads over it again, twice.
    private mutating func sum(_ range: Range<UInt64>) -> CRC32C {
        defer { summedEnd = max(summedEnd, range.upperBound) }
        guard range.lowerBound < summedEnd else {
            summedByteCount += range.upperBound - range.lowerBound
            return window.checksum(range)
        }
        var index = self.index.take() ?? ChecksumIndex(at: range.lowerBound)
        let before = index.summedByteCount
        let checksum = index.checksum(range, in: window)
        summedByteCount += index.summedByteCount - before
        self.index = index
        return checksum
    }

    /// Reads the values of a record whose checksums are right.
    private func read(
        _ prefix: RecordPrefix,
        trailer: RecordTrailer,
        fields: Buffer,
        payloadStart: UInt64
    ) -> Assessment {
        do throws(FormatError) {
            let contents = try HeaderContents(prefix: prefix, fields: fields.bytes.copiedBytes)
            let record = try contents.record { part in
                window.buffer(
                    payloadStart + part.lowerBound..<payloadStart + part.upperBound,
                    pool: pool
                )
            }
            let place = RecordPlace(
                sequence: prefix.sequence,
                writerEpoch: prefix.writerEpoch,
                indexDistance: trailer.indexDistance
            )
            return .sound(
                prefix,
                StoredRecord(
                    record: record,
                    place: place,
                    offset: position,
                    byteCount: prefix.recordByteCount
                )
            )
        } catch {
            return .refused(prefix, error)
        }
    }
}

extension RecordPrefix {
    /// The frame's number; `nil` for what is no frame.
    fileprivate var frameSequence: UInt64? { type == .frame ? sequence : nil }
}
