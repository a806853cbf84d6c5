/// Writes numbers of things for people.
public enum CountText {
    /// `1 frame`, `2 frames`.
    public static func text(_ count: UInt64, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// `1 frame marked corrupt`, `2 frames marked corrupt`.
    public static func text(_ count: UInt64, _ noun: String, _ rest: String) -> String {
        "\(text(count, noun)) \(rest)"
    }
}
