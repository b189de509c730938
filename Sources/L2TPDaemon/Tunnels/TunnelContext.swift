import Addresses
import Configuration
import EventLoop
import L2TPControl
import L2TPWire

/// The two ends that a tunnel's datagrams go between. They stay the same for the tunnel's life (RFC 2661 section 8.1).
struct Path: Hashable, Sendable {
    var local: Endpoint
    var remote: Endpoint
}

/// A tunnel's machine with what the daemon holds for it. Nothing of the kernel's is spent before the peer has proven
/// itself: until then the listener's socket serves.
final class TunnelContext {
    /// What the kernel has of the tunnel.
    enum Kernel {
        case none
        case requested
        case ready
        case deleting
        case gone
    }

    let id: TunnelID
    let peer: Peer
    let path: Path
    let began: ContinuousClock.Instant
    var machine: Tunnel
    /// The listener that the tunnel came in by, then the tunnel's own connected socket.
    var socket: DatagramSocket
    var kernel = Kernel.none
    var opened: ContinuousClock.Instant?
    /// Whether the table counts it no more among the half-open ones.
    var isSettled = false
    var isClosed = false
    var isFinished = false
    /// Whether its peer acknowledged our StopCCN or cannot any more: a shutdown need not wait for it.
    var mayBeLeft = false
    /// When the peer last showed that it lives, where that was asked because somebody else came from its address.
    var lastProof: ContinuousClock.Instant?
    var isProbed = false

    init(
        id: TunnelID, peer: Peer, path: Path, machine: Tunnel, socket: DatagramSocket, at now: ContinuousClock.Instant
    ) {
        self.id = id
        self.peer = peer
        self.path = path
        self.machine = machine
        self.socket = socket
        began = now
    }

    var kernelID: UInt32 { UInt32(id.rawValue) }

    /// Whether its peer was asked and answered within the last few seconds, in which an SCCRQ is sent again twice.
    func isProvenLately(at now: ContinuousClock.Instant) -> Bool {
        lastProof.map { now - $0 < .seconds(5) } ?? false
    }

    /// As `l2tpctl` shows it.
    var state: String { isClosed ? "stopping" : machine.state.rawValue }

    /// Neither the machine nor the kernel needs the id any more.
    var isForgettable: Bool {
        guard isFinished else { return false }
        switch kernel {
        case .none, .gone: return true
        case .requested, .ready, .deleting: return false
        }
    }
}
