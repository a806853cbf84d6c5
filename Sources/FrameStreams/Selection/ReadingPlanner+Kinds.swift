internal import FrameFormat

/// Whether there is anything to decode.
extension ReadingPlanner {
    /// Whether packets are among the frames that are there, as the first and the last frame of each
    /// source show; `nil` where one of them cannot be read, where frames are still to come, and
    /// where nothing is decoded.
    ///
    /// The last one is looked at too, for the announcement of a source may be damaged.
    mutating func holdsPackets() async throws -> Bool? {
        guard use.decodes, !use.follows else { return nil }
        let newest = try await locator.lastSequence()
        for range in try await locator.sourceRanges() where range.lowerBound <= newest {
            for number in [range.lowerBound, min(range.upperBound, newest)] {
                // Those in front may have been given up with the head.
                guard let frame = try await locator.frame(atOrAfter: number),
                    range.contains(frame.sequence)
                else { continue }
                guard let codec = try await codec(of: frame) else { return nil }
                if codec != .raw { return true }
            }
        }
        return false
    }

    /// The codec of a frame; `nil` if its record cannot be read.
    private func codec(of frame: IndexedFrame) async throws -> Codec? {
        do {
            let header = try await header(frame)
            return header.sequence == frame.sequence ? header.codec : nil
        } catch is SelectionError {
            return nil
        }
    }
}
