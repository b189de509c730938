import SystemPackage

/// Reads small files whole.
enum FileContents {
    /// A configuration is read into memory, so that a device or a log named by mistake must not fill it.
    private static let limit = 64 << 20

    struct TooLarge: Error, CustomStringConvertible {
        var description: String { "it is larger than \(FileContents.limit >> 20) MiB" }
    }

    static func read(_ path: FilePath) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var contents: [UInt8] = []
            while true {
                let part = try unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                    count = try unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if part.isEmpty { return contents }
                contents += part
                guard contents.count <= limit else { throw TooLarge() }
            }
        }
    }
}
