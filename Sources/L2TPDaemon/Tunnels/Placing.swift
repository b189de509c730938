import Addresses
import Configuration
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Linux
import PPP

/// Calls that we place: through a tunnel to one LNS of their group, which is opened where there is none.
extension L2TPServer {
    func place(_ call: PlacedCall, at now: Instant) {
        placedCalls[call.serial] = call
        seek(call, at: now)
    }

    /// Nobody wants the call any more. One that has become a session is closed as sessions are.
    func cancel(_ call: PlacedCall, _ reason: ResultCode<CDNResult> = ResultCode(.administrative), at now: Instant) {
        call.isCancelled = true
        switch call.stage {
        case .seeking, .lookingUp: giveUp(call, "given up here", retry: nil, at: now)
        case .placed(let context, let id?): tell(context, .closeCall(id, reason), at: now)
        case .placed(_, nil), .over: break
        }
    }

    private func seek(_ call: PlacedCall, at now: Instant) {
        call.stage = .seeking
        if let obstacle = obstacle(to: call) { return giveUp(call, obstacle, retry: nil, at: now) }
        switch call.destination {
        case .group(let group, let owner): choose(from: group, owner, for: call, at: now)
        case .tunnel(let context):
            if let failure = call.lastFailure { return giveUp(call, failure, retry: nil, at: now) }
            enter(context, call, call.request, at: now)
        }
    }

    private func choose(from group: TunnelGroup, _ owner: String?, for call: PlacedCall, at now: Instant) {
        let choice = groups.choose(from: group, except: call.tried, at: now) { member in
            member.maxSessions.map { callCount(to: member.lns) < $0 } ?? true
        }
        switch choice {
        case .none(let retry):
            giveUp(call, call.lastFailure ?? "every LNS is full or left alone for a while", retry: retry, at: now)
        case .member(let member):
            call.tried.insert(member.lns)
            let outbound = Counterpart.Outbound(member, of: group, owner: owner)
            switch member.lns.place {
            case .address(let address): direct(call, to: outbound, at: address, now)
            case .name(let name): lookUp(name, for: call, to: outbound, at: now)
            }
        }
    }

    private func obstacle(to call: PlacedCall) -> String? {
        if isStopping { return "shutting down" }
        if !call.role.isSecondSide, let most = limits.maxSessions, sessions.liveCount >= most {
            return "max_sessions is reached"
        }
        return nil
    }

    private func callCount(to lns: RemoteLNS) -> Int {
        table.all.reduce(0) { count, context in
            context.counterpart.outbound?.share.lns == lns && !context.isClosed
                ? count + context.machine.sessionCount : count
        }
    }

    /// A tunnel that stands needs no address.
    private func lookUp(_ name: String, for call: PlacedCall, to outbound: Counterpart.Outbound, at now: Instant) {
        if let context = outboundTunnels[outbound.share] {
            return direct(call, to: outbound, at: context.path.remote.address, now)
        }
        call.stage = .lookingUp(outbound)
        lookups[name, default: []].append(call)
        resolver.resolve(name)
    }

    /// The resolver has answers.
    func takeAddresses(at now: Instant) {
        for answer in resolver.drain() {
            for call in lookups.removeValue(forKey: answer.name) ?? [] {
                guard case .lookingUp(let outbound) = call.stage else { continue }
                if answer.addresses.isEmpty {
                    let reason = "\(answer.name): \(answer.failure ?? "no address")"
                    log.warning("LNS not found", ["name": "\(answer.name)", "error": "\(reason)"])
                    call.lastFailure = reason
                    groups.failed(outbound.share.lns, for: outbound.retryAfter, at: now)
                    seek(call, at: now)
                } else {
                    let turn = addressTurns[answer.name, default: 0] % answer.addresses.count
                    direct(call, to: outbound, at: answer.addresses[turn], now)
                }
            }
            openStandingTunnels(to: answer.name, at: answer.addresses, now)
            openRequestedTunnels(to: answer.name, at: answer.addresses, answer.failure, now)
        }
    }

    private func direct(_ call: PlacedCall, to outbound: Counterpart.Outbound, at address: IPAddress, _ now: Instant) {
        if call.origin?.address == address { return avoidLoop(call, at: now) }
        guard let context = outboundTunnels[outbound.share] ?? open(outbound, at: address, now) else {
            call.lastFailure = "no tunnel could be begun to \(outbound.share.lns.place)"
            return seek(call, at: now)
        }
        if call.origin?.isFarEnd(of: context) == true { return avoidLoop(call, at: now) }
        enter(context, call, call.request.telling(outbound.accessLine), at: now)
    }

    private func enter(_ context: TunnelContext, _ call: PlacedCall, _ request: CallRequest, at now: Instant) {
        call.stage = .placed(context, nil)
        call.role.directed(to: context)
        tell(context, request.placing, at: now)
    }

