import ControlProtocol

/// What a packet says, for people. No secret is in it: not what proves somebody's identity, and nothing that it could be
/// guessed from.
struct Reading: Equatable {
    /// An AVP, an option or a tag, by its RFC's name. The value is empty where it says all by being there.
    struct Field: Encodable, Equatable {
        var name: String
        var value: String

        init(_ name: String, _ value: String = "") {
            self.name = name
            self.value = value
        }
    }

    /// "SCCRQ", "LCP Configure-Request", "PADI".
    var title: String
    /// A control message's Ns and Nr (RFC 2661 section 5.8).
    var numbers: Numbers?
    /// What a PPP request and its answer have in common.
    var identifier: UInt8?
    var fields: [Field] = []
    /// The name that a subscriber, or a LAC for him, gives.
    var user: String?
    /// An acknowledgement or a HELLO, which tells nothing of any session.
    var isRoutine = false

    struct Numbers: Equatable {
        var ns: UInt16
        var nr: UInt16
    }

    init(_ title: String) {
        self.title = title
    }

    init(_ packet: PacketRecord) {
        switch packet.kind {
        case .l2tp: self.init(datagram: packet.octets)
        case .ppp: self.init(frame: packet.octets)
        case .pppoe: self.init(discovery: packet.octets)
        }
    }

    static let redacted = "(redacted)"

    static func size(_ octets: some Collection<UInt8>) -> String { "(\(octets.count) octets)" }

    /// At most 16 octets of it.
    static func hexadecimal(_ octets: some Collection<UInt8>) -> String {
        let digits = octets.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return octets.count > 16 ? "\(digits)… \(size(octets))" : digits
    }
}
