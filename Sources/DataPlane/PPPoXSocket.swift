import Addresses
import CLinux
import Glibc
import Linux

/// A socket of the kernel that carries PPP over something: closing it deletes the session.
final class PPPoXSocket: Sendable {
    private let descriptor: ClosableFD

    /// Joins an L2TP session, which must exist.
    init(session key: SessionKey, peer: SessionKey, tunnelSocket: Int32, overIPv6: Bool) throws(Errno) {
        guard let tunnel = UInt16(exactly: key.tunnel), let session = UInt16(exactly: key.session),
            let peerTunnel = UInt16(exactly: peer.tunnel), let peerSession = UInt16(exactly: peer.session)
        else { throw Errno("connect", code: EINVAL) }
        descriptor = try Self.connected(clinux_PX_PROTO_OL2TP) { socket in
            clinux_connect_pppol2tp(
                socket, overIPv6 ? 1 : 0, tunnelSocket, tunnel, session, peerTunnel, peerSession)
        }
    }

    /// Makes a PPPoE session, unlike any that this interface has: the kernel (6.1, 6.12) refuses it then (EALREADY), but
    /// on closing the refused socket takes the other session's hearing away. ENODEV: no such interface, or it is down.
    init(_ circuit: PPPoECircuit) throws(Errno) {
        // To the kernel the number 0 would mean to disconnect.
        guard circuit.sessionID != 0 else { throw Errno("connect", code: EINVAL) }
        let (peer, interface) = (circuit.peer.octets, Array(circuit.interface.utf8))
        guard interface.count < IF_NAMESIZE else { throw Errno("connect", code: ENODEV) }
        descriptor = try Self.connected(clinux_PX_PROTO_OE) { socket in
            unsafe clinux_connect_pppoe(socket, circuit.sessionID, peer, interface, interface.count)
        }
    }

    private static func connected(_ carrier: Int32, _ connect: (Int32) -> Int32) throws(Errno) -> ClosableFD {
        let socket = OwnedFD(
            adopting: try systemCall("socket") {
                Glibc.socket(AF_PPPOX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), carrier)
            })
        let number = socket.rawValue
        _ = try systemCall("connect") { connect(number) }
        return ClosableFD(socket)
    }

    /// Binds the socket to its PPP channel and tells its number. To be asked at once after `init`: kernel 6.1 loses
    /// frames that came before, and newer ones wait for a grace period, some 20 ms.
    func channelNumber() throws(Errno) -> Int32 {
        var number: Int32 = -1
        _ = try systemCall("PPPIOCGCHAN") { unsafe ioctl(descriptor.rawValue, clinux_PPPIOCGCHAN, &number) }
        return number
    }

    /// Sequence numbers in what an L2TP session sends, and in all that it takes. Does not block.
    func requireSequence() throws(Errno) {
        for option in [clinux_PPPOL2TP_SO_SENDSEQ, clinux_PPPOL2TP_SO_RECVSEQ] {
            var isOn: Int32 = 1
            _ = try systemCall("setsockopt") {
                unsafe setsockopt(
                    descriptor.rawValue, clinux_SOL_PPPOL2TP, option, &isOn, socklen_t(MemoryLayout<Int32>.size))
            }
        }
    }

    /// Blocks for some milliseconds.
    func close() {
        descriptor.close()
    }
}
