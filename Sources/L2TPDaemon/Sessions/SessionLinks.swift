import Addresses
import Configuration
import ControlProtocol
import DataPlane
import Glibc
import Instants
import L2TPWire
import Linux
import Netlink
import PPP

/// What links want: proofs judged, interfaces made, addresses configured.
extension Sessions {
    /// Gives a link an event, and its own answers to what it asks, until it wants nothing more.
    func advance(_ session: PPPSession, _ event: Link.Event?, at now: Instant) -> [SessionOrder] {
        var orders: [SessionOrder] = []
        var next = event
        var answers: [Link.Event] = []
        while let event = next {
            for output in session.link.handle(event, at: now, using: &random) {
                if let answer = perform(output, for: session, at: now, &orders) { answers.append(answer) }
            }
            next = answers.isEmpty ? nil : answers.removeFirst()
        }
        deadlines.schedule(session.key, at: session.link.deadline)
        return orders
    }

    private func perform(
        _ output: Link.Output, for session: PPPSession, at now: Instant, _ orders: inout [SessionOrder]
    ) -> Link.Event? {
        switch output {
        case .send(let frame):
            send(
                frame.encoded, on: session, via: frame.protocolNumber.belongsToChannel ? .channel : .unit)
        case .authenticate(let request):
            if session.role.handsOver(session, request) {
                orders.append(.handOver(session.key))
                return nil
            }
            return .authenticationDecided(session.role.verdict(on: request, in: session), for: request.id)
        case .networkPhase:
            if session.link.authenticationMethod == nil, session.role.handsOver(session, nil) {
                orders.append(.handOver(session.key))
                return nil
            }
            return enterNetworkPhase(session)
        case .ipv4Up(let local, let peer, let dns):
            session.dns = dns
            configure(session, .ipv4(local: local, peer: peer))
        case .ipv6Up(let local, let peer):
            configure(session, .ipv6(local: local, peer: peer))
        case .ipv4Down:
            withdraw(session, .ipv4, at: now)
        case .ipv6Down:
            withdraw(session, .ipv6, at: now)
        case .linkDown:
            for network in NetworkProtocol.allCases { withdraw(session, network, at: now) }
        case .closed(let reason):
            switch reason {
            // Whoever took the line away says why.
            case .lowerLayerDown: break
            case .administrative, .terminated: session.end = session.end ?? reason.text
            default:
                session.end = session.end ?? reason.text
                session.hasFailed = true
            }
            log.debug("link closed", session.facts.adding(["reason": "\(reason.text)"]))
            orders.append(.close(session.key, session.disconnection ?? Disconnection(reason)))
        case .noted(let note):
            statistics.count(.note(.ppp, note.name))
            log.debug("\(note)", session.facts)
        }
        return nil
    }

    /// Nil: the unit is waited for.
    func enterNetworkPhase(_ session: PPPSession) -> Link.Event? {
        let parameters: NetworkParameters
        do throws(AddressError) {
            parameters = try session.role.networkParameters(of: session)
        } catch {
            statistics.count(.addressesExhausted)
            log.warning("no address", session.facts.adding(["error": "\(error)"]))
            return .close(.addressNotPermitted)
        }
        switch session.unit {
        case .ready: return .networkReady(parameters)
        case .requested: break
        case .none: requestUnit(session)
        }
        return nil
    }

    private func configure(_ session: PPPSession, _ network: UnitNetwork) {
        session.networks.configure(network.networkProtocol)
        plane.configure(session.key, network, mtu: Int(session.link.mtu))
    }

    private func withdraw(_ session: PPPSession, _ network: NetworkProtocol, at now: Instant) {
        guard session.networks.withdraw(network) else { return }
        session.role.networkDown(network, of: session, at: now)
        plane.withdraw(session.key, network)
    }

    // MARK: - The unit

    private func requestUnit(_ session: PPPSession) {
        let name =
            switch session.role.interface {
            case .numbered(let pattern): names.take(pattern)
            case .exact(let name): name
            }
        session.unit = .requested(name: name)
        plane.createUnit(
            session.key,
            UnitSpecification(
                name: name, mtu: Int(session.link.mtu), group: InterfaceGroup(rawValue: session.role.interfaceGroup)))
    }

    /// A name that somebody else has is skipped; anything else ends the call.
    func retryUnit(_ key: SessionKey, _ error: DataPlaneError) -> [SessionOrder] {
        guard let session = self[key], session.isLinked, case .requested(let name) = session.unit else { return [] }
        session.unit = .none
        if case .numbered = session.role.interface, error.step == .createInterface, error.errno.code == EEXIST {
            requestUnit(session)
            return []
        }
        names.giveBack(name)
        statistics.count(.dataPlaneFailures)
        session.end = "the interface \(name) was not made: \(error)"
        log.error("interface not made", session.facts.adding(["error": "\(error)"]))
        return [.close(key, .failed)]
    }
}
