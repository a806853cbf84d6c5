extension Rule {
    private struct Banned {
        let word: String
        let reason: String
        let instead: String
        var isAllowed: @Sendable (SourceFile) -> Bool = { _ in false }
    }

    private static let banned = [
        Banned(
            word: "try!",
            reason: "an error becomes a crash",
            instead: "throw, or catch and say with preconditionFailure why it cannot happen"
        ),
        Banned(
            word: "as!",
            reason: "a wrong guess becomes a crash",
            instead: "use as? in a guard that says what else it could be"
        ),
        Banned(
            word: "fatalError(",
            reason: "it does not say whose fault it is",
            instead: "use precondition for callers' errors, assert for ours, throw for the world"
        ),
        Banned(
            word: "print(",
            reason: "a library has no standard output",
            instead: "return it, throw it or log it",
            isAllowed: { $0.module == "sprocket" }
        ),
        Banned(
            word: "Task {",
            reason: "nobody waits for it and nobody hears its error",
            instead: "use a task group, or run()"
        ),
        Banned(
            word: "Task.detached",
            reason: "nobody waits for it and nobody hears its error",
            instead: "use a task group, or run()"
        ),
        Banned(
            word: "NSLock",
            reason: "it does not hold the value that it guards",
            instead: "use Mutex"
        ),
        Banned(
            word: "DispatchSemaphore",
            reason: "it blocks a thread of the pool",
            instead: "use a continuation"
        ),
        Banned(
            word: "Thread.sleep",
            reason: "it blocks a thread, and time decides nothing here",
            instead: "wait for what you wait for"
        ),
        Banned(
            word: "usleep",
            reason: "it blocks a thread, and time decides nothing here",
            instead: "wait for what you wait for"
        ),
    ]

    static let bannedWords = Rule("no word is used that the house does without") { file in
        banned.filter { !$0.isAllowed(file) }.flatMap { banned in
            file.findings { line in
                guard line.code.hasWord(banned.word) else { return nil }
                return "'\(banned.word)': \(banned.reason); \(banned.instead)"
            }
        }
    }

    static let unfinishedWork = Rule("no work is left for later in a comment") { file in
        ["TODO", "FIXME", "XXX"].flatMap { word in
            file.findings { line in
                guard line.comment.hasWord(word) else { return nil }
                return "'\(word)': nobody comes back for it; do it now, or file an issue"
            }
        }
    }
}
