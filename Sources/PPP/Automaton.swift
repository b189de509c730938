/// The option-negotiation automaton of RFC 1661 section 4: its states, events, actions and its one table. LCP, IPCP and
/// IPV6CP run on it; what they negotiate is none of its business.
enum Automaton {
    /// RFC 1661 section 4.2, in the order of the table's columns.
    enum State: Int, CaseIterable, Sendable {
        case initial, starting, closed, stopped, closing, stopping, reqSent, ackRcvd, ackSent, opened

        /// Whether the Restart timer runs: exactly where the table has TO events.
        var runsTimer: Bool {
            switch self {
            case .closing, .stopping, .reqSent, .ackRcvd, .ackSent: true
            case .initial, .starting, .closed, .stopped, .opened: false
            }
        }
    }

    /// RFC 1661 section 4.3, in the order of the table's rows.
    enum Event: Int, CaseIterable, Sendable {
        case up, down, open, close
        /// TO+ and TO-: the Restart timer expired with requests left to send, or without.
        case timeoutWithRetriesLeft, timeoutExhausted
        /// RCR+ and RCR-: a Configure-Request that is acceptable, or is not.
        case receivedAcceptableRequest, receivedUnacceptableRequest
        case receivedConfigureAck
        /// Configure-Nak or Configure-Reject.
        case receivedConfigureNak
        case receivedTerminateRequest, receivedTerminateAck
        case receivedUnknownCode
        /// RXJ+ and RXJ-: a Code-Reject or Protocol-Reject that can be lived with, or cannot.
        case receivedPermittedReject, receivedCatastrophicReject
        /// Echo-Request, Echo-Reply or Discard-Request.
        case receivedEcho
    }

    /// RFC 1661 section 4.4.
    enum Action: Sendable {
        case thisLayerUp, thisLayerDown, thisLayerStarted, thisLayerFinished
        case initializeRestartCount, zeroRestartCount
        case sendConfigureRequest, sendConfigureAck
        /// Configure-Nak or Configure-Reject.
        case sendConfigureNak
        case sendTerminateRequest, sendTerminateAck, sendCodeReject
        /// For an Echo-Request; the other packets of that event get no reply.
        case sendEchoReply
    }

    struct Transition: Equatable, Sendable {
        var actions: [Action]
        var next: State
    }

    /// What happens in `state` on `event`; nil where RFC 1661 has a dash: nothing must.
    static func transition(from state: State, on event: Event) -> Transition? {
        table[event.rawValue][state.rawValue]
    }

    private static func go(_ actions: Action..., to next: State) -> Transition {
        Transition(actions: actions, next: next)
    }

    private typealias Row = [Transition?]

    // RFC 1661 section 4.1, row by row; the columns are the states in their order. Without the passive and the restart
    // option (footnotes p and r); footnote x, a crossed connection, is seen where the packet is received.
    private static let table: [Row] = [
        up, down, open, close, timeoutWithRetriesLeft, timeoutExhausted, receivedAcceptableRequest,
        receivedUnacceptableRequest, receivedConfigureAck, receivedConfigureNak, receivedTerminateRequest,
        receivedTerminateAck, receivedUnknownCode, receivedPermittedReject, receivedCatastrophicReject, receivedEcho,
    ]

    private static let up: Row = [
        go(to: .closed), go(.initializeRestartCount, .sendConfigureRequest, to: .reqSent),
        nil, nil, nil, nil, nil, nil, nil, nil,
    ]

    private static let down: Row = [
        nil, nil, go(to: .initial), go(.thisLayerStarted, to: .starting), go(to: .initial), go(to: .starting),
        go(to: .starting), go(to: .starting), go(to: .starting), go(.thisLayerDown, to: .starting),
    ]

    private static let open: Row = [
        go(.thisLayerStarted, to: .starting), go(to: .starting),
        go(.initializeRestartCount, .sendConfigureRequest, to: .reqSent), go(to: .stopped), go(to: .stopping),
        go(to: .stopping), go(to: .reqSent), go(to: .ackRcvd), go(to: .ackSent), go(to: .opened),
    ]

    private static let close: Row = [
        go(to: .initial), go(.thisLayerFinished, to: .initial), go(to: .closed), go(to: .closed), go(to: .closing),
        go(to: .closing), go(.initializeRestartCount, .sendTerminateRequest, to: .closing),
        go(.initializeRestartCount, .sendTerminateRequest, to: .closing),
        go(.initializeRestartCount, .sendTerminateRequest, to: .closing),
        go(.thisLayerDown, .initializeRestartCount, .sendTerminateRequest, to: .closing),
    ]

    private static let timeoutWithRetriesLeft: Row = [
        nil, nil, nil, nil, go(.sendTerminateRequest, to: .closing), go(.sendTerminateRequest, to: .stopping),
        go(.sendConfigureRequest, to: .reqSent), go(.sendConfigureRequest, to: .reqSent),
        go(.sendConfigureRequest, to: .ackSent), nil,
    ]

