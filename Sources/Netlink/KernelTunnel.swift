package import Addresses

/// A tunnel of the kernel's, v2 or v3.
package struct KernelTunnel: Hashable, Sendable {
    /// What a tunnel's packets travel in; the numbers are the kernel's (enum l2tp_encap_type).
    package enum Encapsulation: UInt16, Hashable, Sendable, CaseIterable {
        case udp = 0
        /// IP protocol 115, L2TPv3 alone (RFC 3931 section 4.1.1).
        case ip = 1
    }

    package var id: UInt32
    package var peerID: UInt32
    /// 2 or 3.
    package var version: UInt8
    package var encapsulation: Encapsulation
    /// The port is 0 where there is no UDP. Nil where the kernel did not tell.
    package var local: Endpoint?
    package var remote: Endpoint?
    /// Whether data packets are sent with UDP checksums; nil where there are none and where the kernel did not tell.
    package var checksums: Bool?
    /// Whether packets without a UDP checksum are taken over IPv6; over IPv4 they always are.
    package var takesNoChecksum: Bool
    /// Those of its sessions together.
    package var counters: SessionCounters

    package init(
        id: UInt32, peerID: UInt32, version: UInt8, encapsulation: Encapsulation = .udp, local: Endpoint?,
        remote: Endpoint?, checksums: Bool? = nil, takesNoChecksum: Bool = false,
        counters: SessionCounters = SessionCounters()
    ) {
        self.id = id
        self.peerID = peerID
        self.version = version
        self.encapsulation = encapsulation
        self.local = local
        self.remote = remote
        self.checksums = checksums
        self.takesNoChecksum = takesNoChecksum
        self.counters = counters
    }
}
