/// How many rows the only image of an MJPEG packet has. Pure.
enum JPEGRows {
    private static let startOfImage: UInt8 = 0xD8
    private static let startOfScan: UInt8 = 0xDA
    /// ITU-T T.81, table B.1: the codes of frames are these, but for those of tables.
    private static let startsOfFrame: ClosedRange<UInt8> = 0xC0...0xCF
    private static let tables: Set<UInt8> = [0xC4, 0xC8, 0xCC]

    /// Reads the frame header (ITU-T T.81, B.2.2); `nil` where there is none, and for a packet with
    /// the two fields of a picture, an image each.
    static func ofOnlyImage(in bytes: [UInt8]) -> Int? {
        guard bytes.count > 4, bytes[0] == 0xFF, bytes[1] == startOfImage else { return nil }
        var rows: Int?
        var place = 2
        // Segments say how long they are, up to the first scan.
        while place + 4 <= bytes.count {
            guard bytes[place] == 0xFF else { return nil }
            let code = bytes[place + 1]
            // Bytes that fill.
            if code == 0xFF {
                place += 1
                continue
            }
            let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
            guard length >= 2 else { return nil }
            if startsOfFrame.contains(code), !tables.contains(code) {
                guard length >= 8, place + 7 <= bytes.count else { return nil }
                rows = Int(bytes[place + 5]) << 8 | Int(bytes[place + 6])
            }
            place += 2 + length
            if code == startOfScan { break }
        }
        guard let rows, rows > 0, place < bytes.count else { return nil }
        let scan = bytes[place...]
        let hasSecond = zip(scan, scan.dropFirst()).contains { $0 == 0xFF && $1 == startOfImage }
        return hasSecond ? nil : rows
    }
}
