import Addresses
import Configuration
import DataPlane
import EventLoop
import L2TPControl
import L2TPWire
import Linux
import Logging

/// The tunnels and the roles that their calls have: from datagrams, kernel events and time to datagrams and kernel
/// objects. It sees to it that each machine hears what is its own and that what the machine wants is done.
final class L2TPServer<Plane: DataPlane> {
    typealias Instant = ContinuousClock.Instant

    let plane: Plane
    let loop: EventLoop
    let lns: LNS<Plane>
    let listeners: [DatagramSocket]
    let hostName: String
    var log: Logger
    var statistics = Statistics()
    private(set) var peers: Peers
    private(set) var limits: Daemon
    private(set) var table = TunnelTable()
    private var admission: Admission
    private var deadlines = DeadlineQueue<TunnelID>()
    private var random = SystemRandomNumberGenerator()
    /// Nobody new is let in.
    private(set) var isStopping = false

    init(
        plane: Plane, loop: EventLoop, listeners: [DatagramSocket], lns: LNS<Plane>, hostName: String, peers: Peers,
        limits: Daemon, log: Logger, at now: Instant
    ) {
        self.plane = plane
        self.loop = loop
        self.listeners = listeners
        self.lns = lns
        self.hostName = hostName
        self.peers = peers
        self.limits = limits
        self.log = log
        admission = Admission(limits: limits, at: now)
    }

    // MARK: - In

    /// A datagram, whichever socket it came in by: its header and source tell whose it is.
    func receive(_ datagram: ReceivedDatagram, by socket: DatagramSocket, at now: Instant) {
        statistics.count(.datagramsReceived)
        let local = Endpoint(address: datagram.localAddress ?? socket.local.address, port: socket.local.port)
        let path = Path(local: local, remote: datagram.source)
        do throws(HeaderError) {
            switch try Datagram(parsing: datagram.octets) {
            case .data(let header, let payload):
                receiveData(header, payload, path, at: now)
            case .control(let header, let body) where header.tunnelID == .none:
                receiveUnaddressed(header, body, path, by: socket, at: now)
            case .control(let header, let body):
                guard let context = owner(of: header.tunnelID, path) else { return }
                advance(context, .datagram(header, body: body), at: now)
            }
        } catch {
            if case .version = error {
                statistics.count(.unsupportedVersions)
            } else {
                statistics.count(.malformedHeaders)
            }
        }
    }

    /// All that a tunnel's own socket holds.
    func drain(tunnel id: TunnelID, at now: Instant) {
        guard let context = table[id] else { return }
        // ICMP errors about datagrams sent earlier: perhaps the peer is gone. It is asked, and given up only if silent.
        if drain(context.socket, at: now), context.opened != nil { probe(context, at: now) }
    }

    /// All that a socket holds; whether the network reported errors on it.
    @discardableResult
    func drain(_ socket: DatagramSocket, at now: Instant) -> Bool {
        let drained = socket.drain()
        for datagram in drained.datagrams { receive(datagram, by: socket, at: now) }
        return !drained.networkErrors.isEmpty
    }

    func handle(_ event: DataPlaneEvent, at now: Instant) {
        switch event {
        case .tunnelReady(let id):
            context(id)?.kernel = .ready
        case .tunnelFailed(let id, let error):
            guard let context = context(id) else { return }
            statistics.count(.dataPlaneFailures)
            log.error("kernel tunnel not made", metadata: metadata(context).merging(["error": "\(error)"]) { $1 })
            context.kernel = .gone
            advance(context, .close(ResultCode(.generalError, error: .insufficientResources)), at: now)
        case .tunnelDeleted(let id):
            guard let context = context(id) else { return }
            context.kernel = .gone
            forgetIfDone(context)
        case .tunnelLost(let id):
            guard let context = context(id), !context.isClosed else { return }
            log.warning("kernel tunnel lost", metadata: metadata(context))
            advance(context, .close(ResultCode(.generalClear, text: "the tunnel is gone from the kernel")), at: now)
        default:
            carryOut(lns.handle(event, at: now), at: now)
        }
    }

    /// When `timeout` is due.
    var deadline: Instant? {
        [deadlines.earliest, lns.deadlines.earliest].compactMap(\.self).min()
    }

