package import Addresses
import CLinux
import Glibc
package import Linux

/// A datagram as it came: where from, and which of our addresses it was sent to.
package struct ReceivedDatagram: Hashable, Sendable {
    package var octets: [UInt8]
    package var source: Endpoint
    /// Nil where the kernel did not tell.
    package var localAddress: IPAddress?

    package init(octets: [UInt8], source: Endpoint, localAddress: IPAddress?) {
        self.octets = octets
        self.source = source
        self.localAddress = localAddress
    }
}

/// What `DatagramSocket.drain` took out of the socket.
package struct Drained: Hashable, Sendable {
    package var datagrams: [ReceivedDatagram] = []
    /// Errors that the network reported (ICMP: port unreachable and the like) about datagrams sent earlier. News about
    /// one moment of the path, never a reason to give a tunnel up.
    package var networkErrors: [Errno] = []
    /// More may wait: the limit was reached.
    package var isLimited = false

    package init() {}
}

/// What became of a datagram given to `DatagramSocket.send`. None of it is fatal: control messages are sent again.
package enum Transmission: Hashable, Sendable {
    case sent
    /// The socket's buffer is full.
    case congested
    /// The kernel would not send it: no route, no such source address, the path's last ICMP error...
    case failed(Errno)
}

/// A non-blocking UDP socket over IPv4 or IPv6.
///
/// Unconnected it is a listener: any source, and every datagram tells the local address that it was sent to. Connected
/// it is one tunnel's. Between its bind and its connect a tunnel's socket takes in datagrams meant for the listener, and
/// a peer that begins anew sends its first message to the old tunnel's socket: whatever is drained must be dispatched
/// by its header and source, whichever socket it came from.
package final class DatagramSocket {
    private let socket: OwnedFD
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    /// The address and port that the socket is bound to; the address may be the wildcard.
    package let local: Endpoint
    /// The only peer, when connected.
    package let remote: Endpoint?

    /// Binds with SO_REUSEADDR, and connects at once when a peer is given. Port 0 lets the kernel choose.
    ///
    /// Checksums are on, as they are by default (UDP-04). Packets over the path's MTU are sent in fragments, without
    /// the DF bit, so that a large control message arrives (UDP-05).
    ///
    /// `receiveBuffer` is how many octets may wait to be taken out, over the system's limit; it needs CAP_NET_ADMIN. Nil
    /// leaves the system's default.
    package init(
        bind address: Endpoint, connect peer: Endpoint? = nil, receiveBuffer: Int32? = nil
    ) throws(Errno) {
        let family = address.address.family
        socket = OwnedFD(
            adopting: try systemCall("socket") {
                Glibc.socket(
                    family, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
            })
        try Self.configure(socket.rawValue, family)
        let descriptor = socket.rawValue
        if let receiveBuffer { try SocketOption.set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, receiveBuffer) }
        let own = SocketAddress(address)
        _ = try systemCall("bind") { unsafe own.withPointer { unsafe bind(descriptor, $0, $1) } }
        if let peer {
            let other = SocketAddress(peer)
            _ = try systemCall("connect") { unsafe other.withPointer { unsafe connect(descriptor, $0, $1) } }
        }
        local = try SocketAddress.bound(to: descriptor) ?? address
        remote = peer
    }

    /// For `EventLoop.add`.
    package var descriptor: Int32 { socket.rawValue }

    /// Whether the host still has the address that the socket is bound to: without it nothing arrives any more.
    package var hasAddress: Bool {
        if local.address.isAny { return true }
        let family = local.address.family
        guard
            let probe = try? OwnedFD(
                adopting: systemCall("socket") {
                    Glibc.socket(family, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
                })
        else { return true }
        let descriptor = probe.rawValue
        let own = SocketAddress(Endpoint(address: local.address, port: 0))
        return unsafe own.withPointer { unsafe bind(descriptor, $0, $1) } == 0 || errno != EADDRNOTAVAIL
    }

    /// Another descriptor of this socket, for an owner of its own: the kernel's tunnel lives until the last is closed.
    package func duplicate() throws(Errno) -> OwnedFD {
        try socket.duplicate()
    }

    /// Takes out what waits, at most `limit` datagrams, in order.
    package func drain(limit: Int = 64) -> Drained {
        var drained = Drained()
        while drained.datagrams.count < limit {
            var source = sockaddr_storage()
            var local = clinux_local_address()
            let size = buffer.count
            let count = unsafe clinux_receive(socket.rawValue, &buffer, size, &source, &local)
            if count >= 0 {
                // A source that is neither IPv4 nor IPv6 does not happen on these sockets.
                guard let from = SocketAddress.endpoint(source) else { continue }
                drained.datagrams.append(
                    ReceivedDatagram(octets: Array(buffer[..<count]), source: from, localAddress: Self.address(local)))
                continue
            }
            let error = Errno.last("recvmsg")
            if error.code == EAGAIN { return drained }
            if error.code == EINTR { continue }
            drained.networkErrors.append(error)
            // Each error is told once; a socket that has nothing but errors must not keep the loop here.
            if drained.networkErrors.count >= limit { return drained }
        }
        drained.isLimited = true
        return drained
    }

    /// Sends one datagram: to the connected peer, or to `destination` from an unconnected socket; `source` is the local
    /// address to send from (UDP-02), nil for the routing's choice.
    @discardableResult
    package func send(
        _ octets: [UInt8], to destination: Endpoint? = nil, from source: IPAddress? = nil
    ) -> Transmission {
        let target = destination.map(SocketAddress.init)
        var local = Self.localAddress(source)
        // A send first reports, and so clears, the ICMP error of an earlier datagram: then this one was not sent yet.
        for _ in 0..<3 {
            let count =
                if var target {
                    unsafe clinux_send(socket.rawValue, octets, octets.count, &target.storage, target.length, &local)
                } else {
                    unsafe clinux_send(socket.rawValue, octets, octets.count, nil, 0, &local)
                }
            if count >= 0 { return .sent }
            let error = Errno.last("sendmsg")
            switch error.code {
            case EINTR, ECONNREFUSED: continue
            case EAGAIN, ENOBUFS: return .congested
            default: return .failed(error)
            }
        }
        return .failed(Errno("sendmsg", code: ECONNREFUSED))
    }

    private static func configure(_ descriptor: Int32, _ family: Int32) throws(Errno) {
        try SocketOption.set(descriptor, SOL_SOCKET, SO_REUSEADDR)
        switch family {
        case AF_INET6:
            try SocketOption.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY)
            try SocketOption.set(descriptor, Int32(IPPROTO_IPV6), IPV6_RECVPKTINFO)
            try SocketOption.set(descriptor, Int32(IPPROTO_IPV6), IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT)
        default:
            try SocketOption.set(descriptor, Int32(IPPROTO_IP), IP_PKTINFO)
            try SocketOption.set(descriptor, Int32(IPPROTO_IP), IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
        }
    }

    private static func address(_ local: clinux_local_address) -> IPAddress? {
        switch Int32(local.family) {
        case AF_INET: .v4(IPv4Address(local.octets.0, local.octets.1, local.octets.2, local.octets.3))
        case AF_INET6:
            unsafe withUnsafeBytes(of: local.octets) { unsafe IPv6Address(octets: Array($0)).map(IPAddress.v6) }
        default: nil
        }
    }

    private static func localAddress(_ source: IPAddress?) -> clinux_local_address {
        var local = clinux_local_address()
        guard let source else { return local }
        local.family = sa_family_t(source.family)
        unsafe withUnsafeMutableBytes(of: &local.octets) { unsafe $0.copyBytes(from: source.octets) }
        return local
    }
}
