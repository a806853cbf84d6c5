import ByteStreams
import FileStreams

/// The kinds of stores that the command knows: the one place that names them.
enum Stores {
    static let directory = StoreDirectory([
        StoreLocation.fileScheme: { (opening) throws(StreamError) in try FileStreamStore(opening) }
    ])
}
