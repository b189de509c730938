import Addresses
import Configuration
import ControlProtocol
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import Netlink
import PPP
import PPPoE
import Testing

@testable import L2TPDaemon

extension Configuration {
    /// An access interface whose subscribers of example.net go to the world's own LNS.
    mutating func addAccess(
        to network: World.Network, methods: [AuthenticationMethod] = [.chapMD5], accepting: Bool = true,
        _ change: (inout AccessInterface) -> Void = { _ in }
    ) {
        var profile = PPPProfile(
            name: "access", authentication: methods, authenticationFailureDelay: .zero,
            localAddress: IPv4Address(100, 65, 0, 1), pool: "subscribers")
        profile.mru = 1452
        profile.echoInterval = nil
        profiles.append(profile)
        changeProfile {
            $0.mru = 1452
            $0.authenticationFailureDelay = .zero
            $0.echoInterval = nil
        }
        for index in peers.indices {
            // The LNS that realms lead to is ourselves.
            peers[index].followsRealms = false
            guard accepting else { continue }
            peers[index].proxyLCP = .accept
            peers[index].proxyAuthentication = .accept
        }
        let lns = RemoteLNS(place: .address(network.server.address), port: network.server.port)
        let group = TunnelGroup(name: "isp", members: [.init(lns: lns, retryAfter: .zero)])
        groups.append(group)
        realms.append(Realm(.name("example.net"), .tunnel(group)))
        realms.append(Realm(.name("here.example"), .here(profile)))
        users.append(User(name: "alice@example.net", password: Secret("secret")))
        users.append(User(name: "carol@here.example", password: Secret("secret")))
        var access = AccessInterface(interface: "access0", ppp: profile)
        access.padiRatePerMAC = 1000
        access.padrRatePerMAC = 1000
        change(&access)
        accessInterfaces.append(access)
    }
}

extension World {
    func addSubscriber(
        _ number: UInt8 = 1, _ user: String = "alice@example.net", _ password: String = "secret", service: String = "",
        line: AccessLine? = nil, ipv6: Bool = false
    ) -> SubscriberStation {
        let station = SubscriberStation(
            number, on: segments[0], service: service, line: line,
            link: LinkConfiguration(
                role: .peer(.init(user: user, password: Password(password))), mru: 1492, echoInterval: nil, ipv6: ipv6))
        segments[0].add(station)
        return station
    }

    /// A subscriber who is through to wherever he ends.
    func openSubscriber(
        _ number: UInt8 = 1, _ user: String = "alice@example.net", service: String = "", line: AccessLine? = nil
    ) throws -> SubscriberStation {
        let station = addSubscriber(number, user, service: service, line: line)
        station.dial(at: now)
        #expect(try run { station.isOpen && sessions.all.allSatisfy(\.isOpen) })
        return station
    }

    /// A subscriber's session, and the two ends of its call: the LAC's and the LNS's.
    func session(of station: SubscriberStation) -> PPPSession? { key(of: station).flatMap { sessions[$0] } }
    func call(of station: SubscriberStation) -> PPPSession? {
        session(of: station)?.partner.flatMap { sessions[$0] }
    }
    var incoming: [PPPSession] { sessions.all.filter { $0.role is LNSCall } }

