internal import FrameFormat

/// Whether packets can be copied by themselves.
extension ReadingPlanner {
    /// Refuses numbers of packets that are no whole groups of pictures.
    ///
    /// - Throws: `partOfGroup`, with the numbers of the groups; what the store says.
    public mutating func requireWholeGroups(_ numbers: ClosedRange<UInt64>) async throws {
        guard let first = try await locator.frame(atOrAfter: numbers.lowerBound) else { return }
        if !first.flags.contains(.keyframe) {
            let key = try await locator.keyframe(atOrBefore: first.sequence)
            throw SelectionError(
                .partOfGroup,
                """
                frame \(first.sequence) is behind the start of its group of pictures, and --codec copy \
                decodes nothing; \(key.map { "start with frame \($0.sequence)" } ?? "start at a keyframe")\
                , or encode with --codec h264
                """
            )
        }
        let frame = try await frame(first)
        if GroupStart(frame) == .open, let time = first.presentationTime {
            let near = first.sequence...first.sequence + 2 * Self.reorderCount
            let source = try await locator.sourceRanges().first { $0.contains(first.sequence) }
            let group = try await locator.frames(source.map { near.clamped(to: $0) } ?? near)
            let isHead = source?.lowerBound == first.sequence
            guard isHead || !group.contains(where: { $0.isShown(before: time) }) else {
                throw SelectionError(
                    .partOfGroup,
                    """
                    the group of pictures of frame \(first.sequence) needs the one before; start further \
                    back, or encode with --codec h264
                    """
                )
            }
        }
        let (next, overflow) = numbers.upperBound.addingReportingOverflow(1)
        guard !overflow, let behind = try await locator.frame(atOrAfter: next),
            !behind.flags.contains(.keyframe)
        else { return }
        let key = try await locator.keyframe(atOrBefore: behind.sequence)
        throw SelectionError(
            .partOfGroup,
            """
            frame \(numbers.upperBound) is in the middle of a group of pictures, and --codec copy \
            decodes nothing; end in front of a keyframe such as \
            \(key.map { "frame \($0.sequence)" } ?? "the first"), or encode with --codec h264
            """
        )
    }
}
