/// The value of a Message Type AVP (RFC 2661 section 3.2; IANA's l2tp-parameters).
package struct MessageType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let sccrq = MessageType(rawValue: 1)
    package static let sccrp = MessageType(rawValue: 2)
    package static let scccn = MessageType(rawValue: 3)
    package static let stopCCN = MessageType(rawValue: 4)
    package static let hello = MessageType(rawValue: 6)
    package static let ocrq = MessageType(rawValue: 7)
    package static let ocrp = MessageType(rawValue: 8)
    package static let occn = MessageType(rawValue: 9)
    package static let icrq = MessageType(rawValue: 10)
    package static let icrp = MessageType(rawValue: 11)
    package static let iccn = MessageType(rawValue: 12)
    package static let cdn = MessageType(rawValue: 14)
    package static let wen = MessageType(rawValue: 15)
    package static let sli = MessageType(rawValue: 16)
    /// Modem status (RFC 3573).
    package static let mdmst = MessageType(rawValue: 17)
    /// Service relay request and reply (RFC 3817).
    package static let srrq = MessageType(rawValue: 18)
    package static let srrp = MessageType(rawValue: 19)
    /// Failover session query and response (RFC 4951).
    package static let fsq = MessageType(rawValue: 21)
    package static let fsr = MessageType(rawValue: 22)
    /// Connect speed update notification and request (RFC 5515).
    package static let csun = MessageType(rawValue: 28)
    package static let csurq = MessageType(rawValue: 29)

    /// What a message is about, and so what dies of a mandatory AVP in it that is not understood (section 4.1).
    package enum Scope: Hashable, Sendable {
        case tunnel, session
    }

    /// The tunnel for types that are not known.
    package var scope: Scope { row?.scope ?? .tunnel }

    /// Whether the type is RFC 2661's own or one of a known extension.
    package var isKnown: Bool { row != nil }

    /// Whether the type belongs to an extension: carried as `Message.extension`.
    package var isExtension: Bool { isKnown && rawValue > Self.sli.rawValue }

    /// The RFC's name, or the number.
    package var description: String { row?.name ?? "message type \(rawValue)" }

    private typealias Row = (name: String, scope: Scope)

    private var row: Row? { Int(rawValue) < Self.rows.count ? Self.rows[Int(rawValue)] : nil }

    /// By the types' numbers.
    private static let rows: [Row?] = {
        let last = known.keys.map(\.rawValue).max() ?? 0
        return (0...last).map { known[MessageType(rawValue: $0)] }
    }()

    private static let known: [MessageType: Row] = [
        .sccrq: ("SCCRQ", .tunnel), .sccrp: ("SCCRP", .tunnel), .scccn: ("SCCCN", .tunnel),
        .stopCCN: ("StopCCN", .tunnel), .hello: ("HELLO", .tunnel),
        .ocrq: ("OCRQ", .session), .ocrp: ("OCRP", .session), .occn: ("OCCN", .session),
        .icrq: ("ICRQ", .session), .icrp: ("ICRP", .session), .iccn: ("ICCN", .session),
        .cdn: ("CDN", .session), .wen: ("WEN", .session), .sli: ("SLI", .session),
        .mdmst: ("MDMST", .session), .srrq: ("SRRQ", .tunnel), .srrp: ("SRRP", .tunnel),
        .fsq: ("FSQ", .tunnel), .fsr: ("FSR", .tunnel), .csun: ("CSUN", .tunnel), .csurq: ("CSURQ", .tunnel),
    ]
}
