import L2TPWire
import Testing

@Suite struct TraceTests {
    @Test func `HRD-07 a trace names AVPs and shows no secret`() {
        #expect(
            Message.sccrq(Samples.sccrq).description
                == """
                SCCRQ: Protocol Version 1.0, Host Name "lac-1", Framing Capabilities 0x3, Assigned Tunnel ID 4660, \
                Bearer Capabilities 0x3, Receive Window Size 64, Challenge (16 octets), Tie Breaker 0102030405060708, \
                Firmware Revision 1680, Vendor Name "Acme", Control Connection DS 1, Modem On-Hold Capable, \
                PPPoE Relay Response Capability, PPPoE Relay Forward Capability, Failover Capability 000300001388
                """)
        #expect(
            Message.cdn(Samples.cdn).description
                == """
                CDN: Result Code 2/4 "full", Assigned Session ID 6, Q.931 Cause Code 001045 "bye", \
                PPP Disconnect Cause Code 0003c02101 "user request"
                """)
        #expect(Message.hello(Hello()).description == "HELLO")
        #expect(Message.unknown(MessageType(rawValue: 42)).description == "message type 42")
    }

    @Test func `HRD-07 no way of printing an ICCN or a Hiding shows the password or the secret`() {
        let message = Samples.iccn
        let hiding = Hiding(secret: Array("hunter2".utf8), extent: .everything, randomVector: [])
        let octets = "\(Array("hunter2".utf8))".dropFirst().dropLast()
        let printed = [
            "\(message)", String(reflecting: message), "\(Message.iccn(message))",
            String(reflecting: Message.iccn(message)), "\(DecodedMessage(message: .iccn(message)))",
            message.proxyAuthentication.map { "\($0)" } ?? "", String(reflecting: message.proxyAuthentication),
            "\(hiding)", String(reflecting: hiding),
        ]
        for text in printed {
            #expect(!text.contains("hunter2") && !text.contains(octets), "\(text)")
        }
        #expect(printed[0].contains("Proxy Authen Response (7 octets)"))
    }

    @Test func `RES-02 HRD-06 a trace of nonsense is short and clean`() {
        var message = Samples.icrq
        message.callingNumber = Text(octets: [UInt8](repeating: 0x1b, count: 1017))
        message.extensions = [
            AVP(Attribute(vendor: 1, type: 2), octets: [1, 2, 3]), AVP(Attribute(type: 98), octets: [1]),
            AVP(Attribute(type: 55), octets: [UInt8](repeating: 0, count: 900)),
        ]
        let text = Message.icrq(message).description
        #expect(text.utf8.count < 1_000)
        #expect(!text.contains("\u{1b}"))
        #expect(text.contains("vendor 1, attribute 2 (3 octets), Connect Speed Update Enable"))
    }

    @Test func `MSG-03 an error tells message, fault and AVP`() {
        #expect(refusal(body(.icrq))?.description == "ICRQ: missing: Assigned Session ID (vendor 0, attribute 14)")
        #expect(
            refusal([])?.description == "message of unknown type: message does not begin with a Message Type")
    }
}
