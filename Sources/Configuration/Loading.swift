private import Addresses
private import ControlProtocol
private import SystemPackage

extension Configuration {
    /// What the file says. Secrets in files of their own are looked for beside it when their paths are relative.
    package static func load(from path: String) throws(ConfigurationError) -> Configuration {
        let octets: [UInt8]
        do {
            octets = try FileContents.read(FilePath(path))
        } catch {
            throw ConfigurationError(
                problems: [.init(file: path, line: nil, key: nil, message: "the file cannot be read: \(error)")])
        }
        let folder = FilePath(path).removingLastComponent()
        return try Configuration(parsing: octets, file: path) { name in
            try FileContents.read(folder.pushing(FilePath(name)))
        }
    }

    /// What the text of a file says. `file` is its name in messages, `readFile` gives the contents of secret files.
    package init(
        parsing octets: [UInt8], file: String, readFile: @escaping (String) throws -> [UInt8]
    ) throws(ConfigurationError) {
        func refusal(_ line: Int?, _ message: String) -> ConfigurationError {
            ConfigurationError(problems: [.init(file: file, line: line, key: nil, message: message)])
        }
        func line(at index: Int) -> Int { octets[..<index].count { $0 == 0x0a } + 1 }
        if let index = octets.firstIndex(of: 0) {
            throw refusal(line(at: index), "the file has a NUL character; write text")
        }
        guard let text = String(validating: octets, as: UTF8.self) else {
            throw refusal(nil, "the file is not UTF-8; save it as UTF-8")
        }
        let members: [String: TOMLNode]
        do {
            members = try TOMLNode.parse(text)
        } catch {
            throw refusal(error.line, "this is not TOML: \(error.message)")
        }
        let lines = LineIndex(text)
        if let line = lines.escapedNULs.first {
            throw refusal(line, "the string has a NUL character; no name and no secret may have one")
        }
        let problems = ProblemList(file: file, lines: lines)
        var document = TableReader(members, path: "", problems: problems, readFile: readFile)
        self.init(reading: &document)
        document.refuseUnknownKeys()
        guard problems.problems.isEmpty else {
            throw ConfigurationError(
                problems: problems.problems.sorted { ($0.line ?? 0, $0.key ?? "") < ($1.line ?? 0, $1.key ?? "") })
        }
    }

    private init(reading document: inout TableReader) {
        func read<Value>(_ tables: [TableReader], _ parse: (inout TableReader) -> Value?) -> [(TableReader, Value)] {
            tables.compactMap { table in
                var table = table
                let value = parse(&table)
                table.refuseUnknownKeys()
                return value.map { (table, $0) }
            }
        }
        let daemon = read([document.table("daemon")]) { Daemon(reading: &$0) }.first?.1 ?? Daemon()
        let log = read([document.table("log")]) {
            (
                level: $0.choice("level", default: LogLevel.info),
                format: $0.choice("format", default: LogFormat.automatic)
            )
        }.first?.1
        let metrics = Metrics(reading: &document)
        let listeners = read(document.tables("listener")) { Endpoint(reading: &$0) }
        let pools = read(document.tables("pool")) { Pool(reading: &$0) }
        let declaredPools = Declared(named(pools, \.name), names: document.names(of: "pool"))
        let profiles = read(document.tables("ppp")) { PPPProfile(reading: &$0, pools: declaredPools) }
        let declaredProfiles = Declared(named(profiles, \.name), names: document.names(of: "ppp"))
        let users = read(document.tables("user")) { User(reading: &$0) }
        let groups = read(document.tables("tunnel_group")) {
            TunnelGroup(reading: &$0, profiles: declaredProfiles)
        }
        let declaredGroups = Declared(named(groups, \.name), names: document.names(of: "tunnel_group"))
        let peerTables = document.tables("peer")
        let peers = read(peerTables) {
            Peer(reading: &$0, profiles: declaredProfiles, groups: declaredGroups)
        }
        let clients = read(document.tables("client")) { Client(reading: &$0, groups: declaredGroups) }
        let accessInterfaces = read(document.tables("pppoe")) {
            AccessInterface(reading: &$0, profiles: declaredProfiles, groups: declaredGroups)
        }
        let realms = read(document.tables("realm")) {
            Realm(reading: &$0, profiles: declaredProfiles, groups: declaredGroups)
        }
        let declaredInterfaces = Declared(
            Dictionary(accessInterfaces.map { ($0.1.interface, $0.1) }, uniquingKeysWith: { first, _ in first }),
            names: document.names(of: "pppoe", key: "interface"))
        let callees = read(document.tables("callee")) { Callee(reading: &$0, interfaces: declaredInterfaces) }
        _ = named(peers, \.name)
        _ = named(users, \.name)
        _ = named(clients, \.name)
        if !document.has("listener"), !document.has("client"), !document.has("pppoe") {
            document.refuse(
                "listener",
                "is missing; write a [[listener]] with the address that tunnels come in on, a [[client]] or a [[pppoe]]"
            )
        }
        // Where a peer was refused it is not known what it wants.
        if !document.has("pppoe"), peers.count == peerTables.count {
            refuseUselessRealms(realms, peers: peers.map(\.1))
        }
        if !document.has("listener"), document.has("client"), document.has("peer") {
            document.refuse("listener", "is missing, and without one no [[peer]] can come in")
        }
        refuseSharedInterfaces(clients)
        refuseRepeatedAccess(accessInterfaces)
        refuseRepeatedRealms(realms)
        refuseRepeatedCallees(callees)
        refuseRepeatedListeners(listeners)
        refuseOverlaps(pools)
        refuseAmbiguity(peers)
        refuseSharedAddresses(users, profiles: profiles.map(\.1))
        self.init(
            daemon: daemon, logLevel: log?.level ?? .info, logFormat: log?.format ?? .automatic,
            listeners: listeners.map(\.1), peers: peers.map(\.1),
            profiles: profiles.map(\.1), pools: pools.map(\.1), users: users.map(\.1),
            groups: groups.map(\.1), clients: clients.map(\.1), accessInterfaces: accessInterfaces.map(\.1),
            realms: realms.map(\.1), callees: callees.map(\.1), metrics: metrics.listener)
    }
}

extension Endpoint {
    /// `[[listener]]`.
    fileprivate init?(reading table: inout TableReader) {
        let address = table.required("address", "an IPv4 or IPv6 address") { IPAddress($0) }
        let port = table.integer("port", in: 1...65_535, default: 1701)
        guard let address else { return nil }
        self.init(address: address, port: UInt16(truncatingIfNeeded: port))
    }
}
