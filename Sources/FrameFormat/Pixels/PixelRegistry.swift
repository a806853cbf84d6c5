/// The layouts of FFmpeg 5.1's pixel formats of integer samples, in families that share a rule.
///
/// Formats of more than 8 bits exist in both byte orders, with `le` and `be` behind their names.
enum PixelRegistry {
    /// Every component has a plane of its own.
    private struct PlanarFamily {
        var name: String
        var components: Int
        var columnShift = 0
        var rowShift = 0
        var depths: [Int]
        var flags: PixelLayout.Flags = .planar
    }

    /// Luma has a plane, the two chroma components share one.
    private struct SemiPlanarFamily {
        var names: [String]
        var bits: Int
        var columnShift: Int
        var rowShift: Int
    }

    /// All components share a plane.
    private struct PackedFamily {
        var names: [String]
        var bitsPerStep: Int
        var columnShift = 0
        var components: Int
        var bits: Int
        var flags: PixelLayout.Flags = []
        var hasByteOrder = false
    }

    private static let planar: [PlanarFamily] = [
        PlanarFamily(
            name: "gray",
            components: 1,
            depths: [8, 9, 10, 12, 14, 16],
            flags: []
        ),
        PlanarFamily(name: "yuv410p", components: 3, columnShift: 2, rowShift: 2, depths: [8]),
        PlanarFamily(name: "yuv411p", components: 3, columnShift: 2, depths: [8]),
        PlanarFamily(
            name: "yuv420p",
            components: 3,
            columnShift: 1,
            rowShift: 1,
            depths: [8, 9, 10, 12, 14, 16]
        ),
        PlanarFamily(
            name: "yuv422p",
            components: 3,
            columnShift: 1,
            depths: [8, 9, 10, 12, 14, 16]
        ),
        PlanarFamily(name: "yuv440p", components: 3, rowShift: 1, depths: [8, 10, 12]),
        PlanarFamily(name: "yuv444p", components: 3, depths: [8, 9, 10, 12, 14, 16]),
        PlanarFamily(name: "yuvj411p", components: 3, columnShift: 2, depths: [8]),
        PlanarFamily(name: "yuvj420p", components: 3, columnShift: 1, rowShift: 1, depths: [8]),
        PlanarFamily(name: "yuvj422p", components: 3, columnShift: 1, depths: [8]),
        PlanarFamily(name: "yuvj440p", components: 3, rowShift: 1, depths: [8]),
        PlanarFamily(name: "yuvj444p", components: 3, depths: [8]),
        PlanarFamily(
            name: "yuva420p",
            components: 4,
            columnShift: 1,
            rowShift: 1,
            depths: [8, 9, 10, 16],
            flags: [.planar, .alpha]
        ),
        PlanarFamily(
            name: "yuva422p",
            components: 4,
            columnShift: 1,
            depths: [8, 9, 10, 12, 16],
            flags: [.planar, .alpha]
        ),
        PlanarFamily(
            name: "yuva444p",
            components: 4,
            depths: [8, 9, 10, 12, 16],
            flags: [.planar, .alpha]
        ),
        PlanarFamily(
            name: "gbrp",
            components: 3,
            depths: [8, 9, 10, 12, 14, 16],
            flags: [.planar, .rgb]
        ),
        PlanarFamily(
            name: "gbrap",
            components: 4,
            depths: [8, 10, 12, 16],
            flags: [.planar, .rgb, .alpha]
        ),
    ]

    private static let semiPlanar: [SemiPlanarFamily] = [
        SemiPlanarFamily(names: ["nv12", "nv21"], bits: 8, columnShift: 1, rowShift: 1),
        SemiPlanarFamily(names: ["nv16"], bits: 8, columnShift: 1, rowShift: 0),
        SemiPlanarFamily(names: ["nv24", "nv42"], bits: 8, columnShift: 0, rowShift: 0),
        SemiPlanarFamily(names: ["nv20", "p210"], bits: 10, columnShift: 1, rowShift: 0),
        SemiPlanarFamily(names: ["p010"], bits: 10, columnShift: 1, rowShift: 1),
        SemiPlanarFamily(names: ["p410"], bits: 10, columnShift: 0, rowShift: 0),
        SemiPlanarFamily(names: ["p016"], bits: 16, columnShift: 1, rowShift: 1),
        SemiPlanarFamily(names: ["p216"], bits: 16, columnShift: 1, rowShift: 0),
        SemiPlanarFamily(names: ["p416"], bits: 16, columnShift: 0, rowShift: 0),
    ]