    func timeout(at now: Instant) {
        while let id = deadlines.popDue(at: now) {
            guard let context = table[id] else { continue }
            if let deadline = context.machine.deadline, deadline > now {
                deadlines.schedule(id, at: deadline)
            } else {
                advance(context, .timeout, at: now)
            }
        }
        carryOut(lns.timeout(at: now), at: now)
    }

    // MARK: - What an operator asks

    /// Peers and limits from now on. Tunnels that stand keep what they were made with.
    func apply(peers: Peers, limits: Daemon, at now: Instant) {
        self.peers = peers
        self.limits = limits
        admission = Admission(limits: limits, at: now)
    }

    func closeTunnel(_ context: TunnelContext, _ reason: ResultCode<StopCCNResult>, at now: Instant) {
        advance(context, .close(reason), at: now)
    }

    func closeSession(_ key: SessionKey, at now: Instant) {
        carryOut(lns.close(key, at: now), at: now)
    }

    /// Tells every peer that we go; nobody new is let in.
    func stop(at now: Instant) {
        isStopping = true
        for context in table.all where !context.isClosed {
            advance(context, .close(ResultCode(.shuttingDown)), at: now)
        }
    }

    /// Whether every peer has heard of the end, or never will, and no kernel tunnel is left.
    var isStopped: Bool {
        table.all.allSatisfy { context in
            switch context.kernel {
            case .none, .gone: context.mayBeLeft
            case .requested, .ready, .deleting: false
            }
        }
    }

    // MARK: - Dispatch

    private func context(_ kernelID: UInt32) -> TunnelContext? {
        UInt16(exactly: kernelID).flatMap { table[TunnelID($0)] }
    }

    /// The tunnel that a datagram is for. One from anywhere but the tunnel's peer is nobody's (RFC 2661 section 8.1).
    private func owner(of id: TunnelID, _ path: Path) -> TunnelContext? {
        guard let context = table[id] else {
            statistics.count(.unknownTunnels)
            return nil
        }
        guard context.path.remote == path.remote else {
            statistics.count(.unexpectedSources)
            return nil
        }
        return context
    }

    /// Data that the kernel did not take: of a session that it does not know yet, or too short for it.
    private func receiveData(_ header: DataHeader, _ payload: [UInt8], _ path: Path, at now: Instant) {
        guard let context = owner(of: header.tunnelID, path) else { return }
        let key = SessionKey(tunnel: context.kernelID, session: UInt32(header.sessionID.rawValue))
        guard lns.sessions[key] != nil else { return statistics.count(.strayData) }
        carryOut(lns.receive(payload, key, at: now), at: now)
    }

    /// A control message without a tunnel id: the sender does not know ours yet.
    private func receiveUnaddressed(
        _ header: ControlHeader, _ body: [UInt8], _ path: Path, by socket: DatagramSocket, at now: Instant
    ) {
        guard let hostName = MessageDecoder.peekHostName(body: body) else {
            // A StopCCN of somebody who gave up before our SCCRP arrived names the tunnel as its sender does.
            guard case .stopCCN(let message) = try? MessageDecoder.decode(body: body, secret: nil).message,
                let context = table.tunnel(on: path, calledByPeer: message.assignedTunnelID)
            else { return receiveMalformed(header, body, path, by: socket, at: now) }
            return advance(context, .datagram(header, body: body), at: now)
        }
        guard admission.admitsRequest(from: path.remote.address, at: now) else {
            return statistics.count(.requestsOverRate)
        }
        guard let peer = peers.match(source: path.remote.address, hostName: hostName.string) else {
            statistics.count(.unknownPeers)
            log.notice("no peer matches", metadata: ["peer_address": "\(path.remote)", "host_name": "\(hostName)"])
            return refuse(header, body, ResultCode(.notAuthorized), path, by: socket, secret: nil, at: now)
        }
        do throws(MessageError) {
            let decoded = try MessageDecoder.decode(body: body, secret: peer.secret?.octets)
            guard case .sccrq(let request) = decoded.message else { return }
            receive(request, header, body, from: peer, path, by: socket, at: now)
        } catch {
            statistics.count(.malformedMessages)
            log.notice("SCCRQ refused", metadata: ["peer_address": "\(path.remote)", "error": "\(error)"])
            guard case .stopCCN(let reason) = error.answer else { return }
            refuse(header, body, reason, path, by: socket, secret: peer.secret?.octets, at: now)
        }
    }

