import ArgumentParser

/// `l2tpctl kernel`
struct KernelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernel",
        abstract: "Show and change the kernel's tunnels and sessions; no daemon is needed.",
        discussion: """
            All that Linux can do with L2TP and "ip l2tp" shows a part of: L2TPv2 and L2TPv3, over UDP and IP, IPv4 and IPv6. \
            A tunnel that is added here has a socket of the kernel's own and no control connection: it stands until it is \
            deleted, and both ends must be told the same. Needs CAP_NET_ADMIN; works in the network namespace that it is \
            started in.

            An l2tpd that runs finds its own tunnels here too, and takes their deletion for a loss; one that starts deletes \
            the tunnels that it finds at the addresses and ports of its listeners.

            EXAMPLE: an Ethernet pseudowire, on one host and on the other
              l2tpctl kernel add tunnel 1 --peer-id 2 --local 192.0.2.1 --remote 192.0.2.2
              l2tpctl kernel add session 1/10 --peer-id 20 --interface wire0
              l2tpctl kernel add tunnel 2 --peer-id 1 --local 192.0.2.2 --remote 192.0.2.1
              l2tpctl kernel add session 2/20 --peer-id 10 --interface wire0
            """,
        subcommands: [KernelShow.self, KernelAdd.self, KernelModify.self, KernelDelete.self])
}
