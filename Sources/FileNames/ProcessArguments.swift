/// What the process was started with.
public enum ProcessArguments {
    /// The arguments behind the program's own name, as names of files: Swift's own list has lost
    /// the bytes that are no UTF-8.
    public static var names: [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { return nil }
            let bytes = unsafe UnsafeBufferPointer(start: argument, count: length(argument))
            return unsafe String(fileName: bytes.map { UInt8(bitPattern: $0) })
        }
    }

    private static func length(_ argument: UnsafePointer<CChar>) -> Int {
        var count = 0
        while unsafe argument[count] != 0 { count += 1 }
        return count
    }
}
