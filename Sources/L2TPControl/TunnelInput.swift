package import L2TPWire

/// What a tunnel is told. Calls are named by our own session ids.
package enum TunnelInput: Sendable {
    /// Initiator: open the control connection. Placing a call does it too.
    case open
    /// A control message came from the peer, by tunnel id and source: the first SCCRQ too. An empty body is a ZLB.
    case datagram(ControlHeader, body: [UInt8])
    /// `deadline` has passed. One that comes too early does nothing.
    case timeout
    /// Data came through the tunnel since this was last said: what the kernel's counters show.
    case dataReceived
    /// Ask at once whether the peer is there; `TunnelOutput.probed` tells within `probeTimeout`.
    case probe
    /// An SCCRQ from the same peer met ours and beat it: see `Tunnel.tie(with:)`.
    case tieLost
    /// End the tunnel and all of its calls with a StopCCN.
    case close(ResultCode<StopCCNResult>)
    /// End the tunnel and all of its calls without a word: the peer is known to be gone.
    case abandon

    /// LNS: take the call that was offered; its session is ready for data. Sends ICRP.
    case acceptCall(SessionID)
    /// Refuse the call that was offered or asked for. Sends CDN.
    case rejectCall(SessionID, ResultCode<CDNResult>)
    /// LAC: ask for a call, as soon as the tunnel is open. The request's session id is filled in here.
    case placeCall(ICRQ)
    /// LAC: connect the call that was accepted; its session is ready for data. Sends ICCN.
    case connectCall(SessionID, ICCN)

    /// LNS: ask the LAC to place a call, as soon as the tunnel is open. The request's session id is filled in here.
    /// A call with a bearer or framing that the LAC has not advertised ends at once (RFC 2661 section 4.4.3).
    case placeOutgoingCall(OCRQ)
    /// LAC: place the call that was asked for. Sends OCRP, whose session id is filled in here; the called party has so
    /// long to answer. A call that cannot be placed is `rejectCall`ed.
    case acceptOutgoingCall(SessionID, OCRP, answerWithin: Duration = .seconds(60))
    /// LAC: the called party has answered, and the session is ready for data. Sends OCCN. When it does not answer:
    /// `closeCall` with what the bearer said, `CDNResult.busy` for one.
    case connectOutgoingCall(SessionID, OCCN)

    /// Tell the other end about an established call.
    case sendLinkInfo(SessionID, SLI)
    case sendLineErrors(SessionID, WEN)
    /// End the call with a CDN. A call that ended already is left alone, as in the other inputs.
    case closeCall(SessionID, ResultCode<CDNResult>)
    /// As `closeCall`, with all that a CDN can say; its session id is filled in here.
    case disconnectCall(SessionID, CDN)
}
