import Addresses
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Linux
import PPP
import Testing

@testable import L2TPDaemon

/// A client's end of paths: a socket with the tunnels that go out by it.
final class Host {
    let socket: DatagramSocket
    let server: Endpoint
    private(set) var tunnels: [ClientTunnel] = []
    /// Where datagrams came from.
    private(set) var sources: Set<Endpoint> = []
    /// Every control message that came, with its header; no ZLBs.
    private(set) var received: [(header: ControlHeader, message: Message)] = []
    private(set) var datagramCount = 0
    /// What comes is lost.
    var isDeaf = false
    private var random = SystemRandomNumberGenerator()

    init(bind local: Endpoint, server: Endpoint) throws(Errno) {
        socket = try DatagramSocket(bind: local)
        self.server = server
    }

    /// Opens a tunnel; its calls are placed with `ClientTunnel.call`.
    func open(
        id: UInt16, at now: Instant, _ change: (inout TunnelConfiguration) -> Void = { _ in }
    ) -> ClientTunnel {
        var configuration = TunnelConfiguration(hostName: "client")
        configuration.vendorName = "test"
        change(&configuration)
        let tunnel = ClientTunnel(id: TunnelID(id), configuration: configuration, host: self)
        tunnels.append(tunnel)
        tunnel.tell(.open, at: now)
        return tunnel
    }

    /// The client dies without a word.
    func forgetAll() {
        tunnels = []
    }

    func send(_ octets: [UInt8]) {
        socket.send(octets, to: server)
    }

    /// Sends a message as it is, without anybody to repeat it.
    func send(_ message: Message, tunnel: TunnelID = .none, session: SessionID = .none, ns: UInt16 = 0, nr: UInt16 = 0)
    {
        let header = ControlHeader(
            tunnelID: tunnel, sessionID: session, ns: SequenceNumber(ns), nr: SequenceNumber(nr))
        send(MessageEncoder.encode(message, header: header))
    }

    /// The StopCCNs that came.
    var stops: [StopCCN] {
        received.compactMap { if case .stopCCN(let stop) = $0.message { stop } else { nil } }
    }

    var disconnects: [CDN] {
        received.compactMap { if case .cdn(let cdn) = $0.message { cdn } else { nil } }
    }

    func received(_ type: MessageType) -> Int { received.count { $0.message.type == type } }

    var deadline: Instant? { tunnels.compactMap(\.deadline).min() }

    /// Takes in what has come, does what is due; false when there was nothing.
    func turn(_ world: World) -> Bool {
        let drained = socket.drain().datagrams
        datagramCount += drained.count
        for datagram in drained where !isDeaf { receive(datagram, at: world.now) }
        var hasActed = !drained.isEmpty
        for tunnel in tunnels where tunnel.turn(world) { hasActed = true }
        return hasActed
    }

    private func receive(_ datagram: ReceivedDatagram, at now: Instant) {
        sources.insert(datagram.source)
        guard case .control(let header, let body)? = try? Datagram(parsing: datagram.octets) else { return }
        let tunnel = tunnels.first { $0.machine.localTunnelID == header.tunnelID }
        if !body.isEmpty,
            let decoded = try? MessageDecoder.decode(body: body, secret: tunnel?.machine.configuration.secret)
        {
            received.append((header, decoded.message))
        }
        tunnel?.tell(.datagram(header, body: body), at: now)
    }
}

/// A tunnel that a client opened, and its calls: all of it as machines that the project's own rooms provide.
final class ClientTunnel {

    /// A call that the client placed.
    final class Call {
        let serial: UInt32
        let configuration: LinkConfiguration
        var offer: ICRQ
        var connection = ICCN(txConnectSpeed: ConnectSpeed(bitsPerSecond: 1_000_000), framingType: .synchronous)
        /// Whether an ICCN follows the ICRP, and PPP begins by itself.
        var isConnecting = true
        var startsLink = true
        var id = SessionID.none
        var peerID = SessionID.none
        var link: Link
        var end: CallEnd?
        var linkEnd: LinkEnd?
        /// How often IPv4 came up.
        var ups = 0
        var frames: [PPPFrame] = []
        fileprivate var inbox: [[UInt8]] = []

        init(serial: UInt32, configuration: LinkConfiguration) {
            self.serial = serial
            self.configuration = configuration
            offer = ICRQ(assignedSessionID: .none, callSerialNumber: serial)
            link = Link(configuration: configuration)
        }

        var isOpen: Bool { link.ipv4 != nil }
        var address: IPv4Address? { link.ipv4?.local }
    }

