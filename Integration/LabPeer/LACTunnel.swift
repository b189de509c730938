import Addresses
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Linux
import PPP

/// One tunnel to the server, with its calls. Control messages and PPP frames go by one connected socket; nothing of it
/// is in our kernel.
final class LACTunnel: Carrier {
    private let socket: DatagramSocket
    private let plan: Plan
    private let proxy: ProxyStyle?
    private var machine: Tunnel
    private var sessions: [SessionID: SubscriberSession] = [:]
    /// What the server calls the sessions, from when it has told.
    private var peerIDs: [SessionID: SessionID] = [:]
    /// Calls that have no session id yet, by their Call Serial Number.
    private var numbers: [UInt32: (number: Int, placed: Instant)] = [:]
    /// No session's deadline is earlier. Kept roughly: see `timeout`.
    private var earliest: Instant?
    private var isOver = false
    private(set) var isStopped = false
    private var changes: [CarrierChange] = []
    private var random = SystemRandomNumberGenerator()

    /// Octets: hundreds of calls at once say more than the system's default holds.
    private static let receiveBuffer: Int32 = 8 << 20

    init(plan: Plan, _ tunnels: Plan.Tunnels, id: TunnelID) throws(Errno) {
        self.plan = plan
        proxy = tunnels.proxy
        let any: IPAddress = if case .v4 = tunnels.server.address { .v4(.any) } else { .v6(.any) }
        socket = try DatagramSocket(
            bind: Endpoint(address: tunnels.bind ?? any, port: 0), connect: tunnels.server,
            receiveBuffer: Self.receiveBuffer)
        machine = Tunnel(role: .initiator, localTunnelID: id, configuration: tunnels.configuration)
    }

    var descriptors: [Int32] { [socket.descriptor] }
    var hasCalls: Bool { !sessions.isEmpty }
    var callsAreOver: Bool { isOver || sessions.isEmpty && isQuiet }
    /// Whether all that was sent has been acknowledged.
    private var isQuiet: Bool {
        let statistics = machine.statistics
        return statistics.queued == 0 && statistics.unacknowledged == 0
    }
    var retransmissions: Int { machine.statistics.delivery.retransmissions }

    // MARK: - What to do

    func open(at now: Instant) -> [CarrierChange] {
        advance([.open], at: now)
    }

    func placeCall(_ number: Int, at now: Instant) -> [CarrierChange] {
        let serial = UInt32(clamping: number)
        numbers[serial] = (number, now)
        let request = ICRQ(
            assignedSessionID: .none, callSerialNumber: serial, callingNumber: Text(plan.subscribers.name(number)))
        return advance([.placeCall(request)], at: now)
    }

    func ping(at now: Instant) -> [CarrierChange] {
        for (id, session) in sessions {
            perform(session.ping(at: now), of: session, id)
            note(session.deadline)
        }
        return takeChanges()
    }

    func closeCalls(at now: Instant) -> [CarrierChange] {
        advance(sessions.keys.map { .closeCall($0, ResultCode(.administrative)) }, at: now)
    }

    func terminateCalls(at now: Instant) -> [CarrierChange] {
        for (id, session) in sessions { perform(session.terminate(at: now, using: &random), of: session, id) }
        return takeChanges()
    }

    func close(at now: Instant) -> [CarrierChange] {
        isOver ? [] : advance([.close(ResultCode(.generalClear))], at: now)
    }

    // MARK: - What happens

    /// All that the socket holds.
    func drain(at now: Instant) -> [CarrierChange] {
        var inputs: [TunnelInput] = []
        for datagram in socket.drain().datagrams {
            switch try? Datagram(parsing: datagram.octets) {
            case .control(let header, let body): inputs.append(.datagram(header, body: body))
            case .data(let header, let payload):
                guard let session = sessions[header.sessionID] else { continue }
                perform(session.receive(payload, at: now, using: &random), of: session, header.sessionID)
                note(session.deadline)
            case nil: continue
            }
        }
        return advance(inputs, at: now)
    }

