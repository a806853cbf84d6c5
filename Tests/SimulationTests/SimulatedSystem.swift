import Buffers
import ByteStreams
import SystemPackage
import TestSupport

@testable import FileStreams

/// Files, locks and time over a simulated disk, in which any call can fail.
///
/// Used by one thread.
final class SimulatedSystem: FileSystem, FileLocks, StoreClock, @unchecked Sendable {
    /// What a call does.
    enum Operation: Hashable, CaseIterable {
        case open, names, kind, makeFolder, remove, rename, syncFolder
        case byteCount, read, write, sync, resize, reserve, lock
    }

    /// What happens instead.
    enum Outcome {
        case done
        case failed(Errno)
        /// Half of what was asked.
        case short
    }

    /// The error of every call after the process is dead.
    static let dead = Errno.noSuchProcess

    var disk: SimulatedDisk
    var generator: SeededGenerator
    /// How many calls were made.
    private(set) var callCount = 0
    /// Asked before each call, with its number.
    var onCall: (Operation, Int) -> Outcome = { _, _ in .done }
    private var time = Duration.zero
    private var lockedNodes: [Int: ObjectIdentifier] = [:]

    init(_ disk: SimulatedDisk, seed: UInt64) {
        self.disk = disk
        generator = SeededGenerator(seed: seed)
    }

    /// The world of a store that runs here.
    var environment: StoreEnvironment {
        StoreEnvironment(
            files: self,
            locks: self,
            changes: NoFileChanges("simulated disks do not tell"),
            clock: self,
            random: { self.generator.next() }
        )
    }

    /// Counts a call, and decides what becomes of it.
    ///
    /// - Returns: Whether it does only half of what was asked.
    @discardableResult
    fileprivate func begin(_ operation: Operation) throws(Errno) -> Bool {
        defer { callCount += 1 }
        switch onCall(operation, callCount) {
        case .done: return false
        case .short: return true
        case .failed(let error): throw error
        }
    }

    private func place(_ path: FilePath) throws(Errno) -> SimulatedDisk.Place {
        var folder = SimulatedDisk.root
        var names = path.components.map(\.string)
        guard let last = names.popLast() else { throw .invalidArgument }
        for name in names {
            guard let node = disk.node(.init(folder: folder, name: name)) else {
                throw .noSuchFileOrDirectory
            }
            guard disk.nodes[node].isFolder else { throw .notDirectory }
            folder = node
        }
        return SimulatedDisk.Place(folder: folder, name: last)
    }

    private func node(_ path: FilePath) throws(Errno) -> Int {
        if path.components.isEmpty { return SimulatedDisk.root }
        guard let node = disk.node(try place(path)) else { throw .noSuchFileOrDirectory }
        return node
    }

    func open(_ path: FilePath, _ mode: FileOpening) throws(Errno) -> any OpenFile {
        try begin(.open)
        let place = try place(path)
        if let node = disk.node(place) {
            guard mode.creation != .always else { throw .fileExists }
            guard !disk.nodes[node].isFolder else { throw .isDirectory }
            return SimulatedFile(self, node, isDirect: mode.isDirect)
        }
        guard mode.creation != .never else { throw .noSuchFileOrDirectory }
        return SimulatedFile(self, disk.make(place, isFolder: false), isDirect: mode.isDirect)
    }

    func names(in folder: FilePath) throws(Errno) -> [String] {
        try begin(.names)
        let node = try node(folder)
        guard disk.nodes[node].isFolder else { throw .notDirectory }
        return disk.names(in: node)
    }

    func kind(of path: FilePath) throws(Errno) -> FileKind {
        try begin(.kind)
        return disk.nodes[try node(path)].isFolder ? .folder : .file
    }

    func makeFolder(_ path: FilePath) throws(Errno) {
        try begin(.makeFolder)
        let place = try place(path)
        guard disk.node(place) == nil else { throw .fileExists }
        _ = disk.make(place, isFolder: true)
    }

