import Addresses
import Digests
import Instants

/// What an access concentrator gives a host with its offer and wants back with the request: proof that the host hears
/// what is sent to its address, without a thing remembered (RFC 2516 section 9).
struct ACCookie: Sendable {
    private let epoch: Instant

    /// - Parameter epoch: when time begins; no cookie is made before it.
    init(epoch: Instant) {
        self.epoch = epoch
    }

    func make(for host: MACAddress, _ configuration: AccessConcentrator.Configuration, at now: Instant)
        -> [UInt8]
    {
        make(for: host, configuration, period: period(configuration, at: now))
    }

    /// Whether it was made for this host in this period or the one before.
    func isValid(
        _ cookie: [UInt8], from host: MACAddress, _ configuration: AccessConcentrator.Configuration,
        at now: Instant
    ) -> Bool {
        let period = period(configuration, at: now)
        return [period, period &- 1].contains { period in
            Digests.constantTimeEqual(cookie, make(for: host, configuration, period: period))
        }
    }

    private func period(_ configuration: AccessConcentrator.Configuration, at now: Instant) -> UInt64 {
        UInt64(max(0, (now - epoch) / max(configuration.cookiePeriod, .seconds(1))))
    }

    private func make(
        for host: MACAddress, _ configuration: AccessConcentrator.Configuration, period: UInt64
    ) -> [UInt8] {
        let time = (0..<8).map { UInt8(truncatingIfNeeded: period >> UInt64(56 - 8 * $0)) }
        return Digests.hmacSHA1(key: configuration.cookieKey, host.octets, time, Array(configuration.circuit.utf8))
    }
}