    /// As `expectNothingLeft`, with the tunnels gone too.
    func expectNothingLeftOfSubscribers() throws {
        #expect(try run(atMost: .seconds(60)) { sessions.isEmpty })
        for context in server.table.all { server.closeTunnel(context, ResultCode(.generalClear), at: now) }
        try expectNothingLeft()
        #expect(server.outboundTunnels.isEmpty && server.placedCalls.isEmpty)
        #expect(subscriptions.isEmpty)
        for port in service.lac.ports { #expect(port.keys.isEmpty && port.concentrator.sessionCount == 0) }
    }
}

/// Subscribers on the way to the same daemon's own LNS.
@Suite struct LACTests {
    @Test(arguments: AuthenticationMethod.allCases, [true, false])
    func `PRX-02 PRX-03 PRX-06 a subscriber reaches his LNS by each method, with LCP taken over and anew`(
        _ method: AuthenticationMethod, _ accepting: Bool
    ) throws {
        let world = try World { configuration, network in
            configuration.addAccess(to: network, methods: [method], accepting: accepting)
        }
        let station = try world.openSubscriber()
        #expect(station.address == IPv4Address(100, 64, 0, 2), "the address is the LNS's")
        let session = try #require(world.session(of: station))
        let call = try #require(world.call(of: station))
        let ended = try #require(world.incoming.first)
        #expect(session.state == "bridged" && call.state == "bridged")
        #expect(session.user == "alice@example.net" && ended.user == "alice@example.net")
        #expect(world.plane.sessions[session.key]?.bridge == call.key)
        #expect(world.plane.sessions[call.key]?.parameters == SessionParameters(isLNS: false))
        #expect(!world.plane.calls.contains { if case .createUnit(session.key, _) = $0 { true } else { false } })
        let told = try #require(ended.connection)
        #expect(told.proxyLCP?.lastSent != nil && told.proxyLCP?.lastReceived != nil)
        switch method {
        case .msChapV2: #expect(told.proxyAuthentication == nil, "no type is registered for it")
        case .chapMD5: #expect(told.proxyAuthentication?.type == .chap && told.proxyAuthentication?.isComplete == true)
        case .pap: #expect(told.proxyAuthentication?.type == .pap && told.proxyAuthentication?.isComplete == true)
        }
        station.hangUp(at: world.now)
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `SSF-11 the ICRQ says who calls by which line, and serial numbers rise`() throws {
        let world = try World { configuration, network in
            configuration.addAccess(to: network) { $0.trustsAccessNode = true }
        }
        var line = AccessLine()
        line.circuitID = Array("node-1 eth 0/7".utf8)
        line.actualDataRateUpstream = 10_000_000
        line.actualDataRateDownstream = 100_000_000
        let first = try world.openSubscriber(1, service: "internet", line: line)
        let second = try world.openSubscriber(2)
        let offers = world.incoming.compactMap { session in
            if case .incoming(let offer) = session.offer { offer } else { nil }
        }.sorted { $0.callSerialNumber < $1.callSerialNumber }
        try #require(offers.count == 2)
        #expect(offers[0].callSerialNumber > 1_000_000 && offers[0].callSerialNumber < offers[1].callSerialNumber)
        #expect(offers[0].callingNumber == "02:00:00:00:00:01 node-1 eth 0/7")
        #expect(offers[0].calledNumber == "internet" && offers[1].calledNumber == nil)
        #expect(offers[0].bearerType == .digital)
        let id = try #require(first.session?.id.rawValue)
        #expect(offers[0].physicalChannelID == 7 << 16 | UInt32(id))
        let connection = try #require(
            world.incoming.first { $0.offer.callSerialNumber == offers[0].callSerialNumber }?.connection)
        #expect(connection.txConnectSpeed.bitsPerSecond == 100_000_000)
        #expect(connection.rxConnectSpeed.bitsPerSecond == 10_000_000)
        // RFC 5515: what is known, M clear.
        let attributes = offers[0].extensions.map(\.attribute)
        #expect(attributes == [1, 129, 130].map { Attribute(vendor: 3561, type: $0) } && offers[1].extensions.isEmpty)
        #expect(second.isOpen)
    }

    @Test func `ALI-01 ALI-03 every LNS is told as much of the line as it is meant to be`() throws {
        var line = AccessLine()
        line.circuitID = Array("node-1 eth 0/7".utf8)
        line.remoteID = Array("x".utf8)
        for rate in AccessLine.rates { line[keyPath: rate.path] = UInt64(rate.type) * 1000 }
        for delay in AccessLine.delays { line[keyPath: delay.path] = UInt32(delay.type) }
        line.encapsulation = .init(dataLink: 1, first: 2, second: 0)
        line.isInterworked = true
        let told: [(Set<LineInformation>, [UInt16])] = [
            (Set(LineInformation.allCases), [1] + Array(129...142) + [144, 254]),
            ([.circuitID, .remoteID], [1]), ([.dataRates], Array(129...138)), ([.interleavingDelays], Array(139...142)),
            ([.encapsulation, .iwfSession, .lineType], [144, 254]), ([], []),
        ]
        for (information, types) in told {
            let world = try World { configuration, network in
                configuration.addAccess(to: network) { $0.trustsAccessNode = true }
                configuration.groups[0].members[0].accessLine = information
                configuration.realms[0] = Realm(.name("example.net"), .tunnel(configuration.groups[0]))
            }
            _ = try world.openSubscriber(line: line)
            let extensions = try #require(world.incoming.first).offer.extensions
            // One octet is too short for an identifier (RFC 5515 section 5.2).
            #expect(extensions.map(\.attribute) == types.map { Attribute(vendor: 3561, type: $0) })
        }
    }

    @Test func `ALI-01 identifiers go on as the octets that they are, as many as there may be`() {
        var line = AccessLine()
        line.circuitID = [0, 0xff]
        line.remoteID = [UInt8](repeating: 7, count: 200)
        #expect(line.avps.map(\.value) == [[0, 0xff], [UInt8](repeating: 7, count: 63)])
    }

