import L2TPWire

/// What a call hears, on either side. An event that is nothing to a side is left alone by it.
enum CallEvent {
    /// LAC: the control connection is established. `until` is when the call's setup must be over.
    case tunnelOpen(until: ContinuousClock.Instant)
    /// LAC: the session is ready for data; send this.
    case connect(ICCN)
    /// LNS: the session is ready for data. `until` is when the call's setup must be over.
    case accept(until: ContinuousClock.Instant)
    /// An ICRQ with the session id of this call.
    case icrq
    case icrp(ICRP)
    /// An ICRP that could not be read, or that names a session which is another call's.
    case refusedICRP(ResultCode<CDNResult>)
    case iccn(ICCN)
    case refusedICCN(ResultCode<CDNResult>)
    /// Nil: its codes could not be read.
    case cdn(ResultCode<CDNResult>?)
    /// Our codes, and what else the CDN is to say.
    case localClose(CDN)
    case timeout
}

/// A call of a tunnel, by the side that we are on.
enum Call: Sendable {
    case lac(LACIncomingCall)
    case lns(LNSIncomingCall)

    mutating func handle(_ event: CallEvent) -> [CallEffect] {
        switch self {
        case .lac(var call):
            defer { self = .lac(call) }
            return call.handle(event)
        case .lns(var call):
            defer { self = .lns(call) }
            return call.handle(event)
        }
    }

    var peerID: SessionID? {
        switch self {
        case .lac(let call): call.peerID
        case .lns(let call): call.peerID
        }
    }

    /// When its setup must be over.
    var deadline: ContinuousClock.Instant? {
        switch self {
        case .lac(let call): call.deadline
        case .lns(let call): call.deadline
        }
    }

    var isEstablished: Bool {
        switch self {
        case .lac(let call): call.tableState == .established
        case .lns(let call): call.tableState == .established
        }
    }

    /// Whether our request for the call has not been answered: the peer may not even have heard of it.
    var isUnanswered: Bool {
        switch self {
        case .lac(let call): call.tableState == .waitReply && call.peerID == nil
        case .lns: false
        }
    }
}
