/// A control message (RFC 2661 section 6).
package enum Message: Equatable, Sendable {
    case sccrq(SCCRQ)
    case sccrp(SCCRP)
    case scccn(SCCCN)
    case stopCCN(StopCCN)
    case hello(Hello)
    case ocrq(OCRQ)
    case ocrp(OCRP)
    case occn(OCCN)
    case icrq(ICRQ)
    case icrp(ICRP)
    case iccn(ICCN)
    case cdn(CDN)
    case wen(WEN)
    case sli(SLI)
    /// A message of a known extension, to be acknowledged and otherwise ignored where nobody serves it.
    case `extension`(MessageType, [AVP])
    /// A type that is not known and that the sender does not insist on: acknowledged and ignored.
    /// One that it insists on (M bit) is a `MessageError`.
    case unknown(MessageType)

    package var type: MessageType {
        switch self {
        case .extension(let type, _), .unknown(let type): type
        default: content.map { Swift.type(of: $0).type } ?? MessageType(rawValue: 0)
        }
    }

    /// Whether the message is about the tunnel or about one of its sessions.
    package var scope: MessageType.Scope { type.scope }

    /// The AVPs behind the Message Type, in cleartext.
    package var avps: [AVP] {
        if case .extension(_, let avps) = self { avps } else { content?.avps ?? [] }
    }

    private var content: (any ControlMessage)? {
        switch self {
        case .sccrq(let message): message
        case .sccrp(let message): message
        case .scccn(let message): message
        case .stopCCN(let message): message
        case .hello(let message): message
        case .ocrq(let message): message
        case .ocrp(let message): message
        case .occn(let message): message
        case .icrq(let message): message
        case .icrp(let message): message
        case .iccn(let message): message
        case .cdn(let message): message
        case .wen(let message): message
        case .sli(let message): message
        case .extension, .unknown: nil
        }
    }
}

extension Message: CustomStringConvertible {
    /// The message for people, every AVP by name; of secrets only the size.
    package var description: String {
        avps.isEmpty ? "\(type)" : "\(type): " + avps.map(\.description).joined(separator: ", ")
    }
}

/// What the messages of RFC 2661 have in common.
protocol ControlMessage: Equatable, Sendable, CustomStringConvertible {
    static var type: MessageType { get }

    /// Takes what belongs to the message out of `avps`. Throws when something required is not there.
    init(_ avps: inout AVPSet) throws(MessageFault)

    /// All AVPs behind the Message Type, in cleartext.
    var avps: [AVP] { get }
}

extension ControlMessage {
    /// As `Message` shows it, without secrets.
    package var description: String {
        "\(Self.type): " + avps.map(\.description).joined(separator: ", ")
    }
}
