import ArgumentParser
import Linux
import Netlink

/// `l2tpctl kernel delete`
struct KernelDelete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete tunnels or sessions of the kernel's.",
        subcommands: [Tunnel.self, Session.self])

    struct Tunnel: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete tunnels, each with all of its sessions; the peer is told nothing.",
            discussion: """
                It returns when they are gone. The exit status is 1 when any of them could not be deleted; the others are \
                deleted all the same.
                """)

        @Argument(help: ArgumentHelp("Our ids.", valueName: "id")) var ids: [UInt32]

        func run() throws {
            let kernel = try KernelAccess()
            try KernelDelete.each(of: ids) { id throws(Failure) in
                try kernel.ask("tunnel \(id) is not deleted", .delete) { l2tp throws(Errno) in
                    try l2tp.deleteTunnel(id: id)
                }
                try kernel.waitUntil("tunnel \(id)") { l2tp throws(Errno) in try l2tp.tunnel(id: id) == nil }
            }
        }
    }

    struct Session: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete sessions; the peer is told nothing.",
            discussion: """
                It returns when they are gone. The exit status is 1 when any of them could not be deleted; the others are \
                deleted all the same.
                """)

        @Argument(help: KernelSessionName.help, transform: KernelSessionName.parse) var names: [KernelSessionName]

        func run() throws {
            let kernel = try KernelAccess()
            try KernelDelete.each(of: names) { name throws(Failure) in
                let session = try kernel.session(name)
                try kernel.ask("session \(name) is not deleted", .delete) { l2tp throws(Errno) in
                    try l2tp.deleteSession(tunnel: session.tunnel, id: session.id)
                }
                try kernel.waitUntil("session \(name)") { l2tp throws(Errno) in
                    try l2tp.session(tunnel: session.tunnel, id: session.id) == nil
                }
            }
        }
    }

    /// Deletes one by one and complains about each that is not. Throws when any is not.
    private static func each<Name>(of names: [Name], _ delete: (Name) throws(Failure) -> Void) throws(Failure) {
        var allGone = true
        for name in names {
            do throws(Failure) {
                try delete(name)
            } catch {
                Output.complain(error.description)
                allGone = false
            }
        }
        guard allGone else { throw .told }
    }
}
