import Octets

/// Writes the body of a control message.
package enum MessageEncoder {
    /// The message's AVPs, Message Type first. With `hiding`, a Random Vector goes before the first AVP that is hidden,
    /// and only if one is. A value longer than an AVP can carry is cut.
    ///
    /// The M bit is the one that RFC 2661 gives. AVPs of extensions never have it, whatever their RFC says: a peer that
    /// does not know one must not lose the call, unless `extensionsMandatory` asks for it (RFC 2661 section 4.2).
    package static func encode(
        _ message: Message, hiding: Hiding? = nil, extensionsMandatory: Bool = false
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: 128)
        EncodedAVP(
            mandatory: !message.type.isExtension && message.type.isKnown, hidden: false, reserved: false,
            attribute: .messageType, value: message.type.avpValue
        ).append(to: &writer)
        let avps = message.avps
        var vectorIsSent = false
        for avp in avps {
            let row = AVPTable.row(for: avp.attribute)
            var encoded = EncodedAVP(
                mandatory: row.map { $0.mandatory && ($0.origin == .rfc2661 || extensionsMandatory) } ?? false,
                hidden: false, reserved: false, attribute: avp.attribute, value: avp.value
            )
            if let hiding, hiding.covers(avp, in: avps) {
                if !vectorIsSent { randomVector(hiding.randomVector).append(to: &writer) }
                vectorIsSent = true
                encoded.hidden = true
                encoded.value = hiding.hide(avp)
            }
            encoded.append(to: &writer)
        }
        return writer.bytes
    }

    /// The whole datagram.
    package static func encode(_ message: Message, header: ControlHeader, hiding: Hiding? = nil) -> [UInt8] {
        header.encoded(body: encode(message, hiding: hiding))
    }

    private static func randomVector(_ octets: [UInt8]) -> EncodedAVP {
        EncodedAVP(mandatory: true, hidden: false, reserved: false, attribute: .randomVector, value: octets)
    }
}
