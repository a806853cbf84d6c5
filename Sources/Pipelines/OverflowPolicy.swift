/// What happens when a source has an element and the queue behind it is full.
public enum OverflowPolicy: Hashable, Sendable {
    /// The source waits. Right for files and streams, which wait as well.
    case wait
    /// The element is dropped, and what follows with it, up to the next frame that is decodable
    /// without any other; a gap takes their place. Right for cameras, which do not wait.
    case dropToKeyframe
}
