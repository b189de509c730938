import Configuration
import ControlProtocol
import Addresses
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Linux

/// What tunnels' machines want, done; and what the kernel says of tunnels.
extension L2TPServer {
    func perform(_ output: TunnelOutput, for context: TunnelContext, at now: Instant) {
        switch output {
        case .transmit(let octets):
            transmit(octets, for: context)
        case .opened:
            open(context, at: now)
        case .callOffered(let id, let offer):
            receive(offer, id, in: context, at: now)
        case .callConnected(let id, let connection):
            carryOut(sessions.connect(.incoming(connection), key: key(id, in: context), at: now), at: now)
        case .callClosed(let id, let reason):
            let fields: Facts = ["session_id": "\(id)", "reason": "\(reason)"]
            // Of a call that is a session more is told when that is over.
            log.debug("call closed", facts(context).adding(fields))
            countEnd(of: key(id, in: context), reason, in: context)
            // With the tunnel go all of its calls at once: `closed` sees to them.
            if placedCallClosed(id, reason, in: context, at: now) { return }
            let key = key(id, in: context)
            sessions[key]?.callEnd = reason
            let disconnection = Disconnection(reason, cause: sessions[key]?.disconnectCause)
            switchedCallClosed(key, disconnection, at: now)
            subscriberGone(key, disconnection, at: now)
            lac.callees.stopRinging(key)
            if case .tunnel = reason { return }
            carryOut(sessions.release(key, "\(reason)", disconnection, at: now), at: now)
        case .disconnectCause(let id, let cause):
            context.calls[id]?.disconnectCause = cause
            sessions[key(id, in: context)]?.disconnectCause = cause
        case .closed(let reason):
            close(context, reason, at: now)
        case .stopAcknowledged:
            context.mayBeLeft = true
        case .finished:
            context.isFinished = true
            context.mayBeLeft = true
        case .probed(let isAlive):
            conclude(isAlive: isAlive, for: context, at: now)
        case .noted(let note):
            statistics.count(.note(.tunnel, note.name))
            if case .refused(let error) = note { statistics.count(.undecodable(error.fault.kind)) }
            log.debug("\(note)", facts(context))
        case .callPlaced(let id, let serial):
            callPlaced(id, serial: serial, in: context, at: now)
        case .callNotPlaced(let serial, let reason):
            callNotPlaced(serial: serial, reason, in: context, at: now)
        case .callAccepted(let id, let peer, _), .outgoingCallAccepted(let id, let peer, _):
            callAccepted(id, peer: peer, in: context, at: now)
        case .linkInfo(let id, let info):
            statistics.count(.note(.tunnel, "link_info"))
            relay({ .sendLinkInfo($0, info) }, from: key(id, in: context), at: now)
        case .lineErrors(let id, let errors):
            statistics.count(.note(.tunnel, "line_errors"))
            relay({ .sendLineErrors($0, errors) }, from: key(id, in: context), at: now)
        case .outgoingCallRequested(let id, let request):
            receive(request, id, in: context, at: now)
        case .outgoingCallConnected(let id, let connection):
            carryOut(sessions.connect(.outgoing(connection), key: key(id, in: context), at: now), at: now)
        }
    }

    private func countEnd(of key: SessionKey, _ reason: CallEnd, in context: TunnelContext) {
        let wasOpen = sessions[key]?.opened != nil
        statistics.count(.callEnd(.init(reason, peer: context.counterpart.name, wasOpen: wasOpen)))
    }

    private func transmit(_ octets: [UInt8], for context: TunnelContext) {
        statistics.count(.controlMessage(.sent, ControlMessageKind(body: octets.dropFirst(ControlHeader.size))))
        tap(.sent, octets, on: context.path, of: context)
        let transmission =
            if let socket = context.ownSocket {
                socket.send(octets)
            } else {
                context.listener.send(octets, to: context.path.remote, from: context.path.local.address)
            }
        // Control messages are sent again; why one was not sent is worth knowing.
        switch transmission {
        case .sent: break
        case .congested, .failed:
            statistics.count(.datagramsNotSent)
            log.debug(
                "datagram not sent", facts(context).adding(["error": "\(transmission)"]))
        }
    }

    /// The peer has proven itself: now the tunnel gets a socket of its own and the kernel its part.
    private func open(_ context: TunnelContext, at now: Instant) {
        let rivals = openTunnels(on: context.path)
        table.open(context)
        context.opened = now
        if let outbound = context.counterpart.outbound { groups.answered(outbound.share.lns) }
        guard plane.demultiplexesByTunnelID || rivals.isEmpty else {
            return tell(context, .close(.sharedPath), at: now)
        }
        statistics.count(.tunnelsOpened)
        statistics.observe(.tunnelSetup(role: context.role), now - context.began)
        log.info("tunnel open", facts(context))
        do throws(Errno) {
            let socket = try DatagramSocket(bind: context.path.local, connect: context.path.remote)
            try loop.add(socket.descriptor, .tunnel(context.id))
            context.ownSocket = socket
            context.kernel = .requested
            plane.createTunnel(context.kernelID, peer: UInt32(context.peerTunnelID.rawValue), socket: socket)
            // Between its bind and its connect the socket takes in what is the listener's.
            drain(socket, at: now)
        } catch {
            statistics.count(.dataPlaneFailures)
            log.error("no socket for tunnel", facts(context).adding(["error": "\(error)"]))
            tell(context, .close(ResultCode(.generalError, error: .insufficientResources)), at: now)
        }
        for rival in rivals { probe(rival, .rival, at: now) }
    }

