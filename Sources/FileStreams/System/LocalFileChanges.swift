internal import CPlatform
internal import Dispatch
internal import FileNames
internal import Glibc
internal import Synchronization
package import SystemPackage

/// Changes of this computer's files, by inotify(7): one descriptor for the whole process, which
/// costs nothing while nothing changes.
package final class LocalFileChanges: FileChanges {
    private typealias Handler = @Sendable () -> Void

    private struct State {
        /// The system's number for a watched file, and who wants to hear of it.
        var handlers: [Int32: [UInt64: Handler]] = [:]
        var nextKey: UInt64 = 0
        var source: (any DispatchSourceRead)?
        var descriptor: Int32 = -1
    }

    /// What is watched, until nobody holds it.
    private final class Watch: Sendable {
        let changes: LocalFileChanges
        let numbers: [Int32]
        let key: UInt64

        init(_ changes: LocalFileChanges, _ numbers: [Int32], key: UInt64) {
            self.changes = changes
            self.numbers = numbers
            self.key = key
        }

        deinit {
            changes.forget(numbers, key: key)
        }
    }

    /// Events of one read(2).
    private static let eventCountMaximum = 64

    /// The one there is.
    package static let shared = LocalFileChanges()

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "streams.changes")

    private init() {}

    /// inotify_add_watch(2) for each.
    package func watch(
        _ files: [FilePath],
        in folder: FilePath,
        onChange: @escaping @Sendable () -> Void
    ) throws(ChangesUnknown) -> any AnyObject & Sendable {
        let isRemote = unsafe cplatform_is_remote(folder.string.systemName)
        guard isRemote == 0 else {
            throw ChangesUnknown("its file system does not tell of changes that others make")
        }
        let watched = state.withLock { state -> Result<([Int32], UInt64), ChangesUnknown> in
            if let failure = open(&state) { return .failure(failure) }
            state.nextKey += 1
            var numbers: [Int32] = []
            for path in files + [folder] {
                let number = unsafe cplatform_watch_add(
                    state.descriptor,
                    path.string.systemName,
                    path == folder ? 1 : 0
                )
                // A manifest that is missing is damage, and tells of nothing.
                if number == -ENOENT, path != folder { continue }
                guard number >= 0 else {
                    remove(numbers, key: state.nextKey, &state)
                    return .failure(Self.failure(-number))
                }
                state.handlers[number, default: [:]][state.nextKey] = onChange
                numbers.append(number)
            }
            return .success((numbers, state.nextKey))
        }
        let (numbers, key) = try watched.get()
        return Watch(self, numbers, key: key)
    }

    private static func failure(_ code: Int32) -> ChangesUnknown {
        ChangesUnknown("the system does not tell of changes (\(Errno(rawValue: code)))")
    }

    /// Opens the descriptor when it is first needed; it then stays open.
    private func open(_ state: inout State) -> ChangesUnknown? {
        guard state.source == nil else { return nil }
        let descriptor = cplatform_watch_open()
        guard descriptor >= 0 else { return Self.failure(-descriptor) }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.hear(descriptor) }
        source.resume()
        state.descriptor = descriptor
        state.source = source
        return nil
    }

    /// Reads what the system has to say, and passes it on.
    private func hear(_ descriptor: Int32) {
        var numbers = [Int32](repeating: 0, count: Self.eventCountMaximum)
        var heard: Set<Int32> = []
        while true {
            let count = unsafe numbers.withUnsafeMutableBufferPointer {
                unsafe cplatform_watch_read(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { break }
            heard.formUnion(numbers.prefix(count))
        }
        let handlers = state.withLock { state in
            // A negative number: more happened than the system could keep.
            let all = heard.contains { $0 < 0 } ? Set(state.handlers.keys) : heard
            return all.flatMap { state.handlers[$0].map { Array($0.values) } ?? [] }
        }
        for handler in handlers { handler() }
    }

    private func forget(_ numbers: [Int32], key: UInt64) {
        state.withLock { remove(numbers, key: key, &$0) }
    }

    private func remove(_ numbers: [Int32], key: UInt64, _ state: inout State) {
        for number in numbers {
            state.handlers[number]?.removeValue(forKey: key)
            guard state.handlers[number]?.isEmpty == true else { continue }
            state.handlers.removeValue(forKey: number)
            cplatform_watch_remove(state.descriptor, number)
        }
    }
}
