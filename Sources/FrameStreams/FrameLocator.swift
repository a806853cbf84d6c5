public import Buffers
public import ByteStreams
public import FrameFormat

/// Finds frames in a stream by number and by time.
public struct FrameLocator: Sendable {
    /// Where to start reading, and what is found there.
    public struct Place: Hashable, Sendable {
        /// The first byte of the record.
        public var offset: StreamOffset
        /// The number of the frame, or of the last frame before a record that is no frame.
        public var sequence: UInt64

        /// Joins an offset and a number.
        public init(offset: StreamOffset, sequence: UInt64) {
            self.offset = offset
            self.sequence = sequence
        }
    }

    /// Prepares to search; nothing is read yet.
    public init(_ reader: any ByteStreamReader, pool: BufferPool) {}

    /// The frame with this number, or the first one behind it that is there; `nil` behind the last frame.
    public mutating func locate(sequence: UInt64) async throws -> Place? { nil }

    /// A place from which reading forwards meets the frame shown at this time, if there is one.
    public mutating func locate(presentationTime: MediaTime) async throws -> Place? { nil }

    /// The first of the last `frameCount` frames; `nil` in a stream without frames.
    public mutating func locateLast(_ frameCount: UInt64) async throws -> Place? { nil }

    /// The last keyframe with a number up to this one, from which packets can be decoded; `nil` if none is left.
    public mutating func locateKeyframe(atOrBefore sequence: UInt64) async throws -> Place? { nil }
}
