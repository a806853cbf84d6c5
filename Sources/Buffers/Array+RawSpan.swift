extension [UInt8] {
    /// The bytes as a raw span, valid while the array is borrowed.
    ///
    /// `span.bytes` counts as unsafe from Swift 6.3 on and as safe before; this is one place for
    /// both. Bytes have no padding that the raw view could show.
    package var rawSpan: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = span
            return unsafe _overrideLifetime(span.bytes, borrowing: self)
        }
    }
}
