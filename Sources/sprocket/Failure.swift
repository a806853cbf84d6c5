import ByteStreams
import FFmpeg
import FrameFormat
import FrameStreams
import Jobs
import Pipelines
import Stages

/// The status and the line that an error ends the command with: the one place that knows them all.
struct Failure {
    let status: ExitStatus
    /// What to say; `nil` when nobody is left to listen.
    let line: String?

    /// - Returns: `nil` for errors of the argument parser, which speaks for itself.
    init?(_ error: any Error) {
        switch error {
        case let error as CommandError:
            self.init(status: error.status, line: error.description)
        case let error as StageError:
            let status = Self.status(of: error.code)
            self.init(status: status, line: error.code == .outputClosed ? nil : error.message)
        case let error as StreamError:
            self.init(status: Self.status(of: error.code), line: error.description)
        case let error as UsageError:
            self.init(status: .usage, line: "\(error); --help says more")
        case let error as PolicyRefusal:
            self.init(
                status: .usage,
                line:
                    "the store of \(error.stream) cannot do what \(Self.flag(error.aspect)) asks; leave it out"
            )
        case let error as SelectionError:
            self.init(status: Self.status(of: error.code), line: error.message)
        case let error as FormatError:
            self.init(status: .badInput, line: "\(error)")
        case let error as FFmpegError:
            self.init(status: .badInput, line: "\(error)")
        case let error as PipelineError:
            // The stage matters to whoever mends the program; the cause to whoever uses it.
            self.init(error.cause)
        case is CancellationError:
            self.init(status: .temporary, line: "stopped before the end")
        default:
            return nil
        }
    }

    private init(status: ExitStatus, line: String?) {
        self.status = status
        self.line = line
    }

    private static func flag(_ aspect: StorageAspect) -> String {
        switch aspect {
        case .sync: "--sync"
        case .room: "--full-disk"
        case .retention: "--retain"
        }
    }

    private static func status(of code: StageError.Code) -> ExitStatus {
        switch code {
        case .noInput: .noInput
        case .badInput: .badInput
        case .unsuitable: .usage
        case .refused: .refused
        case .cannotCreate: .cannotCreate
        case .inputOutput: .inputOutput
        case .outputClosed: .done
        case .temporary: .temporary
        }
    }

    private static func status(of code: SelectionError.Code) -> ExitStatus {
        switch code {
        case .damaged: .badInput
        case .partOfGroup: .usage
        default: .fault
        }
    }

    private static func status(of code: StreamError.Code) -> ExitStatus {
        switch code {
        case .notFound: .noInput
        case .locked, .fenced, .cancelled: .temporary
        case .sealed, .denied: .refused
        case .cannotCreate: .cannotCreate
        case .damaged: .badInput
        case .full, .inputOutput: .inputOutput
        case .unavailable: .unavailable
        case .truncated, .invalid, .tooLarge: .usage
        default: .fault
        }
    }
}
