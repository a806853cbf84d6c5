/// The blocks of a GIF file, as far as it takes to count its images. Pure.
struct GIFBlocks {
    /// Whether the file holds one image and an end.
    let endsAfterOneImage: Bool

    /// Goes through a file that begins as a GIF does.
    init(_ bytes: [UInt8]) {
        var rest = bytes[...].dropFirst(10)
        var imageCount = 0
        // The screen's own colours stand behind its description.
        let table = Self.tableByteCount(rest.first ?? 0)
        rest = rest.dropFirst(3 + table)
        while let kind = rest.popFirst(), imageCount < 2 {
            switch kind {
            case 0x21: rest = Self.behindBlocks(rest.dropFirst())
            case 0x2C:
                imageCount += 1
                let table = Self.tableByteCount(rest.dropFirst(8).first ?? 0)
                rest = Self.behindBlocks(rest.dropFirst(10 + table))
            default:
                endsAfterOneImage = kind == 0x3B && imageCount == 1
                return
            }
        }
        endsAfterOneImage = false
    }

    private static func tableByteCount(_ flags: UInt8) -> Int {
        flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
    }

    /// What stands behind a chain of blocks that each begin with their length.
    private static func behindBlocks(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        while let count = rest.popFirst(), count > 0 { rest = rest.dropFirst(Int(count)) }
        return rest
    }
}
