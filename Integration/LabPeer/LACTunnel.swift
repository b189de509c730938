import Addresses
import EventLoop
import L2TPControl
import L2TPWire
import Linux
import PPP

/// One tunnel to the server, with its calls. Control messages and PPP frames go by one connected socket; nothing of it
/// is in our kernel.
final class LACTunnel {
    typealias Instant = ContinuousClock.Instant

    /// What becomes of calls and of the tunnel.
    enum Change {
        case opened(LACSession)
        case answered(LACSession)
        /// A call is over. Its session is nil when there never was one.
        case callEnded(LACSession?, CallEnd)
        case ended(TunnelEnd)
    }

    let socket: DatagramSocket
    private let plan: Plan
    private var machine: Tunnel
    private(set) var sessions: [SessionID: LACSession] = [:]
    /// Calls that have no session id yet, by their Call Serial Number.
    private var numbers: [UInt32: (number: Int, placed: Instant)] = [:]
    /// No session's deadline is earlier. Kept roughly: see `timeout`.
    private var earliest: Instant?
    private(set) var end: TunnelEnd?
    /// Whether the server knows that the tunnel is over.
    private(set) var isStopped = false
    private var changes: [Change] = []
    private var random = SystemRandomNumberGenerator()

    init(plan: Plan, id: TunnelID) throws(Errno) {
        self.plan = plan
        let any: IPAddress = if case .v4 = plan.server.address { .v4(.any) } else { .v6(.any) }
        socket = try DatagramSocket(
            bind: Endpoint(address: plan.bind ?? any, port: 0), connect: plan.server)
        machine = Tunnel(role: .initiator, localTunnelID: id, configuration: plan.tunnel)
    }

    /// Whether all that was sent has been acknowledged.
    var isQuiet: Bool {
        let statistics = machine.statistics
        return statistics.queued == 0 && statistics.unacknowledged == 0
    }
    var retransmissions: Int { machine.statistics.delivery.retransmissions }

    // MARK: - What to do

    func open(at now: Instant) -> [Change] {
        advance([.open], at: now)
    }

    func placeCall(_ number: Int, at now: Instant) -> [Change] {
        let serial = UInt32(clamping: number)
        numbers[serial] = (number, now)
        let request = ICRQ(
            assignedSessionID: .none, callSerialNumber: serial, callingNumber: Text(plan.subscribers.name(number)))
        return advance([.placeCall(request)], at: now)
    }

    func closeCalls(at now: Instant) -> [Change] {
        advance(sessions.keys.map { .closeCall($0, ResultCode(.administrative)) }, at: now)
    }

    func terminateCalls(at now: Instant) -> [Change] {
        for session in sessions.values { perform(session.terminate(at: now, using: &random), of: session) }
        return takeChanges()
    }

    func close(at now: Instant) -> [Change] {
        advance([.close(ResultCode(.generalClear))], at: now)
    }

    // MARK: - What happens

    /// All that the socket holds.
    func drain(at now: Instant) -> [Change] {
        var inputs: [TunnelInput] = []
        for datagram in socket.drain().datagrams {
            switch try? Datagram(parsing: datagram.octets) {
            case .control(let header, let body): inputs.append(.datagram(header, body: body))
            case .data(let header, let payload):
                guard let session = sessions[header.sessionID] else { continue }
                perform(session.receive(payload, at: now, using: &random), of: session)
                note(session.deadline)
            case nil: continue
            }
        }
        return advance(inputs, at: now)
    }

    var deadline: Instant? { [machine.deadline, earliest].compactMap(\.self).min() }

    /// Looks at every session, so it is not to be called too often.
    func timeout(at now: Instant) -> [Change] {
        if let due = earliest, due <= now {
            for session in sessions.values { perform(session.timeout(at: now, using: &random), of: session) }
            earliest = sessions.values.compactMap(\.deadline).min()
        }
        guard let due = machine.deadline, due <= now else { return takeChanges() }
        return advance([.timeout], at: now)
    }

    // MARK: - The machines

    private func advance(_ inputs: [TunnelInput], at now: Instant) -> [Change] {
        var inputs = inputs
        var connected: [LACSession] = []
        while !inputs.isEmpty {
            let outputs = machine.handle(inputs, at: now, using: &random)
            inputs = []
            for output in outputs {
                if case .callAccepted(let id, let peer, _) = output, let session = sessions[id] {
                    session.peerID = peer
                    inputs.append(.connectCall(id, connection(session, at: now)))
                    connected.append(session)
                } else {
                    perform(output, at: now)
                }
            }
        }
        for session in connected {
            perform(session.start(at: now, using: &random), of: session)
            note(session.deadline)
        }
        return takeChanges()
    }

    private func perform(_ output: TunnelOutput, at now: Instant) {
        switch output {
        case .transmit(let octets): socket.send(octets)
        case .callPlaced(let id, let serial):
            guard let (number, placed) = numbers.removeValue(forKey: serial) else { return }
            sessions[id] = LACSession(id: id, number: number, plan: plan, at: placed)
        case .callNotPlaced(let serial, let end):
            numbers[serial] = nil
            changes.append(.callEnded(nil, end))
        case .callClosed(let id, let end):
            changes.append(.callEnded(sessions.removeValue(forKey: id), end))
        case .closed(let end):
            self.end = end
            // A server that has said StopCCN, or that is lost, is not waited for.
            if case .local = end {} else { isStopped = true }
            changes.append(.ended(end))
        case .stopAcknowledged, .finished: isStopped = true
        case .opened, .callAccepted, .callOffered, .callConnected, .outgoingCallRequested, .outgoingCallAccepted,
            .outgoingCallConnected, .linkInfo, .lineErrors, .probed, .noted:
            break
        }
    }

    private func perform(_ effects: [LACSession.Effect], of session: LACSession) {
        for effect in effects {
            switch effect {
            case .send(let frame):
                let header = DataHeader(tunnelID: machine.peerTunnelID, sessionID: session.peerID)
                socket.send(header.encoded(payload: frame.encodedWithAddressAndControl))
            case .opened: changes.append(.opened(session))
            case .answered: changes.append(.answered(session))
            case .linkClosed: break
            }
        }
    }

    private func connection(_ session: LACSession, at now: Instant) -> ICCN {
        var message = ICCN(txConnectSpeed: ConnectSpeed(bitsPerSecond: 100_000_000), framingType: .synchronous)
        guard let style = plan.proxy else { return message }
        let method = plan.subscribers.methods.first ?? .chapMD5
        let avps = session.negotiateByProxy(style, method, at: now, using: &random)
        message.proxyLCP = avps.lcp
        message.proxyAuthentication = avps.authentication
        return message
    }

    private func note(_ deadline: Instant?) {
        if let deadline { earliest = min(earliest ?? deadline, deadline) }
    }

    private func takeChanges() -> [Change] {
        defer { changes = [] }
        return changes
    }
}