    var deadline: Instant? { earlier(machine.deadline, earliest) }

    func timeout(at now: Instant) -> [CarrierChange] {
        if let due = earliest, due <= now {
            for (id, session) in sessions { perform(session.timeout(at: now, using: &random), of: session, id) }
            earliest = sessions.values.compactMap(\.deadline).min()
        }
        guard let due = machine.deadline, due <= now else { return takeChanges() }
        return advance([.timeout], at: now)
    }

    // MARK: - The machines

    private func advance(_ inputs: [TunnelInput], at now: Instant) -> [CarrierChange] {
        var inputs = inputs
        var connected: [(SessionID, SubscriberSession)] = []
        while !inputs.isEmpty {
            let outputs = machine.handle(inputs, at: now, using: &random)
            inputs = []
            for output in outputs {
                if case .callAccepted(let id, let peer, _) = output, let session = sessions[id] {
                    peerIDs[id] = peer
                    inputs.append(.connectCall(id, connection(session, at: now)))
                    connected.append((id, session))
                } else {
                    perform(output, at: now)
                }
            }
        }
        for (id, session) in connected {
            perform(session.start(at: now, using: &random), of: session, id)
            note(session.deadline)
        }
        return takeChanges()
    }

    private func perform(_ output: TunnelOutput, at now: Instant) {
        switch output {
        case .transmit(let octets): socket.send(octets)
        case .callPlaced(let id, let serial):
            guard let (number, placed) = numbers.removeValue(forKey: serial) else { return }
            sessions[id] = SubscriberSession(number: number, plan: plan, medium: .l2tp, at: placed)
        case .callNotPlaced(let serial, let end):
            numbers[serial] = nil
            changes.append(.callEnded(nil, "\(end)"))
        case .callClosed(let id, let end):
            peerIDs[id] = nil
            changes.append(.callEnded(sessions.removeValue(forKey: id), "\(end)"))
        case .closed(let end):
            isOver = true
            if case .local = end { return }
            // A server that has said StopCCN, or that is lost, is not waited for.
            isStopped = true
            let isByServer = if case .peer = end { true } else { false }
            changes.append(.ended("tunnel: \(end)", byServer: isByServer))
        case .stopAcknowledged, .finished: isStopped = true
        case .opened, .callAccepted, .callOffered, .callConnected, .outgoingCallRequested, .outgoingCallAccepted,
            .outgoingCallConnected, .linkInfo, .lineErrors, .disconnectCause, .probed, .noted:
            break
        }
    }

    private func perform(
        _ effects: [SubscriberSession.Effect], of session: SubscriberSession, _ id: SessionID
    ) {
        for effect in effects {
            switch effect {
            case .send(let frame):
                let header = DataHeader(tunnelID: machine.peerTunnelID, sessionID: peerIDs[id] ?? .none)
                socket.send(header.encoded(payload: frame.encodedWithAddressAndControl))
            case .opened: changes.append(.opened(session))
            case .settled: changes.append(.settled(session))
            case .answered: changes.append(.answered)
            }
        }
    }

    private func connection(_ session: SubscriberSession, at now: Instant) -> ICCN {
        var message = ICCN(txConnectSpeed: ConnectSpeed(bitsPerSecond: 100_000_000), framingType: .synchronous)
        guard let style = proxy else { return message }
        let method = plan.subscribers.methods.first ?? .chapMD5
        let avps = session.negotiateByProxy(style, method, at: now, using: &random)
        message.proxyLCP = avps.lcp
        message.proxyAuthentication = avps.authentication
        return message
    }

    private func note(_ deadline: Instant?) {
        earliest = earlier(earliest, deadline)
    }

    private func takeChanges() -> [CarrierChange] {
        defer { changes = [] }
        return changes
    }
}
