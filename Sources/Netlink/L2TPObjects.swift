package import Addresses

/// A tunnel as the kernel tells it.
package struct KernelTunnel: Hashable, Sendable {
    package var id: UInt32
    package var peerID: UInt32
    package var version: UInt8
    /// Nil for a tunnel without UDP, or where the kernel did not tell.
    package var local: Endpoint?
    package var remote: Endpoint?
    /// Whether data packets carry UDP checksums; nil where the kernel did not tell.
    package var checksums: Bool?

    package init(
        id: UInt32, peerID: UInt32, version: UInt8, local: Endpoint?, remote: Endpoint?, checksums: Bool? = nil
    ) {
        self.id = id
        self.peerID = peerID
        self.version = version
        self.local = local
        self.remote = remote
        self.checksums = checksums
    }
}

/// A session's counters since it was made.
package struct SessionCounters: Hashable, Sendable {
    package var sentPackets: UInt64 = 0
    package var sentOctets: UInt64 = 0
    package var sendErrors: UInt64 = 0
    package var receivedPackets: UInt64 = 0
    package var receivedOctets: UInt64 = 0
    package var receiveErrors: UInt64 = 0
    /// Dropped because their sequence number was old, repeated or missing.
    package var sequenceDiscards: UInt64 = 0
    /// Came out of order.
    package var outOfSequence: UInt64 = 0

    package init() {}
}

/// A session as the kernel tells it.
package struct KernelSession: Hashable, Sendable {
    package var tunnel: UInt32
    package var id: UInt32
    package var peerID: UInt32
    package var isLNS: Bool
    package var sendsSequence: Bool
    package var requiresSequence: Bool
    /// In milliseconds; 0: packets are not put in order.
    package var reorderTimeout: UInt64
    package var counters: SessionCounters

    package init(
        tunnel: UInt32, id: UInt32, peerID: UInt32, isLNS: Bool, sendsSequence: Bool = false,
        requiresSequence: Bool = false, reorderTimeout: UInt64 = 0, counters: SessionCounters = SessionCounters()
    ) {
        self.tunnel = tunnel
        self.id = id
        self.peerID = peerID
        self.isLNS = isLNS
        self.sendsSequence = sendsSequence
        self.requiresSequence = requiresSequence
        self.reorderTimeout = reorderTimeout
        self.counters = counters
    }
}
