package import Addresses

/// `[[user]]`: a subscriber whom we know without asking anybody.
package struct User: Hashable, Sendable {
    package var name: String
    package var password: Secret
    /// This user's own address, which nobody else is given.
    package var address: IPv4Address?

    package init(name: String, password: Secret, address: IPv4Address? = nil) {
        self.name = name
        self.password = password
        self.address = address
    }
}

extension User {
    init?(reading table: inout TableReader) {
        let name = table.requiredName("name")
        let password = table.secret("password")
        if !table.has("password"), !table.has("password_file") {
            table.refuse("password", "is missing; write password or password_file")
        }
        let address = table.optional("address", "an IPv4 address") { IPv4Address($0) }
        guard let name, let password else { return nil }
        self.init(name: name, password: password, address: address)
    }
}
