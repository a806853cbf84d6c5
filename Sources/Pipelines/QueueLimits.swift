/// How much may wait between two stages.
public struct QueueLimits: Hashable, Sendable {
    /// What a queue holds by default: 16 MiB, five pictures of 1920x1080 at 4:2:0.
    public static let byteCountDefault = 16 << 20
    /// How many elements a queue holds by default.
    public static let elementCountDefault = 64

    /// Bytes that may wait. An empty queue admits any one element, whatever its size.
    public var byteCountMaximum: Int
    /// Elements that may wait.
    public var elementCountMaximum: Int

    /// Makes limits.
    public init(
        byteCountMaximum: Int = byteCountDefault,
        elementCountMaximum: Int = elementCountDefault
    ) {
        precondition(byteCountMaximum > 0 && elementCountMaximum > 0, "a queue holds something")
        self.byteCountMaximum = byteCountMaximum
        self.elementCountMaximum = elementCountMaximum
    }
}
