/// Hello: asks for nothing but an acknowledgement (RFC 2661 section 6.5).
package struct Hello: Hashable, Sendable {
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(extensions: [AVP] = []) {
        self.extensions = extensions
    }
}

extension Hello: ControlMessage {
    static var type: MessageType { .hello }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        extensions = avps.rest()
    }

    var avps: [AVP] {
        extensions
    }
}
