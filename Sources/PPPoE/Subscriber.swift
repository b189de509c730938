package import Addresses
package import Instants
import Octets

/// The Discovery stage as a host sees it (RFC 2516 section 5), from the first PADI to the PADT.
///
///     idle --start--> initiating --PADO--> requesting --PADS--> open --PADT, end--> over
///                         ^---- no PADS -------|
package struct Subscriber: Sendable {
    package enum Event: Sendable {
        case start
        /// The payload of a frame of type 0x8863, padding included.
        case received([UInt8], from: MACAddress)
        /// The deadline may have passed; one that has not changes nothing.
        case timeout
        /// No session is wanted any more.
        case end(reason: String)
    }

    package enum Output: Equatable, Sendable {
        /// The payload of a frame of type 0x8863.
        case send([UInt8], to: MACAddress)
        case up(Session)
        case failed(Failure)
        /// The access concentrator has ended the session; nothing more may be sent in it.
        case terminated
    }

    private struct Offer: Sendable {
        var concentrator: MACAddress
        var acName: String
        var cookie: DiscoveryTag?
        var relaySessionID: DiscoveryTag?
    }

    private enum State: Sendable {
        case idle
        /// A PADI was sent.
        case initiating(until: Instant)
        /// A PADR was sent so many times.
        case requesting(Offer, sent: Int, until: Instant)
        case open(Session)
        case over
    }

    private let configuration: Configuration
    private let hostUniq: DiscoveryTag
    private var state = State.idle
    /// PADIs sent.
    private var initiations = 0

    /// - Parameter random: for Host-Uniq.
    package init(configuration: Configuration, using random: inout some RandomNumberGenerator) {
        self.configuration = configuration
        hostUniq = DiscoveryTag(.hostUniq, random.octets(8))
    }

    /// When `timeout` is awaited; nil when nothing is.
    package var deadline: Instant? {
        switch state {
        case .initiating(let until), .requesting(_, _, let until): until
        case .idle, .open, .over: nil
        }
    }

    /// Nil unless the session is there.
    package var session: Session? {
        if case .open(let session) = state { session } else { nil }
    }

    package mutating func handle(_ event: Event, at now: Instant) -> [Output] {
        switch event {
        case .start:
            guard case .idle = state else { return [] }
            return initiate(at: now)
        case .received(let octets, let source):
            guard let packet = try? DiscoveryPacket(parsing: octets) else { return [] }
            return receive(packet, from: source, at: now)
        case .timeout: return timeout(at: now)
        case .end(let reason): return end(reason)
        }
    }

    private mutating func timeout(at now: Instant) -> [Output] {
        switch state {
        case .initiating(let until) where until <= now: return initiate(at: now)
        case .requesting(let offer, let sent, let until) where until <= now:
            return sent < configuration.requests ? request(offer, sent: sent, at: now) : initiate(at: now)
        case .initiating, .requesting, .idle, .open, .over: return []
        }
    }

    private mutating func initiate(at now: Instant) -> [Output] {
        guard initiations < configuration.initiations else { return fail(.noAnswer) }
        initiations += 1
        state = .initiating(until: now + wait(initiations))
        return send(.padi, to: .broadcast)
    }

    private mutating func request(_ offer: Offer, sent: Int, at now: Instant) -> [Output] {
        state = .requesting(offer, sent: sent + 1, until: now + wait(sent + 1))
        return send(.padr, to: offer.concentrator, [offer.cookie, offer.relaySessionID].compactMap(\.self))
    }

    /// How long the packet waits that is sent for this time.
    private func wait(_ time: Int) -> Duration {
        configuration.firstWait * (1 << min(time - 1, 5))
    }

    private mutating func receive(_ packet: DiscoveryPacket, from source: MACAddress, at now: Instant) -> [Output] {
        switch (packet.code, state) {
        case (.pado, .initiating):
            guard let offer = offer(packet, from: source) else { return [] }
            return request(offer, sent: 0, at: now)
        case (.pads, .requesting(let offer, _, _)):
            guard source == offer.concentrator, packet[.hostUniq] == hostUniq else { return [] }
            return confirmed(packet, offer)
        case (.padt, .open(let session)):
            guard source == session.concentrator, packet.sessionID == session.id.rawValue else { return [] }
            state = .over
            return [.terminated]
        case (.padi, _), (.padr, _), (.pado, _), (.pads, _), (.padt, _): return []
        }
    }

    /// An offer of what was asked for, to us; nil for all others.
    private func offer(_ packet: DiscoveryPacket, from source: MACAddress) -> Offer? {
        guard !source.isGroup, packet.sessionID == 0, packet[.hostUniq] == hostUniq, let name = packet[.acName],
            packet.tags.contains(serviceName), DiscoveryRefusal(in: packet) == nil
        else { return nil }
        if let wanted = configuration.acName, Array(wanted.utf8) != name.value { return nil }
        return Offer(
            concentrator: source, acName: name.text, cookie: packet[.acCookie],
            relaySessionID: packet[.relaySessionID])
    }

    private mutating func confirmed(_ packet: DiscoveryPacket, _ offer: Offer) -> [Output] {
        if let refusal = DiscoveryRefusal(in: packet) { return fail(.refused(refusal)) }
        guard let id = PPPoESessionID(rawValue: packet.sessionID) else { return [] }
        // Both ends must have named more than 1492 octets (RFC 4638 section 5.1).
        let tag = wish == nil ? nil : packet[.pppMaxPayload]?.uint16.map { min($0, wish ?? $0) }
        let session = Session(
            id: id, concentrator: offer.concentrator, acName: offer.acName,
            maxPayload: MaxPayload.agreed(tag: tag, mtu: configuration.mtu))
        state = .open(session)
        return [.up(session)]
    }

    private mutating func fail(_ failure: Failure) -> [Output] {
        state = .over
        return [.failed(failure)]
    }

    private mutating func end(_ reason: String) -> [Output] {
        defer { state = .over }
        guard case .open(let session) = state else { return [] }
        var tags = [hostUniq]
        if !reason.isEmpty { tags.append(DiscoveryRefusal.generic(reason).tag) }
        let packet = DiscoveryPacket(.padt, sessionID: session.id.rawValue, tags: tags)
        return (try? packet.encoded()).map { [.send($0, to: session.concentrator)] } ?? []
    }

    private var serviceName: DiscoveryTag { DiscoveryTag(.serviceName, text: configuration.serviceName) }

    /// What PPP-Max-Payload says; nil where there is nothing to say.
    private var wish: UInt16? {
        guard let wished = configuration.maxPayload else { return nil }
        let possible = min(wished, MaxPayload.room(mtu: configuration.mtu))
        return possible > MaxPayload.standard ? possible : nil
    }

    private func send(
        _ code: DiscoveryPacket.Code, to station: MACAddress, _ returned: [DiscoveryTag] = []
    ) -> [Output] {
        var tags = [serviceName, hostUniq] + returned
        if let wish { tags.append(DiscoveryTag(maxPayload: wish)) }
        if let line = configuration.line { tags.append(line.tag) }
        // One that does not fit, by a name or cookie of absurd length, is lost as if on the wire.
        return (try? DiscoveryPacket(code, tags: tags).encoded()).map { [.send($0, to: station)] } ?? []
    }
}
