package import Addresses

/// `[[callee]]`: a PPPoE subscriber whom an LNS may have us call (RFC 2661 section 5.2.2).
package struct Callee: Hashable, Sendable {
    /// The Called Number that an LNS asks for.
    package var number: String
    /// The `[[pppoe]]` interface that the subscriber is on.
    package var interface: String
    package var mac: MACAddress
    /// A program that wakes the subscriber; an absolute path.
    package var hook: String?
    package var hookTimeout: Duration
    /// How long the subscriber has to answer.
    package var timeout: Duration

    package init(
        number: String, interface: String, mac: MACAddress, hook: String? = nil, hookTimeout: Duration = .seconds(10),
        timeout: Duration = .seconds(60)
    ) {
        self.number = number
        self.interface = interface
        self.mac = mac
        self.hook = hook
        self.hookTimeout = hookTimeout
        self.timeout = timeout
    }
}

extension Callee {
    init?(reading table: inout TableReader, interfaces: Declared<AccessInterface>) {
        let number = table.required("number", "a number of 1 to 64 visible characters") { text in
            (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) } ? text : nil
        }
        let interface = table.reference("interface", to: interfaces, declaredBy: "[[pppoe]]")
        let mac = table.required("mac", "a MAC address (\"02:00:00:00:00:01\")") { text in
            MACAddress(text).flatMap { $0.isGroup ? nil : $0 }
        }
        let hook = table.hook()
        let timeout = table.seconds("timeout", in: 1...300, default: .seconds(60))
        guard let number, let interface, let mac else { return nil }
        self.init(
            number: number, interface: interface.interface, mac: mac, hook: hook.program, hookTimeout: hook.timeout,
            timeout: timeout)
    }
}

extension TableReader {
    /// `hook` and `hook_timeout`: a program that is told of something, and how long it may take.
    mutating func hook() -> (program: String?, timeout: Duration) {
        let program = optional("hook", "the absolute path of a program") { $0.hasPrefix("/") ? $0 : nil }
        return (program, seconds("hook_timeout", in: 1...300, default: .seconds(10)))
    }
}
