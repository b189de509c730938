import L2TPWire
import Testing

@Suite struct AVPTests {
    static let unknown = Attribute(vendor: 9, type: 77)

    @Test(arguments: [0, 5, 7, 1023]) func `AVP-01 a Length under 6 or beyond the message breaks it off`(length: Int)
        throws
    {
        let error = try #require(refusal(body(.hello, avp(8, m: false, length: length))))
        #expect(error.fault == .brokenAVP(offset: 8))
        #expect(
            error.answer
                == .stopCCN(ResultCode(.generalError, error: .wrongLength, text: "AVP length is wrong at offset 8")))
    }

    @Test(arguments: 1...5) func `AVP-01 less than an AVP header at the end is a broken AVP`(count: Int) {
        let rest = [UInt8](repeating: 0, count: count)
        #expect(refusal(body(.hello, rest))?.fault == .brokenAVP(offset: 8))
        #expect(refusal(rest)?.fault == .noMessageType || refusal(rest)?.fault == .brokenAVP(offset: 0))
    }

    @Test func `AVP-01 a value of 1017 octets is the longest and a longer one is cut`() throws {
        var message = Samples.icrq
        message.callingNumber = Text(octets: [UInt8](repeating: 0x35, count: 2000))
        let octets = MessageEncoder.encode(.icrq(message))
        guard case .icrq(let decoded) = try decode(octets).message else { Issue.record("not an ICRQ"); return }
        #expect(decoded.callingNumber?.octets.count == 1017)
        #expect(decoded.extensions == message.extensions)
    }

    @Test func `AVP-02 an AVP is known by vendor and number together`() throws {
        // Agent-Remote-Id has Protocol Version's number.
        let remote = avp(2, Array("house 7".utf8), vendor: 3561, m: false)
        let octets = body(.sccrq, remote, Required.sccrq.flatMap(\.self))
        guard case .sccrq(let message) = try decode(octets).message else { Issue.record("not an SCCRQ"); return }
        #expect(message.protocolVersion == .rfc2661)
        #expect(message.extensions == [AVP(Attribute(vendor: 3561, type: 2), octets: Array("house 7".utf8))])
        let without = body(.sccrq, remote, Required.sccrq.dropFirst().flatMap(\.self))
        #expect(refusal(without)?.fault == .missing(.protocolVersion))
    }

    @Test(arguments: [UInt16(0x2000), 0x1000, 0x0800, 0x0400])
    func `AVP-03 a reserved bit makes an AVP unrecognised`(bit: UInt16) throws {
        let tolerated = try decode(body(.icrq, Required.icrq.flatMap(\.self), avp(25, u32(7), m: false, reserved: bit)))
        #expect(tolerated.notes == [.ignored(.unrecognised(.physicalChannelID))])
        guard case .icrq(let message) = tolerated.message else { Issue.record("not an ICRQ"); return }
        #expect(message.physicalChannelID == nil)
        let fatal = body(.icrq, Required.icrq.flatMap(\.self), avp(25, u32(7), m: true, reserved: bit))
        #expect(refusal(fatal)?.fault == .unrecognised(.physicalChannelID))
    }

    @Test func `AVP-03 reserved bits are sent as 0`() throws {
        for message in Samples.all {
            let octets = MessageEncoder.encode(message, hiding: Samples.hiding)
            for word in try words(octets) { #expect(word & 0x3c00 == 0) }
        }
    }

    @Test func `AVP-04 AVP-05 an unknown mandatory AVP ends the tunnel or only the session with 2-8 and its name`()
        throws
    {
        let text: Text = "unknown AVP: vendor 9, attribute 77"
        for (type, required) in Required.all {
            let error = try #require(refusal(body(type, avp(77, vendor: 9), required.flatMap(\.self))))
            #expect(error.fault == .unrecognised(Self.unknown))
            switch type.scope {
            case .tunnel:
                #expect(error.answer == .stopCCN(ResultCode(.generalError, error: .unknownMandatoryAVP, text: text)))
            case .session:
                #expect(error.answer == .cdn(ResultCode(.seeErrorCode, error: .unknownMandatoryAVP, text: text)))
            }
        }
        let tunnel = Required.all.map(\.0).filter { $0.scope == .tunnel }
        #expect(tunnel == [.sccrq, .sccrp, .scccn, .stopCCN, .hello])
    }

    @Test func `AVP-06 an unknown AVP without the M bit is as good as absent`() throws {
        for (type, required) in Required.all {
            let plain = try decode(body(type, required.flatMap(\.self)))
            let odd = try decode(body(type, avp(77, [1, 2], vendor: 9, m: false), required.flatMap(\.self)))
            #expect(odd.message == plain.message)
            #expect(plain.notes.isEmpty)
            #expect(odd.notes == [.ignored(.unrecognised(Self.unknown))])
        }
    }

    @Test func `AVP-07 the M bit of AVPs that are recognised is not looked at`() throws {
        for message in Samples.all where !message.type.isExtension {
            var flipped = MessageEncoder.encode(message)
            var offset = 8
            while offset < flipped.count {
                let length = Int(flipped[offset] & 3) << 8 | Int(flipped[offset + 1])
                flipped[offset] ^= 0x80
                offset += length
            }
            #expect(try decode(flipped) == DecodedMessage(message: message))
        }
    }

    @Test func `AVP-08 a malformed AVP without the M bit is ignored alone`() throws {
        let slow = avp(38, u16(9600), m: false)
        let decoded = try decode(body(.iccn, Required.connected.flatMap(\.self), slow, avp(37, [0x72], m: false)))
        guard case .iccn(let message) = decoded.message else { Issue.record("not an ICCN"); return }
        #expect(message.rxConnectSpeed == nil)
        #expect(message.privateGroupID == "r")
        #expect(decoded.notes == [.ignored(.wrongLength(.rxConnectSpeed))])
    }

    @Test func `AVP-08 a malformed AVP with the M bit ends the session or tunnel with the matching code`() throws {
        let session = try #require(refusal(body(.iccn, Required.connected.flatMap(\.self), avp(38, u16(9600)))))
        #expect(
            session.answer
                == .cdn(
                    ResultCode(
                        .seeErrorCode, error: .wrongLength,
                        text: "wrong length: Rx Connect Speed (vendor 0, attribute 38)"))
        )
        let tunnel = try #require(refusal(body(.sccrq, Required.sccrq.flatMap(\.self), avp(10, u16(0)))))
        #expect(
            tunnel.answer
                == .stopCCN(
                    ResultCode(
                        .generalError, error: .valueOutOfRange,
                        text: "value out of range: Receive Window Size (vendor 0, attribute 10)"))
        )
    }

    @Test func `AVP-09 AVPs that extensions define are sent without the M bit`() throws {
        for message in Samples.all {
            for (word, attribute) in zip(
                try words(MessageEncoder.encode(message)), [.messageType] + message.avps.map(\.attribute))
            {
                let isExtension = attribute.vendor != 0 || attribute.type > 39
                if isExtension { #expect(word & 0x8000 == 0, "\(attribute)") }
            }
        }
        let recovery = Message.sccrq(
            SCCRQ(
                hostName: "a", assignedTunnelID: TunnelID(1),
                extensions: [AVP(Attribute(type: 77), octets: [UInt8](repeating: 0, count: 10))]))
        #expect(try words(MessageEncoder.encode(recovery)).last == 16)
        #expect(try words(MessageEncoder.encode(recovery, extensionsMandatory: true)).last == 0x8010)
    }

    @Test func `AVP-10 the Message Type is first, in clear, and 8 octets`() {
        let hello = u16(6)
        for octets in [
            [], avp(9, u16(1)) + avp(0, hello), avp(0, hello, h: true), avp(0, [6]), avp(0, hello + [0]),
            avp(0, hello, vendor: 9), avp(0, hello, reserved: 0x0400),
        ] {
            let error = refusal(octets)
            #expect(error?.fault == .noMessageType)
            #expect(error?.messageType == nil)
        }
        #expect(MessageEncoder.encode(.hello(Hello())) == hex("8008 0000 0000 0006"))
    }

    @Test(arguments: [true, false]) func `AVP-10 a second Message Type is an error`(mandatory: Bool) {
        let error = refusal(body(.hello, avp(0, u16(6), m: mandatory)))
        #expect(error?.fault == .repeatedMessageType)
        #expect(
            error?.answer
                == .stopCCN(
                    ResultCode(
                        .generalError, error: .valueOutOfRange, text: "repeated Message Type (vendor 0, attribute 0)")))
    }

    @Test(arguments: [UInt16(0), 5, 13, 20, 30, 0xffff])
    func `AVP-11 an unknown type clears the tunnel if mandatory and is ignored if not`(type: UInt16) throws {
        let number = MessageType(rawValue: type)
        let error = try #require(refusal(avp(0, u16(type))))
        #expect(error.fault == .unknownMessage(number))
        #expect(
            error.answer
                == .stopCCN(
                    ResultCode(
                        .generalError, error: .unknownMandatoryAVP,
                        text: Text("unknown mandatory message type \(type)"))))
        // Nothing in a message that is ignored can end anything.
        let ignored = try decode(avp(0, u16(type), m: false) + avp(77, vendor: 9) + [1])
        #expect(ignored == DecodedMessage(message: .unknown(number)))
    }

    @Test func `AVP-17 the order of AVPs means nothing`() throws {
        for (type, required) in Required.all {
            #expect(
                try decode(body(type, required.reversed().flatMap(\.self)))
                    == decode(body(type, required.flatMap(\.self))))
        }
    }

    @Test func `AVP-17 of AVPs that come twice the first counts and the second is noted`() throws {
        let octets = body(.icrq, Required.icrq.flatMap(\.self), avp(14, u16(6)), avp(14, u16(7), m: false))
        let decoded = try decode(octets)
        #expect(decoded.message == .icrq(ICRQ(assignedSessionID: SessionID(5), callSerialNumber: 1)))
        #expect(decoded.notes == [.duplicate(.assignedSessionID), .duplicate(.assignedSessionID)])
    }

    @Test func `AVP-17 an AVP that is not for its message is ignored even when mandatory`() throws {
        let decoded = try decode(body(.hello, avp(9, u16(3)), avp(61, u32(3))))
        #expect(decoded.message == .hello(Hello()))
        #expect(decoded.notes == [.misplaced(.assignedTunnelID), .misplaced(Attribute(type: 61))])
    }

    /// The first 16 bits of each AVP of a body.
    private func words(_ body: [UInt8]) throws -> [UInt16] {
        var words: [UInt16] = []
        var offset = 0
        while offset < body.count {
            let word = UInt16(body[offset]) << 8 | UInt16(body[offset + 1])
            words.append(word)
            offset += max(6, Int(word & 0x3ff))
        }
        #expect(offset == body.count)
        return words
    }
}
