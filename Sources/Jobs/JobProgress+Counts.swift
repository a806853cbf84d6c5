internal import Stages

extension JobProgress {
    /// What a sink has written so far, of an unknown whole.
    init(_ counts: OutputCounts, fraction: Double? = nil) {
        self.init(
            frameCount: counts.frameCount,
            byteCount: counts.byteCount,
            fraction: fraction
        )
    }
}
