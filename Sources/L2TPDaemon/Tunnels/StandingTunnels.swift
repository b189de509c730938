import Addresses
import Configuration
import EventLoop
import Instants

/// The tunnels that persistent groups want, whether there are calls or not, and when each that is missing is begun.
struct StandingTunnels {
    typealias Share = Counterpart.Outbound.Share

    private enum Stage {
        case due(Instant)
        /// Its LNS is looked up by this name.
        case lookingUp(String)
        /// It is there, or under way.
        case begun
    }

    private var outbounds: [Share: Counterpart.Outbound] = [:]
    private var stages: [Share: Stage] = [:]

    /// From now on. What is new is begun at once; what is wanted no more stays until somebody closes it.
    mutating func apply(_ groups: [TunnelGroup], at now: Instant) {
        outbounds = [:]
        for group in groups where group.isPersistent {
            for member in group.members {
                let outbound = Counterpart.Outbound(member, of: group, owner: nil)
                outbounds[outbound.share] = outbound
            }
        }
        stages = stages.filter { outbounds[$0.key] != nil }
        for share in outbounds.keys where stages[share] == nil { stages[share] = .due(now) }
    }

    /// When `takeDue` has something to give.
    var deadline: Instant? {
        stages.values.compactMap { if case .due(let instant) = $0 { instant } else { nil } }.min()
    }

    /// Those that are to be begun now.
    mutating func takeDue(at now: Instant) -> [Counterpart.Outbound] {
        let due = stages.compactMap { share, stage in
            if case .due(let instant) = stage, instant <= now { share } else { nil }
        }
        for share in due { stages[share] = .begun }
        return due.compactMap { outbounds[$0] }
    }

    mutating func awaitAddress(of share: Share, _ name: String) {
        if stages[share] != nil { stages[share] = .lookingUp(name) }
    }

    /// Those that have waited for the address of a name.
    mutating func takeAwaiting(_ name: String) -> [Counterpart.Outbound] {
        let waiting = stages.compactMap { share, stage in
            if case .lookingUp(name) = stage { share } else { nil }
        }
        for share in waiting { stages[share] = .begun }
        return waiting.compactMap { outbounds[$0] }
    }

    /// It is gone, or could not be begun: it is begun again after the pause that an LNS which fails is given.
    mutating func lost(_ share: Share, at now: Instant) {
        guard let outbound = outbounds[share] else { return }
        stages[share] = .due(now + max(outbound.retryAfter, .seconds(1)))
    }
}

extension L2TPServer {
    /// Begins the persistent tunnels whose time has come.
    func openStandingTunnels(at now: Instant) {
        guard !isStopping else { return }
        for outbound in standing.takeDue(at: now) where outboundTunnels[outbound.share] == nil {
            switch outbound.share.lns.place {
            case .address(let address): openStanding(outbound, at: address, now)
            case .name(let name):
                standing.awaitAddress(of: outbound.share, name)
                resolver.resolve(name)
            }
        }
    }

    /// The resolver has answered for a name.
    func openStandingTunnels(to name: String, at addresses: [IPAddress], _ now: Instant) {
        for outbound in standing.takeAwaiting(name) where outboundTunnels[outbound.share] == nil {
            if addresses.isEmpty || isStopping {
                standing.lost(outbound.share, at: now)
            } else {
                let turn = addressTurns[name, default: 0] % addresses.count
                openStanding(outbound, at: addresses[turn], now)
            }
        }
    }

    private func openStanding(_ outbound: Counterpart.Outbound, at address: IPAddress, _ now: Instant) {
        if open(outbound, at: address, now) == nil { standing.lost(outbound.share, at: now) }
    }
}
