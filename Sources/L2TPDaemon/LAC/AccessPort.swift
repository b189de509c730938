import Configuration
import DataPlane
import Instants
import Linux
import Octets
import PPPoE

/// An access interface at work: its socket, its access concentrator and who is on it.
final class AccessPort {
    private(set) var settings: AccessInterface
    let socket: any DiscoverySocket
    let tap: PacketTap
    var concentrator: AccessConcentrator
    /// The subscribers' sessions by what PPPoE calls them.
    var keys: [PPPoESessionID: SessionKey] = [:]

    init(
        _ settings: AccessInterface, socket: any DiscoverySocket, tap: PacketTap, hostName: String, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(Errno) {
        self.settings = settings
        self.socket = socket
        self.tap = tap
        let key = random.octets(32)
        let configuration = AccessConcentrator.Configuration(
            settings, hostName: hostName, mtu: try socket.mtu(), cookieKey: key)
        concentrator = AccessConcentrator(configuration: configuration, at: now, using: &random)
    }

    var interface: String { settings.interface }

    /// From now on; subscribers who are there keep what they began with.
    func apply(_ settings: AccessInterface, hostName: String) {
        self.settings = settings
        let former = concentrator.configuration
        concentrator.configuration = AccessConcentrator.Configuration(
            settings, hostName: hostName, mtu: (try? socket.mtu()) ?? Int(former.mtu), cookieKey: former.cookieKey)
    }
}

extension AccessConcentrator.Configuration {
    fileprivate init(_ settings: AccessInterface, hostName: String, mtu: Int, cookieKey: [UInt8]) {
        self.init(
            name: settings.acName ?? hostName, services: settings.services.isEmpty ? .any : .names(settings.services),
            cookieKey: cookieKey, circuit: settings.interface, mtu: UInt16(clamping: mtu),
            sessionLimit: settings.maxSessions, sessionLimitPerHost: settings.maxSessionsPerMAC,
            initiations: Self.rates(settings.padiRate, settings.padiRatePerMAC),
            requests: Self.rates(settings.padrRate, settings.padrRatePerMAC),
            trustsAccessNode: settings.trustsAccessNode)
    }

    /// A host that starts several sessions at once, and an interface that comes up with all of its hosts, have more to say
    /// in the first second than later.
    private static func rates(_ interface: Int, _ host: Int) -> AccessConcentrator.Rates {
        AccessConcentrator.Rates(
            interface: RateLimit(perSecond: interface, burst: 2 * interface),
            host: RateLimit(perSecond: host, burst: 5 * host))
    }
}
