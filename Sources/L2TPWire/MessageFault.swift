/// What is wrong with a message's AVPs.
package enum MessageFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The message does not begin with a Message Type AVP in clear (RFC 2661 section 4.4.1).
    case noMessageType
    /// A second Message Type AVP.
    case repeatedMessageType
    /// A type that is not known, and the sender insists (RFC 2661 section 4.4.1).
    case unknownMessage(MessageType)
    /// A Length field under 6 or beyond the message's end, at this offset of the body.
    case brokenAVP(offset: Int)
    /// Not in the table, or with a reserved bit set (RFC 2661 section 4.1).
    case unrecognised(Attribute)
    /// The value, or the length within a hidden value, is of a wrong size.
    case wrongLength(Attribute)
    /// The value is out of its range.
    case outOfRange(Attribute)
    /// Hidden without a Random Vector before it, without a secret here, or although it may not be.
    case cannotUnhide(Attribute)
    /// The message must have this AVP.
    case missing(Attribute)
    /// The peer's Protocol Version is not ours.
    case unsupportedVersion(ProtocolVersion)

    /// What the peer is told beside result 2 (RFC 2661 section 4.4.2).
    package var error: GeneralError {
        switch self {
        case .brokenAVP, .wrongLength: .wrongLength
        case .noMessageType, .repeatedMessageType, .outOfRange, .cannotUnhide, .unsupportedVersion: .valueOutOfRange
        case .unknownMessage, .unrecognised: .unknownMandatoryAVP
        case .missing: .vendorSpecific
        }
    }

    /// The fault in words, with vendor and number of the AVP: the text that the peer and the log are given.
    package var description: String {
        switch self {
        case .noMessageType: "message does not begin with a Message Type"
        case .repeatedMessageType: "repeated \(Attribute.messageType)"
        case .unknownMessage(let type): "unknown mandatory message type \(type.rawValue)"
        case .brokenAVP(let offset): "AVP length is wrong at offset \(offset)"
        case .unrecognised(let attribute): "unknown AVP: \(attribute)"
        case .wrongLength(let attribute): "wrong length: \(attribute)"
        case .outOfRange(let attribute): "value out of range: \(attribute)"
        case .cannotUnhide(let attribute): "cannot unhide: \(attribute)"
        case .missing(let attribute): "missing: \(attribute)"
        case .unsupportedVersion(let version): "protocol version \(version) is not supported"
        }
    }
}
