import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP

/// Calls that come in by one tunnel and go on by another.
extension L2TPServer {
    /// An LNS of the group is asked for what the LAC offers.
    func switchOn(_ call: SwitchedCall, from context: TunnelContext, at now: Instant) {
        switching[call.key] = call
        let placed = PlacedCall(
            group: call.group, tunnelOwner: nil,
            request: .incoming(ICRQ(relaying: call.offer, serial: serials.next())),
            role: OutgoingLeg(call), link: .unused)
        placed.origin = CallOrigin(context)
        call.placed = placed
        let fields: Facts = [
            "session_id": "\(call.key.session)", "tunnel_group": "\(call.group.name)",
            "call_serial": "\(placed.serial)",
        ]
        log.info("call switched", facts(context).adding(fields))
        place(placed, at: now)
    }

    /// One of the legs is as far as it can come alone: the LNS has taken the call, or the kernel has a leg's session.
    func goOn(switched key: SessionKey, at now: Instant) {
        if let call = switching.removeValue(forKey: key) {
            carryOut(
                sessions.prepare(
                    .incoming(call.offer), key: key, peer: call.peerKey, over: context(key.tunnel)?.path,
                    role: IncomingLeg(call),
                    link: Link(configuration: .unused), at: now), at: now)
            // The kernel has not forgotten an earlier session of this id.
            if let outgoing = call.outgoing, outgoing.partner != key { closeSession(outgoing.key, at: now) }
        } else {
            join(key)
        }
    }

    /// Joins a session to its partner when the kernel has both.
    func join(_ key: SessionKey) {
        guard let session = sessions[key], let partner = session.partner.flatMap({ sessions[$0] }),
            case .awaitingConnection = session.stage, case .awaitingConnection = partner.stage
        else { return }
        plane.bridge(key, partner.key)
    }

    /// The LAC's call is over before an LNS has answered: nobody wants the outgoing leg any more.
    func switchedCallClosed(_ key: SessionKey, _ reason: Disconnection, at now: Instant) {
        guard let call = switching.removeValue(forKey: key) else { return }
        call.isAbandoned = true
        if let placed = call.placed { cancel(placed, reason.resultCode, at: now) }
    }

    /// What one end of an established call tells the other: an SLI or a WEN, which mean nothing to us.
    func relay(_ message: (SessionID) -> TunnelInput, from key: SessionKey, at now: Instant) {
        guard let session = sessions[key], session.isBridged,
            let partner = session.partner, sessions[partner]?.isBridged == true
        else { return }
        tell(partner, at: now, message)
    }
}

extension LinkConfiguration {
    /// Of a session whose PPP is none of our business.
    static let unused = LinkConfiguration(
        role: .authenticator(.init(methods: [], name: "")), echoInterval: nil)
}

extension ResultCode<CDNResult> {
    /// The only LNSes that the call could go to are whom it came from.
    static let loop = ResultCode(.noFacilitiesTemporarily, text: "loop: the call would go back to where it came from")
}
