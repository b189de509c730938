import Glibc

/// The first two numbers of the kernel's release: "6.1.0-56-amd64" is 6.1.
package struct KernelRelease: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var major: Int
    package var minor: Int

    package init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Nil when the text does not begin with two numbers.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1].prefix(while: \.isWholeNumber))
        else { return nil }
        self.init(major, minor)
    }

    /// The running kernel's release.
    package static func running() throws(Errno) -> KernelRelease {
        var name = utsname()
        _ = try systemCall("uname") { unsafe uname(&name) }
        let text = unsafe withUnsafeBytes(of: name.release) { octets in
            unsafe String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard let release = KernelRelease(text) else { throw Errno("uname", code: EINVAL) }
        return release
    }

    package var description: String { "\(major).\(minor)" }

    package static func < (left: KernelRelease, right: KernelRelease) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
