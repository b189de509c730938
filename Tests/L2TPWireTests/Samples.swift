import L2TPWire

/// Every message with every property set.
enum Samples {
    static let hiding = Hiding(
        secret: Array("secret".utf8), extent: .everything, randomVector: Array(0x10...0x1f), padding: Array(0...15))

    static let sccrq = SCCRQ(
        hostName: "lac-1", assignedTunnelID: TunnelID(0x1234), bearerCapabilities: [.analog, .digital],
        receiveWindowSize: 64, challenge: Array(0...15), tieBreaker: TieBreaker(rawValue: 0x0102_0304_0506_0708),
        firmwareRevision: 0x0690, vendorName: "Acme",
        extensions: [
            AVP(Attribute(type: 47), octets: [0, 1]), AVP(Attribute(type: 53), octets: []),
            AVP(Attribute(type: 56), octets: []), AVP(Attribute(type: 57), octets: []),
            AVP(Attribute(type: 76), octets: hex("0003 00001388")),
        ]
    )
    static let sccrp = SCCRP(
        framingCapabilities: .synchronous, hostName: "lns-1", assignedTunnelID: TunnelID(0xabcd),
        bearerCapabilities: [], firmwareRevision: 1, vendorName: "Acme", receiveWindowSize: 1, challenge: [7],
        challengeResponse: Array(16...31), extensions: [AVP(Attribute(type: 78), octets: hex("0000 0003 0064"))]
    )
    static let ocrq = OCRQ(
        assignedSessionID: SessionID(5), callSerialNumber: 0xdead_beef,
        minimumBPS: ConnectSpeed(bitsPerSecond: 9_600), maximumBPS: ConnectSpeed(bitsPerSecond: 64_000),
        bearerType: .digital, framingType: [.asynchronous, .synchronous], calledNumber: "5551212",
        subAddress: "1", extensions: [AVP(Attribute(type: 40), octets: [0, 0, 1, 0])]
    )
    static let icrq = ICRQ(
        assignedSessionID: SessionID(6), callSerialNumber: 1, bearerType: [], physicalChannelID: 99,
        callingNumber: "5551111", calledNumber: "5552222", subAddress: "x",
        extensions: [
            AVP(Attribute(vendor: 3561, type: 1), octets: Array("dslam eth 1/1".utf8)),
            AVP(Attribute(vendor: 3561, type: 130), octets: hex("0000000005f5e100")),
        ]
    )
    static let iccn = ICCN(
        txConnectSpeed: ConnectSpeed(bitsPerSecond: 100_000_000), framingType: .synchronous,
        proxyLCP: ProxyLCP(initialReceived: hex("010405d4"), lastSent: hex("0305c22305"), lastReceived: []),
        proxyAuthentication: ProxyAuthentication(
            type: .pap, name: Array("alice".utf8), challenge: [1], id: 9, response: Array("hunter2".utf8)
        ),
        privateGroupID: "red", rxConnectSpeed: ConnectSpeed(bitsPerSecond: 20_000_000), sequencingRequired: true,
        lcpWantOptions: [1], lcpAllowOptions: [2]
    )
    static let occn = OCCN(
        txConnectSpeed: ConnectSpeed(bitsPerSecond: 0), framingType: .asynchronous,
        rxConnectSpeed: ConnectSpeed(bitsPerSecond: 1), sequencingRequired: true, lcpWantOptions: [],
        lcpAllowOptions: [3]
    )
    static let cdn = CDN(
        resultCode: ResultCode(.seeErrorCode, error: .insufficientResources, text: "full"),
        assignedSessionID: SessionID(6), q931Cause: Q931Cause(cause: 16, message: 0x45, advisory: "bye"),
        pppDisconnectCause: PPPDisconnectCause(
            code: .normal, controlProtocol: 0xc021, direction: .peer, message: "user request")
    )

    static let all: [Message] = [
        .sccrq(sccrq), .sccrp(sccrp), .scccn(SCCCN(challengeResponse: Array(0...15))),
        .stopCCN(
            StopCCN(
                assignedTunnelID: TunnelID(1), resultCode: ResultCode(.generalError, error: .tryAnother, text: "lns-2"))
        ),
        .hello(Hello()), .ocrq(ocrq), .ocrp(OCRP(assignedSessionID: SessionID(0xffff), physicalChannelID: 3)),
        .occn(occn), .icrq(icrq), .icrp(ICRP(assignedSessionID: SessionID(7))), .iccn(iccn), .cdn(cdn),
        .wen(
            WEN(
                callErrors: CallErrors(
                    crcErrors: 1, framingErrors: 2, hardwareOverruns: 3, bufferOverruns: 4, timeoutErrors: 5,
                    alignmentErrors: 0xffff_ffff))
        ),
        .sli(SLI(accm: ACCM(send: 0x000a_0000, receive: 0), lnsLastSentLCP: [1], lnsLastReceivedLCP: [])),
        .extension(.mdmst, [AVP(Attribute(type: 54), octets: [0, 1])]),
        .extension(.srrq, [AVP(Attribute(type: 55), octets: [1, 2, 3])]),
        .extension(.fsq, Array(repeating: AVP(Attribute(type: 79), octets: hex("0000 00000001 00000002")), count: 3)),
        .extension(
            .csun, Array(repeating: AVP(Attribute(type: 97), octets: hex("0000 0001 00000001 00000002")), count: 2)),
    ]
}