    private static let packed: [PackedFamily] = [
        // Bits: the colours of a fax, and of the first graphics cards.
        PackedFamily(
            names: ["monow", "monob"],
            bitsPerStep: 1,
            components: 1,
            bits: 1,
            flags: .bitstream
        ),
        PackedFamily(
            names: ["rgb4", "bgr4"],
            bitsPerStep: 4,
            components: 3,
            bits: 2,
            flags: [.rgb, .bitstream]
        ),
        PackedFamily(
            names: ["rgb4_byte", "bgr4_byte"],
            bitsPerStep: 8,
            components: 3,
            bits: 2,
            flags: .rgb
        ),
        PackedFamily(names: ["rgb8", "bgr8"], bitsPerStep: 8, components: 3, bits: 3, flags: .rgb),
        PackedFamily(
            names: ["pal8"],
            bitsPerStep: 8,
            components: 1,
            bits: 8,
            flags: [.palette, .alpha]
        ),
        // Red, green and blue.
        PackedFamily(
            names: ["rgb444", "bgr444"],
            bitsPerStep: 16,
            components: 3,
            bits: 4,
            flags: .rgb,
            hasByteOrder: true
        ),
        PackedFamily(
            names: ["rgb555", "bgr555"],
            bitsPerStep: 16,
            components: 3,
            bits: 5,
            flags: .rgb,
            hasByteOrder: true
        ),
        PackedFamily(
            names: ["rgb565", "bgr565"],
            bitsPerStep: 16,
            components: 3,
            bits: 6,
            flags: .rgb,
            hasByteOrder: true
        ),
        PackedFamily(
            names: ["rgb24", "bgr24"],
            bitsPerStep: 24,
            components: 3,
            bits: 8,
            flags: .rgb
        ),
        PackedFamily(
            names: ["0rgb", "rgb0", "0bgr", "bgr0"],
            bitsPerStep: 32,
            components: 3,
            bits: 8,
            flags: .rgb
        ),
        PackedFamily(
            names: ["argb", "rgba", "abgr", "bgra"],
            bitsPerStep: 32,
            components: 4,
            bits: 8,
            flags: [.rgb, .alpha]
        ),
        PackedFamily(
            names: ["x2rgb10", "x2bgr10"],
            bitsPerStep: 32,
            components: 3,
            bits: 10,
            flags: .rgb,
            hasByteOrder: true
        ),
        PackedFamily(
            names: ["rgb48", "bgr48"],
            bitsPerStep: 48,
            components: 3,
            bits: 16,
            flags: .rgb,
            hasByteOrder: true
        ),
        PackedFamily(
            names: ["rgba64", "bgra64"],
            bitsPerStep: 64,
            components: 4,
            bits: 16,
            flags: [.rgb, .alpha],
            hasByteOrder: true
        ),
        // Luma and chroma, gray with alpha, and the colours of CIE.
        PackedFamily(
            names: ["yuyv422", "uyvy422", "yvyu422"],
            bitsPerStep: 32,
            columnShift: 1,
            components: 3,
            bits: 8
        ),
        PackedFamily(
            names: ["uyyvyy411"],
            bitsPerStep: 48,
            columnShift: 2,
            components: 3,
            bits: 8
        ),
        PackedFamily(
            names: ["y210"],
            bitsPerStep: 64,
            columnShift: 1,
            components: 3,
            bits: 10,
            hasByteOrder: true
        ),
        PackedFamily(
            names: ["ayuv64"],
            bitsPerStep: 64,
            components: 4,
            bits: 16,
            flags: .alpha,
            hasByteOrder: true
        ),
        PackedFamily(names: ["ya8"], bitsPerStep: 16, components: 2, bits: 8, flags: .alpha),
        PackedFamily(
            names: ["ya16"],
            bitsPerStep: 32,
            components: 2,
            bits: 16,
            flags: .alpha,
            hasByteOrder: true
        ),
        PackedFamily(
            names: ["xyz12"],
            bitsPerStep: 48,
            components: 3,
            bits: 12,
            hasByteOrder: true
        ),
        // Sensors; FFmpeg counts the bits of a green sample twice and so gives half of them.
        PackedFamily(
            names: ["bayer_bggr8", "bayer_rggb8", "bayer_gbrg8", "bayer_grbg8"],
            bitsPerStep: 8,
            components: 3,
            bits: 4,
            flags: [.rgb, .bayer]
        ),
        PackedFamily(
            names: ["bayer_bggr16", "bayer_rggb16", "bayer_gbrg16", "bayer_grbg16"],
            bitsPerStep: 16,
            components: 3,
            bits: 8,
            flags: [.rgb, .bayer],
            hasByteOrder: true
        ),
    ]

    /// Every layout by the name of its format.
    static let layouts: [String: PixelLayout] = {
        var layouts: [String: PixelLayout] = [:]
        /// Adds `name`, in both byte orders if it has any.
        func add(_ name: String, hasByteOrder: Bool, _ layout: PixelLayout) {
            guard hasByteOrder else { return layouts[name] = layout }
            layouts[name + "le"] = layout
            var bigEndian = layout
            bigEndian.flags.insert(.bigEndian)
            layouts[name + "be"] = bigEndian
        }
        for family in planar {
            for depth in family.depths {
                let name = depth == 8 ? family.name : "\(family.name)\(depth)"
                add(name, hasByteOrder: depth > 8, layout(of: family, depth: depth))
            }
        }
        for family in semiPlanar {
            for name in family.names {
                add(name, hasByteOrder: family.bits > 8, layout(of: family))
            }
        }
        for family in packed {
            let plane = PixelLayout.Plane(family.bitsPerStep, columnShift: family.columnShift)
            let layout = PixelLayout(
                planes: [plane],
                componentCount: family.components,
                bitsPerComponent: family.bits,
                flags: family.flags
            )
            for name in family.names { add(name, hasByteOrder: family.hasByteOrder, layout) }
        }
        return layouts
    }()

    private static func layout(of family: PlanarFamily, depth: Int) -> PixelLayout {
        let bits = depth > 8 ? 16 : 8
        let chroma = PixelLayout.Plane(
            bits,
            columnShift: family.columnShift,
            rowShift: family.rowShift
        )
        let full = PixelLayout.Plane(bits)
        return PixelLayout(
            planes: Array([full, chroma, chroma, full].prefix(family.components)),
            componentCount: family.components,
            bitsPerComponent: depth,
            flags: family.flags
        )
    }

    private static func layout(of family: SemiPlanarFamily) -> PixelLayout {
        let bits = family.bits > 8 ? 16 : 8
        let chroma = PixelLayout.Plane(
            2 * bits,
            columnShift: family.columnShift,
            rowShift: family.rowShift
        )
        return PixelLayout(
            planes: [PixelLayout.Plane(bits), chroma],
            componentCount: 3,
            bitsPerComponent: family.bits,
            flags: .planar
        )
    }
}
