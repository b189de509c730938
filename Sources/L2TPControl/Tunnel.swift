package import Instants
package import L2TPWire

/// One L2TP tunnel: its control connection, its calls and the reliable delivery under them, put together for a daemon
/// or a test that owns sockets and clocks. Deterministic: no socket, clock or random source inside.
///
/// The owner finds a datagram's tunnel by the header's tunnel id, and by source and Assigned Tunnel ID where that is 0
/// (an SCCRQ, repeated or not, and some StopCCNs); for an SCCRQ of a tunnel that does not exist it looks the peer up,
/// makes a responder and gives it the datagram. After every call it arms a timer for `deadline`.
package struct Tunnel: Sendable {
    package typealias Input = TunnelInput
    package typealias Output = TunnelOutput

    /// Who opens the control connection. Calls go either way in both.
    package enum Role: Sendable {
        case initiator, responder
    }

    package let role: Role
    package let localTunnelID: TunnelID
    package let configuration: TunnelConfiguration

    var connection: ControlConnection
    var delivery: ReliableDelivery
    /// What the peer calls the tunnel; 0 while it has not told.
    package internal(set) var peerTunnelID = TunnelID.none

    var calls: [SessionID: Call] = [:]
    /// Our session ids by the peer's.
    var callsByPeerID: [SessionID: SessionID] = [:]
    /// Calls in the order in which they were placed, until the tunnel is open.
    var waitingCalls: [SessionID] = []
    var sessionIDs = IdentifierPool()
    /// When calls must be set up, soonest first; the entry of a call that is set up or gone says nothing.
    var setupDeadlines = Queue<(time: Instant, call: SessionID)>()

    /// When the peer was last heard, control or data.
    var lastHeard: Instant?
    var lingerDeadline: Instant?
    var probe: (receipt: ReliableDelivery.Receipt, until: Instant)?
    /// Our StopCCN, until its acknowledgement is reported.
    var stopReceipt: ReliableDelivery.Receipt?
    var isOpen = false
    var hasFinished = false
    /// What the present input led to so far.
    var outputs: [Output] = []

    /// - Parameter localTunnelID: not 0, and not in use on this endpoint.
    package init(role: Role, localTunnelID: TunnelID, configuration: TunnelConfiguration) {
        self.role = role
        self.localTunnelID = localTunnelID
        self.configuration = configuration
        connection = ControlConnection(localTunnelID: localTunnelID, configuration: configuration)
        var policy = configuration.retransmission
        policy.limit = max(configuration.establishmentLimit, 1)
        delivery = ReliableDelivery(receiveWindow: Int(configuration.advertisedWindow), policy: policy)
    }

    package mutating func handle(
        _ input: Input, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        handle([input], at: now, using: &random)
    }

    /// Several inputs at once: what they lead to is acknowledged together, by one ZLB if nothing else carries it.
    @specialized(where Random == SystemRandomNumberGenerator)
    package mutating func handle<Random: RandomNumberGenerator>(
        _ inputs: [Input], at now: Instant, using random: inout Random
    ) -> [Output] {
        for input in inputs { take(input, at: now, using: &random) }
        settle(at: now)
        let result =
            outputs
            + delivery.transmit(at: now).map { segment in
                let header = ControlHeader(
                    tunnelID: peerTunnelID, sessionID: segment.sessionID, ns: segment.ns, nr: segment.nr)
                return .transmit(header.encoded(body: segment.body))
            }
        outputs = []
        return result
    }

    /// When `timeout` is due; nil when nothing is waited for.
    package var deadline: Instant? {
        [
            delivery.deadline, connection.deadline, setupDeadlines.first?.time, helloDeadline, probe?.until,
            lingerDeadline,
        ].reduce(nil, earlier)
    }

    /// What becomes of our own request when the peer's comes while it is outstanding (RFC 2661 section 4.4.3). Nil when
    /// none is. `peersStands` and `neitherStands` are to be followed by `TunnelInput.tieLost`; the peer's SCCRQ is to be
    /// served when it or both stand, and else to be dropped without an answer.
    package func tie(with request: SCCRQ) -> TieBreaker.Outcome? {
        connection.outstandingTieBreaker.map { TieBreaker.outcome(ours: $0, peers: request.tieBreaker) }
    }

    /// What we call the session that the peer calls so; nil of one that is not there, or not any more.
    package func session(calledByPeer id: SessionID) -> SessionID? { callsByPeerID[id] }

    /// What the peer calls a session of ours; nil while it has not told.
    package func peerName(ofSession id: SessionID) -> SessionID? { calls[id]?.peerID }

    private mutating func take(_ input: Input, at now: Instant, using random: inout some RandomNumberGenerator) {
        switch input {
        case .datagram(let header, let body): receive(header, body, at: now, using: &random)
        case .timeout: expire(at: now, using: &random)
        case .dataReceived: lastHeard = now
        case .open:
            if role == .initiator, isRunning { tell(.localOpen, at: now, using: &random) }
        case .probe: startProbe(at: now, using: &random)
        case .tieLost: tell(.tieLost, at: now, using: &random)
        case .close(let code): close(code, at: now, using: &random)
        case .abandon: abandon(at: now, using: &random)
        case .placeCall(let request): placeCall(request, at: now, using: &random)
        case .acceptCall(let id):
            tell(id, .accept(until: now + configuration.callSetupTimeout), using: &random)
        case .connectCall(let id, let message): tell(id, .connect(message), using: &random)
        case .placeOutgoingCall(let request): placeOutgoingCall(request, at: now, using: &random)
        case .acceptOutgoingCall(let id, let message, let time):
            tell(id, .acceptOutgoing(message, until: now + time), using: &random)
        case .connectOutgoingCall(let id, let message): tell(id, .connectOutgoing(message), using: &random)
        case .rejectCall(let id, let code), .closeCall(let id, let code):
            tell(id, .localClose(CDN(resultCode: code, assignedSessionID: id)), using: &random)
        case .disconnectCall(let id, let message): tell(id, .localClose(message), using: &random)
        case .sendLinkInfo(let id, let message): report(.sli(message), of: id, using: &random)
        case .sendLineErrors(let id, let message): report(.wen(message), of: id, using: &random)
        }
    }

    /// Whether the tunnel has neither ended nor been told to.
    var isRunning: Bool { delivery.phase == .open }

    /// Queues a message of ours.
    @discardableResult
    mutating func send(
        _ message: Message, to peer: SessionID = .none, owner: SessionID? = nil,
        using random: inout some RandomNumberGenerator
    ) -> ReliableDelivery.Receipt {
        delivery.send(encode(message, using: &random), to: peer, owner: owner)
    }

    /// What opens the tunnel is never hidden: whoever reads it may have to read it whole before knowing whose secret it
    /// needs (xl2tpd looks its secret up only behind the last AVP), and there is nothing confidential in it.
    func encode(_ message: Message, using random: inout some RandomNumberGenerator) -> [UInt8] {
        let isOpening = message.type == .sccrq || message.type == .sccrp
        let hiding = configuration.usableSecret.flatMap {
            isOpening ? nil : Hiding(secret: $0, extent: configuration.hiding, using: &random)
        }
        return MessageEncoder.encode(
            message, hiding: hiding, extensionsMandatory: configuration.extensionsMandatory)
    }
}
