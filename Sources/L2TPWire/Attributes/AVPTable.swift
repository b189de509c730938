/// One AVP that is recognised.
struct AVPRow {
    /// Who defines it, and so whether a v2 message can use it and whether the M bit may be set without asking.
    enum Origin {
        case rfc2661, extended, v3
    }

    let attribute: Attribute
    let name: String
    /// The M bit that its RFC gives it.
    let mandatory: Bool
    let hideable: Bool
    let form: AVPForm
    let origin: Origin

    init(
        _ type: UInt16, _ name: String, _ form: AVPForm, m mandatory: Bool = false, h hideable: Bool = true,
        _ origin: Origin = .rfc2661, vendor: UInt16 = 0
    ) {
        attribute = Attribute(vendor: vendor, type: type)
        self.name = name
        self.mandatory = mandatory
        self.hideable = hideable
        self.form = form
        self.origin = origin
    }
}

/// Every AVP that is recognised: `m` for those sent with the M bit, `h: false` for those never hidden.
enum AVPTable {
    static func row(for attribute: Attribute) -> AVPRow? {
        index[attribute]
    }

    static let rows: [AVPRow] = ietf + extensions + version3 + broadbandForum

    /// May stand in a message more than once: Failover Session State, Connect Speed Update.
    static let repeatable: Set<Attribute> = [Attribute(type: 79), Attribute(type: 97)]

    private static let index = [Attribute: AVPRow](uniqueKeysWithValues: rows.map { ($0.attribute, $0) })

    /// RFC 2661 section 4.4.
    private static let ietf = [
        AVPRow(0, "Message Type", .uint16, m: true, h: false),
        AVPRow(1, "Result Code", .resultCode, m: true, h: false),
        AVPRow(2, "Protocol Version", .version, m: true, h: false),
        AVPRow(3, "Framing Capabilities", .mask32, m: true),
        AVPRow(4, "Bearer Capabilities", .mask32, m: true),
        AVPRow(5, "Tie Breaker", .fixed(8), h: false),
        AVPRow(6, "Firmware Revision", .uint16),
        AVPRow(7, "Host Name", .text(atLeast: 1), m: true, h: false),
        AVPRow(8, "Vendor Name", .text(atLeast: 0)),
        AVPRow(9, "Assigned Tunnel ID", .nonZero16, m: true),
        AVPRow(10, "Receive Window Size", .nonZero16, m: true, h: false),
        AVPRow(11, "Challenge", .secret(atLeast: 1), m: true),
        AVPRow(12, "Q.931 Cause Code", .coded(3), m: true, h: false),
        AVPRow(13, "Challenge Response", .digest(16), m: true),
        AVPRow(14, "Assigned Session ID", .nonZero16, m: true),
        AVPRow(15, "Call Serial Number", .uint32, m: true),
        AVPRow(16, "Minimum BPS", .uint32, m: true),
        AVPRow(17, "Maximum BPS", .uint32, m: true),
        AVPRow(18, "Bearer Type", .mask32, m: true),
        AVPRow(19, "Framing Type", .mask32, m: true),
        AVPRow(21, "Called Number", .text(atLeast: 0), m: true),
        AVPRow(22, "Calling Number", .text(atLeast: 0), m: true),
        AVPRow(23, "Sub-Address", .text(atLeast: 0), m: true),
        AVPRow(24, "(Tx) Connect Speed", .uint32, m: true),
        AVPRow(25, "Physical Channel ID", .uint32),
        AVPRow(26, "Initial Received LCP CONFREQ", .octets(atLeast: 0)),
        AVPRow(27, "Last Sent LCP CONFREQ", .octets(atLeast: 0)),
        AVPRow(28, "Last Received LCP CONFREQ", .octets(atLeast: 0)),
        AVPRow(29, "Proxy Authen Type", .uint16),
        AVPRow(30, "Proxy Authen Name", .text(atLeast: 0)),
        AVPRow(31, "Proxy Authen Challenge", .secret(atLeast: 0)),
        AVPRow(32, "Proxy Authen ID", .uint16),
        AVPRow(33, "Proxy Authen Response", .secret(atLeast: 0)),
        AVPRow(34, "Call Errors", .fixed(26), m: true),
        AVPRow(35, "ACCM", .fixed(10), m: true),
        AVPRow(36, "Random Vector", .octets(atLeast: 0), m: true, h: false),
        AVPRow(37, "Private Group ID", .text(atLeast: 0)),
        AVPRow(38, "Rx Connect Speed", .uint32),
        AVPRow(39, "Sequencing Required", .empty, m: true, h: false),
    ]

