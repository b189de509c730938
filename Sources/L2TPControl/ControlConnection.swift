package import Instants
package import L2TPWire

/// The control connection of one tunnel, as initiator or as responder: `ControlConnectionTable` with data in its states
/// (RFC 2661 sections 5.1 and 7.2.1). It decides what is acceptable: authentication and the order of messages; what
/// makes a message unreadable has been found before.
package struct ControlConnection: Sendable {
    package enum State: Equatable, Sendable {
        case idle
        /// `challenge` is ours, that the SCCRP has to answer.
        case waitCtlReply(challenge: [UInt8]?, tieBreaker: TieBreaker?, until: Instant)
        /// `challenge` is ours, that the SCCCN has to answer.
        case waitCtlConn(peer: PeerDescription, challenge: [UInt8]?, until: Instant)
        case established(peer: PeerDescription)
    }

    /// What the control connection hears.
    enum Event {
        case localOpen
        case sccrq(SCCRQ)
        case sccrp(SCCRP)
        case scccn(SCCCN)
        /// A message of the handshake that could not be read: an SCCRQ, SCCRP or SCCCN.
        case unreadable(MessageType, ResultCode<StopCCNResult>)
        case tieLost
        /// Nil: its codes could not be read.
        case stopCCN(ResultCode<StopCCNResult>?)
        case localClose(ResultCode<StopCCNResult>)
        case abandon
        case timeout
        case peerLost
    }

    enum Effect: Equatable {
        case send(Message)
        /// The peer told who it is: where to send to, and its window.
        case met(PeerDescription)
        case opened
        /// Somebody wants the connection, which is being opened already.
        case queued
        /// Send StopCCN with this, and clean up.
        case stop(ResultCode<StopCCNResult>)
        /// Clean up, without a word to the peer.
        case end(TunnelEnd)
    }

    package private(set) var state = State.idle
    private let localTunnelID: TunnelID
    private let configuration: TunnelConfiguration

    package init(localTunnelID: TunnelID, configuration: TunnelConfiguration) {
        self.localTunnelID = localTunnelID
        self.configuration = configuration
    }

    /// The state without its data.
    package var tableState: ControlConnectionTable.State {
        switch state {
        case .idle: .idle
        case .waitCtlReply: .waitCtlReply
        case .waitCtlConn: .waitCtlConn
        case .established: .established
        }
    }

    package var peer: PeerDescription? {
        switch state {
        case .idle, .waitCtlReply: nil
        case .waitCtlConn(let peer, _, _), .established(let peer): peer
        }
    }

    package var deadline: Instant? {
        switch state {
        case .idle, .established: nil
        case .waitCtlReply(_, _, let until), .waitCtlConn(_, _, let until): until
        }
    }

    /// The Tie Breaker of our SCCRQ while it is outstanding. Outer nil: none is; inner nil: it has no Tie Breaker.
    package var outstandingTieBreaker: TieBreaker?? {
        if case .waitCtlReply(_, let tieBreaker, _) = state { .some(tieBreaker) } else { nil }
    }

    mutating func handle(_ event: Event, at now: Instant, using random: inout some RandomNumberGenerator) -> [Effect] {
        let (name, refusal) = judge(event)
        let transition = ControlConnectionTable.transition(from: tableState, on: name)
        switch transition.action {
        case .nothing: return []
        case .queue: return [.queued]
        case .sendSCCRQ: return [.send(request(at: now, using: &random))]
        case .sendSCCRP:
            guard case .sccrq(let message) = event else { return [] }
            return reply(to: message, at: now, using: &random)
        case .sendSCCCNAndOpen:
            guard case .sccrp(let message) = event else { return [] }
            return confirm(message)
        case .open:
            if case .waitCtlConn(let peer, _, _) = state { state = .established(peer: peer) }
            return [.opened]
        case .sendStopCCN:
            let code = refusal ?? outOfPlace(event)
            let introduction = introduction(event)
            state = .idle
            return introduction + [.stop(code)]
        case .cleanUp:
            state = .idle
            return [.end(end(event))]
        case .cleanUpAndRequeue:
            state = .idle
            return [.end(.tieLost)]
        }
    }
}

