import Addresses
import Configuration
import L2TPControl
import L2TPWire

/// All tunnels, by their id and by their path, and the numbers that limits are about.
struct TunnelTable {
    private var contexts: [TunnelID: TunnelContext] = [:]
    private var paths: [Path: Set<TunnelID>] = [:]
    /// Tunnels that are not over, over all and, where others opened them, by `[[peer]]`.
    private(set) var liveCount = 0
    private var liveByPeer: [String: Int] = [:]
    /// Tunnels whose peer has never proven itself, over all and by source: what a flood of SCCRQs fills.
    private(set) var halfOpenCount = 0
    private var halfOpenBySource: [IPAddress: Int] = [:]

    var all: some Collection<TunnelContext> { contexts.values }
    /// Those that are over and still answer for a while too.
    var count: Int { contexts.count }

    subscript(id: TunnelID) -> TunnelContext? { contexts[id] }

    /// The tunnels between two ends, the closed ones too.
    func tunnels(on path: Path) -> [TunnelContext] {
        paths[path, default: []].compactMap { contexts[$0] }
    }

    /// The tunnel that the peer at the path's other end calls `assigned`; one that lives before one that is over.
    func tunnel(on path: Path, calledByPeer assigned: TunnelID) -> TunnelContext? {
        let namesakes = tunnels(on: path).filter { $0.peerTunnelID == assigned && !$0.isOutbound }
        return namesakes.first { !$0.isClosed } ?? namesakes.first
    }

    func liveCount(ofPeer name: String) -> Int { liveByPeer[name, default: 0] }

    func halfOpenCount(from source: IPAddress) -> Int { halfOpenBySource[source.sourceNetwork, default: 0] }

    /// An id that no tunnel has, chosen so that nobody can guess it (RFC 2661 section 9.1); nil when all are taken.
    func freeID(using random: inout some RandomNumberGenerator) -> TunnelID? {
        for _ in 0..<64 {
            let id = TunnelID(UInt16.random(in: 1 ... .max, using: &random))
            if contexts[id] == nil { return id }
        }
        return (1...UInt16.max).lazy.map { TunnelID($0) }.first { contexts[$0] == nil }
    }

    /// Adds a tunnel that is half open.
    mutating func insert(_ context: TunnelContext) {
        contexts[context.id] = context
        paths[context.path, default: []].insert(context.id)
        liveCount += 1
        guard let peer = context.counterpart.peer else { return }
        liveByPeer[peer.name, default: 0] += 1
        halfOpenCount += 1
        halfOpenBySource[context.path.remote.address.sourceNetwork, default: 0] += 1
    }

    /// The peer has proven itself.
    mutating func open(_ context: TunnelContext) {
        guard context.standing == .halfOpen else { return }
        context.standing = .open
        uncountHalfOpen(context)
    }

    /// The other end of a tunnel that we open has answered from another port (UDP-03).
    mutating func move(_ context: TunnelContext, to path: Path) {
        leave(context)
        context.path = path
        paths[path, default: []].insert(context.id)
    }

    /// The tunnel is over; it stays to answer what comes late.
    mutating func close(_ context: TunnelContext) {
        switch context.standing {
        case .halfOpen: context.standing = .failed
        case .open: context.standing = .closed
        case .failed, .closed: return
        }
        liveCount -= 1
        if let peer = context.counterpart.peer { Self.decrement(&liveByPeer, peer.name) }
    }

    mutating func remove(_ context: TunnelContext) {
        guard contexts[context.id] === context else { return }
        close(context)
        if context.standing == .failed { uncountHalfOpen(context) }
        contexts[context.id] = nil
        leave(context)
    }

    private mutating func leave(_ context: TunnelContext) {
        paths[context.path]?.remove(context.id)
        if paths[context.path]?.isEmpty == true { paths[context.path] = nil }
    }

    private mutating func uncountHalfOpen(_ context: TunnelContext) {
        guard !context.isOutbound else { return }
        halfOpenCount -= 1
        Self.decrement(&halfOpenBySource, context.path.remote.address.sourceNetwork)
    }

    private static func decrement<Key>(_ counts: inout [Key: Int], _ key: Key) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}
