@testable import Pipelines

/// An item of a queue that is only a number; items lost together become one item that counts them.
struct TokenItem: QueueItem, Equatable, ExpressibleByIntegerLiteral {
    struct Loss: QueueLoss, Equatable {
        var numbers: [Int]

        init(_ item: TokenItem) {
            numbers = item.numbers
        }

        /// Items below and above 100 stand for those of two sources.
        mutating func absorb(_ item: TokenItem) -> Bool {
            guard (numbers[0] < 100) == (item.numbers[0] < 100) else { return false }
            numbers += item.numbers
            return true
        }

        var item: TokenItem { TokenItem(numbers: numbers, isContent: false) }
    }

    /// One number for content; all that are missing for a note about a loss.
    var numbers: [Int]
    var isContent = true
    var isIndependent = false
    var byteCount = 1

    init(numbers: [Int], isContent: Bool) {
        self.numbers = numbers
        self.isContent = isContent
    }

    init(integerLiteral value: Int) {
        numbers = [value]
    }

    /// Content that is of use without what came before.
    static func key(_ number: Int, byteCount: Int = 1) -> TokenItem {
        var item = TokenItem(numbers: [number], isContent: true)
        item.isIndependent = true
        item.byteCount = byteCount
        return item
    }

    /// Content that needs what came before.
    static func delta(_ number: Int) -> TokenItem {
        TokenItem(numbers: [number], isContent: true)
    }

    /// A note of the source, or of the queue, about items that are missing.
    static func lost(_ numbers: Int...) -> TokenItem {
        TokenItem(numbers: numbers, isContent: false)
    }
}

/// The machine with numbers in place of continuations.
typealias TokenMachine = FrameQueueStateMachine<TokenItem, Int, Int>

extension FrameQueueStateMachine where Item == TokenItem {
    mutating func offer(_ item: TokenItem) -> OfferAction {
        offer(item, byteCount: item.byteCount)
    }
}