// MARK: What is acceptable

extension ControlConnection {
    /// The table's name for an event, and for what is not acceptable the code that says so (RFC 2661 section 4.4.2).
    private func judge(_ event: Event) -> (ControlConnectionTable.Event, ResultCode<StopCCNResult>?) {
        switch event {
        case .localOpen: return (.localOpen, nil)
        case .sccrq(let message):
            // A tie that we win, and two tunnels side by side, are the same to this one: it goes on.
            if let ours = outstandingTieBreaker { return (tieEvent(ours: ours, peers: message.tieBreaker), nil) }
            let refusal = refusal(of: message)
            return (refusal == nil ? .acceptableSCCRQ : .refusedSCCRQ, refusal)
        case .sccrp(let message):
            let refusal = refusal(of: message)
            return (refusal == nil ? .acceptableSCCRP : .refusedSCCRP, refusal)
        case .scccn(let message):
            let refusal = refusal(of: message)
            return (refusal == nil ? .acceptableSCCCN : .refusedSCCCN, refusal)
        case .unreadable(.sccrq, let code): return (.refusedSCCRQ, code)
        case .unreadable(.sccrp, let code): return (.refusedSCCRP, code)
        case .unreadable(.scccn, let code): return (.refusedSCCCN, code)
        case .unreadable(_, let code): return (.localClose, code)
        case .tieLost: return (.tieLost, nil)
        case .stopCCN: return (.stopCCN, nil)
        case .localClose(let code): return (.localClose, code)
        case .abandon, .peerLost: return (.peerLost, nil)
        case .timeout: return (.establishmentTimeout, Self.tooSlow)
        }
    }

    private func tieEvent(ours: TieBreaker?, peers: TieBreaker?) -> ControlConnectionTable.Event {
        switch TieBreaker.outcome(ours: ours, peers: peers) {
        case .oursStands: .tieWon
        case .peersStands, .neitherStands: .tieLost
        case .bothStand: .acceptableSCCRQ
        }
    }

    /// Authentication asked for on either side needs a secret here.
    private func refusal(of message: SCCRQ) -> ResultCode<StopCCNResult>? {
        guard configuration.usableSecret == nil else { return nil }
        if configuration.requiresAuthentication { return Self.notAuthorized("authentication is required") }
        return message.challenge == nil ? nil : Self.notAuthorized("challenged without a secret")
    }

    private func refusal(of message: SCCRP) -> ResultCode<StopCCNResult>? {
        guard case .waitCtlReply(let challenge, _, _) = state else { return nil }
        if message.challenge != nil, configuration.usableSecret == nil {
            return Self.notAuthorized("challenged without a secret")
        }
        return refusal(of: message.challengeResponse, to: challenge, in: .sccrp)
    }

    private func refusal(of message: SCCCN) -> ResultCode<StopCCNResult>? {
        guard case .waitCtlConn(_, let challenge, _) = state else { return nil }
        return refusal(of: message.challengeResponse, to: challenge, in: .scccn)
    }

    /// Nil when `response` is what our challenge asks for: a right one, or none where there was no challenge.
    private func refusal(
        of response: [UInt8]?, to challenge: [UInt8]?, in type: MessageType
    ) -> ResultCode<StopCCNResult>? {
        switch (challenge, response) {
        case (nil, nil): return nil
        case (nil, _?): return Self.notAuthorized("unsolicited Challenge Response")
        case (_?, nil): return Self.notAuthorized("missing Challenge Response")
        case (let challenge?, let response?):
            let secret = configuration.usableSecret ?? []
            let isValid = ChallengeResponse.isValid(response, in: type, secret: secret, challenge: challenge)
            return isValid ? nil : Self.notAuthorized("wrong Challenge Response")
        }
    }

    private static func notAuthorized(_ text: Text) -> ResultCode<StopCCNResult> {
        ResultCode(.notAuthorized, text: text)
    }

