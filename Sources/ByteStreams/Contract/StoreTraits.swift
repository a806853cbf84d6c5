/// What stores differ in, said as values, so that nothing above asks which store it has.
///
/// The suite that every store passes asks them as well: what a store says here is what it does.
public struct StoreTraits: Hashable, Sendable {
    /// Whether a piece comes back as it was appended, with its checksum. Otherwise bytes come in
    /// whatever lengths the store likes.
    public var keepsPieces: Bool
    /// Whether the store checks its bytes, and reports damage as such. Otherwise only checksums in
    /// the bytes themselves tell.
    public var checksBytes: Bool
    /// Whether ``StoragePolicy/sync`` makes a difference. Otherwise everything acknowledged is as
    /// durable as ``durability`` says, whatever is asked for.
    public var honoursSyncLevel: Bool
    /// Whether a writer can wait for room, and can be told to fail instead.
    public var honoursRoomPolicy: Bool
    /// Whether a writer frees old bytes while it goes on (``StoragePolicy/retainedByteCount``).
    public var honoursRetention: Bool
    /// Whether a living writer can be made to end by ``StreamStore/openWriter(for:takingOver:)``.
    public var canTakeOver: Bool
    /// What an acknowledged byte survives, as the end of a sentence that begins with "survives".
    public var durability: String

    /// Makes traits.
    public init(
        keepsPieces: Bool,
        checksBytes: Bool,
        honoursSyncLevel: Bool,
        honoursRoomPolicy: Bool,
        honoursRetention: Bool,
        canTakeOver: Bool,
        durability: String
    ) {
        self.keepsPieces = keepsPieces
        self.checksBytes = checksBytes
        self.honoursSyncLevel = honoursSyncLevel
        self.honoursRoomPolicy = honoursRoomPolicy
        self.honoursRetention = honoursRetention
        self.canTakeOver = canTakeOver
        self.durability = durability
    }

    /// What of a policy a store with these traits cannot do; `nil` if it can do all of it.
    public func refusal(of policy: StoragePolicy) -> StorageAspect? {
        let standard = StoragePolicy()
        if policy.sync != standard.sync, !honoursSyncLevel { return .sync }
        if policy.waitsForRoom != standard.waitsForRoom, !honoursRoomPolicy { return .room }
        if policy.retainedByteCount != nil, !honoursRetention { return .retention }
        return nil
    }
}

/// A part of a ``StoragePolicy``.
public enum StorageAspect: Hashable, Sendable {
    /// ``StoragePolicy/sync``.
    case sync
    /// ``StoragePolicy/waitsForRoom``.
    case room
    /// ``StoragePolicy/retainedByteCount``.
    case retention
}