    private func close(_ context: TunnelContext, _ reason: TunnelEnd, at now: Instant) {
        let wasOpen = context.opened != nil
        statistics.count(.tunnelEnd(.init(reason, peer: context.counterpart.name, wasOpen: wasOpen)))
        table.close(context)
        context.end = reason
        context.closed = now
        switch reason {
        case .local: break
        case .peer, .peerLost, .tieLost, .abandoned: context.mayBeLeft = true
        }
        statistics.count(.tunnelsClosed)
        let fields = facts(context).adding(["reason": "\(reason)"])
        if context.opened == nil {
            log.notice("tunnel not opened", fields)
        } else if reason == .peerLost {
            log.notice("tunnel lost", fields)
        } else {
            log.info("tunnel closed", fields)
        }
        leaveOutbound(context, reason, at: now)
        let orders = sessions.releaseAll(inTunnel: context.kernelID, "tunnel \(reason)", at: now)
        defer { carryOut(orders, at: now) }
        switch context.kernel {
        case .none, .gone:
            leaveSocket(context, at: now)
        case .requested, .ready:
            context.kernel = .deleting
            plane.deleteTunnel(context.kernelID)
        case .deleting:
            break
        }
    }

    /// The next call opens a new tunnel; not to an LNS that did not want this one, if there is another.
    private func leaveOutbound(_ context: TunnelContext, _ reason: TunnelEnd, at now: Instant) {
        guard let outbound = context.counterpart.outbound else { return }
        if outboundTunnels[outbound.share] === context {
            outboundTunnels[outbound.share] = nil
            standing.lost(outbound.share, at: now)
        }
        if case .name(let name) = outbound.share.lns.place, context.opened == nil {
            addressTurns[name, default: 0] += 1
        }
        switch reason {
        case .peer, .peerLost: groups.failed(outbound.share.lns, for: outbound.retryAfter, at: now)
        case .local, .tieLost, .abandoned: break
        }
    }

    /// A tunnel that has left the kernel speaks by the listener again. Its own socket would go on taking in what comes
    /// for other tunnels on its path, whose data would no more find the kernel.
    private func leaveSocket(_ context: TunnelContext, at now: Instant) {
        guard let socket = context.ownSocket else { return }
        loop.remove(socket.descriptor)
        context.ownSocket = nil
        drain(socket, at: now)
    }

    func handle(_ event: DataPlaneEvent, at now: Instant) {
        switch event {
        case .tunnelReady(let id):
            if let context = context(id), context.kernel == .requested { context.kernel = .ready }
        case .tunnelFailed(let id, let error):
            guard let context = context(id) else { return }
            statistics.count(.dataPlaneFailures)
            log.error("kernel tunnel not made", facts(context).adding(["error": "\(error)"]))
            context.kernel = .gone
            tell(context, .close(ResultCode(.generalError, error: .insufficientResources)), at: now)
        case .tunnelDeleted(let id):
            guard let context = context(id) else { return }
            context.kernel = .gone
            if let closed = context.closed { statistics.observe(.tunnelTeardown, now - closed) }
            leaveSocket(context, at: now)
            forgetIfDone(context)
        case .tunnelLost(let id):
            guard let context = context(id), !context.isClosed else { return }
            statistics.count(.kernelLosses)
            log.warning("kernel tunnel lost", facts(context))
            tell(context, .close(ResultCode(.generalClear, text: "the tunnel is gone from the kernel")), at: now)
        case .sessionReady, .sessionFailed, .sessionDeleted, .sessionLost, .channelHangUp, .interfaceLost,
            .unitReady, .unitFailed, .configured, .configurationFailed, .withdrawn, .routed, .routingFailed, .bridged,
            .bridgeFailed, .frame,
            .counters:
            carryOut(sessions.handle(event, at: now), at: now)
        case .leftoversRemoved:
            break
        }
    }

    func context(_ kernelID: UInt32) -> TunnelContext? {
        UInt16(exactly: kernelID).flatMap { table[TunnelID($0)] }
    }

    private func key(_ id: SessionID, in context: TunnelContext) -> SessionKey {
        SessionKey(tunnel: context.kernelID, session: UInt32(id.rawValue))
    }
}