    private(set) var machine: Tunnel
    private unowned let host: Host
    private(set) var calls: [Call] = []
    private(set) var end: TunnelEnd?
    private(set) var isOpen = false
    /// All that the machine has wanted or told, datagrams left out.
    private(set) var outputs: [TunnelOutput] = []
    /// Ns and Nr of what comes next, as of the last datagram that was sent.
    private(set) var nextSent = SequenceNumber.zero
    private(set) var nextReceived = SequenceNumber.zero
    private var pending: [TunnelInput] = []
    private var random = SystemRandomNumberGenerator()

    init(id: TunnelID, configuration: TunnelConfiguration, host: Host) {
        machine = Tunnel(role: .initiator, localTunnelID: id, configuration: configuration)
        self.host = host
    }

    /// Places a call.
    @discardableResult
    func call(
        _ user: String = "alice", _ password: String = "secret",
        methods: [AuthenticationMethod] = AuthenticationMethod.allCases, at now: Instant,
        _ change: (Call) -> Void = { _ in }
    ) -> Call {
        let configuration = LinkConfiguration(
            role: .peer(.init(user: user, password: Password(password), methods: methods)), echoInterval: nil)
        let call = Call(serial: UInt32(calls.count + 1), configuration: configuration)
        change(call)
        calls.append(call)
        tell(.placeCall(call.offer), at: now)
        return call
    }

    func tell(_ input: TunnelInput, at now: Instant) {
        pending.append(input)
        while !pending.isEmpty {
            for output in machine.handle(pending.removeFirst(), at: now, using: &random) { perform(output, at: now) }
        }
    }

    func give(_ event: Link.Event, to call: Call, at now: Instant) {
        for output in call.link.handle(event, at: now, using: &random) {
            switch output {
            case .send(let frame): outbox.append((call, frame))
            case .networkPhase: give(.networkReady(NetworkParameters()), to: call, at: now)
            case .ipv4Up: call.ups += 1
            case .closed(let end): call.linkEnd = end
            case .authenticate, .ipv4Down, .ipv6Up, .ipv6Down, .linkDown, .noted: break
            }
        }
    }

    private var outbox: [(Call, PPPFrame)] = []

    /// A frame that the server sent on one of its sessions.
    func receive(_ frame: [UInt8], fromSession session: UInt32) {
        guard let call = calls.first(where: { UInt32($0.peerID.rawValue) == session }) else { return }
        call.inbox.append(frame)
    }

    var deadline: Instant? {
        ([machine.deadline] + calls.map(\.link.deadline)).compactMap(\.self).min()
    }

    func turn(_ world: World) -> Bool {
        var hasActed = false
        if let deadline = machine.deadline, deadline <= world.now { tell(.timeout, at: world.now) }
        for call in calls where call.end == nil {
            if let deadline = call.link.deadline, deadline <= world.now { give(.timeout, to: call, at: world.now) }
            let frames = call.inbox
            call.inbox = []
            for frame in frames {
                hasActed = true
                if let parsed = try? PPPFrame(parsing: frame) { call.frames.append(parsed) }
                give(.frame(frame), to: call, at: world.now)
            }
        }
        let sent = outbox
        outbox = []
        for (call, frame) in sent {
            hasActed = true
            world.plane.inject(frame.encoded, on: key(call))
        }
        return hasActed
    }

    /// What the server calls the session.
    func key(_ call: Call) -> SessionKey {
        SessionKey(tunnel: UInt32(machine.peerTunnelID.rawValue), session: UInt32(call.peerID.rawValue))
    }

    private func perform(_ output: TunnelOutput, at now: Instant) {
        if case .transmit = output {} else { outputs.append(output) }
        switch output {
        case .transmit(let octets):
            if case .control(let header, let body)? = try? Datagram(parsing: octets) {
                nextSent = body.isEmpty ? header.ns : header.ns.next
                nextReceived = header.nr
            }
            host.send(octets)
        case .opened: isOpen = true
        case .callPlaced(let id, let serial): calls.first { $0.serial == serial }?.id = id
        case .callAccepted(let id, let peer, _):
            guard let call = call(id) else { return }
            call.peerID = peer
            guard call.isConnecting else { return }
            pending.append(.connectCall(id, call.connection))
            if call.startsLink { give(.lowerLayerUp, to: call, at: now) }
        case .callClosed(let id, let end):
            guard let call = call(id) else { return }
            call.end = end
            give(.lowerLayerDown, to: call, at: now)
        case .closed(let reason): end = reason
        case .callOffered, .callConnected, .callNotPlaced, .outgoingCallRequested, .outgoingCallAccepted,
            .outgoingCallConnected, .linkInfo, .lineErrors, .disconnectCause, .stopAcknowledged, .finished, .probed,
            .noted:
            break
        }
    }

    private func call(_ id: SessionID) -> Call? { calls.first { $0.id == id && $0.end == nil } }
}
