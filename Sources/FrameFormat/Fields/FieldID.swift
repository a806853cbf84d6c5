/// The numbers of the fields of each type of record (specification, section 6).
///
/// No field of version 1 has the bit ``requiredBit``, since every reader of version 1 knows them
/// all.
enum FieldID {
    /// Set in the numbers of later fields without which the record would be misread.
    static let requiredBit: UInt16 = 1 << 15

    enum Frame {
        static let position: UInt16 = 1
        static let codec: UInt16 = 2
        static let dimensions: UInt16 = 3
        static let pixelFormat: UInt16 = 4
        static let planes: UInt16 = 5
        static let presentationTime: UInt16 = 6
        static let decodeTime: UInt16 = 7
        static let duration: UInt16 = 8
        static let captureTime: UInt16 = 9
        static let color: UInt16 = 10
        static let sampleAspectRatio: UInt16 = 11
        static let displayMatrix: UInt16 = 12
        static let fieldOrder: UInt16 = 13
        static let repeatCount: UInt16 = 14
        static let codecParametersIdentity: UInt16 = 15
        static let codecParameters: UInt16 = 16
        static let sideData: UInt16 = 17
        static let decoderContext: UInt16 = 18
        static let sampleAspectRatioProvenance: UInt16 = 20
        static let codedSampleAspectRatio: UInt16 = 21
        static let known = position...codedSampleAspectRatio
    }

    enum CodecParameters {
        static let codecTag: UInt16 = 1
        static let profile: UInt16 = 2
        static let level: UInt16 = 3
        static let bitsPerCodedSample: UInt16 = 4
        static let bitsPerRawSample: UInt16 = 5
        static let videoDelay: UInt16 = 6
        static let pixelFormat: UInt16 = 7
        static let extraData: UInt16 = 8
        static let known = codecTag...extraData
    }

    enum Gap {
        static let position: UInt16 = 1
        static let reason: UInt16 = 2
        static let range: UInt16 = 3
        static let presentationTime: UInt16 = 4
        static let detail: UInt16 = 5
        static let known = position...detail
    }

    enum Index {
        static let ordinal: UInt16 = 1
        static let links: UInt16 = 2
        static let sourceBeginDistance: UInt16 = 3
        static let totals: UInt16 = 4
        /// Not a field: what errors in the entries, which are the payload, are reported for.
        static let entries: UInt16 = 5
        static let sourceDigestDistance: UInt16 = 6
        static let known = ordinal...sourceDigestDistance
    }

    enum SourceBegin {
        static let sourceID: UInt16 = 1
        static let name: UInt16 = 2
        static let fingerprint: UInt16 = 3
        static let selection: UInt16 = 4
        static let totals: UInt16 = 5
        static let fileIdentity: UInt16 = 6
        static let fileListIdentity: UInt16 = 7
        static let known = sourceID...fileListIdentity
    }

    enum SourceEnd {
        static let sourceID: UInt16 = 1
        static let totals: UInt16 = 2
        static let content: UInt16 = 3
        static let fileIdentity: UInt16 = 4
        static let fileListIdentity: UInt16 = 5
        static let known = sourceID...fileListIdentity
    }

    enum Mark {
        static let key: UInt16 = 1
        static let value: UInt16 = 2
        static let known = key...value
    }
}
