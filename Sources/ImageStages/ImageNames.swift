internal import FrameFormat
internal import Stages
internal import SystemPackage

/// Names images by a template, none of them twice.
struct ImageNames {
    private let template: ImageNameTemplate
    private let stream: String
    private var taken: Set<String> = []

    /// Names the images of a stream, of which the last part of its path is used.
    init(_ template: ImageNameTemplate, stream: String) {
        self.template = template
        self.stream = FilePath(stream).lastComponent?.string ?? "stream"
    }

    /// The name of a frame's image.
    mutating func next(for header: FrameHeader, ending: String) throws -> String {
        let name = try template.name(for: header, stream: stream, ending: ending)
        guard taken.insert(name).inserted else {
            throw StageError(
                .cannotCreate,
                "two frames would be called \(name); put {sequence:06} into --name"
            )
        }
        return name
    }
}
