package import Addresses
package import Configuration

/// Which `[[peer]]` an SCCRQ belongs to: RFC 2661's secret and limits hang on it.
///
/// The most specific one wins: first the longest source prefix that holds the source (a peer without prefixes comes last), and among
/// those with this prefix the one that lists the Host Name, then the one that lists none. So several peers behind one
/// address are told apart by their Host Names, and nobody gets round what is written for an address by claiming a name.
package struct Peers: Sendable {
    /// A prefix as numbers: an SCCRQ from anybody at all is looked up, so that it must cost little.
    private struct Prefix: Hashable {
        var isIPv6: Bool
        var length: Int
        var high: UInt64
        var low: UInt64

        init(_ address: IPAddress, _ length: Int) {
            let (high, low): (UInt64, UInt64)
            switch address {
            case .v4(let address):
                isIPv6 = false
                (high, low) = (UInt64(address.rawValue) << 32, 0)
            case .v6(let address):
                isIPv6 = true
                (high, low) = (address.high, address.low)
            }
            self.length = length
            // A shift by the whole width or more leaves nothing.
            self.high = high & ~(UInt64.max >> UInt64(length))
            self.low = low & ~(UInt64.max >> UInt64(max(0, length - 64)))
        }
    }

    /// The peers of one prefix.
    private struct Candidates {
        var byHostName: [String: Peer] = [:]
        var anyHostName: Peer?

        mutating func add(_ peer: Peer) {
            if peer.hostNames.isEmpty { anyHostName = peer }
            for hostName in peer.hostNames { byHostName[hostName] = peer }
        }

        func match(_ hostName: String) -> Peer? { byHostName[hostName] ?? anyHostName }
    }

    private var byPrefix: [Prefix: Candidates] = [:]
    /// The lengths that occur, the longest first.
    private var lengths: [Int] = []
    /// Those without source prefixes.
    private var fromAnywhere = Candidates()
    private var byName: [String: Peer] = [:]
    /// In the order of the configuration.
    package private(set) var all: [Peer] = []

    package init(_ configuration: Configuration) {
        all = configuration.peers
        for peer in configuration.peers {
            byName[peer.name] = peer
            if peer.addresses.isEmpty { fromAnywhere.add(peer) }
            for prefix in peer.addresses {
                byPrefix[Prefix(prefix.address, prefix.length), default: Candidates()].add(peer)
            }
        }
        lengths = Set(byPrefix.keys.map(\.length)).sorted(by: >)
    }

    package var count: Int { all.count }

    /// The peer that an SCCRQ from this source with this Host Name AVP belongs to; nil when nobody may open a tunnel so.
    package func match(source: IPAddress, hostName: String) -> Peer? {
        for length in lengths {
            if let peer = byPrefix[Prefix(source, length)]?.match(hostName) { return peer }
        }
        return fromAnywhere.match(hostName)
    }

    /// The peer with this name in the configuration: a tunnel's peer after a reload.
    package subscript(name: String) -> Peer? { byName[name] }
}
