internal import FrameFormat

/// Gives times to the pictures that a decoder gives out at the end, where the container has no
/// times of showing for all of them (AVI, streams without a container). Pure.
///
/// Before, FFmpeg takes the time of decoding of the packet that comes in while a picture comes out;
/// at the end no packet comes in any more, and a picture follows the one before it.
struct FollowingTime {
    /// Whether no packet comes any more.
    var isAtEnd = false
    private var last: (time: MediaTime, duration: Int64)?

    /// Takes the next picture in the order of showing, and completes it.
    mutating func note(_ header: inout FrameHeader) {
        if isAtEnd, header.presentationTime == nil, let last,
            case let (value, overflow) = last.time.value.addingReportingOverflow(last.duration),
            !overflow
        {
            let time = MediaTime(value: value, timeBase: last.time.timeBase)
            header.presentationTime = StampedTime(time, provenance: .derived)
        }
        guard let time = header.presentationTime?.time,
            let duration = header.duration?.time, duration.value > 0,
            duration.timeBase == time.timeBase
        else {
            last = nil
            return
        }
        last = (time, duration.value)
    }
}
