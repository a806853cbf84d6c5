internal import Buffers
internal import ByteStreams

extension EntryHead {
    /// What lies between an entry and its neighbours, as these tell it.
    struct Extent {
        /// The stream offset of the entry's first byte.
        var offset: StreamOffset
        /// Bytes of all its pieces.
        var byteCount: Int
        /// Bytes in the file, head block and padding included; `nil` where no sound entry follows.
        var fileByteCount: Int?
    }

    /// Makes sense of a head block that failed its checksum.
    ///
    /// What the neighbours tell is not asked of the block: of its fields only the sizes and
    /// checksums of pieces are used. They are taken as they are if they add up, or else with the
    /// one size in another way that makes them add up. Whether the guess was right is for the
    /// records to say.
    ///
    /// - Returns: `nil` when nothing fits.
    init?(damaged block: RawSpan, extent: Extent) {
        let said = Int(block.load(UInt16.self, at: Self.countOffset))
        let others = (1...Self.pieceCountMaximum).lazy.filter { $0 != said }
        for count in [said] + others where (1...Self.pieceCountMaximum).contains(count) {
            let sizes = Self.sizes(block, count: count)
            guard !sizes.contains(nil) else { continue }
            if let head = Self.fitting(block, sizes.compactMap(\.self), extent) {
                self = head
                return
            }
        }
        guard (1...Self.pieceCountMaximum).contains(said) else { return nil }
        let sizes = Self.sizes(block, count: said)
        for index in sizes.indices {
            var repaired = sizes
            repaired.remove(at: index)
            guard !repaired.contains(nil) else { continue }
            var known = repaired.compactMap(\.self)
            let rest = extent.byteCount - known.reduce(0, +)
            guard rest > 0 else { continue }
            known.insert(rest, at: index)
            if let head = Self.fitting(block, known, extent), head.agreesInline(with: block) {
                self = head
                return
            }
        }
        return nil
    }

    /// The sizes in the piece table; `nil` for those that no piece can have.
    private static func sizes(_ block: RawSpan, count: Int) -> [Int?] {
        (0..<count).map { index in
            let row = tableOffset + index * tableRowByteCount
            guard let size = Int(exactly: block.load(UInt64.self, at: row)), size > 0,
                size <= FileStreamLimits.appendByteCountMaximum
            else { return nil }
            return size
        }
    }

    /// A head with pieces of these sizes, if they fill the extent.
    private static func fitting(_ block: RawSpan, _ sizes: [Int], _ extent: Extent) -> EntryHead? {
        guard sizes.reduce(0, +) == extent.byteCount else { return nil }
        let checksums = sizes.indices.map { index in
            block.load(UInt32.self, at: tableOffset + index * tableRowByteCount + 8)
        }
        let head = EntryHead(
            kind: .bytes,
            number: block.load(UInt64.self, at: 8),
            offset: extent.offset,
            watermark: extent.offset,
            salt: block.load(UInt64.self, at: 40),
            epoch: block.load(UInt32.self, at: 48),
            sizes: zip(sizes, checksums).map { ($0, CRC32C(value: $1)) }
        )
        guard let fileByteCount = extent.fileByteCount else { return head }
        return head.fileByteCount == fileByteCount ? head : nil
    }

    /// Whether the pieces inside the block have the checksums that the table says.
    private func agreesInline(with block: RawSpan) -> Bool {
        for piece in pieces where !piece.isExternal {
            let range = piece.place..<piece.place + piece.byteCount
            guard CRC32C(of: block.extracting(range)) == piece.checksum else { return false }
        }
        return true
    }
}
