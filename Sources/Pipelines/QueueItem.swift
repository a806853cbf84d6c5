/// What a queue has to know of the things that wait in it.
protocol QueueItem {
    /// What stands for items that were dropped.
    associatedtype Loss: QueueLoss where Loss.Item == Self

    /// What it weighs.
    var byteCount: Int { get }
    /// Whether it is part of what the queue carries, and no note about what is missing.
    var isContent: Bool { get }
    /// Whether it is of use to somebody who does not have what was sent before.
    var isIndependent: Bool { get }
}

/// Adjacent items that a queue dropped.
protocol QueueLoss {
    /// What was dropped.
    associatedtype Item

    /// Loses one item.
    init(_ item: Item)

    /// Loses the next item too.
    ///
    /// - Returns: Whether it could: some losses have to be told apart.
    mutating func absorb(_ item: Item) -> Bool

    /// What tells the consumer about it.
    var item: Item { get }
}
