import L2TPWire
import Testing

@Suite struct MessageTests {
    @Test(arguments: Samples.all) func `MSG-01 MSG-15 every message comes back as it was`(message: Message) throws {
        #expect(try decode(MessageEncoder.encode(message)) == DecodedMessage(message: message))
    }

    @Test func `MSG-01 the SCCRQ vector decodes and encodes`() throws {
        let datagram = hex(
            """
            c8020056000000000000000080080000000000018008000000020100800a000000076c616331800a0000000300000003\
            800800000009123480080000000a001080160000000b000102030405060708090a0b0c0d0e0f
            """)
        guard case .control(let header, let body) = try Datagram(parsing: datagram) else {
            Issue.record("not a control message"); return
        }
        #expect(header == ControlHeader(tunnelID: .none))
        let expected = SCCRQ(
            hostName: "lac1", assignedTunnelID: TunnelID(0x1234), receiveWindowSize: 16, challenge: Array(0...15))
        #expect(try decode(body).message == .sccrq(expected))
        let again = MessageEncoder.encode(.sccrq(expected), header: header)
        #expect(again.count == 86)
        #expect(again == datagram)
    }

    @Test func `MSG-01 MSG-02 MSG-03 MSG-07 MSG-08 MSG-09 each required AVP is required`() throws {
        for (type, required) in Required.all {
            #expect(throws: Never.self) { try decode(body(type, required.flatMap(\.self))) }
            for (index, missing) in required.enumerated() {
                var rest = required
                rest.remove(at: index)
                let error = try #require(refusal(body(type, rest.flatMap(\.self))))
                let attribute = Attribute(type: UInt16(missing[5]))
                #expect(error.fault == .missing(attribute))
                let text = Text("missing: \(attribute)")
                switch type.scope {
                case .tunnel:
                    #expect(error.answer == .stopCCN(ResultCode(.generalError, error: .vendorSpecific, text: text)))
                case .session:
                    #expect(error.answer == .cdn(ResultCode(.seeErrorCode, error: .vendorSpecific, text: text)))
                }
            }
        }
    }

    @Test func `MSG-01 MSG-07 an empty Host Name and ids of 0 are refused`() {
        #expect(refusal(sccrq(replacing: 7, with: []))?.fault == .wrongLength(.hostName))
        #expect(refusal(sccrq(replacing: 9, with: [0, 0]))?.fault == .outOfRange(.assignedTunnelID))
        let icrq = body(.icrq, avp(14, [0, 0]), avp(15, u32(1)))
        #expect(refusal(icrq)?.fault == .outOfRange(.assignedSessionID))
    }

    @Test func `MSG-02 an SCCCN needs nothing but may carry a response`() throws {
        #expect(try decode(body(.scccn)).message == .scccn(SCCCN()))
        let response = [UInt8](repeating: 7, count: 16)
        #expect(try decode(body(.scccn, avp(13, response))).message == .scccn(SCCCN(challengeResponse: response)))
    }

    @Test func `MSG-04 the Protocol Version sent is 0x0100 and a later revision is tolerated`() throws {
        let octets = MessageEncoder.encode(.sccrq(Samples.sccrq))
        #expect(Array(octets[8..<16]) == hex("8008 0000 0002 0100"))
        guard case .sccrq(let message) = try decode(sccrq(replacing: 2, with: [1, 9])).message else {
            Issue.record("not an SCCRQ"); return
        }
        #expect(message.protocolVersion == ProtocolVersion(version: 1, revision: 9))
    }

