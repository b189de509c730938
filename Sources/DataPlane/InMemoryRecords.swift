package import Addresses

extension InMemoryDataPlane {
    /// A call of the seam, as it was made.
    package enum Call: Hashable, Sendable {
        case createTunnel(UInt32, peer: UInt32, local: Endpoint, remote: Endpoint?)
        case deleteTunnel(UInt32)
        case createSession(SessionKey, peer: SessionKey, SessionParameters)
        case createAccessSession(SessionKey, PPPoECircuit)
        case bridge(SessionKey, SessionKey)
        case requireSequence(SessionKey)
        case createUnit(SessionKey, UnitSpecification)
        case configure(SessionKey, UnitNetwork, mtu: Int)
        case withdraw(SessionKey, NetworkProtocol)
        case addRoutes(SessionKey, SessionRoutes)
        case deleteSession(SessionKey)
        case readCounters
        case reconcile
        case removeLeftovers([Endpoint])

        package var kind: Kind {
            switch self {
            case .createTunnel: .createTunnel
            case .deleteTunnel: .deleteTunnel
            case .createSession: .createSession
            case .createAccessSession: .createAccessSession
            case .bridge: .bridge
            case .requireSequence: .requireSequence
            case .createUnit: .createUnit
            case .configure: .configure
            case .withdraw: .withdraw
            case .addRoutes: .addRoutes
            case .deleteSession: .deleteSession
            case .readCounters: .readCounters
            case .reconcile: .reconcile
            case .removeLeftovers: .removeLeftovers
            }
        }
    }

    /// The kinds of calls; those that make something can be told to fail.
    package enum Kind: Hashable, Sendable, CaseIterable {
        case createTunnel, deleteTunnel, createSession, createAccessSession, bridge, requireSequence, createUnit,
            configure, withdraw, addRoutes, deleteSession, readCounters, reconcile,
            removeLeftovers
    }

    /// A frame that was sent.
    package struct SentFrame: Hashable, Sendable {
        package var key: SessionKey
        package var frame: [UInt8]
        package var way: FrameWay
    }

    /// What exists of a session.
    package struct Session: Hashable, Sendable {
        package var way: Way
        package var unit: UnitSpecification?
        package var networks: [NetworkProtocol: UnitNetwork] = [:]
        package var routes: SessionRoutes?
        /// Frames from the peer are not for user space any more.
        package var isBridged = false
        /// The session that they pass to, while there is one.
        package var bridge: SessionKey?

        /// What carries the session's frames.
        package enum Way: Hashable, Sendable {
            case tunnel(peer: SessionKey, SessionParameters)
            case ethernet(PPPoECircuit)
        }

        /// The ids that the peer assigned; nil of an access session.
        package var peer: SessionKey? {
            if case .tunnel(let peer, _) = way { peer } else { nil }
        }

        /// Nil of an access session.
        package var parameters: SessionParameters? {
            if case .tunnel(_, let parameters) = way { parameters } else { nil }
        }
    }
}
