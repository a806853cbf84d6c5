/// The fields that say which files a source is (specification, section 6.6).
enum IdentityFields {
    /// Bytes of a SHA-256.
    static let digestByteCount = 32

    /// Writes an identity as the one or the other of two fields.
    static func append(
        _ identity: SourceIdentity?,
        file: UInt16,
        files: UInt16,
        to fields: inout FieldWriter
    ) {
        switch identity {
        case .file(let identity):
            fields.append(file) {
                $0.append(identity.device)
                $0.append(identity.inode)
                $0.append(identity.byteCount)
                $0.append(identity.modificationTime)
                $0.append(identity.changeTime)
            }
        case .files(let identity):
            fields.append(files) {
                $0.append(identity.fileCount)
                $0.append(identity.digest)
            }
        case nil: break
        }
    }

    /// The identity in one of two fields, that of one file before that of several.
    static func identity(
        in fields: FieldTable,
        file: UInt16,
        files: UInt16
    ) throws(FormatError) -> SourceIdentity? {
        let single = try fields.optional(file) { (reader) throws(FormatError) in
            FileIdentity(
                device: try reader.take(),
                inode: try reader.take(),
                byteCount: try reader.take(),
                modificationTime: try reader.take(),
                changeTime: try reader.take()
            )
        }
        let several = try fields.optional(files) { (reader) throws(FormatError) in
            FileListIdentity(
                fileCount: try reader.take(),
                digest: try reader.take(byteCount: digestByteCount)
            )
        }
        return single.map { .file($0) } ?? several.map { .files($0) }
    }

    static func append(_ content: SourceContent?, as id: UInt16, to fields: inout FieldWriter) {
        guard let content else { return }
        fields.append(id) {
            $0.append(content.byteCount)
            $0.append(content.digest)
        }
    }

    static func content(in fields: FieldTable, _ id: UInt16) throws(FormatError) -> SourceContent? {
        try fields.optional(id) { (reader) throws(FormatError) in
            SourceContent(
                byteCount: try reader.take(),
                digest: try reader.take(byteCount: digestByteCount)
            )
        }
    }
}
