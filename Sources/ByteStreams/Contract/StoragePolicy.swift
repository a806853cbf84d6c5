/// How streams are written, as far as every store may be asked for it. What only one kind of store
/// knows belongs to the URL that names the store.
public struct StoragePolicy: Hashable, Sendable {
    /// What an acknowledgement promises.
    public var sync = SyncLevel.group
    /// Whether a writer waits for room where there is none. Otherwise it fails with `full`.
    public var waitsForRoom = true
    /// Bytes that a writer keeps of the stream: those before them are freed in steps, as far as so
    /// many remain. `nil` keeps everything.
    public var retainedByteCount: Int?

    /// The defaults: durable, patient, and nothing is given up.
    public init() {}
}
