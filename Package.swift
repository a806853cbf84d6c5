// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Whether this is Debian's own Swift, which lies in this folder alone.
let isDebianSwift = FileManager.default.fileExists(
    atPath: "/usr/libexec/swift/bin/swift-frontend"
)

/// It is built with assertions, and its check of intermediate code takes sound code for wrong, which official
/// builds of the same version compile.
let compilerSettings: [SwiftSetting] =
    isDebianSwift ? [.unsafeFlags(["-Xfrontend", "-sil-verify-none"])] : []

/// It lacks the library that joins Testing with Foundation, and links it where both are imported. An empty one
/// does, since no test calls it.
let testLinkerSettings: [LinkerSetting] =
    isDebianSwift ? [.unsafeFlags(["-L\(Context.packageDirectory)/Tests/Debian"])] : []

/// The rules that every module is compiled under.
let settings: [SwiftSetting] =
    compilerSettings + [
        .strictMemorySafety(),  // SE-0458: unsafe code says `unsafe`.
        .treatAllWarnings(as: .error),  // SE-0480
        // What counts as unsafe in the standard library differs from one version of Swift to the next.
        .treatWarning("StrictMemorySafety", as: .warning),
        .enableUpcomingFeature("ExistentialAny"),  // SE-0335
        .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
        .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    ]

/// For modules that return spans of memory they own.
let lifetimes: [SwiftSetting] = settings + [.enableExperimentalFeature("Lifetimes")]

