import Buffers
import Digests
import TestSupport
import Testing

@Suite("SHA256")
struct SHA256Tests {
    @Test("is what the standard says, in pieces of any size", arguments: [1, 7, 64, 1000])
    func million(pieceByteCount: Int) {
        // FIPS 180-2, appendix B.3: a million times the letter a.
        let piece = [UInt8](repeating: 0x61, count: pieceByteCount)
        var hash = SHA256()
        for _ in 0..<(1_000_000 / pieceByteCount) { hash.update(piece.rawSpan) }
        let rest = [UInt8](repeating: 0x61, count: 1_000_000 % pieceByteCount)
        hash.update(rest.rawSpan)
        #expect(
            hash.finish().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        )
    }

    @Test("of nothing")
    func empty() {
        #expect(
            SHA256().finish().hex
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
    }
}
