import DataPlane
import Instants
import L2TPControl
import L2TPWire

/// What a new tunnel's being may do to one that stands.
enum Yield {
    case free
    /// Not known yet: the SCCRQ is not heard, and will be sent again.
    case undecided
    case taken
}

/// Tunnels between the same two ends. An old one may be a restarted peer's, who does not know it any more: so the peer
/// is asked, and an old tunnel that it does not answer for is given up.
///
/// Where the kernel tells tunnels apart by their id a new one is served at once. Where it does not (before 6.11) one
/// path carries one tunnel's data, and the new one has to wait until the old one is known to be dead.
extension L2TPServer {
    /// How long a peer may take to answer for its old tunnel. Where somebody waits for it there is time for one
    /// repetition; where nobody does, for as many as make sure that bad luck does not end a tunnel that lives.
    var probeTimeout: Duration { plane.demultiplexesByTunnelID ? .seconds(10) : .seconds(3) }

    /// Whether a tunnel may begin on a path.
    func yieldOfRivals(on path: Path, at now: Instant) -> Yield {
        let rivals = openTunnels(on: path)
        // With nothing but an SCCRQ to go by, peers are only asked if somebody must wait for their answer.
        guard !plane.demultiplexesByTunnelID, !rivals.isEmpty else { return .free }
        for rival in rivals { probe(rival, .rival, at: now) }
        return rivals.contains { $0.isProvenLately(at: now) } ? .taken : .undecided
    }

    func openTunnels(on path: Path) -> [TunnelContext] {
        table.tunnels(on: path).filter(\.isOpen)
    }

    /// Asks a tunnel's peer whether it lives, unless that is known or was asked already.
    func probe(_ context: TunnelContext, _ reason: TunnelContext.Probe, at now: Instant) {
        if context.probe != nil {
            if reason == .rival { context.probe = .rival }
        } else if !context.isProvenLately(at: now) {
            context.probe = reason
            tell(context, .probe, at: now)
        }
    }

    /// The answer to a probe.
    func conclude(isAlive: Bool, for context: TunnelContext, at now: Instant) {
        let reason = context.probe
        context.probe = nil
        if isAlive {
            context.lastProof = now
        } else if reason == .rival, context.isOpen, context.machine.state == .established {
            log.warning("peer is gone: it came back anew", facts(context))
            tell(context, .abandon, at: now)
        }
    }
}

extension ResultCode<StopCCNResult> {
    /// The kernel cannot tell the data of two tunnels on one path apart.
    static var sharedPath: Self {
        ResultCode(.alreadyExists, text: "one tunnel for each pair of ports here: use another port of this LNS")
    }
}