    @Test func `ALI-03 rates have 64 bits, an interworked session 4 octets and an encapsulation 3`() {
        var line = AccessLine()
        line.actualDataRateDownstream = 10_000_000_000
        line.actualInterleavingDelayUpstream = 16
        line.encapsulation = .init(dataLink: 1, first: 2, second: 0)
        line.isInterworked = true
        let values = Dictionary(uniqueKeysWithValues: line.avps.map { ($0.attribute.type, $0.value) })
        #expect(
            values == [
                130: [0, 0, 0, 2, 0x54, 0x0b, 0xe4, 0], 140: [0, 0, 0, 16], 144: [1, 2, 0], 254: [0, 0, 0, 1],
            ])
    }

    @Test func `ALI-01 what is said of the line is hidden where the tunnel hides, and its M bit is clear`() throws {
        var line = AccessLine()
        line.circuitID = Array("node-1 eth 0/7".utf8)
        let request = ICRQ(assignedSessionID: SessionID(1), callSerialNumber: 1, extensions: line.avps)
        var random = SystemRandomNumberGenerator()
        for isHiding in [true, false] {
            let hiding = isHiding ? Hiding(secret: Array("secret".utf8), extent: .everything, using: &random) : nil
            let body = MessageEncoder.encode(.icrq(request), hiding: hiding)
            let vendor = try #require(
                (0..<body.count - 6).first { Array(body[$0 + 2..<$0 + 6]) == [0x0d, 0xe9, 0, 1] })
            #expect(body[vendor] & 0x80 == 0 && (body[vendor] & 0x40 != 0) == isHiding)
            #expect(isHiding != String(decoding: body, as: UTF8.self).contains("node-1"))
            let decoded = try MessageDecoder.decode(body: body, secret: Array("secret".utf8)).message
            #expect(decoded == .icrq(request))
        }
    }

    @Test func `ALI-04 a call waits for nobody who might tell of the line, and tells nothing of it then`() throws {
        let world = try World { configuration, network in
            configuration.addAccess(to: network) { $0.trustsAccessNode = true }
        }
        let began = world.now
        _ = try world.openSubscriber()
        #expect(world.now - began < .seconds(1))
        #expect(try #require(world.incoming.first).offer.extensions.isEmpty)
    }

    @Test func `PRX-08 an SLI about a line that has no ACCM changes nothing`() throws {
        let world = try World { configuration, network in configuration.addAccess(to: network) }
        let station = try world.openSubscriber()
        let lns = try #require(world.incoming.first)
        let context = try #require(world.server.context(lns.key.tunnel))
        let id = SessionID(UInt16(lns.key.session))
        let (calls, frames) = (world.plane.calls.count, station.frames.count)
        world.server.tell(
            context, .sendLinkInfo(id, SLI(accm: ACCM(send: 0x000a_0000, receive: 0xffff_ffff))), at: world.now)
        try world.settle()
        #expect(world.server.statistics.all.first { $0.name == "tunnel_link_info" }?.value == 1)
        #expect(station.isOpen && world.sessions.all.allSatisfy(\.isOpen))
        #expect(world.plane.calls.count == calls && station.frames.count == frames)
    }

    @Test func `RES-04 an LNS that says try another is left for the next`() throws {
        let world = try World { configuration, network in
            configuration.addAccess(to: network)
            let other = RemoteLNS(place: .address(network.address(3)), port: 1701)
            configuration.groups[0].members = [
                .init(lns: other), .init(lns: .world(network), preference: 1, retryAfter: .zero),
            ]
            configuration.realms[0] = Realm(.name("example.net"), .tunnel(configuration.groups[0]))
        }
        let station = world.addSubscriber()
        station.dial(at: world.now)
        #expect(try world.run { world.server.placedCalls.count == 1 })
        guard case .placed(let context, let id?)? = world.server.placedCalls.values.first?.stage else {
            Issue.record("the call is not on its way")
            return
        }
        #expect(context.path.remote.address == world.network.address(3))
        let answer = CallEnd.peer(ResultCode(.seeErrorCode, error: .tryAnother))
        world.server.perform(.callClosed(id, answer), for: context, at: world.now)
        #expect(try world.run { station.isOpen })
        #expect(world.call(of: station)?.role.peerName == "\(world.network.server.address)")
    }

    @Test func `show pppoe tells what discovery has seen`() throws {
        let world = try World { configuration, network in
            configuration.addAccess(to: network) {
                $0.services = ["internet"]
                $0.maxSessionsPerMAC = 1
                $0.trustsAccessNode = true
            }
        }
        var line = AccessLine()
        line.circuitID = Array("node-1 eth 0/7".utf8)
        let station = try world.openSubscriber(1, "carol@here.example", service: "internet", line: line)
        world.addSubscriber(2, service: "cinema").dial(at: world.now)
        try world.settle()
        let control = try world.addControlClient()
        try control.ask(.showPPPoE)
        try control.ask(.showSessions(SessionFilter()))
        #expect(try world.run { control.replies.count == 4 })
        let record = try #require(
            control.replies.lazy.compactMap { if case .pppoe(let it) = $0 { it } else { nil } }.first)
        #expect(record.interface == "access0" && record.acName == "lns" && record.services == ["internet"])
        #expect(record.sessions == 1 && record.maxSessions == 65_534 && record.maxSessionsPerMAC == 1)
        #expect((record.padiReceived, record.padoSent) == (2, 1) && (record.padrReceived, record.padsSent) == (1, 1))
        #expect(record.discarded == ["unknown_service": 1] && record.refusalsSent == 0)
        let session = try #require(
            control.replies.lazy.compactMap { if case .session(let it) = $0 { it } else { nil } }.first)
        #expect(session.pppoeSessionID == station.session?.id.rawValue && session.mac == "02:00:00:00:00:01")
        #expect(session.circuitID == "node-1 eth 0/7" && session.remoteID == nil)
        #expect(session.realm == "here.example" && session.callSerialNumber == nil)
    }

    @Test func `who ends here has his interface's counters, and they spare him an echo`() throws {
        let world = try World { configuration, network in configuration.addAccess(to: network) }
        let station = try world.openSubscriber(1, "carol@here.example")
        let key = try #require(world.session(of: station)).key
        var counters = SessionCounters()
        counters.receivedPackets = 3
        counters.receivedOctets = 300
        counters.sentOctets = 40
        world.plane.counters[key] = counters
        let control = try world.addControlClient()
        try control.ask(.showSessions(SessionFilter()))
        #expect(try world.run { control.endCount != nil })
        let record = try #require(
            control.replies.lazy.compactMap { if case .session(let it) = $0 { it } else { nil } }.first)
        #expect(record.rxPackets == 3 && record.rxBytes == 300 && record.txBytes == 40)
    }

    @Test func `two subscribers share one tunnel`() throws {
        let world = try World { configuration, network in configuration.addAccess(to: network) }
        let stations = try (1...3).map { try world.openSubscriber($0) }
        #expect(world.server.outboundTunnels.count == 1 && Set(stations.map(\.address)).count == 3)
        #expect(world.sessions.liveCount == 6, "three subscribers and three calls at the LNS")
        for station in stations { station.hangUp(at: world.now) }
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `a realm may end here, with an interface and an address of ours`() throws {
        let world = try World { configuration, network in configuration.addAccess(to: network) }
        let station = try world.openSubscriber(1, "carol@here.example")
        let session = try #require(world.session(of: station))
        #expect(session.state == "open" && session.interfaceName == "ppp0" && session.partner == nil)
        #expect(station.link.ipv4?.peer == IPv4Address(100, 65, 0, 1) && station.address == IPv4Address(100, 64, 0, 2))
        #expect(world.server.outboundTunnels.isEmpty)
        station.hangUp(at: world.now)
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `who has no realm goes by his service, then where the interface says`() throws {
        let world = try World { configuration, network in
            configuration.addAccess(to: network)
            configuration.accessInterfaces[0].group = configuration.groups[0]
            configuration.realms.append(Realm(.service("local"), .here(configuration.profiles[1])))
        }
        let local = try world.openSubscriber(1, "alice", service: "local")
        #expect(world.session(of: local)?.interfaceName == "ppp0")
        let tunnelled = try world.openSubscriber(2, "alice", service: "other")
        #expect(world.session(of: tunnelled)?.isBridged == true)
        let ofRealm = try world.openSubscriber(3, service: "local")
        #expect(world.session(of: ofRealm)?.isBridged == true, "the realm comes first")
    }

    @Test func `nobody asked for a name goes where the interface says, and nothing he says is lost`() throws {
        let world = try World { configuration, network in
            configuration.addAccess(to: network, methods: [])
            configuration.changeProfile { $0.authentication = [] }
            configuration.accessInterfaces[0].group = configuration.groups[0]
        }
        let station = try world.openSubscriber()
        #expect(world.session(of: station)?.isBridged == true)
        #expect(world.incoming.first?.connection?.proxyAuthentication?.type == ProxyAuthenticationType.none)
    }
}
