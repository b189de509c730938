import Addresses
import Configuration
import ControlProtocol
import DataPlane
import Glibc
import L2TPWire
import Linux
import Logging
import Netlink
import PPP

/// What links want: users looked up, interfaces made, addresses given.
extension LNS {
    /// Gives a link an event, and its own answers to what it asks, until it wants nothing more.
    func advance(_ session: LNSSession, _ event: Link.Event, at now: Instant) -> [LNSOrder] {
        var orders: [LNSOrder] = []
        var events = [event]
        while !events.isEmpty {
            for output in session.link.handle(events.removeFirst(), at: now, using: &random) {
                if let answer = perform(output, for: session, at: now, &orders) { events.append(answer) }
            }
        }
        deadlines.schedule(session.key, at: session.link.deadline)
        return orders
    }

    private func perform(
        _ output: Link.Output, for session: LNSSession, at now: Instant, _ orders: inout [LNSOrder]
    ) -> Link.Event? {
        switch output {
        case .send(let frame):
            plane.send(
                frame.encoded, on: session.key, via: frame.protocolNumber.belongsToChannel ? .channel : .unit)
        case .authenticate(let request):
            return .authenticationDecided(decide(request, session), for: request.id)
        case .networkPhase:
            return enterNetworkPhase(session)
        case .ipv4Up(let local, let peer, dns: _):
            configure(session, .ipv4(local: local, peer: peer))
        case .ipv6Up(let local, let peer):
            configure(session, .ipv6(local: local, peer: peer))
        case .ipv4Down:
            withdraw(session, .ipv4)
        case .ipv6Down:
            withdraw(session, .ipv6)
        case .linkDown:
            for network in NetworkProtocol.allCases { withdraw(session, network) }
        case .closed(let reason):
            log.info("link closed", metadata: metadata(session).merging(["reason": "\(reason.text)"]) { $1 })
            orders.append(.close(session.key, Disconnection(reason)))
        case .noted(let note):
            statistics.note("ppp_\(note.name)")
            log.debug("\(note)", metadata: metadata(session))
        }
        return nil
    }

    private func decide(_ request: AuthenticationRequest, _ session: LNSSession) -> AuthenticationVerdict {
        let user = users[request.name]
        let verdict = user.map { request.verify(password: Password(octets: $0.password.octets)) } ?? .denied
        var fields = metadata(session)
        fields["user"] = "\(Text(octets: request.name))"
        fields["method"] = "\(request.method.rawValue)"
        if case .accepted = verdict {
            statistics.count(.authenticationsAccepted)
            log.info("authenticated", metadata: fields)
        } else {
            statistics.count(.authenticationsRejected)
            fields["reason"] = user == nil ? "unknown user" : "wrong password"
            log.notice("authentication refused", metadata: fields)
        }
        return verdict
    }

    private func enterNetworkPhase(_ session: LNSSession) -> Link.Event? {
        do throws(AddressError) {
            try lease(for: session)
        } catch {
            statistics.count(.addressesExhausted)
            log.warning("no address", metadata: metadata(session).merging(["error": "\(error)"]) { $1 })
            return .close(.addressNotPermitted)
        }
        switch session.unit {
        case .ready: return .networkReady(parameters(session))
        case .requested: break
        case .none: requestUnit(session)
        }
        return nil
    }

    func parameters(_ session: LNSSession) -> NetworkParameters {
        NetworkParameters(
            localIPv4: session.profile.localAddress, peerIPv4: session.lease?.address, dns: session.profile.dns,
            nbns: session.profile.nbns)
    }

    // MARK: - Addresses

    /// After a renegotiation another user may be on the same link: then the first one's address goes back, as soon as
    /// the interface does not have it any more.
    private func lease(for session: LNSSession) throws(AddressError) {
        let user = session.link.user
        if let lease = session.lease {
            guard lease.user != user else { return }
            session.lease = nil
            session.returning.append(lease.address)
            if session.networks.isClear(.ipv4) { returnAddresses(session) }
        }
        let address = try pools.lease(for: user.flatMap { users[$0] }, from: session.profile.pool)
        session.lease = LNSSession.Lease(user: user, address: address)
    }

    func returnAddresses(_ session: LNSSession) {
        for address in session.returning { pools.release(address) }
        session.returning = []
    }

    private func configure(_ session: LNSSession, _ network: UnitNetwork) {
        session.networks.configure(network.networkProtocol)
        plane.configure(session.key, network, mtu: Int(session.link.mtu))
    }

    private func withdraw(_ session: LNSSession, _ network: NetworkProtocol) {
        if session.networks.withdraw(network) { plane.withdraw(session.key, network) }
    }

    // MARK: - The unit

    private func requestUnit(_ session: LNSSession) {
        let name = names.take(session.profile.interfaceName)
        session.unit = .requested(name: name)
        plane.createUnit(
            session.key,
            UnitSpecification(
                name: name, mtu: Int(session.link.mtu), group: InterfaceGroup(rawValue: session.profile.interfaceGroup))
        )
    }

    /// A name that somebody else has is skipped; anything else ends the call.
    func retryUnit(_ key: SessionKey, _ error: DataPlaneError) -> [LNSOrder] {
        guard let session = sessions[key], session.isLinked, case .requested(let name) = session.unit else { return [] }
        session.unit = .none
        if error.step == .createInterface, error.errno.code == EEXIST {
            requestUnit(session)
            return []
        }
        names.giveBack(name)
        statistics.count(.dataPlaneFailures)
        log.error("interface not made", metadata: metadata(session).merging(["error": "\(error)"]) { $1 })
        return [.close(key, .failed)]
    }
}
