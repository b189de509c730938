package import Addresses
import CLinux
import Glibc
package import Linux

/// What an Ethernet frame carried, as it came.
package struct ReceivedPacket: Hashable, Sendable {
    /// Behind the Ethernet header; a short one may be followed by padding.
    package var octets: [UInt8]
    package var source: MACAddress
    /// To every station; otherwise to us.
    package var isBroadcast: Bool

    package init(octets: [UInt8], source: MACAddress, isBroadcast: Bool) {
        self.octets = octets
        self.source = source
        self.isBroadcast = isBroadcast
    }
}

/// What `PacketSocket.drain` took out of the socket.
package struct DrainedPackets: Hashable, Sendable {
    package var packets: [ReceivedPacket] = []
    /// ENETDOWN when the interface has gone down or away; the socket works again when it comes up.
    package var errors: [Errno] = []
    /// More may wait: the limit was reached.
    package var isLimited = false

    package init() {}
}

/// Why there is no packet socket on an interface.
package enum PacketSocketError: Error, Hashable, Sendable, CustomStringConvertible {
    case noInterface(String)
    case notEthernet(String)
    case refused(interface: String, Errno)

    package var description: String {
        switch self {
        case .noInterface(let name): "no interface \(name)"
        case .notEthernet(let name): "interface \(name) is not Ethernet"
        case .refused(let name, let error): "interface \(name): \(error)"
        }
    }
}

/// A non-blocking socket for one kind of Ethernet frames (an EtherType) on one interface: the kernel makes and takes off
/// the Ethernet header. A VLAN's sub-interface is an interface like any other: it has its VLAN's frames, and the interface
/// below it has not. Needs CAP_NET_RAW.
package final class PacketSocket {
    private let socket: OwnedFD
    private let etherType: UInt16
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    package let interface: String
    package let interfaceIndex: Int32
    /// The interface's own address, at the time when the socket was made.
    package let address: MACAddress

    /// The interface may be down still.
    package init(interface name: String, etherType: UInt16) throws(PacketSocketError) {
        do throws(Errno) {
            // No protocol: nothing comes, from any interface, before the bind.
            socket = OwnedFD(
                adopting: try systemCall("socket") {
                    Glibc.socket(
                        AF_PACKET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
                })
            self.etherType = etherType
            interface = name
            interfaceIndex = Int32(bitPattern: unsafe if_nametoindex(name))
            guard interfaceIndex != 0 else { throw Errno.last("if_nametoindex") }
            let own = try Self.bind(socket.rawValue, interfaceIndex, etherType)
            guard Int32(own.sll_hatype) == clinux_ARPHRD_ETHER, let address = Self.address(own) else {
                throw Errno("bind", code: EAFNOSUPPORT)
            }
            self.address = address
        } catch {
            switch error.code {
            case ENODEV: throw .noInterface(name)
            case EAFNOSUPPORT: throw .notEthernet(name)
            default: throw .refused(interface: name, error)
            }
        }
    }

    /// For `EventLoop.add`.
    package var descriptor: Int32 { socket.rawValue }

    /// The interface's MTU now. ENODEV: there is no interface of this name any more.
    package func mtu() throws(Errno) -> Int {
        var request = unsafe ifreq()
        try unsafe ask(SIOCGIFMTU, "SIOCGIFMTU", &request)
        return unsafe Int(request.ifr_ifru.ifru_mtu)
    }

    /// Whether the interface is there, up, and has a carrier.
    package var isUp: Bool {
        var request = unsafe ifreq()
        do throws(Errno) {
            try unsafe ask(SIOCGIFFLAGS, "SIOCGIFFLAGS", &request)
        } catch {
            return false
        }
        let needed = Int32(IFF_UP | IFF_RUNNING)
        return unsafe Int32(request.ifr_ifru.ifru_flags) & needed == needed
    }

    private func ask(_ question: Int32, _ name: String, _ request: inout ifreq) throws(Errno) {
        unsafe withUnsafeMutableBytes(of: &request.ifr_ifrn) { unsafe $0.copyBytes(from: interface.utf8) }
        let descriptor = socket.rawValue
        _ = try systemCall(name) { unsafe ioctl(descriptor, UInt(question), &request) }
    }

    /// Takes out what waits, at most `limit` packets, in order. Frames to other stations and to groups of stations are
    /// left out.
    package func drain(limit: Int = 64) -> DrainedPackets {
        var drained = DrainedPackets()
        for _ in 0..<limit {
            do {
                guard let packet = try receive() else { continue }
                drained.packets.append(packet)
            } catch {
                if error.code == EAGAIN { return drained }
                drained.errors.append(error)
            }
        }
        drained.isLimited = true
        return drained
    }

    /// Sends one packet, padded by the device where Ethernet demands it.
    @discardableResult
    package func send(_ octets: [UInt8], to destination: MACAddress) -> Transmission {
        var target = Self.socketAddress(interfaceIndex, etherType)
        target.sll_halen = 6
        unsafe withUnsafeMutableBytes(of: &target.sll_addr) { unsafe $0.copyBytes(from: destination.octets) }
        let descriptor = socket.rawValue
        do {
            _ = try systemCall("sendto") {
                unsafe Self.withPointer(&target) { address, length in
                    unsafe sendto(descriptor, octets, octets.count, 0, address, length.pointee)
                }
            }
            return .sent
        } catch {
            return error.code == EAGAIN || error.code == ENOBUFS ? .congested : .failed(error)
        }
    }

    /// Nil: one that is not for us.
    private func receive() throws(Errno) -> ReceivedPacket? {
        var source = sockaddr_ll()
        let (descriptor, size) = (socket.rawValue, buffer.count)
        let count = try systemCall("recvfrom") {
            unsafe Self.withPointer(&source) { address, length in
                unsafe recvfrom(descriptor, &buffer, size, 0, address, length)
            }
        }
        let type = Int32(source.sll_pkttype)
        // What a VLAN's own interface has taken is told to the one below it as well, under the VLAN's name.
        guard source.sll_ifindex == interfaceIndex else { return nil }
        guard type == PACKET_HOST || type == PACKET_BROADCAST, let sender = Self.address(source) else { return nil }
        return ReceivedPacket(
            octets: Array(buffer[..<count]), source: sender, isBroadcast: type == PACKET_BROADCAST)
    }

    /// What the socket is bound to then.
    private static func bind(_ descriptor: Int32, _ index: Int32, _ etherType: UInt16) throws(Errno) -> sockaddr_ll {
        var own = socketAddress(index, etherType)
        _ = try systemCall("bind") {
            unsafe withPointer(&own) { address, length in unsafe Glibc.bind(descriptor, address, length.pointee) }
        }
        _ = try systemCall("getsockname") {
            unsafe withPointer(&own) { address, length in unsafe getsockname(descriptor, address, length) }
        }
        return own
    }

    private static func socketAddress(_ index: Int32, _ etherType: UInt16) -> sockaddr_ll {
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_protocol = etherType.bigEndian
        address.sll_ifindex = index
        return address
    }

    private static func address(_ address: sockaddr_ll) -> MACAddress? {
        unsafe withUnsafeBytes(of: address.sll_addr) { octets in
            unsafe MACAddress(octets: octets.prefix(Int(address.sll_halen)))
        }
    }

    private static func withPointer<Result>(
        _ address: inout sockaddr_ll,
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> Result {
        var length = socklen_t(MemoryLayout<sockaddr_ll>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, &length) }
        }
    }
}