    private func receive(
        _ request: SCCRQ, _ header: ControlHeader, _ body: [UInt8], from peer: Peer, _ path: Path,
        by socket: DatagramSocket, at now: Instant
    ) {
        if let context = table.tunnel(on: path, calledByPeer: request.assignedTunnelID) {
            return advance(context, .datagram(header, body: body), at: now)
        }
        func refuse(with reason: ResultCode<StopCCNResult>) {
            self.refuse(header, body, reason, path, by: socket, secret: peer.secret?.octets, at: now)
        }
        guard !isStopping else { return refuse(with: ResultCode(.shuttingDown)) }
        switch yieldOfRivals(on: path, at: now) {
        case .free: break
        case .undecided: return statistics.count(.contestedTuples)
        case .taken:
            log.warning(
                "second tunnel from one address and port refused: this kernel cannot tell their data apart",
                metadata: ["peer": "\(peer.name)", "peer_address": "\(path.remote)"])
            return refuse(with: .sharedPath)
        }
        if let obstacle = admission.obstacle(to: peer, from: path.remote.address, in: table) {
            log.warning("tunnel refused", metadata: ["peer": "\(peer.name)", "reason": "\(obstacle)"])
            return refuse(with: ResultCode(.generalError, error: .insufficientResources, text: Text(obstacle)))
        }
        guard let id = table.freeID(using: &random) else {
            return refuse(with: ResultCode(.generalError, error: .insufficientResources))
        }
        let unconnected = listener(behind: socket)
        let context = TunnelContext(
            id: id, peer: peer, path: path,
            machine: Tunnel(
                role: .responder, localTunnelID: id,
                configuration: TunnelConfiguration(peer, hostName: hostName)),
            socket: unconnected, at: now)
        table.insert(context)
        advance(context, .datagram(header, body: body), at: now)
    }

    /// The unconnected socket that a new tunnel's first messages go out by: an SCCRQ may have come by another tunnel's.
    private func listener(behind socket: DatagramSocket) -> DatagramSocket {
        guard socket.remote != nil else { return socket }
        let candidates = listeners.filter { $0.local.port == socket.local.port }
        return candidates.first { $0.local == socket.local } ?? candidates.first { $0.local.address.isAny } ?? socket
    }

    // MARK: - Rivals

    private enum Yield {
        case free
        case undecided
        case taken
    }

    /// Whether a new tunnel may begin on a path that has tunnels already. They may be a restarted peer's, who does not
    /// know them any more: so they are asked. Where the kernel tells tunnels apart by their id nobody waits for the
    /// answer; where it does not (before 6.11) one path carries one tunnel's data, and the new one has to wait until the
    /// old one is known to be dead: its SCCRQ is simply not heard until it is sent again.
    private func yieldOfRivals(on path: Path, at now: Instant) -> Yield {
        let rivals = openTunnels(on: path)
        for rival in rivals where !rival.isProvenLately(at: now) { probe(rival, at: now) }
        guard !plane.demultiplexesByTunnelID, !rivals.isEmpty else { return .free }
        return rivals.contains { $0.isProvenLately(at: now) } ? .taken : .undecided
    }

    private func openTunnels(on path: Path) -> [TunnelContext] {
        table.tunnels(on: path).filter { $0.opened != nil && !$0.isClosed }
    }

    private func probe(_ context: TunnelContext, at now: Instant) {
        guard !context.isProbed, !context.isClosed else { return }
        context.isProbed = true
        advance(context, .probe, at: now)
    }

    // MARK: - Refusals

    /// A StopCCN to somebody whom no state is kept for; not too many, and nothing that they do not answer to.
    private func refuse(
        _ header: ControlHeader, _ body: [UInt8], _ reason: ResultCode<StopCCNResult>, _ path: Path,
        by socket: DatagramSocket, secret: [UInt8]?, at now: Instant
    ) {
        statistics.count(.tunnelsRefused)
        guard admission.admitsRefusal(at: now), let peerID = assignedTunnelID(body, secret) else {
            return statistics.count(.refusalsWithheld)
        }
        let stop = StopCCN(
            assignedTunnelID: TunnelID(UInt16.random(in: 1 ... .max, using: &random)), resultCode: reason)
        let answer = MessageEncoder.encode(
            .stopCCN(stop), header: ControlHeader(tunnelID: peerID, ns: .zero, nr: header.ns.next))
        listener(behind: socket).send(answer, to: path.remote, from: path.local.address)
    }

