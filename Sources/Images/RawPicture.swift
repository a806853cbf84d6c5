public import Buffers
public import FrameFormat

/// A raw frame, ready to be made into an image.
public struct RawPicture {
    /// The planes, tight.
    public var payload: Buffer
    /// Where they stand.
    public var planes: [PlaneLayout]
    /// Visible columns.
    public var width: Int
    /// Visible rows.
    public var height: Int
    /// Where the components stand in the planes.
    public var layout: SampleLayout
    /// What the numbers mean.
    public var color: ColorDecision
    /// Light of the brightest pixel of the master in cd/m², where somebody says it.
    public var peakLuminance: Double?

    /// Joins a raw frame with what its numbers mean.
    public init(_ frame: Frame, layout: SampleLayout, color: ColorDecision) {
        payload = frame.payload
        planes = frame.header.planes
        width = Int(frame.header.width)
        height = Int(frame.header.height)
        self.layout = layout
        self.color = color
    }
}
