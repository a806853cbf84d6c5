internal import FFmpeg
internal import Stages

extension MediaInput {
    /// Where FFmpeg finds it, file by file.
    var locations: [MediaLocation] {
        switch self {
        case .file(let path): [.file(path)]
        case .url(let url): [.url(url)]
        case .standardInput: [.standardInput]
        case .images(_, let paths): paths.map { .file($0) }
        }
    }
}
