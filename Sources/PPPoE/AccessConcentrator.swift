package import Addresses
package import Instants

/// The Discovery stage as an access concentrator sees it, on one interface or VLAN (RFC 2516 section 5).
///
/// It has no socket, clock or randomness of its own. Until a request with a good cookie there is no state, so nobody who
/// does not hear what is sent to his address can make it work or remember. It needs no timer: what it forgets with time it
/// forgets when the next event comes.
///
/// The owner passes only frames for this station or broadcast. It makes the kernel's end of a session ready before it
/// accepts, so that no PPP frame behind the PADS is lost; after `terminated` or `end` it sends no PPP (RFC 2516 section
/// 5.5).
package struct AccessConcentrator: Sendable {
    package enum Event: Sendable {
        /// The payload of a frame of type 0x8863, padding included.
        case received([UInt8], from: MACAddress)
        /// The session that was begun exists: the host is told.
        case accept(PPPoESessionID)
        /// The session that was begun cannot be: the host is told why.
        case refuse(PPPoESessionID, DiscoveryRefusal)
        /// The session is over, whatever the reason; the host is told.
        case end(PPPoESessionID, reason: String)
    }

    package enum Output: Equatable, Sendable {
        /// The payload of a frame of type 0x8863.
        case send([UInt8], to: MACAddress)
        /// A host wants a session; `accept`, `refuse` or `end` is awaited.
        case begin(AccessRequest)
        /// The host has ended the session; nothing more may be sent in it.
        case terminated(PPPoESessionID)
    }

    /// May change at any time: sessions stay, and cookies stay good unless key, circuit or period change.
    package var configuration: Configuration
    package internal(set) var counters = DiscoveryCounters()

    var sessions: AccessSessions
    var initiations: RateLimiter
    var requests: RateLimiter
    let cookies: ACCookie

    /// - Parameters:
    ///   - now: no event may come before it.
    ///   - random: where session ids begin.
    package init(configuration: Configuration, at now: Instant, using random: inout some RandomNumberGenerator) {
        self.configuration = configuration
        sessions = AccessSessions(first: .random(using: &random))
        initiations = RateLimiter(at: now)
        requests = RateLimiter(at: now)
        cookies = ACCookie(epoch: now)
    }

    /// Sessions that were begun and are not over.
    package var sessionCount: Int { sessions.count }

    /// Those of one host, unless an access node speaks for several behind its address (TR-101).
    package func sessionCount(of host: MACAddress) -> Int { sessions.count(of: host) }

    package mutating func handle(_ event: Event, at now: Instant) -> [Output] {
        sessions.forget(at: now)
        switch event {
        case .received(let octets, let source): return receive(octets, from: source, at: now)
        case .accept(let id): return accept(id, at: now)
        case .refuse(let id, let refusal): return refuse(id, refusal)
        case .end(let id, let reason): return end(id, reason)
        }
    }

    private mutating func accept(_ id: PPPoESessionID, at now: Instant) -> [Output] {
        guard let session = sessions[id], case .asked(let echoed, let granted) = session.stage else { return [] }
        let pads = DiscoveryPacket(.pads, sessionID: id.rawValue, tags: granted + echoed)
        // It fits: that was seen when the session was begun.
        guard let octets = try? pads.encoded() else { return [] }
        sessions.confirm(id, with: octets, rememberUntil: now + configuration.repetitionWindow)
        counters.padsSent += 1
        return [.send(octets, to: session.host)]
    }

    private mutating func refuse(_ id: PPPoESessionID, _ refusal: DiscoveryRefusal) -> [Output] {
        guard let session = sessions[id], case .asked(let echoed, _) = session.stage else { return [] }
        sessions.remove(id)
        return sendRefusal(refusal, echoed: echoed, to: session.host)
    }

    private mutating func end(_ id: PPPoESessionID, _ reason: String) -> [Output] {
        guard let session = sessions.remove(id) else { return [] }
        if case .asked(let echoed, _) = session.stage {
            return sendRefusal(.system(reason), echoed: echoed, to: session.host)
        }
        var tags = reason.isEmpty ? [] : [DiscoveryRefusal.generic(reason).tag]
        if let relay = session.relaySessionID { tags.append(relay) }
        counters.padtSent += 1
        return send(DiscoveryPacket(.padt, sessionID: id.rawValue, tags: tags), to: session.host)
    }

    /// A PADS without a session (RFC 2516 section 5.4).
    mutating func sendRefusal(
        _ refusal: DiscoveryRefusal, echoed: [DiscoveryTag], to host: MACAddress
    ) -> [Output] {
        let tags = [refusal.tag, DiscoveryTag(.acName, text: configuration.name)] + echoed
        let outputs = send(DiscoveryPacket(.pads, tags: tags), to: host)
        if !outputs.isEmpty { counters.refusalsSent += 1 }
        return outputs
    }

    /// Nothing when the packet would not fit a frame, which only the host's own tags can bring about.
    mutating func send(_ packet: DiscoveryPacket, to host: MACAddress) -> [Output] {
        guard let octets = try? packet.encoded() else {
            counters.discard(.tooLong)
            return []
        }
        return [.send(octets, to: host)]
    }
}
