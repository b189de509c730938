import Addresses
import Configuration
import DataPlane
import EventLoop
import Instants
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

    /// What the limits count the tunnel as.
    enum Standing {
        /// Its peer has not proven itself.
        case halfOpen
        case open
        /// Over before it was open: who never proves himself holds his place among the half-open ones until this is
        /// forgotten.
        case failed
        case closed
    }

    /// What the kernel has of the tunnel.
    enum Kernel {
        case none
        case requested
        case ready
        case deleting
        case gone
    }

    /// Why the peer was asked whether it lives.
    enum Probe {
        /// The network said that something did not arrive: if the peer is gone, its silence will show it.
        case networkError
        /// Somebody else came from its address, perhaps the same peer anew: one that does not answer soon is given up.
        case rival
    }

    let id: TunnelID
    /// The Assigned Tunnel ID of its SCCRQ or SCCRP; 0 while we wait for that.
    var peerTunnelID: TunnelID
    let counterpart: Counterpart
    /// Only the table changes it.
    var path: Path
    let began: Instant
    /// The unconnected socket that serves while there is no other: a listener of the daemon's, or, where we open the
    /// tunnel, one of its own.
    let listener: DatagramSocket
    var machine: Tunnel
    /// The calls in it that we placed.
    var calls: [SessionID: PlacedCall] = [:]
    /// Sessions whose ICCN or OCCN is about to be sent, with which PPP begins.
    var connecting: [(key: SessionKey, connection: CallConnection)] = []
    /// What the machine has not been told yet.
    var inbox: [TunnelInput] = []
    /// The tunnel's own connected socket, while the kernel's tunnel is there or nearly.
    var ownSocket: DatagramSocket?
    /// Only the table changes it.
    var standing = Standing.halfOpen
    var kernel = Kernel.none
    var opened: Instant?
    /// Why it is over, once it is.
    var end: TunnelEnd?
    var closed: Instant?
    /// The machine needs nothing more.
    var isFinished = false
    /// Whether its peer knows of the end or cannot hear of it any more: a shutdown need not wait for it, and an SCCRQ
    /// with the same Assigned Tunnel ID is a new one.
    var mayBeLeft = false
    /// When the peer was last asked whether it lives and answered. That it once opened the tunnel says nothing of now.
    var lastProof: Instant?
    var probe: Probe?

    init(
        id: TunnelID, peerTunnelID: TunnelID, counterpart: Counterpart, path: Path, machine: Tunnel,
        listener: DatagramSocket, at now: Instant
    ) {
        self.id = id
        self.peerTunnelID = peerTunnelID
        self.counterpart = counterpart
        self.path = path
        self.machine = machine
        self.listener = listener
        began = now
    }

    var kernelID: UInt32 { UInt32(id.rawValue) }

    /// Whether we open the tunnel.
    var isOutbound: Bool { machine.role == .initiator }

    /// As `l2tpctl` shows it: who opened the tunnel.
    var role: String { isOutbound ? "initiator" : "responder" }

    var isOpen: Bool { standing == .open }

    var isClosed: Bool { standing == .failed || standing == .closed }

    /// Whether calls can go by it: its peer has proven itself, and the kernel has it.
    var isReady: Bool { isOpen && kernel == .ready }

    /// Whether an SCCRQ with its Assigned Tunnel ID is its own, come again (REL-03): a peer that knows of the end, or
    /// that had the tunnel open, begins a new one.
    var takesRepeatedRequest: Bool {
        switch standing {
        case .halfOpen, .open: true
        case .failed: !mayBeLeft
        case .closed: false
        }
    }

    /// Whether its peer was asked and answered within the last few seconds, in which an SCCRQ is sent again twice.
    func isProvenLately(at now: Instant) -> Bool {
        lastProof.map { now - $0 < .seconds(5) } ?? false
    }

    /// As `l2tpctl` shows it.
    var state: String { isClosed ? "stopping" : machine.state.rawValue }

    /// Neither the machine nor the kernel needs the id any more.
    var isForgettable: Bool { isFinished && !isInKernel }

    /// Whether the kernel has, or may have, a tunnel of this id.
    var isInKernel: Bool {
        switch kernel {
        case .none, .gone: false
        case .requested, .ready, .deleting: true
        }
    }
}
