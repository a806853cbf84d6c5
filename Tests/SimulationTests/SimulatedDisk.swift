import TestSupport

/// What a disk and the memory before it hold: a value, so that a moment can be kept and crashed in
/// many ways.
///
/// Files and folders each have a durable state and a current one. A sync makes the current state
/// durable; a crash keeps the durable one, and of what came later whatever the dice say.
struct SimulatedDisk {
    /// Where a name stands.
    struct Place: Hashable {
        var folder: Int
        var name: String
    }

    /// A change of a file's bytes that is not synced.
    enum Change {
        case write(position: Int, bytes: [UInt8])
        case resize(Int)
    }

    /// A file or a folder.
    struct Node {
        var isFolder = false
        var durable: [UInt8] = []
        var current: [UInt8] = []
        var pending: [Change] = []
    }

    /// A change of names that is not synced.
    enum NameChange {
        case add(Place, node: Int)
        case remove(Place)
        case move(Place, to: Place, node: Int)

        fileprivate func touches(_ folder: Int) -> Bool {
            switch self {
            case .add(let place, _), .remove(let place): place.folder == folder
            case .move(let place, let new, _): place.folder == folder || new.folder == folder
            }
        }
    }

    /// The node of the topmost folder.
    static let root = 0
    /// What a disk writes as a whole.
    static let sectorByteCount = 512

    private(set) var nodes: [Node] = [Node(isFolder: true)]
    private(set) var names: [Place: Int] = [:]
    private var durableNames: [Place: Int] = [:]
    private var pendingNames: [NameChange] = []

    /// The node under a name.
    func node(_ place: Place) -> Int? { names[place] }

    /// The names in a folder.
    func names(in folder: Int) -> [String] {
        names.keys.filter { $0.folder == folder }.map(\.name)
    }

    /// Makes a file or folder.
    mutating func make(_ place: Place, isFolder: Bool) -> Int {
        nodes.append(Node(isFolder: isFolder))
        names[place] = nodes.count - 1
        pendingNames.append(.add(place, node: nodes.count - 1))
        return nodes.count - 1
    }

    /// Removes a name.
    mutating func remove(_ place: Place) {
        names[place] = nil
        pendingNames.append(.remove(place))
    }

    /// Renames.
    mutating func move(_ place: Place, to new: Place) {
        guard let node = names.removeValue(forKey: place) else { return }
        names[new] = node
        pendingNames.append(.move(place, to: new, node: node))
    }

    /// Makes the names in a folder durable.
    mutating func syncNames(of folder: Int) {
        for change in pendingNames where change.touches(folder) { apply(change) }
        pendingNames.removeAll { $0.touches(folder) }
    }

    private mutating func apply(_ change: NameChange) {
        switch change {
        case .add(let place, let node): durableNames[place] = node
        case .remove(let place): durableNames[place] = nil
        case .move(let place, let new, let node):
            durableNames[place] = nil
            durableNames[new] = node
        }
    }

    /// Writes to a file.
    mutating func write(_ bytes: [UInt8], at position: Int, of node: Int) {
        Self.write(bytes[...], at: position, to: &nodes[node].current)
        nodes[node].pending.append(.write(position: position, bytes: bytes))
    }

    /// Makes a file shorter or longer.
    mutating func resize(_ node: Int, to byteCount: Int) {
        Self.resize(&nodes[node].current, to: byteCount)
        nodes[node].pending.append(.resize(byteCount))
    }

    /// Makes durable what was written to a file and is not yet.
    mutating func sync(_ node: Int) {
        for change in nodes[node].pending { Self.apply(change, to: &nodes[node].durable) }
        nodes[node].pending = []
    }

    /// A sync that fails: of what was not durable some is lost for good, though memory still shows
    /// it, and a later sync finds nothing left to do.
    mutating func failSync(_ node: Int, using generator: inout SeededGenerator) {
        let seen = nodes[node].current
        nodes[node] = Self.survivor(of: nodes[node], .subset, using: &generator)
        nodes[node].current = seen
    }

    /// Reads from the disk what memory showed.
    mutating func forget(_ node: Int) {
        guard nodes[node].pending.isEmpty else { return }
        nodes[node].current = nodes[node].durable
    }

    /// Changes the bytes of a file behind everybody's back.
    mutating func damage(_ node: Int, _ body: (inout [UInt8]) -> Void) {
        body(&nodes[node].current)
        nodes[node].durable = nodes[node].current
        nodes[node].pending = []
    }

    /// What survives of a crash.
    enum Survival: CaseIterable {
        /// The process ends; the system goes on.
        case everything
        /// Only what was synced.
        case synced
        /// What was not synced, up to a moment.
        case prefix
        /// Some of it in any order, sector by sector.
        case subset
    }

    /// The disk after a crash.
    func crashed(_ survival: Survival, using generator: inout SeededGenerator) -> SimulatedDisk {
        // What memory has, a later crash may still lose.
        if survival == .everything { return self }
        var disk = self
        switch survival {
        case .everything, .synced: break
        case .prefix:
            let count = Int.random(in: 0...pendingNames.count, using: &generator)
            disk.pendingNames.prefix(count).forEach { disk.apply($0) }
        case .subset:
            for change in pendingNames where Bool.random(using: &generator) { disk.apply(change) }
        }
        disk.pendingNames = []
        disk.names = disk.durableNames
        for index in disk.nodes.indices {
            disk.nodes[index] = Self.survivor(of: disk.nodes[index], survival, using: &generator)
        }
        return disk
    }

    private static func survivor(
        of node: Node,
        _ survival: Survival,
        using generator: inout SeededGenerator
    ) -> Node {
        var node = node
        switch survival {
        case .everything, .synced: break
        case .prefix:
            let count = Int.random(in: 0...node.pending.count, using: &generator)
            for change in node.pending.prefix(count) { apply(change, to: &node.durable) }
        case .subset:
            for change in node.pending {
                applyPart(of: change, to: &node.durable, using: &generator)
            }
        }
        node.current = node.durable
        node.pending = []
        return node
    }

    private static func apply(_ change: Change, to bytes: inout [UInt8]) {
        switch change {
        case .write(let position, let written): write(written[...], at: position, to: &bytes)
        case .resize(let byteCount): resize(&bytes, to: byteCount)
        }
    }

    /// Some sectors of a write, or its size without its bytes.
    private static func applyPart(
        of change: Change,
        to bytes: inout [UInt8],
        using generator: inout SeededGenerator
    ) {
        guard case .write(let position, let written) = change else {
            if Bool.random(using: &generator) { apply(change, to: &bytes) }
            return
        }
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: break
        case 1: write(written[...], at: position, to: &bytes)
        case 2: resize(&bytes, to: max(bytes.count, position + written.count))
        default:
            for start in stride(from: 0, to: written.count, by: sectorByteCount)
            where Bool.random(using: &generator) {
                let sector = written[start..<min(start + sectorByteCount, written.count)]
                write(sector, at: position + start, to: &bytes)
            }
        }
    }

    private static func write(_ part: ArraySlice<UInt8>, at position: Int, to bytes: inout [UInt8])
    {
        let end = position + part.count
        if bytes.count < end { resize(&bytes, to: end) }
        bytes.replaceSubrange(position..<end, with: part)
    }

    private static func resize(_ bytes: inout [UInt8], to byteCount: Int) {
        if byteCount < bytes.count {
            bytes.removeLast(bytes.count - byteCount)
        } else {
            bytes += [UInt8](repeating: 0, count: byteCount - bytes.count)
        }
    }
}
