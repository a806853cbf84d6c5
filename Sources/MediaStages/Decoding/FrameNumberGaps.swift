internal import DequeModule
internal import FrameFormat
internal import FrameStreams

/// Whether an H.264 stream may leave out numbers of frames, as one does from which layers of time
/// were taken away (H.264, 7.4.2.1.1: `gaps_in_frame_num_value_allowed_flag`). Pure.
enum FrameNumberGaps {
    /// What the newest sequence parameter set in or in front of these packets says; not allowed
    /// where there is none.
    static func areAllowed(by packets: Deque<CodedPacket>) -> Bool {
        for packet in packets.reversed() where packet.start != nil {
            if let set = GroupStart.units(of: packet.frame).last(where: isSet) {
                return areAllowed(by: set)
            }
            let extraData = packet.frame.header.codecParameters?.parameters?.extraData ?? []
            if let sets = ParameterSets(codecName: "h264", extraData: extraData) {
                return sets.units.last(where: isSet).map(areAllowed) ?? false
            }
        }
        return false
    }

    private static func isSet(_ unit: ArraySlice<UInt8>) -> Bool {
        unit.first.map { $0 & 0x1F == 7 } ?? false
    }

    /// What a set says; not allowed by one that cannot be read.
    static func areAllowed(by unit: ArraySlice<UInt8>) -> Bool {
        SequenceSet(unit)?.allowsNumberGaps ?? false
    }
}
