import Instants
import L2TPWire

/// What a call hears, whichever of the four it is. An event that is nothing to one of them is left alone by it.
enum CallEvent {
    /// A call of ours: the control connection is established. `until` is when the request must be answered.
    case tunnelOpen(until: Instant)
    /// LNS: the session is ready for data. `until` is when the LAC must have connected the call.
    case accept(until: Instant)
    /// LAC: the call is being dialled; send this. `until` is when it must have been answered.
    case acceptOutgoing(OCRP, until: Instant)
    /// LAC: the session is ready for data; send this.
    case connect(ICCN)
    /// LAC: the call was answered and its session is ready for data; send this.
    case connectOutgoing(OCCN)
    /// An ICRQ or OCRQ with the session id of this call.
    case icrq, ocrq
    case icrp(ICRP)
    /// `until` is when the LAC must have connected the call.
    case ocrp(OCRP, until: Instant)
    case iccn(ICCN)
    case occn(OCCN)
    /// A message about this call that could not be read, or that says what is not acceptable.
    case refused(MessageType, ResultCode<CDNResult>)
    /// Nil: its codes could not be read.
    case cdn(ResultCode<CDNResult>?)
    /// Our codes, and what else the CDN is to say.
    case localClose(CDN)
    case timeout
}

/// How a call ends by an event: the same for all four.
extension CallEvent {
    /// With a CDN of ours, which names our session id.
    func disconnection(of id: SessionID) -> [CallEffect] {
        var message = CDN(resultCode: code, assignedSessionID: id)
        if case .localClose(let cdn) = self { message = cdn }
        message.assignedSessionID = id
        return [.send(.cdn(message)), .ended(.local(code))]
    }

    /// Without one.
    var cleaning: [CallEffect] {
        switch self {
        case .cdn(let code): [.ended(.peer(code))]
        case .iccn, .refused(.iccn, _): [.ended(.outOfPlace(.iccn))]
        case .occn, .refused(.occn, _): [.ended(.outOfPlace(.occn))]
        case .tunnelOpen, .accept, .acceptOutgoing, .connect, .connectOutgoing, .icrq, .ocrq, .icrp, .ocrp, .refused,
            .localClose, .timeout:
            [.ended(.local(code))]
        }
    }

    /// What our CDN says of it.
    private var code: ResultCode<CDNResult> {
        switch self {
        case .localClose(let cdn): cdn.resultCode
        case .refused(_, let code): code
        case .timeout: ResultCode(.timeout)
        case .icrq: .outOfPlace(.icrq)
        case .icrp: .outOfPlace(.icrp)
        case .iccn: .outOfPlace(.iccn)
        case .ocrq: .outOfPlace(.ocrq)
        case .ocrp: .outOfPlace(.ocrp)
        case .occn: .outOfPlace(.occn)
        case .tunnelOpen, .accept, .acceptOutgoing, .connect, .connectOutgoing, .cdn: ResultCode(.administrative)
        }
    }
}

extension ResultCode<CDNResult> {
    /// For a message that a call has no place for. RFC 2661 has no result of its own for that in a CDN.
    fileprivate static func outOfPlace(_ type: MessageType) -> Self {
        ResultCode(.seeErrorCode, error: .invalidSessionID, text: Text("unexpected \(type)"))
    }
}