    /// RFCs 3301, 3145, 3308, 3437, 3573, 3817, 4951, 4045, 4667, 5515 and 6073.
    private static let extensions = [
        AVPRow(40, "Rx Minimum BPS", .uint32, .extended),
        AVPRow(41, "Rx Maximum BPS", .uint32, .extended),
        AVPRow(42, "Service Category", .uint16, .extended),
        AVPRow(43, "Service Name", .text(atLeast: 0), .extended),
        AVPRow(44, "Calling Sub-Address", .fixed(20), .extended),
        AVPRow(45, "VPI/VCI Identifier", .uint32, .extended),
        AVPRow(46, "PPP Disconnect Cause Code", .coded(5), .extended),
        AVPRow(46, "PPP Disconnect Cause Code", .coded(5), .extended, vendor: 43),
        AVPRow(47, "Control Connection DS", .uint16, .extended),
        AVPRow(48, "Session DS", .uint16, .extended),
        AVPRow(49, "LCP Want Options", .octets(atLeast: 0), .extended),
        AVPRow(50, "LCP Allow Options", .octets(atLeast: 0), .extended),
        AVPRow(51, "LNS Last Sent LCP CONFREQ", .octets(atLeast: 0), .extended),
        AVPRow(52, "LNS Last Received LCP CONFREQ", .octets(atLeast: 0), .extended),
        AVPRow(53, "Modem On-Hold Capable", .empty, .extended),
        AVPRow(54, "Modem On-Hold Status", .uint16, .extended),
        AVPRow(55, "PPPoE Relay", .octets(atLeast: 0), .extended),
        AVPRow(56, "PPPoE Relay Response Capability", .empty, .extended),
        AVPRow(57, "PPPoE Relay Forward Capability", .empty, .extended),
        AVPRow(76, "Failover Capability", .fixed(6), .extended),
        AVPRow(77, "Tunnel Recovery", .fixed(10), m: true, h: false, .extended),
        AVPRow(78, "Suggested Control Sequence", .fixed(6), .extended),
        AVPRow(79, "Failover Session State", .fixed(10), m: true, .extended),
        AVPRow(80, "Multicast Capability", .octets(atLeast: 0), .extended),
        AVPRow(81, "New Outgoing Sessions", .octets(atLeast: 0), .extended),
        AVPRow(82, "New Outgoing Sessions Acknowledgement", .octets(atLeast: 0), .extended),
        AVPRow(83, "Withdraw Outgoing Sessions", .octets(atLeast: 0), .extended),
        AVPRow(84, "Multicast Packets Priority", .octets(atLeast: 0), .extended),
        AVPRow(89, "Attachment Group Identifier", .octets(atLeast: 0), .extended),
        AVPRow(90, "Local End Identifier", .octets(atLeast: 0), .extended),
        AVPRow(91, "Interface MTU", .uint16, .extended),
        AVPRow(97, "Connect Speed Update", .oneOf([12, 20]), .extended),
        AVPRow(98, "Connect Speed Update Enable", .empty, .extended),
        AVPRow(101, "Pseudowire Switching Point", .octets(atLeast: 0), .extended),
    ]

