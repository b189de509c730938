import ControlProtocol
import FoundationEssentials
import Testing

@testable import l2tpctl

/// Integration/schema/l2tpctl.schema.json says what our JSON has: each record's keys and their types, no more and no less.
@Suite struct SchemaTests {
    private let definitions: [String: JSONValue]

    init() throws {
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = try Data(contentsOf: project.appending(path: "Integration/schema/l2tpctl.schema.json"))
        definitions = try JSONDecoder().decode(JSONValue.self, from: file)["$defs"]?.members ?? [:]
    }

    /// Each definition of a record, with one that has every key and one that has only those that are always there.
    private static func records() throws -> [(name: String, full: JSONValue, least: JSONValue)] {
        func record(_ name: String, _ full: some Encodable, _ least: some Encodable) throws -> (
            String, JSONValue, JSONValue
        ) {
            (name, try JSONValue(full), try JSONValue(least))
        }
        var story = SessionStory(session: Samples.session, pppPhase: "network")
        let options = SessionStory.LCPOptions(
            mru: 1460, authentication: "pap", magicNumber: "00000001", accm: "ffffffff",
            protocolFieldCompression: true, addressAndControlFieldCompression: true)
        (story.localLCP, story.peerLCP) = (options, options)
        (story.openSeconds, story.timerSeconds) = (7, 1.5)
        (story.dns, story.nbns, story.networks) = (["192.0.2.53"], ["192.0.2.54"], ["ipv4"])
        story.events = [Samples.event]
        var unnegotiated = options
        unnegotiated.authentication = nil
        var tunnelStory = TunnelStory(tunnel: Samples.tunnel, kernel: "ready")
        (tunnelStory.timerSeconds, tunnelStory.sessions, tunnelStory.events) = (1.5, ["7/12"], [Samples.event])
        let bareTunnel = TunnelRecord(tunnelID: 7, peer: "x", peerAddress: "a", localAddress: "b", state: "idle")
        let bareSession = SessionRecord(tunnelID: 7, sessionID: 1, peer: "x", state: "open")
        var bareSummary = Samples.summary
        (bareSummary.maxTunnels, bareSummary.maxSessions) = (nil, nil)
        let barePeer = PeerRecord(
            name: "x", addresses: [], hostNames: [], authentication: false, ppp: nil, tunnels: 0, maxTunnels: nil,
            sessions: 0, maxSessions: nil)
        let bareLease = LeaseRecord(
            pool: nil, address: "10.0.0.2", user: nil, session: Samples.name, uptimeSeconds: 0)
        let refusal = CloseRecord.Refusal(name: "7", code: .notFound, message: "no")
        let error = ControlError(code: .busy, message: "no")
        let config = ConfigurationRecord(toml: "[log]")
        let statistics = StatisticsRecord(counters: ["rx": 1])
        let reloaded = ReloadRecord(applied: ["a"], notApplied: ["b"])
        let version = VersionRecord.current
        let health = HealthRecord(checks: [.init("pools", .warning, reasons: ["pool \"p\" is exhausted"])])
        var packet = PacketRecord(time: 1, .received, .l2tp, local: "192.0.2.1:1701", remote: "192.0.2.2:1701", [1, 2])
        (packet.tunnelID, packet.sessionID, packet.peerTunnelID, packet.peerSessionID) = (7, 12, 8, 13)
        (packet.peer, packet.user) = ("bras-1", "alice")
        (packet.accessInterface, packet.pppoeSessionID) = ("access0", 1)
        return [
            try record("version", version, version),
            try record("summary", Samples.summary, bareSummary),
            try record("counts", SummaryRecord.Count(), SummaryRecord.Count()),
            try record("tunnel", Samples.tunnel, bareTunnel),
            try record("session", Samples.session, bareSession),
            try record("peer", Samples.peer, barePeer),
            try record("pool", Samples.pool, Samples.pool),
            try record(
                "client", Samples.client,
                ClientRecord(name: "x", state: "down", persistent: false, servers: [], user: "y")),
            try record("pppoe", Samples.access, Samples.access),
            try record("lease", Samples.lease, bareLease),
            try record("call", Samples.call, CallRecord(peer: "x", calledNumber: "5", callSerialNumber: 1)),
            try record("statistics", statistics, statistics),
            try record(
                "event", Samples.event, EventRecord(time: Samples.event.time, level: .info, event: "tunnel open")),
            try record(
                "daemon_event", DaemonEventRecord(Samples.event),
                DaemonEventRecord(EventRecord(time: Samples.event.time, level: .info, event: "tunnel open"))),
            try record("lcp_options", options, unnegotiated),
            try record("session_story", story, SessionStory(session: bareSession, pppPhase: "dead")),
            try record("tunnel_story", tunnelStory, TunnelStory(tunnel: bareTunnel, kernel: "none")),
            try record("closed", CloseRecord(closed: ["8"], refused: [refusal]), CloseRecord()),
            try record("refusal", refusal, refusal),
            try record("opened", Samples.opened, OpenRecord(group: "x", tunnels: [])),
            try record(
                "opened_tunnel", OpenRecord.Tunnel(lns: "x", tunnelID: 7, failure: "y"), OpenRecord.Tunnel(lns: "x")),
            try record("reloaded", reloaded, reloaded),
            try record("config", config, config),
            try record("error", error, error),
            try record("health", health, health),
            try record("health_check", health.checks[0], HealthRecord.Check("pools")),
            try record("packet", packet, PacketRecord(time: 1, .sent, .ppp, local: "a", remote: "b", [])),
        ]
    }

