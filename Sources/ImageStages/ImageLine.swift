/// Images in the order of their frames, made by several workers and written by one.
///
/// Pure: it decides what may begin, and others do it.
struct ImageLine {
    /// What a task has done.
    enum Event: Sendable {
        /// A worker has made an image.
        case encoded(EncodedImage, Place)
        /// Images are written, in their order.
        case written([EncodedImage])
    }

    /// A frame that is being encoded.
    struct Place: Hashable, Sendable {
        let number: Int
        let worker: Int
        let byteCount: Int
    }

    /// Frames that a worker has at a time: the second is there when it is done with the first.
    static let frameCountPerWorker = 2
    /// Bytes of frames that are encoded at a time; one frame may have more.
    static let frameByteCountMaximum = 64 << 20
    /// Images that wait to be written at which no other frame is begun.
    static let waitingCountMaximum = 64
    /// Bytes of such images.
    static let waitingByteCountMaximum = 64 << 20

    /// Frames that each worker has.
    private var busy: [Int]
    private var frameByteCount = 0
    private var beginCount = 0
    /// The number of the next image that may be written.
    private var next = 0
    private var waiting: [Int: EncodedImage] = [:]
    private var waitingByteCount = 0
    private var isWriting = false

    init(workerCount: Int) {
        busy = Array(repeating: 0, count: workerCount)
    }

    /// Whether a frame may be begun; an empty line takes any.
    func hasRoom(for byteCount: Int) -> Bool {
        let count = busy.reduce(0, +)
        guard count > 0 || isWriting else { return true }
        return count < busy.count * Self.frameCountPerWorker
            && (count == 0 || frameByteCount + byteCount <= Self.frameByteCountMaximum)
            && waiting.count < Self.waitingCountMaximum
            && waitingByteCount < Self.waitingByteCountMaximum
    }

    /// Gives a frame to the worker that has the fewest.
    mutating func begin(_ byteCount: Int) -> Place {
        let worker = busy.indices.min { busy[$0] < busy[$1] } ?? 0
        busy[worker] += 1
        frameByteCount += byteCount
        defer { beginCount += 1 }
        return Place(number: beginCount, worker: worker, byteCount: byteCount)
    }

    /// Takes in what was done.
    ///
    /// - Returns: The images that are written now.
    mutating func settle(_ event: Event) -> [EncodedImage] {
        switch event {
        case .encoded(let image, let place):
            busy[place.worker] -= 1
            frameByteCount -= place.byteCount
            waiting[place.number] = image
            waitingByteCount += image.bytes.count
            return []
        case .written(let images):
            isWriting = false
            return images
        }
    }

    /// The images that are to be written now, if nobody writes; `nil` for none.
    mutating func beginWriting() -> [EncodedImage]? {
        guard !isWriting else { return nil }
        var images: [EncodedImage] = []
        while let image = waiting.removeValue(forKey: next) {
            waitingByteCount -= image.bytes.count
            images.append(image)
            next += 1
        }
        isWriting = !images.isEmpty
        return isWriting ? images : nil
    }
}
