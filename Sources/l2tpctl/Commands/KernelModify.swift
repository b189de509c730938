import ArgumentParser
import Linux
import Netlink

/// `l2tpctl kernel modify`
struct KernelModify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "modify", abstract: "Change a session of the kernel's that stands.",
        subcommands: [Tunnel.self, Session.self])

    struct Tunnel: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have the kernel announce a tunnel; Linux changes nothing of it.",
            discussion: """
                The kernel has this request and takes no change with it: to change a tunnel delete it and add it again. Whoever \
                hears the kernel's events is told of the tunnel, which is good for trying such a program out.
                """)

        @Argument(help: ArgumentHelp("Our id.", valueName: "id")) var id: UInt32

        func run() throws {
            try KernelAccess().ask("tunnel \(id) is not announced", .modify) { l2tp throws(Errno) in
                try l2tp.announceTunnel(id: id)
            }
        }
    }

    struct Session: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change how a session's packets are numbered and put in order.",
            discussion: "What is not named stays as it is. To change anything else delete the session and add it again."
        )

        @Argument(help: KernelSessionName.help, transform: KernelSessionName.parse) var name: KernelSessionName
        @Option(help: "Which packets have sequence numbers: none, send, receive or both.") var sequence: SequenceUse?
        @Flag(
            inversion: .prefixedNo, help: "Decide about sequence numbers; or let the peer's packets decide.")
        var lns: Bool?
        @Option(help: ArgumentHelp("Put packets in order, early ones wait so long; 0: do not.", valueName: "ms"))
        var reorderTimeout: UInt64?

        var changes: SessionChanges {
            SessionChanges(
                isLNS: lns, sendsSequence: sequence?.sends, requiresSequence: sequence?.requires,
                reorderTimeout: reorderTimeout)
        }

        func validate() throws {
            guard changes != SessionChanges() else {
                throw ValidationError("name what shall change: --sequence, --lns, --no-lns or --reorder-timeout")
            }
        }

        func run() throws {
            let kernel = try KernelAccess()
            let session = try kernel.session(name)
            try kernel.ask("session \(name) is not changed", .modify) { l2tp throws(Errno) in
                try l2tp.modifySession(tunnel: session.tunnel, id: session.id, changes)
            }
        }
    }
}
