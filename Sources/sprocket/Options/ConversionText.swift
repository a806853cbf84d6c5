import ArgumentParser
import FrameFormat
import Jobs
import Stages

/// Reads `--size` and `--pixel-format`.
enum ConversionText {
    static func conversion(size: String?, pixelFormat: String?) throws -> Conversion {
        var conversion = Conversion()
        if let size {
            guard let (width, height) = SelectionText.size(size) else {
                throw ValidationError("'\(size)' is not a size; write WxH as in 640x360")
            }
            conversion.width = Int(width)
            conversion.height = Int(height)
        }
        if let pixelFormat {
            guard let format = PixelFormat(name: pixelFormat), format.layout != nil else {
                throw ValidationError(
                    "'\(pixelFormat)' is no pixel format that can be stored; yuv420p and rgb24 are"
                )
            }
            conversion.pixelFormat = format
        }
        return conversion
    }
}
