import Instants
import Addresses
import Configuration
import ControlProtocol
import EventLoop
import L2TPControl
import L2TPWire

/// SCCRQs: who may have a tunnel. Nobody has proven anything here, so nothing is spent but a place in a table.
extension L2TPServer {
    func receiveRequest(_ message: UnaddressedMessage, hostName: Text, at now: Instant) {
        // Nobody is asked in by the sockets of tunnels that we open.
        guard let listener = listener(behind: message) else { return statistics.count(.unknownTunnels) }
        // The first message of a tunnel; a machine would wait for those before it, and nobody would ever end the wait.
        guard message.header.ns == .zero else { return statistics.count(.malformedMessages) }
        let source = message.path.remote.address
        guard admission.admitsRequest(from: source, at: now) else { return statistics.count(.requestsOverRate) }
        guard let peer = peers.match(source: source, hostName: hostName.string) else {
            statistics.count(.unknownPeers)
            return refuse(message, ResultCode(.notAuthorized, text: "unknown peer"), of: nil, at: now)
        }
        do throws(MessageError) {
            let decoded = try MessageDecoder.decode(body: message.body, secret: peer.tunnel.secret?.octets)
            guard case .sccrq(let request) = decoded.message else { return }
            receive(request, message, by: listener, from: peer, at: now)
        } catch {
            statistics.count(.malformedMessages)
            statistics.count(.undecodable(error.fault.kind))
            guard case .stopCCN(let reason) = error.answer else { return }
            refuse(message, reason, of: peer, at: now)
        }
    }

    private func receive(
        _ request: SCCRQ, _ message: UnaddressedMessage, by listener: DatagramSocket, from peer: Peer, at now: Instant
    ) {
        if let context = table.tunnel(on: message.path, calledByPeer: request.assignedTunnelID),
            context.takesRepeatedRequest
        {
            // From an open tunnel's peer it is late, or that peer begins anew and counts its tunnels from 1.
            if context.isOpen { probe(context, .rival, at: now) }
            return tell(context, .datagram(message.header, body: message.body), at: now)
        }
        if let reason = obstacle(to: message, from: peer, at: now) {
            return refuse(message, reason, of: peer, at: now)
        }
        switch yieldOfRivals(on: message.path, at: now) {
        case .free: break
        case .undecided: return statistics.count(.contestedTuples)
        case .taken: return refuse(message, .sharedPath, of: peer, at: now)
        }
        guard let id = table.freeID(using: &random) else {
            let reason = ResultCode<StopCCNResult>(.generalError, error: .insufficientResources)
            return refuse(message, reason, of: peer, at: now)
        }
        let counterpart = Counterpart.peer(peer)
        let configuration = tunnelConfiguration(counterpart)
        let context = TunnelContext(
            id: id, peerTunnelID: request.assignedTunnelID, counterpart: counterpart, path: message.path,
            machine: Tunnel(role: .responder, localTunnelID: id, configuration: configuration),
            listener: listener, at: now)
        table.insert(context)
        log.follow(.tunnel(id))
        tell(context, .datagram(message.header, body: message.body), at: now)
    }

    private func obstacle(
        to message: UnaddressedMessage, from peer: Peer, at now: Instant
    ) -> ResultCode<StopCCNResult>? {
        if isStopping { return ResultCode(.shuttingDown) }
        return admission.obstacle(to: peer, from: message.path.remote.address, in: table).map {
            ResultCode(.generalError, error: .insufficientResources, text: Text($0))
        }
    }

    /// A StopCCN to somebody whom no state is kept for; not too many, and only to who says what to call him.
    func refuse(_ message: UnaddressedMessage, _ reason: ResultCode<StopCCNResult>, of peer: Peer?, at now: Instant) {
        statistics.count(.tunnelsRefused)
        statistics.count(.tunnelEnd(.init(.local(reason), peer: peer?.name ?? "", wasOpen: false)))
        guard admission.admitsRefusal(at: now),
            let peerID = assignedTunnelID(message.body, peer?.tunnel.secret?.octets)
        else {
            return statistics.count(.refusalsWithheld)
        }
        // Logged with the same bound: a flood must not fill the log either.
        log.notice("tunnel refused", ["peer_address": "\(message.path.remote)", "reason": "\(reason)"])
        let stop = StopCCN(
            assignedTunnelID: TunnelID(UInt16.random(in: 1 ... .max, using: &random)), resultCode: reason)
        let answer = MessageEncoder.encode(
            .stopCCN(stop), header: ControlHeader(tunnelID: peerID, ns: .zero, nr: message.header.ns.next))
        statistics.count(.controlMessage(.sent, .message(.stopCCN)))
        tap(.sent, answer, on: message.path)
        listener(behind: message)?.send(answer, to: message.path.remote, from: message.path.local.address)
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

    /// The listener to answer by: an SCCRQ may have come by another tunnel's socket. Nil when it came where nobody
    /// listens.
    private func listener(behind message: UnaddressedMessage) -> DatagramSocket? {
        let local = message.path.local
        return listeners.first { $0.local == local }
            ?? listeners.first { $0.local == Endpoint(address: local.address.any, port: local.port) }
    }
}

extension IPAddress {
    /// The wildcard of its family.
    var any: IPAddress {
        switch self {
        case .v4: .v4(.any)
        case .v6: .v6(.any)
        }
    }
}
