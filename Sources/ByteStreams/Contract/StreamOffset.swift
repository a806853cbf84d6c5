/// A place in a stream: bytes since the first byte ever appended. It means the same in every store.
public struct StreamOffset: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The count of bytes before it.
    public let value: UInt64

    /// The place behind `value` bytes.
    public init(_ value: UInt64) {
        self.value = value
    }

    /// The first byte ever appended.
    public static let zero = StreamOffset(0)

    /// The place `byteCount` bytes further on.
    public func advanced(by byteCount: Int) -> StreamOffset {
        StreamOffset(value + UInt64(byteCount))
    }

    /// Orders places by their distance from the start.
    public static func < (left: StreamOffset, right: StreamOffset) -> Bool {
        left.value < right.value
    }

    /// The count as text.
    public var description: String { "\(value)" }
}

/// What there is of a stream.
public struct StreamBounds: Hashable, Sendable {
    /// The first byte that can be read.
    public var head: StreamOffset
    /// The place behind the last durable byte.
    public var tail: StreamOffset
    /// Whether nothing can be appended any more.
    public var isSealed: Bool

    /// Makes bounds.
    public init(head: StreamOffset, tail: StreamOffset, isSealed: Bool) {
        self.head = head
        self.tail = tail
        self.isSealed = isSealed
    }
}
