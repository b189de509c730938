package import Addresses

/// What the network protocols negotiate with. The daemon gives it with `networkReady`.
///
/// An LNS gives `localIPv4` and `peerIPv4` (where IPv4 is on); a client leaves them nil and takes what it is told.
package struct NetworkParameters: Equatable, Sendable {
    /// Our address; nil asks the peer for one.
    package var localIPv4: IPv4Address?
    /// The peer's address: any other is refused; nil accepts the one that the peer names.
    package var peerIPv4: IPv4Address?
    /// Name servers told to the peer: the first two (RFC 1877 sections 1.1 and 1.3).
    package var dns: [IPv4Address]
    /// NetBIOS name servers told to the peer: the first two (RFC 1877 sections 1.2 and 1.4).
    package var nbns: [IPv4Address]
    /// Our interface identifier; nil takes a random one.
    package var localInterfaceIdentifier: UInt64?
    /// What a peer without an interface identifier is offered; nil offers a random one.
    package var peerInterfaceIdentifier: UInt64?

    package init(
        localIPv4: IPv4Address? = nil, peerIPv4: IPv4Address? = nil, dns: [IPv4Address] = [], nbns: [IPv4Address] = [],
        localInterfaceIdentifier: UInt64? = nil, peerInterfaceIdentifier: UInt64? = nil
    ) {
        self.localIPv4 = localIPv4
        self.peerIPv4 = peerIPv4
        self.dns = dns
        self.nbns = nbns
        self.localInterfaceIdentifier = localInterfaceIdentifier
        self.peerInterfaceIdentifier = peerInterfaceIdentifier
    }
}