    private static let tooSlow = ResultCode<StopCCNResult>(.stateMachineError, text: "establishment took too long")

    /// The code for a message that this state has no place for.
    private func outOfPlace(_ event: Event) -> ResultCode<StopCCNResult> {
        let message =
            switch event {
            case .sccrq: "SCCRQ"
            case .sccrp: "SCCRP"
            case .scccn: "SCCCN"
            case .localOpen, .unreadable, .tieLost, .stopCCN, .localClose, .abandon, .timeout, .peerLost: "message"
            }
        return ResultCode(.stateMachineError, text: Text("unexpected \(message) in state \(tableState)"))
    }

    /// A peer that is refused is told so under its own tunnel id.
    private func introduction(_ event: Event) -> [Effect] {
        switch (state, event) {
        case (.idle, .sccrq(let message)): [.met(PeerDescription(message))]
        case (.idle, .sccrp(let message)), (.waitCtlReply, .sccrp(let message)): [.met(PeerDescription(message))]
        case (.idle, _), (.waitCtlReply, _), (.waitCtlConn, _), (.established, _): []
        }
    }

    private func end(_ event: Event) -> TunnelEnd {
        switch event {
        case .stopCCN(let code): .peer(code)
        case .peerLost: .peerLost
        case .tieLost: .tieLost
        case .localOpen, .sccrq, .sccrp, .scccn, .unreadable, .localClose, .abandon, .timeout: .abandoned
        }
    }
}

// MARK: The handshake's messages

extension ControlConnection {
    private mutating func request(at now: Instant, using random: inout some RandomNumberGenerator) -> Message {
        let challenge = ownChallenge(using: &random)
        let tieBreaker =
            configuration.asksForSingleTunnel
            ? TieBreaker(rawValue: .random(in: .min ... .max, using: &random)) : nil
        state = .waitCtlReply(
            challenge: challenge, tieBreaker: tieBreaker, until: now + configuration.establishmentTimeout)
        return .sccrq(
            SCCRQ(
                hostName: configuration.hostName, framingCapabilities: configuration.framingCapabilities,
                assignedTunnelID: localTunnelID, bearerCapabilities: configuration.bearerCapabilities,
                receiveWindowSize: configuration.advertisedWindow, challenge: challenge,
                tieBreaker: tieBreaker, firmwareRevision: configuration.firmwareRevision,
                vendorName: configuration.vendorName))
    }

    private mutating func reply(
        to message: SCCRQ, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Effect] {
        let peer = PeerDescription(message)
        let challenge = ownChallenge(using: &random)
        state = .waitCtlConn(peer: peer, challenge: challenge, until: now + configuration.establishmentTimeout)
        let reply = SCCRP(
            framingCapabilities: configuration.framingCapabilities, hostName: configuration.hostName,
            assignedTunnelID: localTunnelID, bearerCapabilities: configuration.bearerCapabilities,
            firmwareRevision: configuration.firmwareRevision, vendorName: configuration.vendorName,
            receiveWindowSize: configuration.advertisedWindow, challenge: challenge,
            challengeResponse: response(to: message.challenge, in: .sccrp))
        return [.met(peer), .send(.sccrp(reply))]
    }

    private mutating func confirm(_ message: SCCRP) -> [Effect] {
        let peer = PeerDescription(message)
        state = .established(peer: peer)
        return [
            .met(peer),
            .send(.scccn(SCCCN(challengeResponse: response(to: message.challenge, in: .scccn)))),
            .opened,
        ]
    }

    private func ownChallenge(using random: inout some RandomNumberGenerator) -> [UInt8]? {
        guard configuration.requiresAuthentication else { return nil }
        return ChallengeResponse.challenge(using: &random)
    }

    private func response(to challenge: [UInt8]?, in type: MessageType) -> [UInt8]? {
        guard let challenge, let secret = configuration.usableSecret else { return nil }
        return ChallengeResponse.compute(in: type, secret: secret, challenge: challenge)
    }
}
