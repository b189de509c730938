package import L2TPWire

/// What may be seen of a tunnel.
extension Tunnel {
    /// RFC 2661's states of the control connection, and those of the delivery after it.
    package enum State: String, Sendable {
        case idle
        case waitCtlReply = "wait-ctl-reply"
        case waitCtlConn = "wait-ctl-conn"
        case established
        /// Our StopCCN is under way, or was acknowledged less than a full cycle ago.
        case stopping
        /// The peer's StopCCN came less than a full cycle ago.
        case held
        case finished
    }

    package var state: State {
        switch delivery.phase {
        case .stopping: .stopping
        case .held: .held
        case .finished: .finished
        case .open:
            switch connection.tableState {
            case .idle: .idle
            case .waitCtlReply: .waitCtlReply
            case .waitCtlConn: .waitCtlConn
            case .established: .established
            }
        }
    }

    /// What the peer said of itself, while the control connection is up or nearly.
    package var peer: PeerDescription? { connection.peer }

    package struct Session: Equatable, Sendable {
        /// What we are in this call.
        package enum Side: String, Sendable {
            case lns, lac
        }

        /// Which way the call came about: the LAC asks for an incoming call, the LNS for an outgoing one.
        package enum Direction: String, Sendable {
            case incoming, outgoing
        }

        /// RFC 2661's states of both sides and directions, and what it calls idle for a call that waits for our decision.
        package enum State: String, Sendable {
            case offered
            case waitTunnel = "wait-tunnel"
            case waitReply = "wait-reply"
            case waitConnect = "wait-connect"
            case waitCsAnswer = "wait-cs-answer"
            case established
        }

        package var localID: SessionID
        /// Nil until the peer has told.
        package var peerID: SessionID?
        package var side: Side
        package var direction: Direction
        package var state: State
        package var callSerialNumber: UInt32
    }

    package var sessionCount: Int { calls.count }

    /// All calls, in no order.
    package var sessions: [Session] { calls.values.map(\.session) }

    package func session(_ id: SessionID) -> Session? { calls[id]?.session }

    package struct Statistics: Equatable, Sendable {
        package var delivery: DeliveryCounters
        /// Messages that wait for the window, and those that wait for their acknowledgement.
        package var queued: Int
        package var unacknowledged: Int
        package var queueDepth: Int { queued + unacknowledged }
        /// CWND, SSTHRESH and the peer's Receive Window Size.
        package var window: CongestionWindow
    }

    package var statistics: Statistics {
        Statistics(
            delivery: delivery.counters, queued: delivery.depth - delivery.unacknowledged,
            unacknowledged: delivery.unacknowledged, window: delivery.window)
    }
}
