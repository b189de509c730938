import Addresses
import Configuration
import ControlProtocol
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import Testing

@testable import L2TPDaemon

extension Configuration {
    /// A LAC that calls 5551234 on its access interface, with a standing tunnel to this same daemon's LNS.
    mutating func addCallee(to network: World.Network, _ change: (inout Callee) -> Void = { _ in }) {
        addAccess(to: network)
        groups[0].isPersistent = true
        var callee = Callee(number: "5551234", interface: "access0", mac: MACAddress(2, 0, 0, 0, 0, 1))
        change(&callee)
        callees.append(callee)
    }
}

extension World {
    /// A daemon that is the LNS and the LAC, with the tunnel between the two open.
    static func calling(_ change: (inout Configuration) -> Void = { _ in }) throws -> World {
        let world = try World { configuration, network in
            configuration.addCallee(to: network)
            change(&configuration)
        }
        #expect(try world.run { world.server.table.all.count(where: \.isOpen) == 2 })
        try world.settle()
        return world
    }

    /// A LAC whose LNS is a host's tunnel.
    static func called(
        _ change: (inout Configuration) -> Void = { _ in }
    ) throws -> (World, Host, ClientTunnel) {
        let world = try World { configuration, network in
            configuration.addCallee(to: network)
            configuration.groups[0].isPersistent = false
            change(&configuration)
        }
        let (host, tunnel) = try world.openTunnel()
        return (world, host, tunnel)
    }

    /// An operator's order, who waits.
    func order(_ number: String = "5551234", of peer: String = "clients", timeout: Int = 60) throws -> ControlPeer {
        let client = try addControlClient()
        try client.ask(.openCall(CallOrder(peer: peer, number: number, timeout: timeout)))
        try settle()
        return client
    }

    /// A called subscriber who has answered and is through to this daemon's LNS.
    func answered() throws -> (ControlPeer, SubscriberStation, lns: PPPSession) {
        let client = try order()
        let station = addSubscriber()
        station.dial(at: now)
        #expect(try run { station.isOpen && sessions.all.allSatisfy(\.isOpen) && client.record != nil })
        let lns = try #require(sessions.all.first { $0.role is RequestedCall })
        return (client, station, lns)
    }

    var ringing: Int { service.lac.callees.ringing.count }

    /// As `expectNothingLeftOfSubscribers`, and no call either.
    func expectNothingCalled(_ sourceLocation: SourceLocation = #_sourceLocation) throws {
        server.standing.apply([], at: now)
        try expectNothingLeftOfSubscribers()
        #expect(ringing == 0 && !sessions.all.contains { $0.role is CalleeLeg }, sourceLocation: sourceLocation)
        #expect(service.control.waiting.isEmpty, sourceLocation: sourceLocation)
    }
}

extension ControlPeer {
    /// What has become of the call that it ordered.
    var record: CallRecord? {
        for case .call(let record) in replies { return record }
        return nil
    }
}

extension ClientTunnel {
    /// As an LNS: asks for a call; its own id of it.
    @discardableResult
    func request(_ number: Text = "5551234", serial: UInt32 = 1, at now: Instant) -> SessionID {
        tell(
            .placeOutgoingCall(
                OCRQ(
                    assignedSessionID: .none, callSerialNumber: serial, minimumBPS: ConnectSpeed(bitsPerSecond: 1),
                    maximumBPS: ConnectSpeed(bitsPerSecond: 2_000_000), bearerType: .digital,
                    framingType: .synchronous, calledNumber: number)), at: now)
        for case .callPlaced(let id, serial) in outputs { return id }
        return .none
    }

    /// How a call of its own ended.
    func end(of id: SessionID) -> CallEnd? {
        for case .callClosed(id, let end) in outputs { return end }
        return nil
    }

    /// The OCRP or OCCN of a call came.
    func isAccepted(_ id: SessionID) -> Bool {
        outputs.contains { if case .outgoingCallAccepted(id, peer: _, _) = $0 { true } else { false } }
    }

    func connection(of id: SessionID) -> OCCN? {
        for case .outgoingCallConnected(id, let connection) in outputs { return connection }
        return nil
    }

    /// As a LAC: the calls that it was asked for.
    var requests: [(id: SessionID, request: OCRQ)] {
        outputs.compactMap { if case .outgoingCallRequested(let id, let request) = $0 { (id, request) } else { nil } }
    }
}
