internal import FrameFormat
internal import FrameStreams

/// What damage in a stream means, for a person.
enum FaultText {
    static func text(_ fault: StreamFaultItem) -> String {
        switch fault {
        case .record(let fault):
            let frame = fault.sequence.map { "frame \($0)" } ?? "a record"
            return
                "\(frame) at offset \(fault.range.lowerBound) is damaged and left out: \(fault.error)"
        case .unfinished(let fault):
            return
                "the record at offset \(fault.range.lowerBound) was not completed by its writer and is left out"
        case .store(let range, let detail):
            return "damage at offset \(range.lowerBound) touched no frame: \(detail)"
        }
    }
}