    private static let timeoutExhausted: Row = [
        nil, nil, nil, nil, go(.thisLayerFinished, to: .closed), go(.thisLayerFinished, to: .stopped),
        go(.thisLayerFinished, to: .stopped), go(.thisLayerFinished, to: .stopped),
        go(.thisLayerFinished, to: .stopped), nil,
    ]

    private static let receivedAcceptableRequest: Row = [
        nil, nil, go(.sendTerminateAck, to: .closed),
        go(.initializeRestartCount, .sendConfigureRequest, .sendConfigureAck, to: .ackSent), go(to: .closing),
        go(to: .stopping), go(.sendConfigureAck, to: .ackSent), go(.sendConfigureAck, .thisLayerUp, to: .opened),
        go(.sendConfigureAck, to: .ackSent),
        go(.thisLayerDown, .sendConfigureRequest, .sendConfigureAck, to: .ackSent),
    ]

    private static let receivedUnacceptableRequest: Row = [
        nil, nil, go(.sendTerminateAck, to: .closed),
        go(.initializeRestartCount, .sendConfigureRequest, .sendConfigureNak, to: .reqSent), go(to: .closing),
        go(to: .stopping), go(.sendConfigureNak, to: .reqSent), go(.sendConfigureNak, to: .ackRcvd),
        go(.sendConfigureNak, to: .reqSent),
        go(.thisLayerDown, .sendConfigureRequest, .sendConfigureNak, to: .reqSent),
    ]

    private static let receivedConfigureAck: Row = [
        nil, nil, go(.sendTerminateAck, to: .closed), go(.sendTerminateAck, to: .stopped), go(to: .closing),
        go(to: .stopping), go(.initializeRestartCount, to: .ackRcvd), go(.sendConfigureRequest, to: .reqSent),
        go(.initializeRestartCount, .thisLayerUp, to: .opened),
        go(.thisLayerDown, .sendConfigureRequest, to: .reqSent),
    ]

    private static let receivedConfigureNak: Row = [
        nil, nil, go(.sendTerminateAck, to: .closed), go(.sendTerminateAck, to: .stopped), go(to: .closing),
        go(to: .stopping), go(.initializeRestartCount, .sendConfigureRequest, to: .reqSent),
        go(.sendConfigureRequest, to: .reqSent), go(.initializeRestartCount, .sendConfigureRequest, to: .ackSent),
        go(.thisLayerDown, .sendConfigureRequest, to: .reqSent),
    ]

    private static let receivedTerminateRequest: Row = [
        nil, nil, go(.sendTerminateAck, to: .closed), go(.sendTerminateAck, to: .stopped),
        go(.sendTerminateAck, to: .closing), go(.sendTerminateAck, to: .stopping),
        go(.sendTerminateAck, to: .reqSent), go(.sendTerminateAck, to: .reqSent), go(.sendTerminateAck, to: .reqSent),
        go(.thisLayerDown, .zeroRestartCount, .sendTerminateAck, to: .stopping),
    ]

    private static let receivedTerminateAck: Row = [
        nil, nil, go(to: .closed), go(to: .stopped), go(.thisLayerFinished, to: .closed),
        go(.thisLayerFinished, to: .stopped), go(to: .reqSent), go(to: .reqSent), go(to: .ackSent),
        go(.thisLayerDown, .sendConfigureRequest, to: .reqSent),
    ]

    private static let receivedUnknownCode: Row = [
        nil, nil, go(.sendCodeReject, to: .closed), go(.sendCodeReject, to: .stopped),
        go(.sendCodeReject, to: .closing), go(.sendCodeReject, to: .stopping), go(.sendCodeReject, to: .reqSent),
        go(.sendCodeReject, to: .ackRcvd), go(.sendCodeReject, to: .ackSent), go(.sendCodeReject, to: .opened),
    ]

    private static let receivedPermittedReject: Row = [
        nil, nil, go(to: .closed), go(to: .stopped), go(to: .closing), go(to: .stopping), go(to: .reqSent),
        go(to: .reqSent), go(to: .ackSent), go(to: .opened),
    ]

    private static let receivedCatastrophicReject: Row = [
        nil, nil, go(.thisLayerFinished, to: .closed), go(.thisLayerFinished, to: .stopped),
        go(.thisLayerFinished, to: .closed), go(.thisLayerFinished, to: .stopped),
        go(.thisLayerFinished, to: .stopped), go(.thisLayerFinished, to: .stopped),
        go(.thisLayerFinished, to: .stopped),
        go(.thisLayerDown, .initializeRestartCount, .sendTerminateRequest, to: .stopping),
    ]

    private static let receivedEcho: Row = [
        nil, nil, go(to: .closed), go(to: .stopped), go(to: .closing), go(to: .stopping), go(to: .reqSent),
        go(to: .ackRcvd), go(to: .ackSent), go(.sendEchoReply, to: .opened),
    ]
}
