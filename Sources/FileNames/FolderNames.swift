internal import Glibc
public import SystemPackage

/// What a folder holds.
public enum FolderNames {
    /// The names in a folder, in any order, without `.` and `..` (readdir(3)).
    ///
    /// - Parameter folder: Its name, as `String(fileName:)` makes it.
    public static func read(_ folder: FilePath) throws(Errno) -> [String] {
        var opened = unsafe opendir(folder.string.systemName)
        while unsafe opened == nil, errno == EINTR {
            unsafe opened = opendir(folder.string.systemName)
        }
        guard let entries = unsafe opened else { throw Errno(rawValue: errno) }
        defer { unsafe closedir(entries) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(entries) else {
                if errno == EINTR { continue }
                break
            }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(fileName: Array(bytes.prefix { $0 != 0 }))
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw Errno(rawValue: errno) }
        return names
    }
}
