/// The way from the planes of a picture to those of an image: one graph, or two with the light
/// mapped between them.
final class ConversionChain {
    /// What a chain is made for.
    struct Key: Hashable {
        var source: ZimgGraph.Format
        var target: ZimgGraph.Format
        /// The part of the source that is scaled to the target's size.
        var region: ZimgGraph.Region?
        /// In cd/m²; `nil` where the light stays as it is.
        var peakLuminance: Double?
    }

    private let first: ZimgGraph
    private let mapping: (map: ToneMap, planes: [SamplePlane?], second: ZimgGraph)?
    private let result: [SamplePlane?]

    init(_ key: Key) throws(ImageError) {
        var target = key.target
        result = target.makePlanes()
        guard let peak = key.peakLuminance else {
            first = try ZimgGraph(
                from: key.source.withoutLight,
                region: key.region,
                to: target.withoutLight
            )
            mapping = nil
            return
        }
        var linear = target
        linear.family = .rgb
        linear.columnShift = 0
        linear.rowShift = 0
        linear.sample = .float
        linear.depth = 32
        linear.matrix = 0
        linear.primaries = 1
        linear.transfer = 8
        first = try ZimgGraph(from: key.source, region: key.region, to: linear)
        target.primaries = 1
        target.transfer = 13
        mapping = (
            ToneMap(peakLuminance: peak, unit: ZimgGraph.nominalLuminance),
            linear.makePlanes(),
            try ZimgGraph(from: linear, to: target)
        )
    }

    /// Converts planes; the result is overwritten by the next run.
    func run(_ planes: [SamplePlane?]) throws(ImageError) -> [SamplePlane?] {
        guard let mapping else {
            try first.process(planes, into: result)
            return result
        }
        try first.process(planes, into: mapping.planes)
        mapping.map.apply(to: mapping.planes)
        try mapping.second.process(mapping.planes, into: result)
        return result
    }
}

extension ZimgGraph.Format {
    /// The same with no word about primaries and transfer, which stay as they are, but where the
    /// matrix follows from them.
    fileprivate var withoutLight: ZimgGraph.Format {
        let derived: Set<UInt8> = [10, 12, 13, 14]
        guard !derived.contains(matrix) else { return self }
        var format = self
        format.primaries = 2
        format.transfer = 2
        return format
    }
}
