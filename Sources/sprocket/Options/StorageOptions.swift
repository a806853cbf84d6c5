import ArgumentParser
import ByteStreams
import Jobs

/// How a stream is written.
struct StorageOptions: ParsableArguments {
    /// What an acknowledgement promises, by name.
    enum Level: String, ExpressibleByArgument, CaseIterable {
        case always, group, interval, os

        var level: SyncLevel {
            switch self {
            case .always: .always
            case .group: .group
            case .interval: .interval
            case .os: .os
            }
        }
    }

    /// What to do when there is no room.
    enum FullDisk: String, ExpressibleByArgument, CaseIterable {
        case wait, stop
    }

    @Option(
        help: """
            What survives the loss of power: all that is reported as stored (always, group), all but half a second \
            (interval), or what the system has written (os). Nothing is lost when the program is killed.
            """
    )
    var sync: Level = .group

    @Option(help: "On a full disk, wait until there is room, or stop with what is stored.")
    var fullDisk: FullDisk = .wait

    @Option(
        help: ArgumentHelp(
            "Keep about so much of the stream, and free what is older: 500MiB, 20GiB.",
            valueName: "size"
        )
    )
    var retain: String?

    /// What the flags ask of the store.
    func policy() throws -> StoragePolicy {
        var policy = StoragePolicy()
        policy.sync = sync.level
        policy.waitsForRoom = fullDisk == .wait
        if let retain {
            guard let byteCount = ByteText.byteCount(retain) else {
                throw ValidationError("'\(retain)' is not a size; write 500MiB or 20GiB")
            }
            policy.retainedByteCount = byteCount
        }
        return policy
    }
}
