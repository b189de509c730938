package import Configuration

/// The users of the configuration, by the octets that PPP authentication names them with.
package struct Users: Sendable {
    private var users: [[UInt8]: User] = [:]

    package init(_ configuration: Configuration) {
        // Names are unique: Configuration sees to it.
        users = Dictionary(
            configuration.users.map { (Array($0.name.utf8), $0) }, uniquingKeysWith: { first, _ in first })
    }

    package var count: Int { users.count }

    /// The user with exactly these octets as a name.
    package subscript(name: [UInt8]) -> User? { users[name] }

    package subscript(name: String) -> User? { users[Array(name.utf8)] }
}
