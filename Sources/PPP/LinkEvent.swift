package import Addresses

extension Link {
    /// What happens to a link.
    package enum Event: Sendable {
        /// The session carries frames: negotiate.
        case lowerLayerUp
        /// The same behind a LAC that has negotiated already.
        case lowerLayerUpWithProxy(ProxiedLCP, ProxiedAuthentication?, ProxyPolicy)
        /// The session is gone: nothing can be sent any more.
        case lowerLayerDown
        /// A frame as /dev/ppp gives it or as it was in an L2TP data message: FF 03 may stand in front.
        case frame([UInt8])
        /// `deadline` has passed. One that comes early is harmless.
        case timeout
        /// The kernel's receive counters moved: the peer lives, no echo is due.
        case dataReceived
        /// The answer to `Output.authenticate`; ignored when that request is no longer waited for.
        case authenticationDecided(AuthenticationVerdict, for: AuthenticationRequest.ID)
        /// The answer to `Output.networkPhase`: the unit is there, the network protocols may begin.
        case networkReady(NetworkParameters)
        /// End the link in order: Terminate-Request, then `Output.closed` with this reason.
        case close(LinkEnd)
    }

    /// What the daemon is to do.
    package enum Output: Equatable, Sendable {
        /// To the channel's descriptor where `protocolNumber.belongsToChannel`, else to the unit's.
        case send(PPPFrame)
        /// Look the user up and answer with `Event.authenticationDecided`; a LAC whose LNS is to answer takes
        /// `Link.handOver` instead. A CHAP peer on an open link may be asked again.
        case authenticate(AuthenticationRequest)
        /// LCP is open and authentication done: make the unit, choose the addresses, answer with `Event.networkReady`; or
        /// `Link.handOver` a link that asks nobody. When
        /// the link was renegotiated the unit is there already: answer at once, with the addresses of the user that is
        /// authenticated now. An answer that comes after `linkDown` is ignored: answer the next `networkPhase`.
        case networkPhase
        /// Configure the unit and let IPv4 pass. `dns` is what a client was told.
        case ipv4Up(local: IPv4Address, peer: IPv4Address, dns: [IPv4Address])
        /// Stop IPv4 and withdraw the addresses, before they are given to anybody else.
        case ipv4Down
        /// Let IPv6 pass; link-local addresses come from the two interface identifiers.
        case ipv6Up(local: UInt64, peer: UInt64)
        case ipv6Down
        /// LCP has left Opened: nothing may pass but LCP. The unit stays; a new negotiation may follow on the same link.
        case linkDown
        /// The last output: nothing is sent or answered afterwards.
        case closed(LinkEnd)
        /// For logs and statistics; never needs an action.
        case noted(Note)
    }

    /// Something worth counting or logging. Texts are the peer's, cut to 255 octets and free of control characters.
    package enum Note: Equatable, Sendable {
        case malformed(ProtocolNumber)
        /// A frame that the present phase does not admit was dropped.
        case outOfPhase(ProtocolNumber)
        case unknownProtocol(ProtocolNumber)
        case unknownCode(ProtocolNumber, UInt8)
        /// A reply whose identifier or options match no request of ours was dropped.
        case unexpectedReply(ProtocolNumber)
        /// A Protocol-Reject or Code-Reject was due but not sent: too many.
        case rejectSuppressed
        case rejectedByPeer(ProtocolNumber)
        case echoMissed(Int)
        /// An echo carried our own magic number.
        case loopbackSuspected
        /// An echo carried a magic number that is neither ours nor the peer's.
        case unexpectedMagicNumber
        case identification(String)
        case timeRemaining(seconds: UInt32, String)
        /// A LAC's proxied LCP was not used; why, for a log.
        case proxyRefused(String)
        /// What the authenticator said about our credentials.
        case authenticationMessage(String)
    }

    /// The phases of RFC 1661 section 3.2; `closed` is Dead after life.
    package enum Phase: String, Sendable {
        case dead, establish, authenticate, network, terminate, closed
    }
}
