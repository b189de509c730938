import Addresses
import Configuration
import L2TPControl
import L2TPWire

/// All tunnels, by their id and by their path.
struct TunnelTable {
    private var contexts: [TunnelID: TunnelContext] = [:]
    private var paths: [Path: Set<TunnelID>] = [:]
    /// Tunnels whose peer has not proven itself, by source: what a flood of SCCRQs fills.
    private var halfOpen: [IPAddress: Int] = [:]
    private(set) var halfOpenCount = 0
    private var byPeer: [String: Int] = [:]

    var all: some Collection<TunnelContext> { contexts.values }
    var count: Int { contexts.count }

    subscript(id: TunnelID) -> TunnelContext? { contexts[id] }

    /// The tunnels between two ends, the closed ones too.
    func tunnels(on path: Path) -> [TunnelContext] {
        paths[path, default: []].compactMap { contexts[$0] }
    }

    /// The tunnel that the peer at the path's other end calls `assigned`.
    func tunnel(on path: Path, calledByPeer assigned: TunnelID) -> TunnelContext? {
        tunnels(on: path).first { $0.machine.peerTunnelID == assigned }
    }

    func count(ofPeer name: String) -> Int { byPeer[name, default: 0] }

    func halfOpenCount(from source: IPAddress) -> Int { halfOpen[source, default: 0] }

    /// An id that no tunnel has, chosen so that nobody can guess it (RFC 2661 section 9.1); nil when a bounded search finds
    /// none.
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
        byPeer[context.peer.name, default: 0] += 1
        halfOpen[context.path.remote.address, default: 0] += 1
        halfOpenCount += 1
    }

    /// The tunnel is not half open any more: it was opened, or it ended before that. Once a tunnel.
    mutating func settle(_ context: TunnelContext) {
        guard contexts[context.id] === context, !context.isSettled else { return }
        context.isSettled = true
        halfOpenCount -= 1
        Self.decrement(&halfOpen, context.path.remote.address)
    }

    mutating func remove(_ context: TunnelContext) {
        settle(context)
        contexts[context.id] = nil
        Self.decrement(&byPeer, context.peer.name)
        paths[context.path]?.remove(context.id)
        if paths[context.path]?.isEmpty == true { paths[context.path] = nil }
    }

    private static func decrement<Key>(_ counts: inout [Key: Int], _ key: Key) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}
