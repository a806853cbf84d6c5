internal import Buffers
internal import Dispatch
internal import FFmpeg
internal import FrameFormat
internal import Synchronization

/// Copies the pixels of one picture while the decoder works on the next: the thread that feeds a
/// decoder of several threads keeps one of them idle for as long as it does something else.
///
/// Used by one task at a time, whose thread may block; it has a thread of its own.
final class PictureCopier {
    /// A place for a picture, which belongs to the decoder or to the copier's thread.
    final class Slot: @unchecked Sendable {  // Never to both: who has it waits for the other.
        var picture: Picture
        fileprivate let payload = Mutex<Result<Buffer, any Error>?>(nil)

        fileprivate init() throws {
            picture = try Picture()
        }
    }

    private let framer: PictureFramer
    private let slots: (Slot, Slot)
    private var isFirstFree = true
    private var outline: Frame?
    private let queue = DispatchQueue(label: "decode.copy")
    private let work = DispatchGroup()

    init(_ framer: PictureFramer) throws {
        self.framer = framer
        slots = (try Slot(), try Slot())
    }

    /// Where the next picture goes.
    var free: Slot { isFirstFree ? slots.0 : slots.1 }

    /// Begins to copy the picture in ``free``, whose frame is `outline` but for the pixels.
    /// Nothing else may be on its way.
    func begin(_ outline: Frame) {
        precondition(self.outline == nil, "one picture is copied at a time")
        self.outline = outline
        let slot = free
        isFirstFree.toggle()
        queue.async(group: work) { [framer] in
            let payload = Result { try framer.payload(of: slot.picture) }
            slot.picture.reset()
            slot.payload.withLock { $0 = payload }
        }
    }

    /// Waits for the frame that is on its way; `nil` for none.
    func finish() throws -> Frame? {
        guard var frame = outline.take() else { return nil }
        work.wait()
        let slot = isFirstFree ? slots.1 : slots.0
        guard let payload = slot.payload.withLock({ $0.take() }) else {
            preconditionFailure("a copy that is done has a result")
        }
        frame.payload = try payload.get()
        return frame
    }
}
