// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The format, the stores, the images and the owners of FFmpeg's objects, for sanitizers and the
// fuzzer.
//
// Sources and tests are the package's own, through the links in this folder. A dependency on the
// package would build them as another package's, where `package` declarations cannot be seen, and
// all the rest of it as well.

// What Debian's own Swift needs, as in the package above.
let isDebianSwift = FileManager.default.fileExists(
    atPath: "/usr/libexec/swift/bin/swift-frontend"
)
let compilerSettings: [SwiftSetting] =
    isDebianSwift ? [.unsafeFlags(["-Xfrontend", "-sil-verify-none"])] : []
let testLinkerSettings: [LinkerSetting] =
    isDebianSwift ? [.unsafeFlags(["-L\(Context.packageDirectory)/Linked-Tests/Debian"])] : []

/// The rules that every module is compiled under, as in the package above.
let settings: [SwiftSetting] =
    compilerSettings + [
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .treatWarning("StrictMemorySafety", as: .warning),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]

/// For modules that return spans of memory they own.
let lifetimes: [SwiftSetting] = settings + [.enableExperimentalFeature("Lifetimes")]

let package = Package(
    name: "fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    ],
    targets: [
        .target(name: "CPlatform", path: "Linked-Sources/CPlatform"),
        .target(
            name: "Buffers",
            dependencies: ["CPlatform"],
            path: "Linked-Sources/Buffers",
            swiftSettings: lifetimes
        ),
        .target(
            name: "FileNames",
            dependencies: [.product(name: "SystemPackage", package: "swift-system")],
            path: "Linked-Sources/FileNames",
            swiftSettings: settings
        ),
        .target(
            name: "FrameFormat",
            dependencies: ["Buffers"],
            path: "Linked-Sources/FrameFormat",
            swiftSettings: lifetimes
        ),
        .target(
            name: "ByteStreams",
            dependencies: [
                "Buffers", "FileNames",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Linked-Sources/ByteStreams",
            swiftSettings: settings
        ),
        .target(
            name: "FileStreams",
            dependencies: [
                "Buffers", "ByteStreams", "CPlatform", "FileNames",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Linked-Sources/FileStreams",
            swiftSettings: settings
        ),
        .systemLibrary(name: "CCrypto", path: "Linked-Sources/CCrypto", pkgConfig: "libcrypto"),
        .target(
            name: "Digests",
            dependencies: ["CCrypto"],
            path: "Linked-Sources/Digests",
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CFFmpeg",
            path: "Linked-Sources/CFFmpeg",
            pkgConfig: "libavformat"
        ),
        .target(
            name: "FFmpeg",
            dependencies: ["CFFmpeg", "FileNames"],
            path: "Linked-Sources/FFmpeg",
            swiftSettings: lifetimes
        ),
        .systemLibrary(name: "CZimg", path: "Linked-Sources/CZimg", pkgConfig: "zimg"),
        .systemLibrary(
            name: "CTurboJPEG",
            path: "Linked-Sources/CTurboJPEG",
            pkgConfig: "libturbojpeg"
        ),
        .systemLibrary(name: "CDeflate", path: "Linked-Sources/CDeflate", pkgConfig: "libdeflate"),
        .target(
            name: "Images",
            dependencies: ["Buffers", "FrameFormat", "CZimg", "CTurboJPEG", "CDeflate"],
            path: "Linked-Sources/Images",
            swiftSettings: lifetimes
        ),
        // What the fuzzer calls; `run` compiles it once more, with the fuzzer's own main function.
        .target(
            name: "DecoderFuzz",
            dependencies: ["Buffers", "FrameFormat"],
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: ["Buffers", "FrameFormat", "ByteStreams"],
            path: "Linked-Tests/TestSupport",
            swiftSettings: settings
        ),
        // What every store promises, as checks for the tests of any store.
        .target(
            name: "StoreContract",
            dependencies: ["Buffers", "ByteStreams", "TestSupport"],
            path: "Linked-Tests/StoreContract",
            swiftSettings: settings
        ),
        .testTarget(
            name: "BuffersTests",
            dependencies: ["Buffers", "TestSupport"],
            path: "Linked-Tests/BuffersTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "FrameFormatTests",
            dependencies: ["FrameFormat", "TestSupport"],
            path: "Linked-Tests/FrameFormatTests",
            resources: [.copy("Fixtures")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Buffers", "ByteStreams", "FileStreams", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Linked-Tests/SimulationTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "ByteStreamsTests",
            dependencies: ["ByteStreams", "FileStreams", "StoreContract", "TestSupport"],
            path: "Linked-Tests/ByteStreamsTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "ImagesTests",
            dependencies: ["Images", "TestSupport"],
            path: "Linked-Tests/ImagesTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "FFmpegTests",
            dependencies: ["Buffers", "Digests", "FFmpeg", "TestSupport"],
            path: "Linked-Tests/FFmpegTests",
            swiftSettings: settings,
            linkerSettings: testLinkerSettings
        ),
    ],
    swiftLanguageModes: [.v6]
)
