import ArgumentParser
import ControlProtocol

/// `l2tpctl pool`
struct PoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pool", abstract: "Show who has which address.", subcommands: [Leases.self])

    struct Leases: Listing {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show each address that is given out, and who has it.",
            discussion: """
                Above the table it is said how much of the pool, or of each, is given out. Without a pool the addresses \
                are shown too that users have of their own; they have no pool. UPTIME is that of the session.\(columnHelp)
                """)

        @OptionGroup var daemon: DaemonOption
        @OptionGroup var options: ShowOptions
        @OptionGroup var list: ListOptions<Leases>
        @Argument(help: ArgumentHelp("Only the addresses of this [[pool]].", valueName: "name"), completion: .pools)
        var pool: String?

        static let nothing = "no address is given out"
        var request: Request { .showLeases(LeaseFilter(pool: pool)) }

        static func record(in reply: Reply) -> LeaseRecord? {
            if case .lease(let record) = reply { record } else { nil }
        }

        static var columns: [ListColumn<LeaseRecord>] {
            [
                .text("ADDRESS") { $0.address },
                .text("POOL") { $0.pool },
                .text("USER") { $0.user },
                .text("SESSION") { "\($0.session)" },
                .duration("UPTIME") { $0.uptimeSeconds },
            ]
        }

        func preface(from client: ControlClient) throws(Failure) -> String {
            var lines = ""
            try client.list(.showPools) { reply throws(Failure) in
                guard case .pool(let record) = reply else { throw client.unexpected() }
                guard pool == nil || pool == record.name else { return }
                lines +=
                    "\(TextTable.printable(record.name)): \(record.leased) of \(record.addresses) leased, "
                    + "\(record.reserved) kept, \(record.free) free\n"
            }
            return lines
        }
    }
}
