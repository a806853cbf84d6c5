import Stages
import Testing

@Suite("NumberText")
struct NumberTextTests {
    @Test(
        "rounds as printf does",
        arguments: [
            (0.0, 0, "0"), (0.5, 0, "0"), (1.5, 0, "2"), (999.96, 1, "1000.0"), (-1.25, 2, "-1.25"),
            (1.0 / 3, 9, "0.333333333"), (-0.0, 1, "-0.0"), (.infinity, 3, "inf"),
        ]
    )
    func decimal(value: Double, digitCount: Int, text: String) {
        #expect(NumberText.decimal(value, fractionDigitCount: digitCount) == text)
    }

    @Test("holds the longest number there is")
    func longest() {
        let text = NumberText.decimal(-.greatestFiniteMagnitude, fractionDigitCount: 100)
        #expect(text.utf8.count == 411 && text.hasPrefix("-17976931348623157"))
    }

    @Test(
        "fills with zeros, and cuts nothing off",
        arguments: [(7, 3, "007"), (1234, 3, "1234"), (0, 1, "0"), (5, 0, "5")]
    )
    func zeroFilled(value: Int, digitCount: Int, text: String) {
        #expect(NumberText.zeroFilled(value, digitCount: digitCount) == text)
    }
}
