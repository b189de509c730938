import Addresses
import Configuration
import DataPlane
import L2TPWire
import PPP

/// PPP that ends here by a `[[ppp]]`: who the user is, and the address that he was given.
final class PPPTermination {
    /// The address that the link's user was given.
    private struct Lease {
        var user: String?
        var address: IPv4Address
    }

    private let lns: LNS
    let profile: PPPProfile
    private var lease: Lease?
    /// Addresses of users before the present one, while the interface may still have them.
    private(set) var returning: [IPv4Address] = []

    init(_ lns: LNS, by profile: PPPProfile) {
        self.lns = lns
        self.profile = profile
    }

    /// What the link's user was given.
    var address: IPv4Address? { lease?.address }
    var interface: InterfaceNaming { .numbered(profile.interfaceName) }
    var interfaceGroup: UInt32 { profile.interfaceGroup }

    func verdict(on request: AuthenticationRequest, in session: PPPSession) -> AuthenticationVerdict {
        let user = lns.users[request.name]
        let verdict = user.map { request.verify(password: Password(octets: $0.password.octets)) } ?? .denied
        session.lastUser = request.user
        var fields = session.facts
        fields["user"] = "\(Text(octets: request.name))"
        fields["method"] = "\(request.method.rawValue)"
        if case .accepted = verdict {
            lns.statistics.count(.authentication(request.method, .accepted))
            lns.log.info("authenticated", fields)
        } else {
            lns.statistics.count(.authentication(request.method, user == nil ? .unknownUser : .wrongPassword))
            fields["reason"] = user == nil ? "unknown user" : "wrong password"
            lns.log.notice("authentication refused", fields)
        }
        return verdict
    }

    /// After a renegotiation another user may be on the same link: then the first one's address goes back, as soon as
    /// the interface does not have it any more.
    func networkParameters(of session: PPPSession) throws(AddressError) -> NetworkParameters {
        let user = session.link.user
        if let lease, lease.user != user {
            self.lease = nil
            returning.append(lease.address)
            if session.networks.isClear(.ipv4) { returnAddresses() }
        }
        if lease == nil {
            let address = try lns.pools.lease(for: user.flatMap { lns.users[$0] }, from: profile.pool)
            lease = Lease(user: user, address: address)
        }
        return NetworkParameters(
            localIPv4: profile.localAddress, peerIPv4: lease?.address, dns: profile.dns, nbns: profile.nbns)
    }

    /// The interface has nothing of a network protocol any more.
    func withdrawn(_ network: NetworkProtocol) {
        if network == .ipv4 { returnAddresses() }
    }

    /// Nothing of the session is left.
    func end() {
        returnAddresses()
        if let lease { lns.pools.release(lease.address) }
        lease = nil
    }

    private func returnAddresses() {
        for address in returning { lns.pools.release(address) }
        returning = []
    }
}
