import Instants
import L2TPControl
import L2TPWire

/// A tunnel under test and a peer that says what a test makes it say, over a link without faults.
struct ScriptedPeer {
    /// What the tunnel did: a message that it sent with its header, nil for a ZLB, and everything else that it wants.
    struct Reaction {
        var sent: [(header: ControlHeader, message: Message?)] = []
        var outputs: [TunnelOutput] = []

        var messages: [Message] { sent.compactMap(\.message) }
        var types: [MessageType] { messages.map(\.type) }

        /// The code of the StopCCN that was sent.
        var stopCode: ResultCode<StopCCNResult>? {
            messages.compactMap { if case .stopCCN(let message) = $0 { message.resultCode } else { nil } }.first
        }

        /// The CDN that was sent, and where to.
        var disconnect: (session: SessionID, message: CDN)? {
            for (header, message) in sent {
                if case .cdn(let message)? = message { return (header.sessionID, message) }
            }
            return nil
        }

        /// What was wanted but for notes.
        var demands: [TunnelOutput] {
            outputs.filter { if case .noted = $0 { false } else { true } }
        }
    }

    static let localTunnelID = TunnelID(0x0101)
    /// What the peer calls the tunnel.
    static let tunnelID = TunnelID(0x1234)

    var tunnel: Tunnel
    var now = start
    var random = SeededRandom(seed: 42)
    var secret: [UInt8]?
    /// The peer's next Ns, and what it acknowledges.
    var ns = SequenceNumber.zero
    var nr = SequenceNumber.zero
    /// Whether the peer acknowledges what the tunnel sends, as soon as it is sent.
    var acknowledges = true

    init(_ role: Tunnel.Role, _ change: (inout TunnelConfiguration) -> Void = { _ in }) {
        var configuration = TunnelConfiguration(hostName: "lns-1")
        change(&configuration)
        tunnel = Tunnel(role: role, localTunnelID: Self.localTunnelID, configuration: configuration)
        secret = configuration.secret
    }

    static let sccrq = SCCRQ(
        hostName: "peer", assignedTunnelID: tunnelID, bearerCapabilities: .digital, receiveWindowSize: 64)
    static let sccrp = SCCRP(
        hostName: "peer", assignedTunnelID: tunnelID, bearerCapabilities: .digital, receiveWindowSize: 64)

    /// An established tunnel.
    static func established(
        _ role: Tunnel.Role = .responder, _ change: (inout TunnelConfiguration) -> Void = { _ in }
    ) -> ScriptedPeer {
        var peer = ScriptedPeer(role, change)
        switch role {
        case .responder:
            peer.say(.sccrq(sccrq))
            peer.say(.scccn(SCCCN()))
        case .initiator:
            peer.give(.open)
            peer.say(.sccrp(sccrp))
        }
        return peer
    }

    @discardableResult
    mutating func give(_ inputs: TunnelInput...) -> Reaction {
        var reaction = Reaction()
        for output in tunnel.handle(inputs, at: now, using: &random) { note(output, in: &reaction) }
        if acknowledges, !reaction.messages.isEmpty {
            let header = ControlHeader(tunnelID: Self.localTunnelID, ns: ns, nr: nr)
            // What the acknowledgement lets out belongs to the same reaction.
            let more = give(.datagram(header, body: []))
            reaction.sent += more.sent
            reaction.outputs += more.outputs
        }
        return reaction
    }

    /// The peer sends a message.
    @discardableResult
    mutating func say(_ message: Message, session: SessionID = .none) -> Reaction {
        say(body: MessageEncoder.encode(message), session: session)
    }

    @discardableResult
    mutating func say(body: [UInt8], session: SessionID = .none) -> Reaction {
        let tunnelID = ns == .zero && tunnel.role == .responder ? TunnelID.none : Self.localTunnelID
        let header = ControlHeader(tunnelID: tunnelID, sessionID: session, ns: ns, nr: nr)
        ns = ns.next
        return give(.datagram(header, body: body))
    }

