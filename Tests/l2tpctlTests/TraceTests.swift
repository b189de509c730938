import ControlProtocol
import L2TPWire
import PPP
import PPPoE
import Testing

@testable import l2tpctl

/// What a trace says of packets, line by line.
@Suite struct TraceTests {
    static func packet(
        _ kind: PacketRecord.Kind, _ octets: [UInt8], _ direction: PacketRecord.Direction = .received
    ) -> PacketRecord {
        PacketRecord(
            time: 1_000_000, direction, kind, local: "192.0.2.1:1701", remote: "192.0.2.2:1701", octets)
    }

    private struct Said: Equatable {
        var title: String
        var fields: [String]

        init(_ title: String, _ fields: [String]) {
            self.title = title
            self.fields = fields
        }
    }

    /// The fields of a control message, each "name value".
    private func fields(_ message: Message, hiding: Hiding? = nil) -> Said {
        let header = ControlHeader(tunnelID: TunnelID(7), ns: SequenceNumber(3), nr: SequenceNumber(2))
        let reading = Reading(datagram: MessageEncoder.encode(message, header: header, hiding: hiding))
        #expect(reading.numbers == Reading.Numbers(ns: 3, nr: 2))
        return Said(reading.title, reading.fields.map { $0.value.isEmpty ? $0.name : "\($0.name) \($0.value)" })
    }

    private func line(ppp number: ProtocolNumber, _ code: UInt8, _ data: [UInt8]) -> String {
        let packet = ControlPacket(code: code, identifier: 5, data: data)
        let reading = Reading(frame: PPPFrame(number, packet.encoded).encodedWithAddressAndControl)
        let fields = reading.fields.map { $0.value.isEmpty ? $0.name : "\($0.name) \($0.value)" }
        return ([reading.title] + fields).joined(separator: "; ")
    }

    // MARK: - L2TP

