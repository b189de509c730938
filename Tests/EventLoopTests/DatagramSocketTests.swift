import Addresses
import CLinux
import EventLoop
import Glibc
import Instants
import Linux
import Testing

@Suite struct DatagramSocketTests {
    private static let any4 = Endpoint(address: .v4(.any), port: 0)
    private static let any6 = Endpoint(address: .v6(.any), port: 0)

    private static func loopback(_ last: UInt8, _ port: UInt16 = 0) -> Endpoint {
        Endpoint(address: .v4(IPv4Address(127, 0, 0, last)), port: port)
    }

    private static func loopback6(_ port: UInt16 = 0) -> Endpoint {
        Endpoint(address: .v6(IPv6Address(high: 0, low: 1)), port: port)
    }

    /// Waits until there is something to drain.
    private func receive(_ socket: DatagramSocket) throws -> Drained {
        let loop = try EventLoop()
        try loop.add(socket.descriptor, Token(owner: 1, value: 1))
        _ = try loop.wait(until: .now + .seconds(10))
        return socket.drain()
    }

    @Test func `UDP-02 a listener tells which of our addresses was meant, and answers from it`() throws {
        let listener = try DatagramSocket(bind: Self.any4)
        let port = listener.local.port
        #expect(port != 0)
        let client = try DatagramSocket(bind: Self.loopback(1))
        for last in [2, 3] as [UInt8] {
            #expect(client.send([last], to: Self.loopback(last, port)) == .sent)
            let datagram = try #require(try receive(listener).datagrams.first)
            #expect(datagram.octets == [last])
            #expect(datagram.source == client.local)
            let meant = try #require(datagram.localAddress)
            #expect(meant == Self.loopback(last).address)
            #expect(listener.send([9], to: datagram.source, from: meant) == .sent)
            #expect(try receive(client).datagrams.first?.source == Self.loopback(last, port))
        }
    }

    @Test func `UDP-02 UDP-05 the same over IPv6`() throws {
        let listener = try DatagramSocket(bind: Self.any6)
        let client = try DatagramSocket(bind: Self.loopback6())
        #expect(client.send([1, 2], to: Self.loopback6(listener.local.port)) == .sent)
        let datagram = try #require(try receive(listener).datagrams.first)
        #expect(datagram.octets == [1, 2])
        #expect(datagram.localAddress == Self.loopback6().address)
        #expect(listener.send([3], to: datagram.source, from: datagram.localAddress) == .sent)
        #expect(try receive(client).datagrams.first?.octets == [3])
    }

    @Test func `UDP-05 IPv4 and IPv6 listeners share a port`() throws {
        let four = try DatagramSocket(bind: Self.any4)
        let six = try DatagramSocket(bind: Endpoint(address: .v6(.any), port: four.local.port))
        #expect(six.local.port == four.local.port)
    }

    @Test func `UDP-01 a connected socket takes its peer's datagrams alone, the listener the others`() throws {
        let listener = try DatagramSocket(bind: Self.loopback(1))
        let address = listener.local
        let (first, second) = (try DatagramSocket(bind: Self.loopback(2)), try DatagramSocket(bind: Self.loopback(2)))
        let tunnel = try DatagramSocket(bind: address, connect: first.local)
        #expect(tunnel.remote == first.local)
        first.send([1], to: address)
        second.send([2], to: address)
        #expect(try receive(tunnel).datagrams.map(\.octets) == [[1]])
        #expect(try receive(listener).datagrams.map(\.octets) == [[2]])
        // And it answers from the listener's address without being told.
        tunnel.send([3])
        #expect(try receive(first).datagrams.first?.source == address)
    }

    @Test func `UDP-01 what came between bind and connect stays readable, with its source`() throws {
        let listener = try DatagramSocket(bind: Self.loopback(1))
        let (first, second) = (try DatagramSocket(bind: Self.loopback(2)), try DatagramSocket(bind: Self.loopback(2)))
        // A tunnel's socket in its two steps, by hand.
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var on: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        #expect(unsafe SocketAddress(listener.local).withPointer { unsafe bind(descriptor, $0, $1) } == 0)
        second.send([7], to: listener.local)
        #expect(unsafe SocketAddress(first.local).withPointer { unsafe connect(descriptor, $0, $1) } == 0)
        second.send([8], to: listener.local)
        var buffer = [UInt8](repeating: 0, count: 10)
        var source = sockaddr_storage()
        var local = clinux_local_address()
        let count = unsafe clinux_receive(descriptor, &buffer, 10, &source, &local)
        // The new socket stole the first datagram: it must be dispatched by what it says.
        #expect(count == 1)
        #expect(buffer[0] == 7)
        #expect(SocketAddress.endpoint(source) == second.local)
        #expect(try receive(listener).datagrams.map(\.octets) == [[8]])
    }

