import Instants
import Addresses
import Configuration
import ControlProtocol
import EventLoop

/// Tunnels that an operator asked for: to each LNS of a group, or to one of them. How often an LNS has failed lately does
/// not count here.
final class RequestedTunnels {
    enum Stage {
        /// The LNS is looked up by this name.
        case lookingUp(String)
        /// The tunnel was begun, or was there.
        case begun(TunnelContext)
        case failed(String)

        var isDecided: Bool {
            switch self {
            case .lookingUp: false
            case .begun(let context): context.isClosed || context.isReady
            case .failed: true
            }
        }
    }

    let group: String
    /// When each of them must stand.
    let deadline: Instant
    private(set) var tunnels: [(outbound: Counterpart.Outbound, stage: Stage)] = []

    init(group: String, until deadline: Instant) {
        self.group = group
        self.deadline = deadline
    }

    func add(_ outbound: Counterpart.Outbound, _ stage: Stage) {
        tunnels.append((outbound, stage))
    }

    /// What has become of those whose LNS has this name.
    func resolve(_ name: String, _ stage: (Counterpart.Outbound) -> Stage) {
        for index in tunnels.indices {
            if case .lookingUp(name) = tunnels[index].stage { tunnels[index].stage = stage(tunnels[index].outbound) }
        }
    }

    /// Whether each of them stands or has failed.
    var isDecided: Bool { tunnels.allSatisfy(\.stage.isDecided) }

    var record: OpenRecord {
        OpenRecord(
            group: group,
            tunnels: tunnels.map { outbound, stage in
                var tunnel = OpenRecord.Tunnel(lns: "\(outbound.share.lns.place)")
                switch stage {
                case .lookingUp: tunnel.failure = "its name was not looked up in time"
                case .begun(let context) where context.isReady: tunnel.tunnelID = context.kernelID
                case .begun(let context):
                    tunnel.failure =
                        context.end.map { "\($0)" } ?? "it is \(context.state) still; show tunnels follows it"
                case .failed(let reason): tunnel.failure = reason
                }
                return tunnel
            })
    }
}

extension L2TPServer {
    /// Opens the tunnels of a `[[tunnel_group]]` that do not stand. Throws where there are none to be opened; what becomes
    /// of each is its stage.
    func request(
        _ order: TunnelOrder, _ configuration: Configuration, at now: Instant
    ) throws(ControlError) -> RequestedTunnels {
        if isStopping { throw ControlError(code: .busy, message: "l2tpd is going down") }
        guard let group = configuration.groups.first(where: { $0.name == order.group }) else {
            let isClient = configuration.clients.contains { $0.name == order.group }
            let advice = isClient ? "; a [[client]] of this name dials with \"client up\"" : ""
            throw ControlError(
                code: .notFound, message: "no [[tunnel_group]] is named \"\(order.group)\"\(advice)")
        }
        let members = group.members.filter { order.lns == nil || order.lns == "\($0.lns.place)" }
        if members.isEmpty {
            let there = group.members.map { "\($0.lns.place)" }.joined(separator: ", ")
            throw ControlError(
                code: .notFound,
                message: "[[tunnel_group]] \"\(group.name)\" has no LNS \"\(order.lns ?? "")\"; there are \(there)")
        }
        let tunnels = RequestedTunnels(group: group.name, until: now + .seconds(order.timeout))
        for member in members {
            let outbound = Counterpart.Outbound(member, of: group, owner: nil)
            switch member.lns.place {
            case .address(let address): tunnels.add(outbound, stage(of: outbound, at: address, now))
            case .name(let name):
                if let context = outboundTunnels[outbound.share] {
                    tunnels.add(outbound, .begun(context))
                } else {
                    tunnels.add(outbound, .lookingUp(name))
                    requestedTunnels[name, default: []].append(tunnels)
                    resolver.resolve(name)
                }
            }
        }
        return tunnels
    }

    /// The resolver has answered for a name.
    func openRequestedTunnels(to name: String, at addresses: [IPAddress], _ failure: String?, _ now: Instant) {
        for tunnels in requestedTunnels.removeValue(forKey: name) ?? [] {
            tunnels.resolve(name) { outbound in
                if addresses.isEmpty { return .failed("\(name): \(failure ?? "no address")") }
                return stage(of: outbound, at: addresses[addressTurns[name, default: 0] % addresses.count], now)
            }
        }
    }

    private func stage(
        of outbound: Counterpart.Outbound, at address: IPAddress, _ now: Instant
    ) -> RequestedTunnels.Stage {
        if let context = outboundTunnels[outbound.share] { return .begun(context) }
        if isStopping { return .failed("l2tpd is going down") }
        if let most = limits.maxTunnels, table.liveCount >= most { return .failed("max_tunnels is reached") }
        if let context = open(outbound, at: address, now) { return .begun(context) }
        return .failed("no socket reaches \(address); the log has the reason")
    }
}