    func remove(_ path: FilePath, _ kind: FileKind) throws(Errno) {
        try begin(.remove)
        let node = try node(path)
        guard disk.nodes[node].isFolder == (kind == .folder) else { throw .isDirectory }
        guard kind == .file || disk.names(in: node).isEmpty else { throw .directoryNotEmpty }
        disk.remove(try place(path))
    }

    func rename(_ path: FilePath, to new: FilePath, _ kind: FileKind) throws(Errno) {
        try begin(.rename)
        _ = try node(path)
        let target = try place(new)
        if let node = disk.node(target) {
            guard kind == .folder, disk.nodes[node].isFolder else { throw .fileExists }
            guard disk.names(in: node).isEmpty else { throw .directoryNotEmpty }
        }
        disk.move(try place(path), to: target)
    }

    func syncFolder(_ path: FilePath) throws(Errno) {
        try begin(.syncFolder)
        disk.syncNames(of: try node(path))
    }

    func lock(_ file: any OpenFile) throws(Errno) {
        try begin(.lock)
        guard let file = file as? SimulatedFile else { throw .badFileDescriptor }
        let holder = ObjectIdentifier(file)
        guard lockedNodes[file.node, default: holder] == holder else {
            throw .resourceTemporarilyUnavailable
        }
        lockedNodes[file.node] = holder
    }

    func isLocked(_ file: any OpenFile) throws(Errno) -> Bool {
        guard let file = file as? SimulatedFile else { throw .badFileDescriptor }
        return lockedNodes[file.node] != nil
    }

    fileprivate func unlock(_ file: SimulatedFile) {
        if lockedNodes[file.node] == ObjectIdentifier(file) { lockedNodes[file.node] = nil }
    }

    func now() -> Duration { time }

    func wait(_ duration: Duration) { time += duration }
}

/// An open file of a simulated system.
private final class SimulatedFile: OpenFile, @unchecked Sendable {
    let isDirect: Bool
    let node: Int
    private let system: SimulatedSystem

    init(_ system: SimulatedSystem, _ node: Int, isDirect: Bool) {
        self.system = system
        self.node = node
        self.isDirect = isDirect
    }

    deinit {
        system.unlock(self)
    }

    func byteCount() throws(Errno) -> Int {
        try system.begin(.byteCount)
        return system.disk.nodes[node].current.count
    }

    func read(
        into buffer: inout MutableBuffer,
        _ range: Range<Int>,
        at position: Int
    ) throws(Errno) -> Int {
        let isShort = try system.begin(.read)
        let contents = system.disk.nodes[node].current
        var count = min(range.count, max(0, contents.count - position))
        if isShort, count > 1 { count /= 2 }
        guard count > 0 else { return 0 }
        let part = contents.rawSpan.extracting(position..<position + count)
        buffer.copy(part, at: range.lowerBound)
        return count
    }

    func write(_ vector: WriteVector, at position: Int) throws(Errno) -> Int {
        let isShort = try system.begin(.write)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vector.byteCount + vector.skippedByteCount)
        for buffer in vector.buffers {
            unsafe buffer.bytes.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        bytes.removeFirst(vector.skippedByteCount)
        let sector = SimulatedDisk.sectorByteCount
        if isShort { bytes.removeLast(bytes.count / sector / 2 * sector) }
        // Direct I/O takes nothing but whole sectors.
        guard !isDirect || (bytes.count.isMultiple(of: sector) && position.isMultiple(of: sector))
        else { throw .invalidArgument }
        system.disk.write(bytes, at: position, of: node)
        return bytes.count
    }

    func sync(forgetsCache: Bool) throws(Errno) {
        do {
            try system.begin(.sync)
        } catch {
            if error != SimulatedSystem.dead {
                system.disk.failSync(node, using: &system.generator)
            }
            throw error
        }
        system.disk.sync(node)
        if forgetsCache { system.disk.forget(node) }
    }

    func resize(to byteCount: Int) throws(Errno) {
        try system.begin(.resize)
        system.disk.resize(node, to: byteCount)
    }

    func reserve(_ range: Range<Int>) throws(Errno) {
        try system.begin(.reserve)
        if range.upperBound > system.disk.nodes[node].current.count {
            system.disk.resize(node, to: range.upperBound)
        }
    }
}
