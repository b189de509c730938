import L2TPControl
import L2TPWire

/// What the LAC connected a call with: an ICCN, or, where the LNS had asked for the call, an OCCN.
enum CallConnection: Equatable {
    case incoming(ICCN)
    case outgoing(OCCN)

    /// From the LAC to the subscriber.
    var txConnectSpeed: ConnectSpeed {
        switch self {
        case .incoming(let message): message.txConnectSpeed
        case .outgoing(let message): message.txConnectSpeed
        }
    }

    /// From the subscriber to the LAC, said or assumed to be as the other way.
    var rxConnectSpeed: ConnectSpeed {
        switch self {
        case .incoming(let message): message.effectiveRxConnectSpeed
        case .outgoing(let message): message.effectiveRxConnectSpeed
        }
    }

    var sequencingRequired: Bool {
        switch self {
        case .incoming(let message): message.sequencingRequired
        case .outgoing(let message): message.sequencingRequired
        }
    }

    /// Nobody has negotiated before an outgoing call's LNS.
    var proxyLCP: ProxyLCP? {
        switch self {
        case .incoming(let message): message.proxyLCP
        case .outgoing: nil
        }
    }

    var proxyAuthentication: ProxyAuthentication? {
        switch self {
        case .incoming(let message): message.proxyAuthentication
        case .outgoing: nil
        }
    }

    /// What a tunnel is told that is to send it.
    func telling(_ id: SessionID) -> TunnelInput {
        switch self {
        case .incoming(let message): .connectCall(id, message)
        case .outgoing(let message): .connectOutgoingCall(id, message)
        }
    }
}