    @Test(arguments: [UInt8(0), 2, 255]) func `MSG-04 another version gets result 5 and the highest one spoken`(
        version: UInt8
    ) {
        let error = refusal(sccrq(replacing: 2, with: [version, 0]))
        #expect(error?.assignedTunnelID == TunnelID(0x1234))
        #expect(
            error?.answer
                == .stopCCN(
                    ResultCode(
                        .unsupportedVersion, error: GeneralError(rawValue: 0x0100),
                        text: Text("protocol version \(version).0 is not supported"))))
    }

    @Test func `MSG-05 a call's framing must be among those advertised and odd bits are no fault`() throws {
        #expect(FramingCapabilities.synchronous.permit(.synchronous))
        #expect(!FramingCapabilities.synchronous.permit(.asynchronous))
        #expect(!FramingCapabilities.asynchronous.permit([.asynchronous, .synchronous]))
        #expect(FramingCapabilities([.asynchronous, .synchronous]).permit([.asynchronous, .synchronous]))
        #expect(FramingCapabilities([.asynchronous, .synchronous]).rawValue == 3)
        #expect(FramingType.asynchronous.rawValue == 2)
        guard case .sccrq(let message) = try decode(sccrq(replacing: 3, with: u32(0xffff_fff0))).message else {
            Issue.record("not an SCCRQ"); return
        }
        #expect(message.framingCapabilities.rawValue == 0xffff_fff0)
    }

    @Test func `MSG-06 without Bearer Capabilities or with none set a peer cannot place calls`() throws {
        var message = SCCRQ(hostName: "a", assignedTunnelID: TunnelID(1))
        #expect(!message.canPlaceOutgoingCalls)
        message.bearerCapabilities = []
        #expect(!message.canPlaceOutgoingCalls)
        message.bearerCapabilities = .analog
        #expect(message.canPlaceOutgoingCalls)
        #expect(BearerCapabilities.analog.permit(.analog))
        #expect(!BearerCapabilities.analog.permit([.analog, .digital]))
    }

    @Test(arguments: [0, 1, 1017]) func `MSG-07 an ICRQ's numbers may be of any length and its bearer may be none`(
        length: Int
    ) throws {
        let number = [UInt8](repeating: 0x35, count: length)
        let octets = body(
            .icrq, Required.icrq.flatMap(\.self), avp(18, u32(0)), avp(25, u32(9), m: false), avp(21, number),
            avp(22, number), avp(23, number))
        let expected = ICRQ(
            assignedSessionID: SessionID(5), callSerialNumber: 1, bearerType: [], physicalChannelID: 9,
            callingNumber: Text(octets: number), calledNumber: Text(octets: number), subAddress: Text(octets: number))
        #expect(try decode(octets).message == .icrq(expected))
    }

    @Test func `MSG-08 speeds may be 0, clamp at 32 bits and are symmetric when one is absent`() throws {
        guard case .iccn(let slow) = try decode(body(.iccn, avp(24, u32(0)), avp(19, u32(1)))).message else {
            Issue.record("not an ICCN"); return
        }
        #expect(slow.txConnectSpeed.bitsPerSecond == 0)
        #expect(slow.effectiveRxConnectSpeed == slow.txConnectSpeed)
        #expect(Samples.iccn.effectiveRxConnectSpeed.bitsPerSecond == 20_000_000)
        #expect(ConnectSpeed(bitsPerSecond: 0xffff_ffff).bitsPerSecond == 0xffff_ffff)
        #expect(ConnectSpeed(bitsPerSecond: 0x1_0000_0000).bitsPerSecond == 0xffff_ffff)
        #expect(ConnectSpeed(bitsPerSecond: 10_000_000_000).bitsPerSecond == 0xffff_ffff)
    }

    @Test func `MSG-10 a session message that is refused still tells its sender's session id`() {
        // Before the fault, behind it, and hidden behind it.
        let bad = avp(77, vendor: 9)
        for octets in [
            body(.icrq, avp(14, u16(5)), bad), body(.icrq, bad, avp(14, u16(5))),
            body(.cdn, bad, avp(36, Array(0x10...0x1f)), hiddenSession),
        ] {
            #expect(refusal(octets, secret: Array("secret".utf8))?.assignedSessionID == SessionID(5))
        }
        #expect(refusal(body(.icrq, avp(15, u32(1))))?.assignedSessionID == nil)
        #expect(refusal(body(.icrq, avp(14, u16(5)), avp(15, length: 3)))?.assignedSessionID == SessionID(5))
    }

    @Test func `MSG-11 a StopCCN says whose tunnel it ends even when it is refused`() throws {
        #expect(refusal(body(.stopCCN, avp(9, u16(7))))?.assignedTunnelID == TunnelID(7))
        guard case .stopCCN(let message) = try decode(body(.stopCCN, Required.stopCCN.flatMap(\.self))).message else {
            Issue.record("not a StopCCN"); return
        }
        #expect(message.assignedTunnelID == TunnelID(7))
    }

    @Test func `MSG-12 a HELLO is a Message Type and belongs to the tunnel`() {
        let datagram = MessageEncoder.encode(.hello(Hello()), header: ControlHeader(tunnelID: TunnelID(9)))
        #expect(datagram == hex("c8020014 0009 0000 0000 0000 8008 0000 0000 0006"))
        #expect(Message.hello(Hello()).scope == .tunnel)
    }

    @Test func `MSG-13 every message knows whether it is the tunnel's or a session's`() {
        let session = Samples.all.filter { $0.scope == .session }.map(\.type)
        #expect(session == [.ocrq, .ocrp, .occn, .icrq, .icrp, .iccn, .cdn, .wen, .sli, .mdmst])
    }

    @Test func `MSG-15 AVPs of extensions are recognised even when mandatory`() throws {
        let extensions: [[UInt8]] = [
            avp(40, u32(1)), avp(41, u32(1)), avp(42, u16(1)), avp(43, [65]), avp(44, [UInt8](repeating: 0, count: 20)),
            avp(45, u32(1)), avp(46, [0, 1, 0, 0, 0]), avp(47, u16(1)), avp(48, u16(1)), avp(49, [1]), avp(50, [1]),
            avp(51, [1]), avp(52, [1]), avp(53), avp(54, u16(1)), avp(55, [1]), avp(56), avp(57),
            avp(76, [UInt8](repeating: 0, count: 6)), avp(98), avp(1, Array("dslam".utf8), vendor: 3561),
            avp(144, [1, 2, 3], vendor: 3561), avp(254, u32(1), vendor: 3561),
        ]
        let decoded = try decode(body(.icrq, Required.icrq.flatMap(\.self), extensions.flatMap(\.self)))
        #expect(decoded.notes.isEmpty)
        guard case .icrq(let message) = decoded.message else { Issue.record("not an ICRQ"); return }
        #expect(message.extensions.count == extensions.count)
        #expect(message.callSerialNumber == 1)
    }

    @Test func `MSG-15 messages of extensions are carried by type`() throws {
        for (type, value) in [
            (MessageType.mdmst, avp(54, [0, 1])), (.srrq, avp(55, [1])), (.srrp, avp(55, [1])), (.fsq, []), (.fsr, []),
            (.csun, []), (.csurq, []),
        ] {
            let message = try decode(body(type, value)).message
            #expect(message.type == type)
            guard case .extension = message else { Issue.record("\(type) is no extension"); return }
            #expect(MessageEncoder.encode(message)[0] == 0)
        }
    }

    @Test func `PRX-08 an SLI without ACCM is accepted only with the LCP options of RFC 3437`() throws {
        #expect(try decode(body(.sli, avp(51, [1], m: false))).message == .sli(SLI(lnsLastSentLCP: [1])))
        #expect(refusal(body(.sli))?.fault == .missing(.accm))
    }

    @Test func `PRX-02 a proxy authentication is complete when its type's values are there`() {
        let full = ProxyAuthentication(type: .chap, name: [1], challenge: [2], id: 3, response: [4])
        for type in [ProxyAuthenticationType.text, .chap, .pap, .msCHAPv1] {
            var part = full
            part.type = type
            #expect(part.isComplete)
            part.name = nil
            #expect(!part.isComplete)
            part = full
            part.type = type
            part.response = nil
            #expect(!part.isComplete)
            part = full
            part.type = type
            part.challenge = nil
            #expect(part.isComplete == (type == .text || type == .pap))
            part = full
            part.type = type
            part.id = nil
            #expect(part.isComplete == (type == .text))
        }
        #expect(ProxyAuthentication(type: .none).isComplete)
        #expect(!ProxyAuthentication(type: ProxyAuthenticationType(rawValue: 9)).isComplete)
    }

    @Test func `PRX-03 without a Proxy Authen Type there is no proxy authentication`() throws {
        let octets = body(.iccn, Required.connected.flatMap(\.self), avp(30, [65], m: false), avp(33, [66], m: false))
        guard case .iccn(let message) = try decode(octets).message else { Issue.record("not an ICCN"); return }
        #expect(message.proxyAuthentication == nil)
        #expect(message.proxyLCP == nil)
    }

    @Test func `AUT-05 the Host Name is read before the secret is known`() {
        let octets = MessageEncoder.encode(.sccrq(Samples.sccrq), hiding: Samples.hiding)
        #expect(refusal(octets) != nil)
        #expect(MessageDecoder.peekHostName(body: octets) == "lac-1")
        #expect(MessageDecoder.peekHostName(body: MessageEncoder.encode(.sccrp(Samples.sccrp))) == nil)
        #expect(MessageDecoder.peekHostName(body: body(.sccrq, avp(7))) == nil)
        #expect(MessageDecoder.peekHostName(body: body(.sccrq, avp(7, [65], h: true))) == nil)
        #expect(MessageDecoder.peekHostName(body: body(.sccrq, avp(8, length: 3))) == nil)
        #expect(MessageDecoder.peekHostName(body: []) == nil)
    }

    /// Assigned Session ID 5 hidden under "secret" and the vector 10...1f.
    private var hiddenSession: [UInt8] {
        let message = Message.icrp(ICRP(assignedSessionID: SessionID(5)))
        let hiding = Hiding(secret: Array("secret".utf8), extent: .everything, randomVector: Array(0x10...0x1f))
        return Array(MessageEncoder.encode(message, hiding: hiding).dropFirst(8 + 22))
    }

    private func sccrq(replacing type: UInt16, with value: [UInt8]) -> [UInt8] {
        body(.sccrq, Required.sccrq.filter { $0[5] != UInt8(type) }.flatMap(\.self), avp(type, value))
    }
}
