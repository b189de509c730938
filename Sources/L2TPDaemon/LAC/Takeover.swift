import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP

/// Links that an LNS takes over from us: a PPPoE subscriber's, and that of a call which a LAC has brought.
extension L2TPServer {
    /// The subscriber's name is known, and an LNS is to judge him.
    func handOver(_ key: SessionKey, at now: Instant) {
        guard let session = sessions[key], let destination = destination(of: session), let claim = destination.claim,
            case .incoming(let offer) = session.offer
        else { return }
        if let call = destination.call {
            // A link that was negotiated anew: the call that was asked for before serves for it too.
            if call.group == claim.group { return bridge(subscriber: key, at: now) }
            abandon(call, of: destination, at: now)
        }
        let call = RelayedCall(destination, key, to: claim.group)
        let placed = PlacedCall(
            group: claim.group, tunnelOwner: nil, request: .incoming(ICRQ(relaying: offer, serial: serials.next())),
            role: call, link: .unused)
        placed.origin = context(key.tunnel).map { CallOrigin($0) }
        call.placed = placed
        destination.call = call
        let fields: Facts = ["tunnel_group": "\(claim.group.name)", "call_serial": "\(placed.serial)"]
        log.info("call to an LNS", session.facts.adding(fields))
        place(placed, at: now)
    }

    /// Hands the link over when both are there: the LNS's session, and a subscriber who waits to be judged. The one who
    /// has begun to negotiate anew does not: then this comes again with his next claim.
    func bridge(subscriber key: SessionKey, at now: Instant) {
        guard let session = sessions[key], let role = session.role as? any SubscriberRole,
            let call = role.destination.call, let other = call.session, case .awaitingConnection = other.stage
        else { return }
        guard let claim = role.destination.claim else { return abandon(call, of: role.destination, at: now) }
        let connection: ICCN
        switch claim.word {
        case .link(let request):
            guard session.isLinked, let handover = session.link.handOver(request) else { return }
            connection = role.connection(for: handover)
            call.take(connection, handover.frames.map(\.encoded))
        case .proxied(let proxied):
            guard case .awaitingConnection(let early) = session.stage else { return }
            connection = ICCN(relaying: proxied)
            call.take(connection, early)
        }
        carryOut(sessions.bridge(session, to: other, by: connection), at: now)
    }

    /// The LNS is not wanted any more: somebody else is to judge.
    private func abandon(_ call: RelayedCall, of destination: Destination, at now: Instant) {
        destination.call = nil
        if let session = call.session {
            sessions.part(session)
            closeSession(session.key, at: now)
        } else if let placed = call.placed {
            cancel(placed, at: now)
        }
    }

    /// The subscriber is gone: a call to an LNS that has not become a session is given up. One that has ends with his.
    func subscriberGone(_ key: SessionKey, _ reason: Disconnection, at now: Instant) {
        guard let session = sessions[key], let destination = destination(of: session), let call = destination.call,
            let placed = call.placed, call.session == nil
        else { return }
        destination.call = nil
        cancel(placed, reason.resultCode, at: now)
    }

    private func destination(of session: PPPSession) -> Destination? {
        (session.role as? any SubscriberRole)?.destination
    }
}
