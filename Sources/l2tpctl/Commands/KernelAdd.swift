import Addresses
import ArgumentParser
import Linux
import Netlink

/// `l2tpctl kernel add`
struct KernelAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a tunnel or a session to the kernel's.",
        subcommands: [Tunnel.self, Session.self])

    struct Tunnel: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a tunnel between two addresses, without a control connection.",
            discussion: "The peer adds one with the ids, the addresses and the ports the other way round.")

        @Argument(help: ArgumentHelp("Our id: what the peer puts in its packets.", valueName: "id")) var id: UInt32
        @Option(name: .customLong("peer-id"), help: ArgumentHelp("The peer's id.", valueName: "id"))
        var peerID: UInt32
        @Option(help: ArgumentHelp("This host's address.", valueName: "address"), transform: KernelAdd.address)
        var local: IPAddress
        @Option(help: ArgumentHelp("The peer's address.", valueName: "address"), transform: KernelAdd.address)
        var remote: IPAddress
        @Option(help: ArgumentHelp("The protocol's version, 2 or 3.", valueName: "version"))
        var protocolVersion: UInt8 = 3
        @Option(help: "What packets travel in; ip is IP protocol 115, of L2TPv3 alone.")
        var encapsulation = KernelTunnel.Encapsulation.udp
        @Option(help: ArgumentHelp("Our UDP port. (default: 1701)", valueName: "port")) var localPort: UInt16?
        @Option(help: ArgumentHelp("The peer's UDP port. (default: 1701)", valueName: "port")) var remotePort: UInt16?
        @Flag(help: "Send packets without UDP checksums.") var noChecksums = false
        @Flag(help: "Take packets without a UDP checksum over IPv6, too.") var takeNoChecksum = false
        @Flag(name: .customLong("json"), help: "Print the tunnel as JSON.") var isJSON = false

        var tunnel: KernelTunnel {
            let port: UInt16 = encapsulation == .udp ? 1701 : 0
            return KernelTunnel(
                id: id, peerID: peerID, version: protocolVersion, encapsulation: encapsulation,
                local: Endpoint(address: local, port: localPort ?? port),
                remote: Endpoint(address: remote, port: remotePort ?? port),
                checksums: encapsulation == .udp ? !noChecksums : nil, takesNoChecksum: takeNoChecksum)
        }

        func validate() throws {
            let overIPv6 = local.octets.count == 16
            let overIP = encapsulation == .ip
            let problems: [(Bool, String)] = [
                (!(2...3).contains(protocolVersion), "--protocol-version is 2 or 3"),
                (id == 0 || peerID == 0, "ids begin at 1"),
                (protocolVersion == 2 && max(id, peerID) > UInt16.max, "L2TPv2 has ids from 1 to 65535"),
                (overIPv6 != (remote.octets.count == 16), "--local and --remote are of one family, IPv4 or IPv6"),
                (local.isAny || remote.isAny, "a tunnel is between the addresses of two hosts"),
                (overIP && protocolVersion == 2, "L2TPv2 is over UDP alone; leave out --encapsulation"),
                (overIP && (localPort ?? remotePort) != nil, "ports are UDP's; leave them out over IP"),
                (
                    overIP && (noChecksums || takeNoChecksum),
                    "the checksums are UDP's; leave --no-checksums and --take-no-checksum out over IP"
                ),
                (localPort == 0 || remotePort == 0, "ports are from 1 to 65535"),
                (
                    takeNoChecksum && !overIPv6,
                    "--take-no-checksum is for IPv6; over IPv4 such packets are always taken"
                ),
            ]
            if let (_, problem) = problems.first(where: \.0) { throw ValidationError(problem) }
        }

        func run() throws {
            let kernel = try KernelAccess()
            try kernel.ask("tunnel \(id) is not added", .addTunnel) { l2tp throws(Errno) in
                try l2tp.createTunnel(tunnel)
            }
            try Output.say(
                isJSON ? try JSONText.line(KernelTunnelRecord(try kernel.tunnel(id))) : "added tunnel \(id)")
        }
    }

    struct Session: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a session to a tunnel.",
            discussion: """
                The peer adds one with the ids and the cookies the other way round, and with the same sublayer. An Ethernet \
                session has an interface, which is down at first; one of PPP lasts, but carries nothing before a program \
                connects to it.
                """)

        @Argument(
            help: ArgumentHelp("TUNNEL/SESSION, our ids.", valueName: "session"),
            transform: { text in
                guard case .ids(let tunnel, let session) = try KernelSessionName.parse(text) else {
                    throw ValidationError("write TUNNEL/SESSION")
                }
                return (tunnel, session)
            })
        var ids: (tunnel: UInt32, session: UInt32)
        @Option(name: .customLong("peer-id"), help: ArgumentHelp("The peer's session id.", valueName: "id"))
        var peerID: UInt32
        @Option(help: "What it carries, ethernet or ppp. (default: ethernet, and ppp in a tunnel of L2TPv2)")
        var pseudowire: Pseudowire?
        @Option(
            help: ArgumentHelp(
                "The Ethernet interface's name. (default: the kernel's choice, as l2tpeth0)", valueName: "name"))
        var interface: String?
        @Option(
            help: ArgumentHelp("What our packets have: 8 or 16 hexadecimal digits.", valueName: "hex"),
            transform: KernelAdd.cookie)
        var cookie: [UInt8] = []
        @Option(
            help: ArgumentHelp("What packets to us must have.", valueName: "hex"), transform: KernelAdd.cookie)
        var peerCookie: [UInt8] = []
        @Option(help: "Which packets have sequence numbers: none, send, receive or both.")
        var sequence = SequenceUse.none
        @Flag(name: .customLong("lns"), help: "Decide about sequence numbers; without this the peer's packets decide.")
        var isLNS = false
        @Option(
            name: .customLong("reorder-timeout"),
            help: ArgumentHelp("Put packets in order, early ones wait so long; 0: do not.", valueName: "ms"))
        var reorderTimeout: UInt64 = 0
        @Option(help: "L2TPv3's sublayer, default or none; without it there are no sequence numbers.")
        var sublayer: L2SpecificSublayer?
        @Flag(name: .customLong("json"), help: "Print the session as JSON.") var isJSON = false

        func validate() throws {
            if peerID == 0 { throw ValidationError("ids begin at 1") }
            if let interface, !KernelSessionName.isInterface(interface) {
                throw ValidationError("an interface's name has 1 to 15 characters, no slash, no space, not only digits")
            }
        }

        /// The session as this tunnel can have it.
        func session(in tunnel: KernelTunnel) throws(Failure) -> KernelSession {
            let carries = pseudowire ?? (tunnel.version == 2 ? .ppp : .ethernet)
            let isV2 = tunnel.version == 2
            let problems: [(Bool, String)] = [
                (isV2 && max(ids.session, peerID) > UInt16.max, "L2TPv2 has ids from 1 to 65535"),
                (isV2 && carries != .ppp, "L2TPv2 carries PPP alone; leave out --pseudowire"),
                (
                    isV2 && !(cookie.isEmpty && peerCookie.isEmpty),
                    "L2TPv2 has no cookies; leave out --cookie and --peer-cookie"
                ),
                (isV2 && sublayer != nil, "L2TPv2 has no sublayer; leave out --sublayer"),
                (
                    interface != nil && carries != .ethernet,
                    "only Ethernet has an interface of its own; leave out --interface"
                ),
                (
                    sublayer == L2SpecificSublayer.none && sequence != .none,
                    "without a sublayer there are no sequence numbers; leave out --sublayer or --sequence"
                ),
            ]
            if let (_, problem) = problems.first(where: \.0) {
                throw .kernel(
                    what: "session \(ids.tunnel)/\(ids.session) is not added",
                    reason: "tunnel \(tunnel.id) is \(tunnel.protocolText)", advice: problem)
            }
            return KernelSession(
                tunnel: ids.tunnel, id: ids.session, peerTunnel: tunnel.peerID, peerID: peerID, pseudowire: carries,
                interface: interface, cookie: cookie, peerCookie: peerCookie, isLNS: isLNS,
                sendsSequence: sequence.sends, requiresSequence: sequence.requires, reorderTimeout: reorderTimeout)
        }

        func run() throws {
            let kernel = try KernelAccess()
            let session = try session(in: try kernel.tunnel(ids.tunnel))
            let name = "\(session.tunnel)/\(session.id)"
            try kernel.ask("session \(name) is not added", .addSession) { l2tp throws(Errno) in
                try l2tp.createSession(session, sublayer: sublayer)
            }
            let added = try kernel.session(.ids(tunnel: session.tunnel, session: session.id))
            let interface = added.interface.map { ", interface \($0)" } ?? ""
            try Output.say(
                isJSON ? try JSONText.line(KernelSessionRecord(added)) : "added session \(name)\(interface)")
        }
    }

    private static func address(_ text: String) throws -> IPAddress {
        guard let address = IPAddress(text) else { throw ValidationError("write an IPv4 or IPv6 address") }
        return address
    }

    private static func cookie(_ text: String) throws -> [UInt8] {
        guard let octets = Hexadecimal.octets(text), [4, 8].contains(octets.count) else {
            throw ValidationError("a cookie has 4 or 8 octets: write 8 or 16 hexadecimal digits")
        }
        return octets
    }
}

extension SequenceUse: ExpressibleByArgument {}

extension KernelTunnel.Encapsulation: ExpressibleByArgument {
    public static var allValueStrings: [String] { allCases.map { "\($0)" } }
    public var defaultValueDescription: String { "\(self)" }

    public init?(argument: String) {
        guard let value = Self.allCases.first(where: { "\($0)" == argument }) else { return nil }
        self = value
    }
}

extension Pseudowire: ExpressibleByArgument {
    public init?(argument: String) {
        guard let value = [Pseudowire.ethernet, .ppp].first(where: { $0.text == argument }) else { return nil }
        self = value
    }
}

extension L2SpecificSublayer: ExpressibleByArgument {
    public init?(argument: String) {
        switch argument {
        case "default": self = .default
        case "none": self = .none
        default: return nil
        }
    }
}
