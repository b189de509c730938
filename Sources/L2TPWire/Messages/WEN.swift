/// WAN-Error-Notify: a LAC reports errors of the line to the client (RFC 2661 section 6.13).
package struct WEN: Hashable, Sendable {
    package var callErrors: CallErrors
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(callErrors: CallErrors, extensions: [AVP] = []) {
        self.callErrors = callErrors
        self.extensions = extensions
    }
}

extension WEN: ControlMessage {
    static var type: MessageType { .wen }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        callErrors = try avps.required(.callErrors)
        extensions = avps.rest()
    }

    var avps: [AVP] {
        [
            AVP(.callErrors, callErrors)
        ].compactMap(\.self) + extensions
    }
}
