/// Something odd in a message that was accepted all the same: to be counted and logged.
package enum MessageNote: Hashable, Sendable, CustomStringConvertible {
    /// An AVP without the M bit was as good as absent: unrecognised, malformed or not to be unhidden.
    case ignored(MessageFault)
    /// An AVP came again; the first one counts.
    case duplicate(Attribute)
    /// An AVP that is known but means nothing in this message.
    case misplaced(Attribute)

    package var description: String {
        switch self {
        case .ignored(let fault): "ignored, \(fault)"
        case .duplicate(let attribute): "ignored, duplicate: \(attribute)"
        case .misplaced(let attribute): "ignored, not for this message: \(attribute)"
        }
    }
}
