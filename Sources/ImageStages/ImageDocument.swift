internal import FrameFormat
internal import Images

/// An image as `manifest.ndjson` describes it.
struct ImageDocument: Encodable {
    /// What the numbers of the frame were taken for: code points of ITU-T H.273.
    struct Color: Encodable {
        let range: String
        let matrix: UInt8
        let primaries: UInt8
        let transfer: UInt8
        let chromaLocation: UInt8
        /// Those of the properties that nobody stated.
        let assumed: [String]
    }

    let byteCount: Int
    let width: Int
    let height: Int
    let sha256: String
    /// `nil` for a file that is copied.
    let color: Color?

    init(_ image: EncodedImage) {
        byteCount = image.bytes.count
        width = image.width
        height = image.height
        sha256 = image.digest.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0\(digits)" : digits
        }.joined()
        let names: [(ColorDecision.Assumed, String)] = [
            (.range, "range"), (.matrix, "matrix"), (.primaries, "primaries"),
            (.transfer, "transfer"), (.chromaLocation, "chromaLocation"),
        ]
        color = image.color.map { color in
            Color(
                range: color.isFullRange ? "full" : "limited",
                matrix: color.matrix,
                primaries: color.primaries,
                transfer: color.transfer,
                chromaLocation: color.chromaLocation,
                assumed: names.filter { color.assumed.contains($0.0) }.map(\.1)
            )
        }
    }
}