    private func receiveMalformed(
        _ header: ControlHeader, _ body: [UInt8], _ path: Path, by socket: DatagramSocket, at now: Instant
    ) {
        statistics.count(body.isEmpty ? .unknownTunnels : .malformedMessages)
        // Only an SCCRQ begins something; the rest of what has no tunnel is nobody's.
        do throws(MessageError) {
            _ = try MessageDecoder.decode(body: body, secret: nil)
        } catch {
            guard error.messageType == .sccrq, case .stopCCN(let reason) = error.answer else { return }
            refuse(header, body, reason, path, by: socket, secret: nil, at: now)
        }
    }

    private func assignedTunnelID(_ body: [UInt8], _ secret: [UInt8]?) -> TunnelID? {
        do throws(MessageError) {
            guard case .sccrq(let request) = try MessageDecoder.decode(body: body, secret: secret).message else {
                return nil
            }
            return request.assignedTunnelID
        } catch {
            return error.assignedTunnelID
        }
    }

    // MARK: - Out

    private func advance(_ context: TunnelContext, _ input: TunnelInput, at now: Instant) {
        for output in context.machine.handle(input, at: now, using: &random) {
            perform(output, for: context, at: now)
        }
        deadlines.schedule(context.id, at: context.machine.deadline)
        forgetIfDone(context)
    }

    private func perform(_ output: TunnelOutput, for context: TunnelContext, at now: Instant) {
        switch output {
        case .transmit(let octets):
            transmit(octets, for: context)
        case .opened:
            open(context, at: now)
        case .callOffered(let id, let offer):
            let key = SessionKey(tunnel: context.kernelID, session: UInt32(id.rawValue))
            if let obstacle = obstacleToCall(context.peer) {
                statistics.count(.callsRefused)
                log.warning("call refused", metadata: metadata(context).merging(["reason": "\(obstacle)"]) { $1 })
                return advance(
                    context, .rejectCall(id, ResultCode(.noFacilitiesTemporarily, text: Text(obstacle))), at: now)
            }
            lns.offer(offer, key: key, peerTunnel: context.machine.peerTunnelID, peer: context.peer, at: now)
        case .callConnected(let id, let connection):
            let key = SessionKey(tunnel: context.kernelID, session: UInt32(id.rawValue))
            carryOut(lns.connect(connection, key: key, at: now), at: now)
        case .callClosed(let id, let reason):
            log.info(
                "call closed",
                metadata: metadata(context).merging([
                    "session_id": "\(id)", "reason": "\(reason)",
                ]) { $1 })
            // With the tunnel go all of its calls at once: `closed` sees to them.
            if case .tunnel = reason { return }
            lns.release(SessionKey(tunnel: context.kernelID, session: UInt32(id.rawValue)), at: now)
        case .closed(let reason):
            close(context, reason, at: now)
        case .stopAcknowledged:
            context.mayBeLeft = true
        case .finished:
            context.isFinished = true
            context.mayBeLeft = true
        case .probed(let isAlive):
            context.isProbed = false
            if isAlive {
                context.lastProof = now
            } else {
                log.warning("peer is gone: it came back anew, or stopped answering", metadata: metadata(context))
                advance(context, .abandon, at: now)
            }
        case .noted(let note):
            statistics.note("tunnel_\(Statistics.name(of: note))")
            log.debug("\(note)", metadata: metadata(context))
        case .callPlaced, .callNotPlaced, .callAccepted, .linkInfo, .lineErrors:
            // Calls of a LAC, which this role places none of; SLI and WEN mean nothing on media without characters.
            log.debug("\(output)", metadata: metadata(context))
        }
    }

    private func transmit(_ octets: [UInt8], for context: TunnelContext) {
        let result =
            context.socket.remote == nil
            ? context.socket.send(octets, to: context.path.remote, from: context.path.local.address)
            : context.socket.send(octets)
        // Control messages are sent again; why one was not sent is worth knowing.
        if case .failed(let error) = result {
            statistics.count(.datagramsNotSent)
            log.debug("datagram not sent", metadata: metadata(context).merging(["error": "\(error)"]) { $1 })
        }
    }

