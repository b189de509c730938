import FoundationEssentials

/// A folder that is there for one test.
final class TemporaryFolder {
    private let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/l2tpd-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    /// Writes a file and returns its path.
    func write(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        return file
    }

    deinit {
        // What is left of a test in the folder for temporary files harms nobody.
        try? FileManager.default.removeItem(atPath: path)
    }
}