    /// Lets time pass, timers and all, until `time` seconds after the start.
    @discardableResult
    mutating func wait(until time: Double) -> Reaction {
        let end = start + .milliseconds(Int(time * 1000))
        var reaction = Reaction()
        while let deadline = tunnel.deadline, deadline <= end {
            now = max(now, deadline)
            let more = give(.timeout)
            reaction.sent += more.sent
            reaction.outputs += more.outputs
        }
        now = end
        return reaction
    }

    private mutating func note(_ output: TunnelOutput, in reaction: inout Reaction) {
        guard case .transmit(let octets) = output else { return reaction.outputs.append(output) }
        guard case .control(let header, let body)? = try? Datagram(parsing: octets) else { return }
        guard !body.isEmpty else { return reaction.sent.append((header, nil)) }
        nr = header.ns.next
        let message = try? MessageDecoder.decode(body: body, secret: secret).message
        reaction.sent.append((header, message))
    }
}

extension ScriptedPeer {
    /// The peer's call number `number`, offered and accepted; returns our id of it.
    @discardableResult mutating func offerCall(_ number: UInt16) -> SessionID {
        let reaction = say(.icrq(ICRQ(assignedSessionID: SessionID(number), callSerialNumber: UInt32(number))))
        for case .callOffered(let id, _) in reaction.outputs { return id }
        return .none
    }

    /// A call of the peer's that waits for its ICCN.
    @discardableResult mutating func acceptedCall(_ number: UInt16) -> SessionID {
        let id = offerCall(number)
        give(.acceptCall(id))
        return id
    }

    @discardableResult mutating func connectedCall(_ number: UInt16) -> SessionID {
        let id = acceptedCall(number)
        say(.iccn(.plain), session: id)
        return id
    }

    /// A call of ours, as far as the tunnel's state lets it go; returns our id of it.
    @discardableResult mutating func placeCall(serial: UInt32 = 1) -> SessionID {
        let reaction = give(.placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: serial)))
        for case .callPlaced(let id, _) in reaction.outputs { return id }
        return .none
    }

    /// A call of ours that is connected; the peer calls it `number`.
    @discardableResult mutating func connectedOwnCall(_ number: UInt16) -> SessionID {
        let id = placeCall(serial: UInt32(number))
        say(.icrp(ICRP(assignedSessionID: SessionID(number))), session: id)
        give(.connectCall(id, .plain))
        return id
    }
}

extension ScriptedPeer {
    /// The peer asks for outgoing call number `number`; returns our id of it.
    @discardableResult mutating func requestCall(_ number: UInt16) -> SessionID {
        let reaction = say(.ocrq(.plain(SessionID(number), serial: UInt32(number))))
        for case .outgoingCallRequested(let id, _) in reaction.outputs { return id }
        return .none
    }

    /// An outgoing call that we ask for, as far as the tunnel's state lets it go; returns our id of it.
    @discardableResult mutating func placeOutgoingCall(serial: UInt32 = 1) -> SessionID {
        let reaction = give(.placeOutgoingCall(.plain(serial: serial)))
        for case .callPlaced(let id, _) in reaction.outputs { return id }
        return .none
    }
}

extension OCRQ {
    static func plain(_ id: SessionID = .none, serial: UInt32) -> OCRQ {
        OCRQ(
            assignedSessionID: id, callSerialNumber: serial, minimumBPS: ConnectSpeed(bitsPerSecond: 64_000),
            maximumBPS: ConnectSpeed(bitsPerSecond: 100_000_000), bearerType: .digital, framingType: .synchronous,
            calledNumber: "5551234")
    }
}

extension OCCN {
    static let plain = OCCN(txConnectSpeed: ConnectSpeed(bitsPerSecond: 100_000_000), framingType: .synchronous)
}

extension ICCN {
    static let plain = ICCN(txConnectSpeed: ConnectSpeed(bitsPerSecond: 100_000_000), framingType: .synchronous)
}