    @Test func `a refused datagram is news, not the socket's end`() throws {
        let gone: Endpoint
        do { gone = try DatagramSocket(bind: Self.loopback(2)).local }
        let tunnel = try DatagramSocket(bind: Self.loopback(1), connect: gone)
        #expect(tunnel.send([1]) == .sent)
        let drained = try receive(tunnel)
        #expect(drained.datagrams == [])
        #expect(drained.networkErrors == [Errno("recvmsg", code: ECONNREFUSED)])
        // Two in a row: the first's error must not swallow the second.
        #expect(tunnel.send([2]) == .sent)
        usleep(10_000)
        let peer = try DatagramSocket(bind: gone)
        #expect(tunnel.send([3]) == .sent)
        #expect(try receive(peer).datagrams.map(\.octets) == [[3]])
        peer.send([4], to: tunnel.local)
        #expect(try receive(tunnel).datagrams.map(\.octets) == [[4]])
    }

    @Test func `a drain is bounded and says so`() throws {
        let listener = try DatagramSocket(bind: Self.loopback(1))
        let client = try DatagramSocket(bind: Self.loopback(1), connect: listener.local)
        for number in 0..<10 as Range<UInt8> { client.send([number]) }
        let first = listener.drain(limit: 6)
        #expect(first.datagrams.map(\.octets) == (0..<6).map { [$0] })
        #expect(first.isLimited)
        let second = listener.drain(limit: 6)
        #expect(second.datagrams.map(\.octets) == (6..<10).map { [$0] })
        #expect(!second.isLimited)
        #expect(listener.drain() == Drained())
    }

    @Test func `empty and large datagrams come whole`() throws {
        let listener = try DatagramSocket(bind: Self.loopback(1))
        let client = try DatagramSocket(bind: Self.loopback(1), connect: listener.local)
        let large = [UInt8](repeating: 7, count: 65_507)
        client.send([])
        client.send(large)
        #expect(try receive(listener).datagrams.map(\.octets) == [[], large])
        guard case .failed(let error) = client.send(large + [0]) else {
            Issue.record("more than UDP can carry was sent")
            return
        }
        #expect(error.code == EMSGSIZE)
    }

    @Test func `UDP-04 UDP-05 checksums are on and the DF bit is off`() throws {
        func option(_ socket: DatagramSocket, _ level: Int32, _ name: Int32) throws -> Int32 {
            var value: Int32 = -1
            var size = socklen_t(4)
            _ = try systemCall("getsockopt") { unsafe getsockopt(socket.descriptor, level, name, &value, &size) }
            return value
        }
        let four = try DatagramSocket(bind: Self.loopback(1))
        #expect(try option(four, SOL_SOCKET, SO_NO_CHECK) == 0)
        #expect(try option(four, Int32(IPPROTO_IP), IP_MTU_DISCOVER) == IP_PMTUDISC_DONT)
        let six = try DatagramSocket(bind: Self.loopback6())
        #expect(try option(six, Int32(IPPROTO_IPV6), IPV6_MTU_DISCOVER) == IPV6_PMTUDISC_DONT)
        // UDP_NO_CHECK6_TX and UDP_NO_CHECK6_RX.
        for name in [101, 102] as [Int32] { #expect(try option(six, Int32(IPPROTO_UDP), name) == 0) }
    }

    @Test func `a duplicate lives longer than its socket`() throws {
        var tunnel: DatagramSocket? = try DatagramSocket(bind: Self.loopback(1))
        let address = try #require(tunnel).local
        let kept = try #require(tunnel).duplicate()
        tunnel = nil
        var value: Int32 = 0
        var size = socklen_t(4)
        let descriptor = kept.rawValue
        #expect(unsafe getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &value, &size) == 0)
        // The port is still taken.
        #expect(address.port != 0)
    }
}
