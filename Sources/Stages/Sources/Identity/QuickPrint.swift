internal import Buffers
internal import Digests
internal import FoundationEssentials
public import FrameFormat
internal import SystemPackage

extension MediaInput {
    /// What tells the input from most others at once; `nil` for what is gone once it was read, and
    /// for what may change.
    ///
    /// Of a playlist it is that of its text alone.
    public func fingerprint() throws -> SourceFingerprint? {
        switch self {
        case .file(let path):
            guard FileIdentity(FilePath(path)) != nil else { return nil }
            return try QuickPrint.fingerprint(of: path)
        case .images(_, let paths):
            var total: UInt64 = 0
            var sum = SHA256()
            for path in paths {
                let print = try QuickPrint.fingerprint(of: path)
                total = total.addingReportingOverflow(print.byteCount).partialValue
                sum.update(print.digest.rawSpan)
            }
            return SourceFingerprint(byteCount: total, digest: sum.finish())
        case .url, .standardInput:
            return nil
        }
    }
}

/// A file's size, its first and its last 64 KiB.
private enum QuickPrint {
    /// Bytes of a file that are looked at in one place.
    private static let sampleByteCount = 64 << 10

    static func fingerprint(of path: String) throws -> SourceFingerprint {
        do {
            let file = try FileDescriptor.open(
                FilePath(path).onDisk,
                .readOnly,
                options: .closeOnExec
            )
            return try file.closeAfter {
                let size = try file.seek(offset: 0, from: .end)
                var sum = SHA256()
                let sizeBytes = (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
                sum.update(sizeBytes.rawSpan)
                for offset in [0, max(0, size - Int64(sampleByteCount))] {
                    let sample = try SourceReading.bytes(
                        of: file,
                        at: offset,
                        atMost: sampleByteCount
                    )
                    sum.update(sample.rawSpan)
                }
                return SourceFingerprint(byteCount: UInt64(size), digest: sum.finish())
            }
        } catch let error as Errno {
            throw StageError(.noInput, "\(path) cannot be read: \(error)")
        }
    }
}
