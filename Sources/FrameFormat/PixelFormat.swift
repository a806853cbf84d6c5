/// How the samples of a raw picture are laid out, by FFmpeg's name for it.
public struct PixelFormat: Hashable, Sendable {
    /// The name that `av_get_pix_fmt_name` gives: `yuv420p`, `p010le`, `rgb24`.
    public let name: String

    /// Takes a name: 1 to 32 characters out of `a-z`, `0-9`, `_`, `-` and `.`.
    ///
    /// - Returns: `nil` for anything else. A name need not be in the registry; see ``layout``.
    public init?(name: String) {
        guard Codec.isValid(name) else { return nil }
        self.name = name
    }
}