    /// The peer has proven itself: now the tunnel gets a socket of its own and the kernel its part.
    private func open(_ context: TunnelContext, at now: Instant) {
        table.settle(context)
        guard plane.demultiplexesByTunnelID || openTunnels(on: context.path).isEmpty else {
            return advance(context, .close(.sharedPath), at: now)
        }
        context.opened = now
        statistics.count(.tunnelsOpened)
        log.info("tunnel open", metadata: metadata(context))
        do throws(Errno) {
            let socket = try DatagramSocket(bind: context.path.local, connect: context.path.remote)
            context.socket = socket
            try loop.add(socket.descriptor, .tunnel(context.id))
            context.kernel = .requested
            plane.createTunnel(context.kernelID, peer: UInt32(context.machine.peerTunnelID.rawValue), socket: socket)
            // Between its bind and its connect the socket takes in what is the listener's.
            drain(socket, at: now)
        } catch {
            statistics.count(.dataPlaneFailures)
            log.error("no socket for tunnel", metadata: metadata(context).merging(["error": "\(error)"]) { $1 })
            advance(context, .close(ResultCode(.generalError, error: .insufficientResources)), at: now)
        }
    }

    private func close(_ context: TunnelContext, _ reason: TunnelEnd, at now: Instant) {
        table.settle(context)
        context.isClosed = true
        switch reason {
        case .local: break
        case .peer, .peerLost, .tieLost, .abandoned: context.mayBeLeft = true
        }
        statistics.count(.tunnelsClosed)
        log.info("tunnel closed", metadata: metadata(context).merging(["reason": "\(reason)"]) { $1 })
        lns.releaseAll(inTunnel: context.kernelID)
        switch context.kernel {
        case .none, .gone: break
        case .requested, .ready, .deleting:
            context.kernel = .deleting
            plane.deleteTunnel(context.kernelID)
        }
    }

    private func forgetIfDone(_ context: TunnelContext) {
        guard context.isForgettable, table[context.id] === context else { return }
        table.remove(context)
        deadlines.remove(context.id)
        if context.socket.remote != nil { loop.remove(context.socket.descriptor) }
    }

    private func carryOut(_ orders: [LNS<Plane>.Order], at now: Instant) {
        for order in orders {
            switch order {
            case .accept(let key):
                forward(key, at: now) { .acceptCall($0) }
            case .reject(let key, let reason):
                statistics.count(.callsRefused)
                forward(key, at: now) { .rejectCall($0, reason.resultCode) }
            case .close(let key, let reason):
                forward(key, at: now) {
                    .disconnectCall(
                        $0,
                        CDN(
                            resultCode: reason.resultCode, assignedSessionID: $0,
                            pppDisconnectCause: reason.disconnectCause))
                }
            case .dataReceived(let tunnel):
                if let context = context(tunnel) { advance(context, .dataReceived, at: now) }
            }
        }
    }

    private func forward(_ key: SessionKey, at now: Instant, _ input: (SessionID) -> TunnelInput) {
        guard let context = context(key.tunnel), let session = UInt16(exactly: key.session) else { return }
        advance(context, input(SessionID(session)), at: now)
    }

    private func obstacleToCall(_ peer: Peer) -> String? {
        if isStopping { return "shutting down" }
        if let most = limits.maxSessions, lns.sessions.count >= most { return "max_sessions is reached" }
        if let most = peer.maxSessions, lns.count(ofPeer: peer.name) >= most {
            return "max_sessions of peer \(peer.name) is reached"
        }
        return nil
    }

    func metadata(_ context: TunnelContext) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "tunnel_id": "\(context.id)", "peer": "\(context.peer.name)", "peer_address": "\(context.path.remote)",
        ]
        if context.machine.peerTunnelID != .none { fields["peer_tunnel_id"] = "\(context.machine.peerTunnelID)" }
        return fields
    }
}

extension ResultCode<StopCCNResult> {
    /// The kernel cannot tell the data of two tunnels on one path apart.
    fileprivate static var sharedPath: Self {
        ResultCode(.alreadyExists, text: "one tunnel for each pair of ports here: use another port of this LNS")
    }
}
