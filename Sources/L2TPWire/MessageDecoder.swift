/// A message that was accepted, and what was odd about it.
package struct DecodedMessage: Equatable, Sendable {
    package var message: Message
    /// For counters and logs, in the order of the message.
    package var notes: [MessageNote]

    package init(message: Message, notes: [MessageNote] = []) {
        self.message = message
        self.notes = notes
    }
}

/// Reads the body of a control message.
package enum MessageDecoder {
    /// `body` is what `Datagram.control` holds, not empty: a ZLB has no message. `secret` is the tunnel's, nil or empty
    /// when there is none; without it hidden AVPs cannot be read.
    /// An AVP that is not recognised or malformed ends the session or tunnel if its M bit is set and is ignored otherwise.
    package static func decode(body: [UInt8], secret: [UInt8]?) throws(MessageError) -> DecodedMessage {
        var walk = AVPWalk(body)
        let first: EncodedAVP
        let type: MessageType
        do throws(MessageFault) {
            (type, first) = try messageType(&walk)
            guard type.isKnown || !first.mandatory else { throw .unknownMessage(type) }
        } catch {
            throw refusal(error, of: nil, AVPSet())
        }
        guard type.isKnown else { return DecodedMessage(message: .unknown(type)) }
        var avps = AVPSet()
        // The walk goes on behind a fault, for the sender's ids that may come later.
        var firstFault: MessageFault?
        do throws(MessageFault) {
            while let avp = try walk.next() {
                do throws(MessageFault) {
                    try avps.insert(avp, secret: secret)
                } catch {
                    firstFault = firstFault ?? error
                }
            }
        } catch {
            firstFault = firstFault ?? error
        }
        if let firstFault { throw refusal(firstFault, of: type, avps) }
        let all = avps
        do throws(MessageFault) {
            let message = try read(type, &avps)
            return DecodedMessage(message: message, notes: avps.notes)
        } catch {
            throw refusal(error, of: type, all)
        }
    }

    /// The Host Name of an SCCRQ: what the peer's secret is looked up by before anything hidden can be read.
    /// Nil when the body is no SCCRQ or has no Host Name in clear.
    package static func peekHostName(body: [UInt8]) -> Text? {
        var walk = AVPWalk(body)
        guard let (type, _) = try? messageType(&walk), type == .sccrq else { return nil }
        while let avp = try? walk.next() {
            guard avp.attribute == .hostName, !avp.hidden, !avp.reserved, !avp.value.isEmpty else { continue }
            return Text(octets: avp.value)
        }
        return nil
    }

    /// The Assigned Session ID of any message: what its sender calls the session. Nil where there is none, or none that can
    /// be read.
    package static func peekAssignedSessionID(body: [UInt8], secret: [UInt8]?) -> SessionID? {
        var walk = AVPWalk(body)
        var avps = AVPSet()
        guard (try? messageType(&walk)) != nil else { return nil }
        while let avp = try? walk.next() { try? avps.insert(avp, secret: secret) }
        return avps.peek(.assignedSessionID)
    }

    private static func messageType(_ walk: inout AVPWalk) throws(MessageFault) -> (MessageType, EncodedAVP) {
        guard let first = try walk.next(), first.attribute == .messageType, !first.hidden, !first.reserved,
            let type = MessageType(avpValue: first.value)
        else { throw .noMessageType }
        return (type, first)
    }

    private static func refusal(_ fault: MessageFault, of type: MessageType?, _ avps: AVPSet) -> MessageError {
        MessageError(
            messageType: type, fault: fault, assignedTunnelID: avps.peek(.assignedTunnelID),
            assignedSessionID: avps.peek(.assignedSessionID), notes: avps.notes
        )
    }

    private static func read(_ type: MessageType, _ avps: inout AVPSet) throws(MessageFault) -> Message {
        switch type {
        case .sccrq: .sccrq(try SCCRQ(&avps))
        case .sccrp: .sccrp(try SCCRP(&avps))
        case .scccn: .scccn(try SCCCN(&avps))
        case .stopCCN: .stopCCN(try StopCCN(&avps))
        case .hello: .hello(try Hello(&avps))
        case .ocrq: .ocrq(try OCRQ(&avps))
        case .ocrp: .ocrp(try OCRP(&avps))
        case .occn: .occn(try OCCN(&avps))
        case .icrq: .icrq(try ICRQ(&avps))
        case .icrp: .icrp(try ICRP(&avps))
        case .iccn: .iccn(try ICCN(&avps))
        case .cdn: .cdn(try CDN(&avps))
        case .wen: .wen(try WEN(&avps))
        case .sli: .sli(try SLI(&avps))
        default: .extension(type, avps.rest())
        }
    }
}
