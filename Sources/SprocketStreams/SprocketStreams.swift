// Everything that a program needs that writes and reads streams of frames on the local disk, by one
// import. Each of these modules can be imported by itself as well.
@_exported public import Buffers
@_exported public import ByteStreams
@_exported public import FileStreams
@_exported public import FrameFormat
@_exported public import FrameStreams
@_exported public import SystemPackage
