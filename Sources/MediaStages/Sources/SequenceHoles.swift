internal import Stages

/// The numbers that are missing in a numbered sequence of images. Pure.
struct SequenceHoles {
    /// What is missing before an image.
    struct Hole: Hashable {
        /// The first and the last number that is missing.
        var first, last: UInt64
        /// How many are missing.
        var count: UInt64
    }

    private let holes: [Int: Hole]

    /// Finds the numbers of `paths`, which match `pattern` and are in order, and their usual step.
    init(pattern: String, paths: [String]) {
        let numbers = paths.map { Self.number(of: $0, pattern: pattern) }
        let steps = zip(numbers, numbers.dropFirst()).map { before, after -> UInt64 in
            guard let before, let after, after > before else { return 0 }
            return after - before
        }
        guard let usual = Self.usualStep(steps) else {
            holes = [:]
            return
        }
        var holes: [Int: Hole] = [:]
        for (index, step) in steps.enumerated() where step > usual && step % usual == 0 {
            guard let before = numbers[index], let after = numbers[index + 1] else { continue }
            holes[index + 1] = Hole(
                first: before + usual,
                last: after - usual,
                count: step / usual - 1
            )
        }
        self.holes = holes
    }

    /// What is missing before the image with this place among the paths.
    func before(_ index: Int) -> Hole? { holes[index] }

    /// The smallest of the steps that are found most often, if at least every second is this one:
    /// where numbers are times, none is missed.
    private static func usualStep(_ steps: [UInt64]) -> UInt64? {
        let counts = Dictionary(grouping: steps.filter { $0 > 0 }, by: \.self).mapValues(\.count)
        guard let most = counts.values.max(), most * 2 >= steps.count else { return nil }
        return counts.filter { $0.value == most }.keys.min()
    }

    private static func number(of path: String, pattern: String) -> UInt64? {
        let name = path.split(separator: "/").last.map(Array.init) ?? []
        let model = pattern.split(separator: "/").last.map(Array.init) ?? []
        guard let percent = model.firstIndex(of: "%"),
            let end = model[percent...].firstIndex(of: "d")
        else { return nil }
        let suffixCount = model.count - end - 1
        guard name.count > percent + suffixCount else { return nil }
        return UInt64(String(name[percent..<name.count - suffixCount]))
    }
}

extension MediaInput {
    /// What is missing of a numbered sequence; `nil` for all else.
    var holes: SequenceHoles? {
        guard case .images(let pattern, let paths) = self else { return nil }
        return SequenceHoles(pattern: pattern, paths: paths)
    }
}
