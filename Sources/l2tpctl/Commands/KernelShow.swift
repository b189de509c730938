import ArgumentParser
import Linux
import Netlink

/// `l2tpctl kernel show`
struct KernelShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the kernel's tunnels or sessions.",
        subcommands: [Tunnels.self, Sessions.self])

    struct Tunnels: Watching {
        static let configuration = CommandConfiguration(
            abstract: "List the kernel's tunnels.",
            discussion: """
                CHECKSUMS tells whether packets are sent with UDP checksums; RX and TX are octets of all sessions, as seen \
                from here.
                """)

        @OptionGroup var options: ShowOptions
        @Argument(help: ArgumentHelp("Only these tunnels, by their local ids.", valueName: "id"))
        var ids: [UInt32] = []

        func text() throws(Failure) -> String {
            let kernel = try KernelAccess()
            var tunnels: [KernelTunnel] = []
            for id in ids { tunnels.append(try kernel.tunnel(id)) }
            if ids.isEmpty {
                tunnels = try kernel.ask("the tunnels are not shown", .show) { l2tp throws(Errno) in
                    try l2tp.tunnels()
                }
            }
            if options.isJSON { return try JSONText.array(tunnels.map(KernelTunnelRecord.init)) }
            return tunnels.isEmpty ? "no tunnels" : TextTable(tunnels).lines.joined(separator: "\n")
        }
    }

    struct Sessions: Watching {
        static let configuration = CommandConfiguration(
            abstract: "List the kernel's sessions.",
            discussion: """
                PEER IDS are the peer's tunnel and session. The kernel names no interface of a session that carries PPP. \
                SEQUENCE tells in which direction packets must have numbers, REORDER how long those that are early wait. \
                RX and TX are octets, as seen from here; RX ERRORS counts packets that were dropped, --json tells why.
                """)

        @OptionGroup var options: ShowOptions
        @Option(name: .customLong("tunnel"), help: ArgumentHelp("Only the sessions of this tunnel.", valueName: "id"))
        var tunnelID: UInt32?
        @Argument(help: KernelSessionName.help, transform: KernelSessionName.parse)
        var names: [KernelSessionName] = []

        func text() throws(Failure) -> String {
            let kernel = try KernelAccess()
            var sessions: [KernelSession] = []
            for name in names { sessions.append(try kernel.session(name)) }
            if names.isEmpty {
                if let tunnelID { _ = try kernel.tunnel(tunnelID) }
                sessions = try kernel.ask("the sessions are not shown", .show) { l2tp throws(Errno) in
                    try l2tp.sessions()
                }
            }
            if let tunnelID { sessions = sessions.filter { $0.tunnel == tunnelID } }
            if options.isJSON { return try JSONText.array(sessions.map(KernelSessionRecord.init)) }
            return sessions.isEmpty ? "no sessions" : TextTable(sessions).lines.joined(separator: "\n")
        }
    }
}
