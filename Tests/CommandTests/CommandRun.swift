import Foundation
import Testing

/// What a program that ran has said, and how it ended.
struct CommandRun {
    let status: Int32
    let output: Data
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }

    /// Runs `sprocket` as a user would.
    static func sprocket(
        _ arguments: String...,
        in folder: URL,
        input: URL? = nil
    ) throws -> CommandRun {
        try run(program, arguments, in: folder, input: input)
    }

    /// Runs `sprocket` with arguments that were put together.
    static func sprocket(_ arguments: [String], in folder: URL) throws -> CommandRun {
        try run(program, arguments, in: folder, input: nil)
    }

    /// Runs another program from the path.
    static func tool(_ name: String, _ arguments: String..., in folder: URL) throws -> CommandRun {
        try run(URL(fileURLWithPath: "/usr/bin/env"), [name] + arguments, in: folder, input: nil)
    }

    /// Runs another program from the path, with arguments that were put together.
    static func tool(_ name: String, _ arguments: [String], in folder: URL) throws -> CommandRun {
        try run(URL(fileURLWithPath: "/usr/bin/env"), [name] + arguments, in: folder, input: nil)
    }

    /// The program that the package built beside its tests.
    static var program: URL {
        let top = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        #if DEBUG
            return top.appendingPathComponent(".build/debug/sprocket")
        #else
            return top.appendingPathComponent(".build/release/sprocket")
        #endif
    }

    private static func run(
        _ program: URL,
        _ arguments: [String],
        in folder: URL,
        input: URL?
    ) throws -> CommandRun {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? .nullDevice
        // Files, not pipes: nothing has to be read while the program runs.
        let name = UUID().uuidString
        let outputFile = folder.appendingPathComponent(".\(name).output")
        let errorFile = folder.appendingPathComponent(".\(name).errors")
        for file in [outputFile, errorFile] {
            try #require(FileManager.default.createFile(atPath: file.path, contents: nil))
        }
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
        process.waitUntilExit()
        defer {
            for file in [outputFile, errorFile] { unsafe unlink(file.path) }
        }
        return CommandRun(
            status: process.terminationStatus,
            output: try Data(contentsOf: outputFile),
            errors: try String(contentsOf: errorFile, encoding: .utf8)
        )
    }
}

extension URL {
    /// Starts `sprocket` in this folder, and does not wait for it.
    func startSprocket(_ arguments: String..., input: Any = FileHandle.nullDevice) throws -> Process
    {
        let process = Process()
        process.executableURL = CommandRun.program
        process.arguments = arguments
        process.currentDirectoryURL = self
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
