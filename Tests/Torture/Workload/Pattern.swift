import Buffers
import ByteStreams

/// What a seed says about a stream: every byte of it, and how the bytes are appended.
///
/// Both depend on the seed and the stream offset alone, so that anybody can check any range, and
/// whoever goes on after a crash goes on with the same bytes in the same units.
struct Pattern {
    let seed: UInt64
    /// The largest piece of an append.
    let pieceByteCountMaximum: Int

    private static let golden: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// Scatters the bits of a number (SplitMix64).
    static func scatter(_ number: UInt64) -> UInt64 {
        var mixed = number
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Eight bytes from a multiple of eight on, the first in the low bits.
    private func word(_ index: UInt64) -> UInt64 {
        Self.scatter((seed ^ Self.golden) &+ index &* Self.golden)
    }

    /// The sizes of the pieces of the append that begins at `offset`.
    func pieceSizes(at offset: StreamOffset) -> [Int] {
        var dice = Dice(seed: seed, offset: offset)
        return (0..<Int.random(in: 1...4, using: &dice)).map { _ in
            // Some stand inside the head of an entry, some behind it, most of them at odd sizes.
            let maximum =
                switch UInt64.random(in: 0..<4, using: &dice) {
                case 0: 64
                case 1: 2048
                default: pieceByteCountMaximum
                }
            return Int.random(in: 1...min(maximum, pieceByteCountMaximum), using: &dice)
        }
    }

    /// The place behind the append that begins at `offset`.
    func end(ofAppendAt offset: StreamOffset) -> StreamOffset {
        pieceSizes(at: offset).reduce(offset) { $0.advanced(by: $1) }
    }

    /// The append that begins at `offset`.
    func append(at offset: StreamOffset, from pool: BufferPool) -> [StreamPiece] {
        var start = offset
        return pieceSizes(at: offset).map { byteCount in
            var buffer = pool.makeBuffer(byteCount: byteCount)
            unsafe buffer.withUnsafeMutableBytes { unsafe fill($0, from: start) }
            start = start.advanced(by: byteCount)
            return StreamPiece(buffer.freeze())
        }
    }

    private func fill(_ bytes: UnsafeMutableRawBufferPointer, from offset: StreamOffset) {
        var index = 0
        while index < bytes.count {
            let place = offset.value + UInt64(index)
            let word = word(place >> 3)
            if place & 7 == 0, bytes.count - index >= 8 {
                unsafe bytes.storeBytes(of: word.littleEndian, toByteOffset: index, as: UInt64.self)
                index += 8
            } else {
                unsafe bytes[index] = UInt8(truncatingIfNeeded: word >> ((place & 7) * 8))
                index += 1
            }
        }
    }

    /// Where `bytes`, which begin at `offset`, first differ from what the seed says.
    func firstDifference(in bytes: Buffer, at offset: StreamOffset) -> StreamOffset? {
        unsafe bytes.bytes.withUnsafeBytes { bytes in
            var index = 0
            while index < bytes.count {
                let place = offset.value + UInt64(index)
                let word = word(place >> 3)
                if place & 7 == 0, bytes.count - index >= 8 {
                    let found = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    if found == word.littleEndian {
                        index += 8
                        continue
                    }
                }
                let expected = UInt8(truncatingIfNeeded: word >> ((place & 7) * 8))
                guard unsafe bytes[index] == expected else { return StreamOffset(place) }
                index += 1
            }
            return nil
        }
    }
}

/// Random numbers that a seed and a place decide.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    /// Starts where a seed and a place say.
    init(seed: UInt64, offset: StreamOffset, turn: UInt64 = 0) {
        state = Pattern.scatter(seed) ^ Pattern.scatter(offset.value &+ turn << 48 &+ 1)
    }

    /// The next number.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Pattern.scatter(state)
    }

    /// Whether one of `count` happens.
    mutating func isOne(of count: Int) -> Bool {
        Int.random(in: 0..<count, using: &self) == 0
    }
}
