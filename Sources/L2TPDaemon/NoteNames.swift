import L2TPControl
import PPP

/// What machines note, as statistics call it: the case's name in snake_case.
extension TunnelNote {
    var name: String {
        switch self {
        case .odd: "odd"
        case .refused: "refused"
        case .ignored: "ignored"
        case .outOfPlace: "out_of_place"
        case .strayDatagram: "stray_datagram"
        }
    }
}

extension Link.Note {
    var name: String {
        switch self {
        case .malformed: "malformed"
        case .outOfPhase: "out_of_phase"
        case .unknownProtocol: "unknown_protocol"
        case .unknownCode: "unknown_code"
        case .unexpectedReply: "unexpected_reply"
        case .rejectSuppressed: "reject_suppressed"
        case .rejectedByPeer: "rejected_by_peer"
        case .echoMissed: "echo_missed"
        case .loopbackSuspected: "loopback_suspected"
        case .unexpectedMagicNumber: "unexpected_magic_number"
        case .identification: "identification"
        case .timeRemaining: "time_remaining"
        case .proxyRefused: "proxy_refused"
        case .authenticationMessage: "authentication_message"
        }
    }
}