    @Test func `each record has the keys of its definition, and those that are required always`() throws {
        for (name, full, least) in try Self.records() {
            let definition = try #require(definitions[name], "no definition of \(name)")
            let properties = definition["properties"]?.members ?? [:]
            #expect(Set(properties.keys) == Set(full.members.keys), "\(name)")
            #expect(
                Set(definition["required"]?.elements.compactMap(\.text) ?? []) == Set(least.members.keys), "\(name)")
            #expect(definition["additionalProperties"] == .boolean(false), "\(name)")
            for (key, value) in full.members {
                let property = try #require(properties[key])
                #expect(fits(value, property), "\(name).\(key): \(value) is no \(property)")
            }
        }
    }

    @Test func `everything is described`() {
        for (name, definition) in definitions {
            #expect(definition["description"]?.text?.isEmpty == false, "\(name)")
            for (key, property) in definition["properties"]?.members ?? [:] {
                let says = property["description"] ?? property["$ref"] ?? property["const"]
                #expect(says?.text?.isEmpty == false, "\(name).\(key)")
            }
        }
    }

    @Test func `each request and each reply of the control socket is there, by its name`() {
        func names(_ definition: String, _ key: String) -> [String] {
            (definitions[definition]?["oneOf"]?.elements ?? []).compactMap { $0["properties"]?[key]?["const"]?.text }
        }
        #expect(names("request", "request").sorted() == Request.names.sorted())
        #expect(names("reply", "reply").sorted() == Reply.names.sorted())
    }

    @Test func `the kernel's records have the keys of their definitions`() throws {
        func keys(_ name: String) -> Set<String> {
            Set(definitions[name]?["properties"]?.members.keys.map(\.self) ?? [])
        }
        let tunnel = KernelTunnelRecord(Samples.kernelTunnel)
        let session = KernelSessionRecord(Samples.kernelSession)
        #expect(try Set(JSONValue(tunnel).members.keys).isSubset(of: keys("kernel_tunnel")))
        #expect(try Set(JSONValue(session).members.keys) == keys("kernel_session"))
        let counters = try #require(try JSONValue(session)["counters"])
        #expect(Set(counters.members.keys) == keys("kernel_counters"))
    }

    /// Whether a value is of the type that a schema asks for; not more of JSON Schema than our own has.
    private func fits(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        if let reference = schema["$ref"]?.text {
            let path = reference.dropFirst("#/$defs/".count).split(separator: "/").map(String.init)
            let target = path.dropFirst().reduce(definitions[path[0]]) { $0?[$1] }
            return target.map { fits(value, $0) } ?? false
        }
        if let constant = schema["const"] { return constant == value }
        if let choices = schema["enum"] { return choices.elements.contains(value) }
        switch (schema["type"]?.text, value) {
        case ("string", .string), ("boolean", .boolean), ("integer", .integer), ("number", .number),
            ("number", .integer):
            return true
        case ("array", .array(let elements)):
            return !elements.isEmpty
                && elements.allSatisfy { element in schema["items"].map { fits(element, $0) } ?? false }
        case ("object", .object(let members)):
            if let inner = schema["additionalProperties"], inner.members["type"] != nil {
                return members.values.allSatisfy { fits($0, inner) }
            }
            return Set(schema["required"]?.elements.compactMap(\.text) ?? []).isSubset(of: members.keys)
        default: return false
        }
    }
}
