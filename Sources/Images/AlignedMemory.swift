internal import Glibc

/// Memory for the rows of a plane, aligned as zimg wants it.
@safe
final class AlignedMemory {
    /// What zimg asks of addresses and strides.
    static let alignment = 64

    let address: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) {
        var address: UnsafeMutableRawPointer?
        let status = unsafe posix_memalign(&address, Self.alignment, max(byteCount, Self.alignment))
        guard status == 0, let address = unsafe address else {
            preconditionFailure("out of memory: \(byteCount) bytes were refused")
        }
        unsafe self.address = address
        self.byteCount = byteCount
    }

    deinit {
        unsafe free(address)
    }
}

/// A plane of samples of one size: somebody's memory, row by row.
@safe
struct SamplePlane {
    let address: UnsafeMutableRawPointer
    /// Bytes from one row to the next.
    let stride: Int
    let width: Int
    let height: Int
    /// What keeps the memory alive, where it is nobody else's.
    let owner: AlignedMemory?

    /// Memory of its own, with aligned rows.
    init(width: Int, height: Int, sampleByteCount: Int) {
        let alignment = AlignedMemory.alignment
        stride = (width * sampleByteCount + alignment - 1) / alignment * alignment
        let owner = AlignedMemory(byteCount: stride * height)
        self.owner = owner
        unsafe address = owner.address
        self.width = width
        self.height = height
    }

    /// Somebody's memory, which outlives the plane.
    init(
        borrowing address: UnsafeMutableRawPointer,
        stride: Int,
        width: Int,
        height: Int,
        owner: AlignedMemory? = nil
    ) {
        unsafe self.address = address
        self.stride = stride
        self.width = width
        self.height = height
        self.owner = owner
    }

    /// The upper left part.
    func cropped(width: Int, height: Int) -> SamplePlane {
        unsafe SamplePlane(
            borrowing: address,
            stride: stride,
            width: width,
            height: height,
            owner: owner
        )
    }

    func row(_ number: Int) -> UnsafeMutableRawPointer {
        unsafe address + number * stride
    }
}
