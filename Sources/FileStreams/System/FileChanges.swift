package import SystemPackage

/// Tells when files change, so that nobody looks at intervals.
package protocol FileChanges: Sendable {
    /// Calls `onChange`, on any thread, after each change of the files, after one that was open for
    /// writing is closed, and after the folder is renamed or removed.
    ///
    /// - Returns: What is watched for as long as it lives.
    /// - Throws: Why changes cannot be told.
    func watch(
        _ files: [FilePath],
        in folder: FilePath,
        onChange: @escaping @Sendable () -> Void
    ) throws(ChangesUnknown) -> any AnyObject & Sendable
}

/// Why changes of files cannot be told.
package struct ChangesUnknown: Error {
    /// The reason, as the end of a sentence.
    package let reason: String

    /// Makes an error.
    package init(_ reason: String) {
        self.reason = reason
    }
}

/// Tells nothing: for file systems and simulations that cannot.
package struct NoFileChanges: FileChanges {
    private let reason: String

    /// Refuses with a reason.
    package init(_ reason: String) {
        self.reason = reason
    }

    /// Always throws.
    package func watch(
        _ files: [FilePath],
        in folder: FilePath,
        onChange: @escaping @Sendable () -> Void
    ) throws(ChangesUnknown) -> any AnyObject & Sendable {
        throw ChangesUnknown(reason)
    }
}