let package = Package(
    name: "sprocket",
    products: [
        .executable(name: "sprocket", targets: ["sprocket"]),
        .library(name: "SprocketStreams", targets: ["SprocketStreams"]),
        .library(name: "Buffers", targets: ["Buffers"]),
        .library(name: "FrameFormat", targets: ["FrameFormat"]),
        .library(name: "ByteStreams", targets: ["ByteStreams"]),
        .library(name: "FileStreams", targets: ["FileStreams"]),
        .library(name: "FrameStreams", targets: ["FrameStreams"]),
        .library(name: "FFmpeg", targets: ["FFmpeg"]),
        .library(name: "Images", targets: ["Images"]),
        .library(name: "Pipelines", targets: ["Pipelines"]),
        .library(name: "Stages", targets: ["Stages"]),
        .library(name: "MediaStages", targets: ["MediaStages"]),
        .library(name: "ImageStages", targets: ["ImageStages"]),
        .library(name: "Jobs", targets: ["Jobs"]),
    ],
    dependencies: [
        // Flags, help, completions.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        // Levels of the lines that the command shows.
        .package(url: "https://github.com/apple/swift-log", from: "1.9.0"),
        // Deque, for queues.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // FilePath, FileDescriptor, Errno.
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        // `make docs`.
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
    ],
    targets: [
        // System calls and processor instructions that Swift cannot name.
        .target(name: "CPlatform"),
        // Names of files as bytes, in text and back.
        .target(
            name: "FileNames",
            dependencies: [.product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: settings
        ),
        // FFmpeg's headers.
        .systemLibrary(
            name: "CFFmpeg",
            pkgConfig: "libavformat",
            providers: [
                .apt([
                    "libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev",
                ])
            ]
        ),
        // Page-aligned pooled memory and its checksum.
        .target(name: "Buffers", dependencies: ["CPlatform"], swiftSettings: lifetimes),
        // The frame format and its specification.
        .target(name: "FrameFormat", dependencies: ["Buffers"], swiftSettings: lifetimes),
        // The contract of a stream store, where streams are, and the store in memory.
        .target(
            name: "ByteStreams",
            dependencies: [
                "Buffers", "FileNames",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // The store on the local disk.
        .target(
            name: "FileStreams",
            dependencies: [
                "Buffers", "ByteStreams", "CPlatform", "FileNames",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // SHA-256 by the processor's instructions.
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        // The only importer of OpenSSL's headers.
        .target(name: "Digests", dependencies: ["CCrypto"], swiftSettings: settings),
        // Frames in byte streams: what is written, found again, selected, and checked; no FFmpeg.
        .target(
            name: "FrameStreams",
            dependencies: ["Buffers", "FrameFormat", "ByteStreams"],
            swiftSettings: settings
        ),
        // The five modules above by one import, for programs that keep streams on the local disk.
        .target(
            name: "SprocketStreams",
            dependencies: [
                "Buffers", "ByteStreams", "FileStreams", "FrameFormat", "FrameStreams",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // The only importer of FFmpeg's headers.
        .target(name: "FFmpeg", dependencies: ["CFFmpeg", "FileNames"], swiftSettings: lifetimes),
        // Conversion between colour spaces, bit depths and sizes, exact in all of them.
        .systemLibrary(name: "CZimg", pkgConfig: "zimg", providers: [.apt(["libzimg-dev"])]),
        // JPEG files.
        .systemLibrary(
            name: "CTurboJPEG",
            pkgConfig: "libturbojpeg",
            providers: [.apt(["libturbojpeg0-dev"])]
        ),
        // The compression inside PNG files.
        .systemLibrary(
            name: "CDeflate",
            pkgConfig: "libdeflate",
            providers: [.apt(["libdeflate-dev"])]
        ),
        // Raw frames as still images in their true colours; the only importer of these three.
        .target(
            name: "Images",
            dependencies: [
                "Buffers", "FrameFormat", "CPlatform", "CZimg", "CTurboJPEG", "CDeflate",
            ],
            swiftSettings: lifetimes
        ),
        // The engine; knows no codec and no store.
        .target(
            name: "Pipelines",
            dependencies: [
                "FrameFormat",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: settings
        ),
        // Stages of streams, raw frames and text; links neither FFmpeg nor the libraries of images.
        .target(
            name: "Stages",
            dependencies: [
                "Buffers", "ByteStreams", "Digests", "FileNames", "FrameFormat", "FrameStreams",
                "Pipelines",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // Stages that take media apart, decode, convert, encode and write them: all that needs FFmpeg but images.
        .target(
            name: "MediaStages",
            dependencies: [
                "Buffers", "ByteStreams", "FFmpeg", "FileNames", "FrameFormat", "FrameStreams",
                "Pipelines", "Stages",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // Stages that make still images; links the libraries of images beside FFmpeg.
        .target(
            name: "ImageStages",
            dependencies: [
                "Buffers", "CPlatform", "Digests", "FFmpeg", "FileNames", "FrameFormat",
                "FrameStreams", "Images", "MediaStages", "Pipelines", "Stages",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // The work of the command and of workers, as values; knows no kind of store.
        .target(
            name: "Jobs",
            dependencies: [
                "Buffers", "ByteStreams", "FileNames", "FrameFormat", "FrameStreams", "ImageStages",
                "MediaStages", "Pipelines", "Stages",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // The command.
        .executableTarget(
            name: "sprocket",
            dependencies: [
                "Buffers", "ByteStreams", "FFmpeg", "FileNames", "FileStreams", "FrameFormat",
                "FrameStreams", "ImageStages", "Images", "Jobs", "MediaStages", "Pipelines",
                "Stages",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // Seeded generators, makers of frames, temporary folders.
        .target(
            name: "TestSupport",
            dependencies: ["Buffers", "FrameFormat", "ByteStreams"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        // What every store promises, as checks for the tests of any store.
        .target(
            name: "StoreContract",
            dependencies: ["Buffers", "ByteStreams", "TestSupport"],
            path: "Tests/StoreContract",
            swiftSettings: settings
        ),
        // What the torture of the file store runs, kills and lies to: Tests/Torture.
        .executableTarget(
            name: "store-workload",
            dependencies: [
                "Buffers", "ByteStreams", "FileStreams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/Torture/Workload",
            swiftSettings: settings
        ),
        // What only a process of its own can measure: Scripts/bench.
        .executableTarget(
            name: "store-benchmark",
            dependencies: [
                "Buffers", "ByteStreams", "FileStreams", "FrameFormat", "FrameStreams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Benchmarks/Store",
            swiftSettings: settings
        ),
        .testTarget(
            name: "BuffersTests",
            dependencies: ["Buffers", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "FrameFormatTests",
            dependencies: ["FrameFormat", "TestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ByteStreamsTests",
            dependencies: ["ByteStreams", "FileStreams", "StoreContract", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Buffers", "ByteStreams", "FileStreams", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "FrameStreamsTests",
            dependencies: ["FileStreams", "FrameStreams", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SprocketStreamsTests",
            dependencies: ["SprocketStreams", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ImagesTests",
            dependencies: ["Images", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "FFmpegTests",
            dependencies: ["Buffers", "Digests", "FFmpeg", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DigestsTests",
            dependencies: ["Buffers", "Digests", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PipelinesTests",
            dependencies: ["Pipelines", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StagesTests",
            dependencies: ["Digests", "Stages", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MediaStagesTests",
            dependencies: ["ByteStreams", "FrameStreams", "MediaStages", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ImageStagesTests",
            dependencies: ["ImageStages", "Images", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "JobsTests",
            dependencies: [
                "ByteStreams", "FrameFormat", "FrameStreams", "ImageStages", "Jobs", "MediaStages",
                "Stages", "TestSupport",
            ],
            swiftSettings: settings,
            linkerSettings: testLinkerSettings
        ),
        .testTarget(
            name: "TidyTests",
            swiftSettings: settings,
            linkerSettings: testLinkerSettings
        ),
        .testTarget(
            name: "CommandTests",
            dependencies: ["sprocket", "Digests", "FileStreams", "FrameStreams", "TestSupport"],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
