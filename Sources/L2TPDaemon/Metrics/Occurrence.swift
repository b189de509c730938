import L2TPControl
import L2TPWire
import PPP

/// What is counted by its kinds: each of them has a number of its own.
enum Occurrence: Hashable, Sendable {
    /// A control message, each time that it is sent or comes.
    case controlMessage(Direction, ControlMessageKind)
    /// A datagram that is none of ours, or a message that could not be accepted.
    case undecodable(String)
    /// A tunnel is over.
    case tunnelEnd(End)
    /// A call is over.
    case callEnd(End)
    case authentication(AuthenticationMethod, Outcome)
    /// A fact that a machine noted.
    case note(Machine, String)

    enum Direction: String, Sendable {
        case sent, received
    }

    enum Outcome: String, Sendable {
        case accepted
        case unknownUser = "unknown_user"
        case wrongPassword = "wrong_password"
    }

    enum Machine: String, Sendable {
        case tunnel, ppp
    }

    /// Where and why a tunnel or a call ended.
    struct End: Hashable, Sendable {
        /// What the configuration calls the other end; "" for nobody whom it knows.
        var peer: String
        /// Whether it was up; what was not was refused, or came to nothing.
        var wasOpen: Bool
        var cause: Cause
        /// RFC 2661 section 4.4.2, where a StopCCN or a CDN said them: numbers, or "other" for those that have no meaning, so
        /// that nobody can make us count them all.
        var result = ""
        var error = ""
        /// The codes in words.
        var reason = ""

        enum Cause: String, Sendable {
            case stopCCNSent = "stopccn_sent"
            case stopCCNReceived = "stopccn_received"
            case peerLost = "peer_lost"
            case tieLost = "tie_lost"
            case abandoned
            case cdnSent = "cdn_sent"
            case cdnReceived = "cdn_received"
            case outOfPlace = "out_of_place"
            case tunnelClosed = "tunnel_closed"
        }
    }

    /// The sum that it counts for too.
    var counter: Statistics.Counter? {
        switch self {
        case .authentication(_, .accepted): .authenticationsAccepted
        case .authentication: .authenticationsRejected
        case .controlMessage, .undecodable, .tunnelEnd, .callEnd, .note: nil
        }
    }
}

extension Occurrence.End {
    init(_ end: TunnelEnd, peer: String, wasOpen: Bool) {
        switch end {
        case .local(let code): self.init(.stopCCNSent, code, peer, wasOpen)
        case .peer(let code): self.init(.stopCCNReceived, code, peer, wasOpen)
        case .peerLost: self.init(peer: peer, wasOpen: wasOpen, cause: .peerLost)
        case .tieLost: self.init(peer: peer, wasOpen: wasOpen, cause: .tieLost)
        case .abandoned: self.init(peer: peer, wasOpen: wasOpen, cause: .abandoned)
        }
    }

    init(_ end: CallEnd, peer: String, wasOpen: Bool) {
        switch end {
        case .local(let code): self.init(.cdnSent, code, peer, wasOpen)
        case .peer(let code): self.init(.cdnReceived, code, peer, wasOpen)
        case .outOfPlace: self.init(peer: peer, wasOpen: wasOpen, cause: .outOfPlace)
        case .tunnel: self.init(peer: peer, wasOpen: wasOpen, cause: .tunnelClosed)
        }
    }

    private init(_ cause: Cause, _ code: ResultCode<StopCCNResult>?, _ peer: String, _ wasOpen: Bool) {
        self.init(peer: peer, wasOpen: wasOpen, cause: cause)
        guard let code else { return }
        // With this result it is no error but a version.
        let error = code.result == .unsupportedVersion ? nil : code.error
        say(code.result.isNamed ? (code.result.rawValue, "\(code.result)") : nil, error)
    }

    private init(_ cause: Cause, _ code: ResultCode<CDNResult>?, _ peer: String, _ wasOpen: Bool) {
        self.init(peer: peer, wasOpen: wasOpen, cause: cause)
        if let code { say(code.result.isNamed ? (code.result.rawValue, "\(code.result)") : nil, code.error) }
    }

    private mutating func say(_ result: (number: UInt16, name: String)?, _ error: GeneralError?) {
        let error = error ?? .noError
        self.result = result.map { "\($0.number)" } ?? "other"
        self.error = error.isNamed ? "\(error.rawValue)" : "other"
        reason = (result?.name ?? "other") + (error == .noError ? "" : error.isNamed ? ", \(error)" : ", other")
    }
}

/// What a control message is, as far as its first AVP tells: the body may be anything.
enum ControlMessageKind: Hashable, Sendable, CustomStringConvertible {
    case message(MessageType)
    /// Nothing but an acknowledgement (RFC 2661 section 5.8).
    case zlb
    /// Of no type that is known here, so that nobody can make us count a thousand types.
    case other

    /// The body of a message, behind the header: a Message Type AVP, in clear, is its beginning (RFC 2661 section 4.4.1).
    init(body: some RandomAccessCollection<UInt8>) {
        let head = Array(body.prefix(8))
        guard !head.isEmpty else {
            self = .zlb
            return
        }
        guard head.count == 8, head[0] & 0x40 == 0, head[2...5].allSatisfy({ $0 == 0 }) else {
            self = .other
            return
        }
        let type = MessageType(rawValue: UInt16(head[6]) << 8 | UInt16(head[7]))
        self = type.isKnown ? .message(type) : .other
    }

    var description: String {
        switch self {
        case .message(let type): type.description
        case .zlb: "ZLB"
        case .other: "other"
        }
    }
}

extension HeaderError {
    /// What `/metrics` calls it.
    var kind: String {
        switch self {
        case .truncated: "truncated_header"
        case .version: "unsupported_version"
        case .malformedFlags: "malformed_flags"
        case .badLength: "bad_length"
        case .badOffset: "bad_offset"
        }
    }
}

extension MessageFault {
    /// What `/metrics` calls it.
    var kind: String {
        switch self {
        case .noMessageType: "no_message_type"
        case .repeatedMessageType: "repeated_message_type"
        case .unknownMessage: "unknown_message"
        case .brokenAVP: "broken_avp"
        case .unrecognised: "unrecognised_avp"
        case .wrongLength: "wrong_avp_length"
        case .outOfRange: "value_out_of_range"
        case .cannotUnhide: "cannot_unhide"
        case .missing: "missing_avp"
        case .unsupportedVersion: "unsupported_protocol_version"
        }
    }
}
