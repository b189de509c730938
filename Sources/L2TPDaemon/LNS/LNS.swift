import Configuration
import L2TPWire
import PPP

/// The LNS: who may come in, and what they are given.
final class LNS {
    let hostName: String
    let log: Journal
    var statistics = Statistics()
    /// Replaced by a reload.
    var users: Users
    var pools: AddressPools
    var realms: Realms

    init(hostName: String, users: Users, pools: AddressPools, realms: Realms, log: Journal) {
        self.hostName = hostName
        self.users = users
        self.pools = pools
        self.realms = realms
        self.log = log
    }

    /// What ends a call by this `[[ppp]]`.
    func link(by profile: PPPProfile) -> Link {
        Link(configuration: profile.linkConfiguration(hostName: hostName))
    }
}
