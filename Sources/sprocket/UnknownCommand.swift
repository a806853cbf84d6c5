import ArgumentParser

/// A word in the place of a command that is none, and the command that may be meant.
enum UnknownCommand {
    /// What to say and what to do; `nil` where every command is one that there is.
    static func complaint(
        about arguments: [String],
        of root: any ParsableCommand.Type
    ) -> String? {
        var path = [root._commandName]
        var command = root
        // `help COMMAND` names commands as well.
        var words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
        while let word = words.popFirst(), !word.hasPrefix("-"), word != "help" {
            let commands = command.configuration.subcommands
            if commands.isEmpty { return nil }
            let names = commands.map { $0._commandName }
            guard let index = names.firstIndex(of: word) else {
                return text(word, in: command, path)
            }
            command = commands[index]
            path.append(word)
        }
        return nil
    }

    private static func text(
        _ word: String,
        in command: any ParsableCommand.Type,
        _ path: [String]
    ) -> String {
        let start = "there is no command '\((path.dropFirst() + [word]).joined(separator: " "))'"
        guard let nearest = nearest(to: word, in: command, path) else {
            let names = command.configuration.subcommands.map { $0._commandName }
            return "\(start); there are \(names.joined(separator: ", "))"
        }
        return "\(start); did you mean '\(nearest.joined(separator: " "))'?"
    }

    /// The command whose name is most like a word, at this level or below it.
    private static func nearest(
        to word: String,
        in command: any ParsableCommand.Type,
        _ path: [String]
    ) -> [String]? {
        var found: (path: [String], distance: Int)?
        for path in candidates(below: command, path) {
            let name = path.last ?? ""
            let distance = distance(word, name)
            guard distance <= max(1, word.count / 2) || name.hasPrefix(word) else { continue }
            if let found, found.distance <= distance { continue }
            found = (path, distance)
        }
        return found?.path
    }

    /// All commands, those of a level in front of those below it.
    private static func candidates(
        below command: any ParsableCommand.Type,
        _ path: [String]
    ) -> [[String]] {
        let commands = command.configuration.subcommands
        return commands.map { path + [$0._commandName] }
            + commands.flatMap { candidates(below: $0, path + [$0._commandName]) }
    }

    /// How many letters are to be put in, left out, replaced or swapped to make one of the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased()), Array(right.lowercased()))
        var rows = [Array(0...right.count)]
        for (row, letter) in left.enumerated() {
            var next = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(rows[row][column + 1], next[column]) + 1
                best = min(best, rows[row][column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    best = min(best, rows[row - 1][column - 1] + 1)
                }
                next.append(best)
            }
            rows.append(next)
        }
        return rows[left.count][right.count]
    }
}