    /// RFC 3931 section 5.4: in a v2 message they come from a peer that would rather speak v3, and are ignored.
    private static let version3 = [
        AVPRow(58, "Extended Vendor ID", .octets(atLeast: 6), .v3),
        AVPRow(59, "Message Digest", .oneOf([17, 21]), m: true, h: false, .v3),
        AVPRow(60, "Router ID", .uint32, m: true, h: false, .v3),
        AVPRow(61, "Assigned Control Connection ID", .nonZero32, m: true, .v3),
        AVPRow(62, "Pseudowire Capabilities List", .octets(atLeast: 2), m: true, .v3),
        AVPRow(63, "Local Session ID", .uint32, m: true, .v3),
        AVPRow(64, "Remote Session ID", .uint32, m: true, .v3),
        AVPRow(65, "Assigned Cookie", .secret(atLeast: 0), m: true, .v3),
        AVPRow(66, "Remote End ID", .octets(atLeast: 0), m: true, .v3),
        AVPRow(68, "Pseudowire Type", .uint16, m: true, .v3),
        AVPRow(69, "L2-Specific Sublayer", .uint16, m: true, .v3),
        AVPRow(70, "Data Sequencing", .uint16, m: true, .v3),
        AVPRow(71, "Circuit Status", .uint16, m: true, .v3),
        AVPRow(72, "Preferred Language", .text(atLeast: 0), .v3),
        AVPRow(73, "Control Message Authentication Nonce", .secret(atLeast: 0), m: true, h: false, .v3),
        AVPRow(74, "Tx Connect Speed", .uint64, .v3),
        AVPRow(75, "Rx Connect Speed", .uint64, .v3),
    ]

    /// RFC 5515 section 5: the access line of an incoming call.
    private static let broadbandForum = [
        AVPRow(1, "Agent-Circuit-Id", .text(atLeast: 0), .extended, vendor: 3561),
        AVPRow(2, "Agent-Remote-Id", .text(atLeast: 0), .extended, vendor: 3561),
        AVPRow(129, "Actual-Data-Rate-Upstream", .uint64, .extended, vendor: 3561),
        AVPRow(130, "Actual-Data-Rate-Downstream", .uint64, .extended, vendor: 3561),
        AVPRow(131, "Minimum-Data-Rate-Upstream", .uint64, .extended, vendor: 3561),
        AVPRow(132, "Minimum-Data-Rate-Downstream", .uint64, .extended, vendor: 3561),
        AVPRow(133, "Attainable-Data-Rate-Upstream", .uint64, .extended, vendor: 3561),
        AVPRow(134, "Attainable-Data-Rate-Downstream", .uint64, .extended, vendor: 3561),
        AVPRow(135, "Maximum-Data-Rate-Upstream", .uint64, .extended, vendor: 3561),
        AVPRow(136, "Maximum-Data-Rate-Downstream", .uint64, .extended, vendor: 3561),
        AVPRow(137, "Minimum-Data-Rate-Upstream-Low-Power", .uint64, .extended, vendor: 3561),
        AVPRow(138, "Minimum-Data-Rate-Downstream-Low-Power", .uint64, .extended, vendor: 3561),
        AVPRow(139, "Maximum-Interleaving-Delay-Upstream", .uint32, .extended, vendor: 3561),
        AVPRow(140, "Actual-Interleaving-Delay-Upstream", .uint32, .extended, vendor: 3561),
        AVPRow(141, "Maximum-Interleaving-Delay-Downstream", .uint32, .extended, vendor: 3561),
        AVPRow(142, "Actual-Interleaving-Delay-Downstream", .uint32, .extended, vendor: 3561),
        AVPRow(144, "Access-Loop-Encapsulation", .fixed(3), .extended, vendor: 3561),
        AVPRow(145, "ANCP Access Line Type", .fixed(4), .extended, vendor: 3561),
        AVPRow(254, "IWF-Session", .uint32, .extended, vendor: 3561),
    ]
}
