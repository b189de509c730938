import Configuration

/// The documented example.
let example = """
    [daemon]
    control_socket = "/run/l2tpd/control.sock"
    host_name      = "lns-1"              # Host Name AVP; the system's by default

    [log]
    level = "info"

    [[listener]]
    address = "192.0.2.1"                  # IPv4 or IPv6
    port    = 1701

    [[peer]]                               # who may open tunnels with us
    name           = "bras-1"
    addresses      = ["192.0.2.0/24"]      # source prefixes
    host_names     = ["bras-1"]            # optional, matched with the Host Name AVP
    secret         = "tunnel-secret"       # or secret_file; without either: no tunnel authentication
    hide_avps      = true
    hello_interval = 60                    # seconds; 0 sends none
    receive_window = 64
    max_tunnels    = 8
    max_sessions   = 20000
    ppp            = "subscribers"

    [[ppp]]                                # how PPP is ended here
    name           = "subscribers"
    authentication = ["ms-chap-v2", "chap-md5", "pap"]
    local_address  = "100.64.0.1"
    pool           = "subscribers"
    dns            = ["192.0.2.53"]
    mru            = 1460
    echo_interval  = 30                    # seconds; 0 sends none
    echo_failures  = 3
    ipv6           = true

    [[pool]]
    name   = "subscribers"
    ranges = ["100.64.0.2-100.64.255.254"]

    [[user]]
    name     = "alice"
    password = "secret"                    # or password_file
    address  = "100.64.1.1"                # optional
    """

struct NoSuchFile: Error, CustomStringConvertible {
    var description: String { "No such file or directory" }
}

/// What the text says, or why it is refused; `files` are the secret files there are.
func parse(_ text: String, files: [String: String] = [:]) throws(ConfigurationError) -> Configuration {
    try Configuration(parsing: Array(text.utf8), file: "l2tpd.toml") { name in
        guard let contents = files[name] else { throw NoSuchFile() }
        return Array(contents.utf8)
    }
}

/// The problems of a text that must be refused, a line each.
func problems(of text: String, files: [String: String] = [:]) -> [String] {
    do {
        _ = try parse(text, files: files)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}
