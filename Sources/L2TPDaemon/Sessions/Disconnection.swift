import L2TPControl
import L2TPWire
import PPP

/// What the other end of the tunnel is told when a call ends: the Result Code (RFC 2661 section 4.4.2) and, where PPP
/// was the reason, the PPP Disconnect Cause (RFC 3145).
struct Disconnection: Equatable, Sendable {
    var resultCode: ResultCode<CDNResult>
    var disconnectCause: PPPDisconnectCause?

    init(_ result: CDNResult, error: GeneralError? = nil, text: String? = nil) {
        resultCode = ResultCode(result, error: error, text: text.map { Text($0) })
    }

    /// A link's end: what the peer or the line did is a loss of carrier, what we decided is administrative, and a lack
    /// of addresses is a lack of facilities.
    init(_ end: LinkEnd) {
        let result: CDNResult =
            switch end {
            case .lowerLayerDown, .lcpTimeout, .noLCP, .lcpFailed, .loopback, .echoTimeout, .authenticationTimeout,
                .noNetworkProtocol, .addressesDoNotConverge:
                .lossOfCarrier
            case .terminated(let direction): direction == .peer ? .lossOfCarrier : .administrative
            case .administrative, .authenticationProtocolUnacceptable, .authenticationFailed: .administrative
            case .addressNotPermitted: .noFacilitiesTemporarily
            }
        resultCode = ResultCode(result, text: Text(end.text))
        disconnectCause = PPPDisconnectCause(
            code: .init(rawValue: end.disconnectCode), controlProtocol: end.controlProtocol,
            direction: .init(rawValue: end.direction.rawValue), message: Text(end.text))
    }

    /// What the other side of a bridge is told when this side's call is over: the same, but for errors that were about
    /// this side's own messages; a tunnel that went is a line that went. `cause` is what the CDN said of PPP.
    init(_ end: CallEnd?, cause: PPPDisconnectCause? = nil) {
        switch end {
        case .local(let code)?, .peer(let code?)?: resultCode = code.relayed
        case .peer(nil)?, .outOfPlace?, .tunnel?, nil:
            resultCode = ResultCode(.lossOfCarrier, text: end.map { Text("\($0)") })
        }
        disconnectCause = cause
    }

    /// The CDN; the tunnel's machine fills in the session id that the peer knows.
    func notification(of id: SessionID) -> CDN {
        CDN(resultCode: resultCode, assignedSessionID: id, pppDisconnectCause: disconnectCause)
    }

    static let administrative = Disconnection(.administrative)
    /// The kernel or this program could not do its part.
    static let failed = Disconnection(.seeErrorCode, error: .insufficientResources)
}

extension ResultCode<CDNResult> {
    /// As it is true of the next leg too.
    fileprivate var relayed: Self {
        guard result == .seeErrorCode else { return self }
        switch error {
        case .noControlConnection, .wrongLength, .valueOutOfRange, .invalidSessionID, .unknownMandatoryAVP:
            return ResultCode(.seeErrorCode, error: .vendorSpecific, text: Text("on the other leg: \(self)"))
        default: return self
        }
    }
}
