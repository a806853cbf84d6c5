import CFFmpeg
import FileNames

/// Options for FFmpeg, by the names that `ffmpeg -h full` lists.
public struct Options: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// Names and values, in the order in which they are set; a later one replaces an earlier one.
    public var pairs: [(name: String, value: String)]

    /// Options from names and values.
    public init(_ pairs: [(name: String, value: String)] = []) {
        self.pairs = pairs
    }

    /// Options from a literal.
    public init(dictionaryLiteral elements: (String, String)...) {
        pairs = elements.map { (name: $0.0, value: $0.1) }
    }

    /// Whether both hold the same pairs in the same order.
    public static func == (left: Options, right: Options) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0 == $1 }
    }

    /// Hashes names and values.
    public func hash(into hasher: inout Hasher) {
        for pair in pairs {
            hasher.combine(pair.name)
            hasher.combine(pair.value)
        }
    }
}

/// An AVDictionary: what FFmpeg takes entries out of as it uses them.
@safe
struct OptionDictionary: ~Copyable {
    var pointer: OpaquePointer?

    init(_ options: Options) throws(FFmpegError) {
        var pointer: OpaquePointer?
        for (name, value) in options.pairs {
            let result = unsafe av_dict_set(&pointer, name, value.systemName, 0)
            if result < 0 {
                unsafe av_dict_free(&pointer)
                throw FFmpegError(
                    FFmpegError.Code(rawValue: result),
                    in: "av_dict_set",
                    on: name
                )
            }
        }
        unsafe self.pointer = pointer
    }

    deinit {
        var pointer = unsafe pointer
        unsafe av_dict_free(&pointer)
    }

    /// What is in there now.
    var pairs: [(name: String, value: String)] { unsafe Self.pairs(of: pointer) }

    /// Throws if FFmpeg left an option, which then is one that it does not know.
    func requireEmpty(after function: String) throws(FFmpegError) {
        let names = pairs.map(\.name)
        guard !names.isEmpty else { return }
        throw FFmpegError(
            .optionNotFound,
            in: function,
            on: names.joined(separator: ", ")
        )
    }

    /// The pairs of a dictionary that something else owns.
    static func pairs(of dictionary: OpaquePointer?) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        var entry = unsafe av_dict_get(dictionary, "", nil, AV_DICT_IGNORE_SUFFIX)
        while let current = unsafe entry {
            let name = unsafe String(cString: current.pointee.key)
            let value = unsafe String(cString: current.pointee.value)
            pairs.append((name, value))
            unsafe entry = av_dict_get(dictionary, "", current, AV_DICT_IGNORE_SUFFIX)
        }
        return pairs
    }
}