    @Test func `a tunnel is opened`() {
        var request = SCCRQ(
            hostName: "lac-1", assignedTunnelID: TunnelID(4660), bearerCapabilities: [.analog, .digital],
            receiveWindowSize: 64, challenge: Array(0...15))
        request.vendorName = "Acme"
        request.firmwareRevision = 0x0690
        #expect(
            fields(.sccrq(request))
                == Said(
                    "SCCRQ",
                    [
                        "Protocol Version 1.0", "Host Name \"lac-1\"", "Framing Capabilities synchronous, asynchronous",
                        "Assigned Tunnel ID 4660", "Bearer Capabilities digital, analog", "Receive Window Size 64",
                        "Challenge (16 octets)", "Firmware Revision 1680", "Vendor Name \"Acme\"",
                    ]
                ))
        let reply = SCCRP(
            framingCapabilities: .synchronous, hostName: "lns-1", assignedTunnelID: TunnelID(9),
            challengeResponse: Array(16...31))
        #expect(
            fields(.sccrp(reply)).fields.contains("Challenge Response (16 octets)"))
        #expect(
            fields(.scccn(SCCCN(challengeResponse: Array(0...15)))) == Said("SCCCN", ["Challenge Response (16 octets)"])
        )
        #expect(fields(.hello(Hello())) == Said("HELLO", []))
    }

    @Test func `a call is set up`() {
        let request = ICRQ(
            assignedSessionID: SessionID(6), callSerialNumber: 1, bearerType: .digital, physicalChannelID: 99,
            callingNumber: "5551111", calledNumber: "5552222",
            extensions: [AVP(Attribute(vendor: 3561, type: 1), octets: Array("dslam eth 1/1".utf8))])
        #expect(
            fields(.icrq(request))
                == Said(
                    "ICRQ",
                    [
                        "Assigned Session ID 6", "Call Serial Number 1", "Bearer Type digital",
                        "Physical Channel ID 99",
                        "Calling Number \"5551111\"", "Called Number \"5552222\"", "Agent-Circuit-Id \"dslam eth 1/1\"",
                    ]
                ))
        #expect(
            fields(.icrp(ICRP(assignedSessionID: SessionID(7)))) == Said("ICRP", ["Assigned Session ID 7"]))
        let connection = ICCN(
            txConnectSpeed: ConnectSpeed(bitsPerSecond: 100_000_000), framingType: .synchronous,
            proxyLCP: ProxyLCP(
                initialReceived: [1, 4, 5, 0xd4], lastSent: [3, 5, 0xc2, 0x23, 5], lastReceived: []),
            proxyAuthentication: ProxyAuthentication(
                type: .pap, name: Array("alice".utf8), challenge: [1], id: 9, response: Array("hunter2".utf8)),
            sequencingRequired: true)
        #expect(
            fields(.iccn(connection))
                == Said(
                    "ICCN",
                    [
                        "(Tx) Connect Speed 100000000", "Framing Type synchronous", "Sequencing Required",
                        "Initial Received LCP CONFREQ MRU 1492",
                        "Last Sent LCP CONFREQ Authentication-Protocol CHAP-MD5",
                        "Last Received LCP CONFREQ none", "Proxy Authen Type PAP (3)", "Proxy Authen Name \"alice\"",
                        "Proxy Authen Challenge (1 octets)", "Proxy Authen ID 9", "Proxy Authen Response (7 octets)",
                    ]
                ))
    }

    @Test func `an outgoing call is set up`() {
        let request = OCRQ(
            assignedSessionID: SessionID(5), callSerialNumber: 7, minimumBPS: ConnectSpeed(bitsPerSecond: 9_600),
            maximumBPS: ConnectSpeed(bitsPerSecond: 64_000), bearerType: .digital,
            framingType: [.asynchronous, .synchronous], calledNumber: "5551212")
        #expect(
            fields(.ocrq(request))
                == Said(
                    "OCRQ",
                    [
                        "Assigned Session ID 5", "Call Serial Number 7", "Minimum BPS 9600", "Maximum BPS 64000",
                        "Bearer Type digital", "Framing Type synchronous, asynchronous", "Called Number \"5551212\"",
                    ]
                ))
        #expect(
            fields(.ocrp(OCRP(assignedSessionID: SessionID(8), physicalChannelID: 3)))
                == Said(
                    "OCRP", ["Assigned Session ID 8", "Physical Channel ID 3"]
                ))
        #expect(
            fields(.occn(OCCN(txConnectSpeed: ConnectSpeed(bitsPerSecond: 1), framingType: .asynchronous)))
                == Said(
                    "OCCN", ["(Tx) Connect Speed 1", "Framing Type asynchronous"]
                ))
    }

    @Test func `what ends and what is told meanwhile`() {
        let end = CDN(
            resultCode: ResultCode(.seeErrorCode, error: .insufficientResources, text: "full"),
            assignedSessionID: SessionID(6), q931Cause: Q931Cause(cause: 16, message: 0x45, advisory: "bye"),
            pppDisconnectCause: PPPDisconnectCause(
                code: .authenticationFailed, controlProtocol: 0xc223, direction: .peer, message: "no"))
        #expect(
            fields(.cdn(end))
                == Said(
                    "CDN",
                    [
                        "Result Code see error code (2), insufficient resources (4): full", "Assigned Session ID 6",
                        "Q.931 Cause Code cause 16, message 69: bye",
                        "PPP Disconnect Cause Code authentication failed (16), CHAP, of the peer: no",
                    ]
                ))
        let stop = StopCCN(assignedTunnelID: TunnelID(1), resultCode: ResultCode(.shuttingDown))
        #expect(
            fields(.stopCCN(stop)) == Said("StopCCN", ["Assigned Tunnel ID 1", "Result Code shutting down (6)"]))
        #expect(
            fields(.wen(WEN(callErrors: CallErrors(crcErrors: 1, alignmentErrors: 2)))).fields == [
                "Call Errors CRC 1, framing 0, hardware overruns 0, buffer overruns 0, time-outs 0, alignment 2"
            ])
        #expect(
            fields(.sli(SLI(accm: ACCM(send: 0x000a_0000, receive: 0)))).fields == [
                "ACCM send 0xa0000, receive 0x0"
            ])
    }

    @Test func `hidden AVPs are shown as hidden, and no secret is shown in any message`() {
        var connection = ICCN(txConnectSpeed: ConnectSpeed(bitsPerSecond: 1), framingType: .synchronous)
        connection.proxyAuthentication = ProxyAuthentication(
            type: .pap, name: Array("alice".utf8), id: 9, response: Array("hunter2".utf8))
        let plain = fields(.iccn(connection))
        #expect(!plain.fields.joined().contains("hunter2"))
        let hiding = Hiding(secret: Array("s".utf8), extent: .everything, randomVector: Array(0...15))
        let hidden = fields(.iccn(connection), hiding: hiding).fields
        #expect(hidden.contains("Proxy Authen Name hidden (7 octets)"), "\(hidden)")
        #expect(hidden.contains("Proxy Authen Response hidden (9 octets)"))
    }

    @Test func `an acknowledgement, an unknown message, and nonsense`() {
        let header = ControlHeader(tunnelID: TunnelID(7), ns: SequenceNumber(3), nr: SequenceNumber(2))
        #expect(Reading(datagram: header.encoded()).title == "ZLB")
        #expect(Reading(datagram: header.encoded()).isRoutine)
        let unknown = Reading(datagram: header.encoded(body: [0, 8, 0, 0, 0, 0, 0, 99, 0, 7, 0, 9, 0, 1, 1]))
        #expect(unknown.title == "message type 99")
        #expect(unknown.fields == [.init("AVP (vendor 9, attribute 1)", "(1 octets)")])
        let broken = Reading(datagram: header.encoded(body: [0, 8, 0, 0, 0, 0, 0, 1, 0, 99]))
        #expect(broken.title == "SCCRQ" && broken.fields.first?.name == "Malformed")
        #expect(Reading(datagram: [1, 2, 3]).title == "no L2TPv2 message")
        #expect(Reading(datagram: []).title == "no L2TPv2 message")
    }

    // MARK: - PPP

    @Test func `LCP and its options`() {
        #expect(
            line(ppp: .lcp, 1, [1, 4, 5, 0x78, 3, 5, 0xc2, 0x23, 0x81, 5, 6, 1, 2, 3, 4, 7, 2, 8, 2, 99, 3, 1])
                == "LCP Configure-Request; MRU 1400; Authentication-Protocol MS-CHAPv2; Magic-Number 0x01020304; "
                + "Protocol-Field-Compression; Address-and-Control-Field-Compression; Option-99 01")
        #expect(line(ppp: .lcp, 2, [2, 6, 0, 0, 0, 0]) == "LCP Configure-Ack; Async-Control-Character-Map 0x00000000")
        #expect(line(ppp: .lcp, 3, [3, 4, 0xc0, 0x23]) == "LCP Configure-Nak; Authentication-Protocol PAP")
        #expect(line(ppp: .lcp, 4, [17, 4, 5, 0xdc]) == "LCP Configure-Reject; Multilink-MRRU 1500")
        #expect(line(ppp: .lcp, 5, Array("bye\u{1b}".utf8)) == "LCP Terminate-Request; Data \"bye\u{fffd}\"")
        #expect(line(ppp: .lcp, 6, []) == "LCP Terminate-Ack")
        #expect(line(ppp: .lcp, 8, [0x80, 0xfd, 1]) == "LCP Protocol-Reject; Rejected-Protocol CCP")
        #expect(line(ppp: .lcp, 9, [0, 0, 0, 1]) == "LCP Echo-Request; Magic-Number 0x00000001")
        #expect(
            line(ppp: .lcp, 12, [0, 0, 0, 1] + Array("MSRAS".utf8))
                == "LCP Identification; Magic-Number 0x00000001; Message \"MSRAS\"")
        #expect(line(ppp: .lcp, 1, [1, 9, 1]) == "LCP Configure-Request; Malformed (3 octets)")
    }

    @Test func `the network protocols and CCP`() {
        #expect(
            line(ppp: .ipcp, 1, [3, 6, 100, 64, 0, 2, 129, 6, 0, 0, 0, 0])
                == "IPCP Configure-Request; IP-Address 100.64.0.2; Primary-DNS-Server-Address 0.0.0.0")
        #expect(
            line(ppp: .ipv6cp, 2, [1, 10, 0, 0, 0, 0, 0, 0, 0, 1])
                == "IPV6CP Configure-Ack; Interface-Identifier 0000:0000:0000:0001")
        #expect(line(ppp: .ccp, 1, [18, 6, 1, 0, 0, 0x60]) == "CCP Configure-Request; MPPE 0x01000060")
    }

    @Test func `no proof of an identity is shown`() {
        #expect(
            line(ppp: .pap, 1, [5] + Array("alice".utf8) + [7] + Array("hunter2".utf8))
                == "PAP Authenticate-Request; Peer-ID \"alice\"; Password (redacted)")
        #expect(line(ppp: .pap, 3, [2] + Array("no".utf8)) == "PAP Authenticate-Nak; Message \"no\"")
        #expect(
            line(ppp: .chap, 1, [2, 0xaa, 0xbb] + Array("lns".utf8))
                == "CHAP Challenge; Value (2 octets); Name \"lns\"")
        #expect(
            line(ppp: .chap, 2, [2, 0xaa, 0xbb] + Array("alice".utf8))
                == "CHAP Response; Value (redacted); Name \"alice\"")
        #expect(
            line(ppp: .chap, 3, Array("S=00112233 M=welcome".utf8))
                == "CHAP Success; Message \"S=(redacted) M=welcome\"")
        #expect(line(ppp: .chap, 4, Array("E=691 R=0".utf8)) == "CHAP Failure; Message \"E=691 R=0\"")
        let eap = ProtocolNumber(rawValue: 0xc227)
        #expect(line(ppp: eap, 2, [1] + Array("alice".utf8)) == "EAP Response Identity; Identity \"alice\"")
        #expect(line(ppp: eap, 2, [4, 1, 0xaa]) == "EAP Response MD5-Challenge; Data (2 octets)")
        #expect(line(ppp: eap, 2, [3, 26]) == "EAP Response Nak; Desired MS-CHAPv2")
    }

    @Test func `frames that are no control packets`() {
        #expect(Reading(frame: [0x21, 1, 2]).title == "IPv4")
        #expect(Reading(frame: []).title == "no PPP frame")
        #expect(Reading(frame: [0xc0, 0x21, 1]).fields.first?.name == "Malformed")
        #expect(Reading(frame: [0x82, 0x07, 1, 1, 0, 4]).title == "protocol 0x8207 Configure-Request")
    }

    // MARK: - PPPoE

    @Test func `discovery packets`() throws {
        let offer = DiscoveryPacket(
            .pado,
            tags: [
                DiscoveryTag(.acName, text: "bras-1"), DiscoveryTag(.serviceName, text: ""),
                DiscoveryTag(.acCookie, [1, 2]), DiscoveryTag(.hostUniq, [0xab]), DiscoveryTag(maxPayload: 1500),
            ])
        let reading = Reading(discovery: try offer.encoded())
        #expect(reading.title == "PADO")
        #expect(
            reading.fields.map { "\($0.name) \($0.value)" } == [
                "AC-Name \"bras-1\"", "Service-Name \"\"", "AC-Cookie (2 octets)", "Host-Uniq ab",
                "PPP-Max-Payload 1500",
            ])
        #expect(Reading(discovery: [0x11]).title == "no PPPoE discovery packet")
    }

    // MARK: - Lines

    @Test func `a control message is a line and its AVPs below, a PPP message one line`() throws {
        let header = ControlHeader(tunnelID: TunnelID(7), ns: SequenceNumber(3), nr: SequenceNumber(2))
        let message = MessageEncoder.encode(.icrp(ICRP(assignedSessionID: SessionID(12))), header: header)
        var record = Self.packet(.l2tp, message, .sent)
        record.tunnelID = 7
        record.sessionID = 12
        let lines = TracedPacket(record).text.split(separator: "\n").map(String.init)
        #expect(lines.count == 2 && lines[1] == "                  Assigned Session ID 12")
        #expect(lines[0].wholeMatch(of: /[0-9:]{8}\.000  ->  192\.0\.2\.2:1701  7\/12  ICRP  Ns 3 Nr 2/) != nil)

        var frame = Self.packet(.ppp, [0xc0, 0x21, 1, 9, 0, 8, 1, 4, 5, 0x78])
        frame.tunnelID = 7
        frame.sessionID = 12
        frame.user = "alice"
        #expect(
            TracedPacket(frame).text.hasSuffix(
                "  <-  192.0.2.2:1701  7/12  (alice)  LCP Configure-Request 9  MRU 1400"))
        let json = try JSONText.line(TracedPacket(record).line)
        #expect(
            json.contains(#""fields":[{"name":"Assigned Session ID","value":"12"}]"#)
                && json.contains(#""message":"ICRP","nr":2,"ns":3"#)
                && json.contains(#""time":"1970-01-01T00:00:01.000Z""#))
        #expect(!json.contains("octets\":"), "what was on the wire is not for a trace")
    }
}