    /// The call came from this LNS: another one is to take it.
    private func avoidLoop(_ call: PlacedCall, at now: Instant) {
        call.lastFailure = "\(ResultCode<CDNResult>.loop)"
        call.lastEnd = .local(.loop)
        seek(call, at: now)
    }

    /// Begins a tunnel, by a socket of its own that is not connected: the LNS may answer from another port (UDP-03).
    func open(_ outbound: Counterpart.Outbound, at address: IPAddress, _ now: Instant) -> TunnelContext? {
        let lns = outbound.share.lns
        if let most = limits.maxTunnels, table.liveCount >= most { return nil }
        guard let id = table.freeID(using: &random) else { return nil }
        let remote = Endpoint(address: address, port: lns.port)
        let counterpart = Counterpart.lns(outbound)
        do throws(Errno) {
            // A connected socket knows which of our addresses leads there.
            let origin = Endpoint(address: lns.localAddress ?? address.any, port: 0)
            let local = try DatagramSocket(bind: origin, connect: remote).local.address
            let socket = try DatagramSocket(bind: Endpoint(address: local, port: 0))
            try loop.add(socket.descriptor, .caller(id))
            let configuration = tunnelConfiguration(counterpart)
            let context = TunnelContext(
                id: id, peerTunnelID: .none, counterpart: counterpart, path: Path(local: socket.local, remote: remote),
                machine: Tunnel(role: .initiator, localTunnelID: id, configuration: configuration), listener: socket,
                at: now)
            table.insert(context)
            log.follow(.tunnel(id))
            outboundTunnels[outbound.share] = context
            log.info("tunnel begun", facts(context))
            tell(context, .open, at: now)
            return context
        } catch {
            log.warning(
                "no socket to reach an LNS by", ["peer_address": "\(remote)", "error": "\(error)"])
            groups.failed(lns, for: outbound.retryAfter, at: now)
            return nil
        }
    }

    // MARK: - What becomes of them

    func callPlaced(_ id: SessionID, serial: UInt32, in context: TunnelContext, at now: Instant) {
        guard let call = placedCalls[serial] else { return }
        call.stage = .placed(context, id)
        context.calls[id] = call
        if call.isCancelled { cancel(call, at: now) }
    }

    /// The tunnel that it was meant for is closing, or full.
    func callNotPlaced(serial: UInt32, _ end: CallEnd, in context: TunnelContext, at now: Instant) {
        guard let call = placedCalls[serial] else { return }
        if call.isCancelled { return giveUp(call, "given up here", retry: nil, at: now) }
        call.lastFailure = "\(end)"
        call.lastEnd = end
        if let share = context.counterpart.outbound?.share, context.isClosed {
            // It closed for want of calls just then: the LNS is still to be asked, by a new tunnel.
            if outboundTunnels[share] === context { outboundTunnels[share] = nil }
            call.tried.remove(share.lns)
        }
        seek(call, at: now)
    }

    /// The LNS takes the call: the kernel's session is made before it is connected.
    func callAccepted(_ id: SessionID, peer: SessionID, in context: TunnelContext, at now: Instant) {
        guard let call = context.calls[id] else { return }
        // It was not known who the LNS is when the call was placed.
        if call.origin?.isFarEnd(of: context) == true {
            context.calls[id] = nil
            tell(context, .closeCall(id, .loop), at: now)
            return avoidLoop(call, at: now)
        }
        call.stage = .over
        placedCalls[call.serial] = nil
        let kernel = SessionKey(tunnel: context.kernelID, session: UInt32(id.rawValue))
        let peerKey = SessionKey(tunnel: UInt32(context.peerTunnelID.rawValue), session: UInt32(peer.rawValue))
        carryOut(
            sessions.prepare(
                call.request, key: kernel, peer: peerKey, over: context.path, role: call.role,
                link: Link(configuration: call.link), at: now), at: now)
        if let session = sessions[kernel], let order = call.role.taken(session) { carryOut([order], at: now) }
    }

    /// The end of a call that we placed; false when it was a session's, or somebody else's.
    func placedCallClosed(_ id: SessionID, _ end: CallEnd, in context: TunnelContext, at now: Instant) -> Bool {
        guard let call = context.calls.removeValue(forKey: id), case .placed = call.stage else { return false }
        call.lastFailure = "\(end)"
        call.lastEnd = end
        guard !call.isCancelled, end.suggestsAnotherLNS else {
            giveUp(call, "\(end)", retry: nil, at: now)
            return true
        }
        // That a LAC cannot place a call says nothing of the calls that we place there.
        if let outbound = context.counterpart.outbound, !isStopping, call.request.direction == .incoming {
            groups.failed(outbound.share.lns, for: outbound.retryAfter, at: now)
        }
        seek(call, at: now)
        return true
    }

    private func giveUp(_ call: PlacedCall, _ reason: String, retry: Instant?, at now: Instant) {
        call.stage = .over
        placedCalls[call.serial] = nil
        carryOut(call.role.failed(reason, retry: retry, at: now), at: now)
    }
}
