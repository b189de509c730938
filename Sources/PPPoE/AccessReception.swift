import Addresses
import Instants

extension AccessConcentrator {
    mutating func receive(_ octets: [UInt8], from source: MACAddress, at now: Instant) -> [Output] {
        guard !source.isGroup else { return discard(.groupSource) }
        guard let packet = try? DiscoveryPacket(parsing: octets) else { return discard(.malformed) }
        switch packet.code {
        case .padi:
            counters.padiReceived += 1
            return receiveInitiation(packet, from: source, at: now)
        case .padr:
            counters.padrReceived += 1
            return receiveRequest(packet, from: source, at: now)
        case .padt:
            counters.padtReceived += 1
            return receiveTermination(packet, from: source)
        case .pado, .pads:
            return discard(.unexpectedCode)
        }
    }

    /// Silence for a host that cannot be served (RFC 2516 section 5.2).
    private mutating func receiveInitiation(
        _ packet: DiscoveryPacket, from host: MACAddress, at now: Instant
    ) -> [Output] {
        guard packet.sessionID == 0 else { return discard(.sessionID) }
        guard let service = packet.soleServiceName else { return discard(.serviceName) }
        let line = accessLine(in: packet)
        let limited = line?.isInterworked == true ? nil : host
        let rates = configuration.initiations
        switch initiations.take(interface: rates.interface, host: rates.host, from: limited, at: now) {
        case .granted: break
        case .exceededByInterface: return discard(.initiationRate)
        case .exceededByHost: return discard(.initiationRateOfHost)
        }
        guard configuration.services.serve(service.value) else { return discard(.unknownService) }
        // A host whose PADS was lost may begin again: its session is there already.
        guard sessions.made(by: key(packet, service, host)) != nil || full(for: limited) == nil else {
            return discard(.sessionLimit)
        }
        var tags = [DiscoveryTag(.acName, text: configuration.name), service]
        if case .names(let names) = configuration.services {
            tags += names.map { DiscoveryTag(.serviceName, text: $0) }.filter { $0 != service }
        }
        tags.append(DiscoveryTag(.acCookie, cookies.make(for: host, configuration, at: now)))
        let offer = DiscoveryPacket(.pado, tags: tags + maxPayloadTags(packet) + packet.echoedTags)
        let outputs = send(offer, to: host)
        if !outputs.isEmpty { counters.padoSent += 1 }
        return outputs
    }

    private mutating func receiveRequest(
        _ packet: DiscoveryPacket, from host: MACAddress, at now: Instant
    ) -> [Output] {
        guard packet.sessionID == 0 else { return discard(.sessionID) }
        guard let service = packet.soleServiceName else { return discard(.serviceName) }
        guard let cookie = packet[.acCookie] else { return discard(.missingCookie) }
        guard cookies.isValid(cookie.value, from: host, configuration, at: now) else { return discard(.wrongCookie) }
        let line = accessLine(in: packet)
        let limited = line?.isInterworked == true ? nil : host
        let rates = configuration.requests
        switch requests.take(interface: rates.interface, host: rates.host, from: limited, at: now) {
        case .granted: break
        case .exceededByInterface: return discard(.requestRate)
        case .exceededByHost: return discard(.requestRateOfHost)
        }
        let key = key(packet, service, host)
        if let made = sessions.made(by: key) {
            guard let confirmation = made.confirmation else { return discard(.undecided) }
            counters.padsSent += 1
            return [.send(confirmation, to: host)]
        }
        let echoed = packet.echoedTags
        guard configuration.services.serve(service.value) else {
            return sendRefusal(.serviceName("no such service"), echoed: echoed, to: host)
        }
        if let reason = full(for: limited) { return sendRefusal(.system(reason), echoed: echoed, to: host) }
        let granted = [service, DiscoveryTag(.acName, text: configuration.name)] + maxPayloadTags(packet)
        guard DiscoveryPacket(.pads, tags: granted + echoed).count <= DiscoveryPacket.longest else {
            return discard(.tooLong)
        }
        let session = AccessSessions.Session(
            host: host, isInterworked: limited == nil, stage: .asked(echoed: echoed, granted: granted),
            relaySessionID: packet[.relaySessionID], request: key)
        guard let id = sessions.add(session) else {
            return sendRefusal(.system("no session id is free"), echoed: echoed, to: host)
        }
        let maxPayload = MaxPayload.agreed(tag: packet[.pppMaxPayload]?.uint16, mtu: configuration.mtu)
        return [
            .begin(
                AccessRequest(id: id, host: host, serviceName: service.text, maxPayload: maxPayload, line: line))
        ]
    }

    /// Only the session's own host can end it (RFC 2516 section 5.5); what a PADT says besides does not matter.
    private mutating func receiveTermination(_ packet: DiscoveryPacket, from host: MACAddress) -> [Output] {
        guard let id = PPPoESessionID(rawValue: packet.sessionID) else { return discard(.sessionID) }
        guard let session = sessions[id] else { return discard(.unknownSession) }
        guard session.host == host else { return discard(.foreignSession) }
        sessions.remove(id)
        return [.terminated(id)]
    }

    /// Why there can be no session more; nil when there can. No host's own limit counts when `host` is nil.
    private func full(for host: MACAddress?) -> String? {
        if sessions.count >= min(configuration.sessionLimit, PPPoESessionID.range.count) {
            return "too many sessions"
        }
        if let host, sessions.count(of: host) >= configuration.sessionLimitPerHost {
            return "too many sessions from this address"
        }
        return nil
    }

    private func accessLine(in packet: DiscoveryPacket) -> AccessLine? {
        configuration.trustsAccessNode ? AccessLine(in: packet) : nil
    }

    /// The host's tag unmodified, where this interface has room for more than 1492 octets (RFC 4638 section 4).
    private func maxPayloadTags(_ packet: DiscoveryPacket) -> [DiscoveryTag] {
        guard MaxPayload.room(mtu: configuration.mtu) > MaxPayload.standard, let tag = packet[.pppMaxPayload],
            tag.uint16 != nil
        else { return [] }
        return [tag]
    }

    private func key(
        _ packet: DiscoveryPacket, _ service: DiscoveryTag, _ host: MACAddress
    ) -> AccessSessions.RequestKey {
        AccessSessions.RequestKey(host: host, hostUniq: packet[.hostUniq]?.value, serviceName: service.value)
    }

    private mutating func discard(_ cause: DiscoveryCounters.Discard) -> [Output] {
        counters.discard(cause)
        return []
    }
}
