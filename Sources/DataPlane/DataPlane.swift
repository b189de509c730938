package import Addresses
package import EventLoop

/// The seam between protocol logic and whatever moves packets.
///
/// Every call returns at once; what became of it arrives later as an event. Calls about one tunnel or session take
/// effect in the order in which they were made, and a delete overtakes what is still waiting: after it the only event
/// about that tunnel or session is the deletion's, and until that has come the id must not be used again (EEXIST). All
/// of it belongs to the loop's thread.
package protocol DataPlane: AnyObject {
    /// Whether data finds its session by the tunnel id on the wire (Linux 6.11 and later), or only within the tunnel of
    /// the socket that received it (6.1): two tunnels with the same two endpoints carry data only with the first.
    var demultiplexesByTunnelID: Bool { get }

    /// Makes a tunnel of a connected socket. The data plane keeps the socket open on its own account until
    /// `.tunnelDeleted`; datagrams with the T bit, of unknown sessions and of fewer than 14 octets are still read from
    /// `socket`. -> `.tunnelReady` or `.tunnelFailed`.
    func createTunnel(_ id: UInt32, peer: UInt32, socket: DatagramSocket)

    /// Deletes the tunnel with all of its sessions, the sessions in the quickest order. -> a `.sessionDeleted` for
    /// each, then `.tunnelDeleted` when the kernel knows nothing of it any more. Of an unknown id: `.tunnelDeleted`.
    func deleteTunnel(_ id: UInt32)

    /// Makes a session in a tunnel that is ready or being made, with a channel for its PPP frames. `peer` holds the
    /// ids that the peer assigned. -> `.sessionReady` or `.sessionFailed`.
    func createSession(_ key: SessionKey, peer: SessionKey, parameters: SessionParameters)

    /// Makes a session of a subscriber on Ethernet, with a channel for its PPP frames; it belongs to no tunnel, and goes
    /// by `deleteSession`. To be ready before the subscriber hears of it (PADS): what comes earlier is lost. The kernel
    /// itself ends it when the subscriber does (PADT) or the interface goes down or changes: `.channelHangUp`; to tell the
    /// subscriber is the caller's (POE-06). `key` is one of `SessionKey.access`. -> `.sessionReady` or `.sessionFailed`.
    func createAccessSession(_ key: SessionKey, _ circuit: PPPoECircuit)

    /// Joins two sessions that are ready and have no unit: whatever either receives goes out on the other without user
    /// space, for as long as both live. What the kernel holds for user space at that time is passed on first, in order;
    /// `one` is the side from which frames may come already.
    /// -> `.bridged` or `.bridgeFailed`; nothing when one of the two is deleted before.
    ///
    /// It happens when events are taken next: frames that were taken before are the caller's to pass on by `send`, and
    /// none is given after. `send` still writes to a bridged session's own channel: what the kernel leaves in a tunnel's
    /// socket (datagrams of fewer than 14 octets) has to be passed on like that. When one of the two is deleted, the other
    /// drops what it receives; it can not be bridged again.
    func bridge(_ one: SessionKey, _ other: SessionKey)

    /// From now on the session's data packets must carry sequence numbers, both ways (DAT-03). False when the session has
    /// no kernel object or the kernel refuses.
    func requireSequence(_ key: SessionKey) -> Bool

    /// Gives a session an interface, down and without addresses, that passes no network protocol yet.
    /// -> `.unitReady` or `.unitFailed`.
    func createUnit(_ key: SessionKey, _ specification: UnitSpecification)

    /// Adds a network protocol's addresses to the session's interface, brings it up with this MTU, and lets that
    /// protocol pass. -> `.configured` or `.configurationFailed`.
    func configure(_ key: SessionKey, _ network: UnitNetwork, mtu: Int)

    /// Leads routes through the session's interface, which is up. They go when it goes down. -> `.routed` or
    /// `.routingFailed`.
    func addRoutes(_ key: SessionKey, _ routes: SessionRoutes)

    /// The reverse of `configure`: the protocol passes no more, its addresses go, and with the last protocol the interface goes down.
    /// -> `.withdrawn`, also when there was nothing to withdraw: then an address may return to its pool (NCP-05).
    func withdraw(_ key: SessionKey, _ networkProtocol: NetworkProtocol)

    /// Writes a PPP frame, which begins with its protocol number: LCP and authentication by way of the channel, network
    /// control protocols by way of the unit. Never blocks. False when the session has no such way or the kernel
    /// refused the frame; PPP sends again.
    @discardableResult
    func send(_ frame: [UInt8], on key: SessionKey, via way: FrameWay) -> Bool

    /// Deletes a session, of either kind, and its interface; frames that come from now on are dropped. -> `.sessionDeleted`, also of
    /// an unknown key.
    func deleteSession(_ key: SessionKey)

    /// Reads the counters of all sessions of tunnels at once, and of those of no tunnel that have a unit: its interface's.
    /// Received is what came from the other end of the session. -> `.counters`. A call while one is under way is answered
    /// by that one.
    func readCounters()

    /// Reads the counters, and finds out what no event has told: whether all that was made is there. -> `.counters`; and
    /// where something is missing `.tunnelLost`, `.sessionLost`, `.interfaceLost`.
    func reconcile()

    /// For the start: deletes the kernel's tunnels whose local end is one of these addresses; a wildcard address stands
    /// for all with its port. -> `.leftoversRemoved`.
    func removeLeftovers(on addresses: [Endpoint])

    /// Takes an event of the loop whose token has the owner number that this data plane was made with.
    func handle(_ event: Event)

    /// Whether `takeEvents` has something to give: then the loop should not wait.
    var hasEvents: Bool { get }

    /// What has happened since the last call, in order.
    func takeEvents() -> [DataPlaneEvent]

    /// What the workers have to do.
    var backlogs: [Backlog.Worker: Backlog] { get }

    /// Whether nothing exists and nothing is under way: a daemon that ends waits for it.
    var isIdle: Bool { get }
}
