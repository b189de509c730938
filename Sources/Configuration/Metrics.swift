import Addresses

/// `[metrics]`: where Prometheus finds us. Without the table, or with `enabled = false`, nowhere.
struct Metrics {
    /// Nil is nowhere.
    let listener: Endpoint?

    /// Of this machine alone, unless `listen` says otherwise.
    static let usual = Endpoint(address: .v4(IPv4Address(127, 0, 0, 1)), port: 9701)

    init(reading document: inout TableReader) {
        let isThere = document.has("metrics")
        var table = document.table("metrics")
        let isEnabled = table.boolean("enabled") ?? true
        let listen = table.optional("listen", "an address and a port, such as \"\(Self.usual)\" or \"[::1]:9701\"") {
            Endpoint($0).flatMap { $0.port == 0 ? nil : $0 }
        }
        if table.has("listen") { table.refuse(["port"], beside: "listen") }
        let port = table.integer("port", in: 1...65_535, default: Int(Self.usual.port))
        table.refuseUnknownKeys()
        guard isThere, isEnabled else {
            listener = nil
            return
        }
        listener = listen ?? Endpoint(address: Self.usual.address, port: UInt16(truncatingIfNeeded: port))
    }
}
