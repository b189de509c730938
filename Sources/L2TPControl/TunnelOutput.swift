package import L2TPWire

/// What a tunnel wants done, in this order. Datagrams come last in each list, so that whoever goes through it in order
/// has acted on a message before its acknowledgement leaves.
package enum TunnelOutput: Equatable, Sendable {
    /// A whole datagram for the peer.
    case transmit([UInt8])
    /// The control connection is established, and the peer authenticated where that was asked for.
    case opened
    /// LNS: the peer asks for a call. Prepare its session, then `acceptCall` or `rejectCall`, now or later.
    case callOffered(SessionID, ICRQ)
    /// LNS: the call that was accepted is connected.
    case callConnected(SessionID, ICCN)
    /// The call of this Call Serial Number, incoming or outgoing, has a session id from now on.
    case callPlaced(SessionID, callSerialNumber: UInt32)
    /// There is no room for this call, or no tunnel any more.
    case callNotPlaced(callSerialNumber: UInt32, CallEnd)
    /// LAC: the LNS takes the call. Prepare its session, then `connectCall`.
    case callAccepted(SessionID, peer: SessionID, ICRP)
    /// LAC: the LNS asks us to place a call. Decide, then `acceptOutgoingCall` or `rejectCall`, now or later.
    case outgoingCallRequested(SessionID, OCRQ)
    /// LNS: the LAC places the call. Prepare its session: data may come with the OCCN.
    case outgoingCallAccepted(SessionID, peer: SessionID, OCRP)
    /// LNS: the called party has answered.
    case outgoingCallConnected(SessionID, OCCN)
    /// The other end's SLI or WEN about an established call.
    case linkInfo(SessionID, SLI)
    case lineErrors(SessionID, WEN)
    /// The call is over: release its session. Comes exactly once for each call that was offered, requested or placed;
    /// when the tunnel ends, for every call before `closed`.
    case callClosed(SessionID, CallEnd)
    /// The tunnel is over, all of its calls were reported. Its id must stay taken until `finished`.
    case closed(TunnelEnd)
    /// Our StopCCN was acknowledged: a daemon that wants to end need not wait any longer. Comes before `finished`, or
    /// never.
    case stopAcknowledged
    /// Nothing is left: the tunnel may be forgotten and its id be used again. Comes once, after `closed`.
    case finished
    /// The answer to `probe`. When the peer is not alive nothing else happens: close or abandon the tunnel.
    case probed(isAlive: Bool)
    /// Something to be counted and logged.
    case noted(TunnelNote)
}

/// Something odd that a peer did and that was dealt with.
package enum TunnelNote: Equatable, Sendable {
    /// A message was accepted with something odd in it.
    case odd(MessageType, MessageNote)
    /// A message could not be accepted; what follows is in the outputs.
    case refused(MessageError)
    /// A message of a type that we do not serve: acknowledged and ignored.
    case ignored(MessageType)
    /// A message about a call that is not there, or that has no place where it came.
    case outOfPlace(MessageType, SessionID)
    /// A datagram for another tunnel id, or one that only a new tunnel could begin with: dropped.
    case strayDatagram(ControlHeader)
}
