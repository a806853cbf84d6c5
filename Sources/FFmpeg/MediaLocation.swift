/// Where media lies.
public enum MediaLocation: Hashable, Sendable {
    /// A file of this machine, by a name of any bytes (`String(fileName:)`). Nothing in the path is
    /// taken for a protocol.
    case file(String)
    /// Anything that one of FFmpeg's protocols reaches.
    case url(String)
    /// What the process reads.
    case standardInput

    /// What FFmpeg is told, as the name of a file.
    var url: String {
        switch self {
        case .file(let path): "file:" + path
        case .url(let url): url
        case .standardInput: "pipe:0"
        }
    }
}

extension MediaLocation: CustomStringConvertible {
    /// The path, the URL, or `-`.
    public var description: String {
        switch self {
        case .file(let path): path
        case .url(let url): url
        case .standardInput: "-"
        }
    }
}
