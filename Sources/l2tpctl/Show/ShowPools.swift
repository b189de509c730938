import ArgumentParser
import ControlProtocol

/// `l2tpctl show pools`
struct ShowPools: Listing {
    static let configuration = CommandConfiguration(
        commandName: "pools",
        abstract: "List the address pools, and how much of each is given out.",
        discussion:
            "KEPT counts our own ends and the addresses of users who have one of their own and are not connected.")

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions

    static let nothing = "no pools"
    var request: Request { .showPools }

    static func record(in reply: Reply) -> PoolRecord? {
        if case .pool(let record) = reply { record } else { nil }
    }

    static func table(_ records: [PoolRecord]) -> TextTable {
        var table = TextTable(
            .left("POOL"), .left("RANGES"), .right("ADDRESSES"), .right("LEASED"), .right("KEPT"), .right("FREE"))
        table.rows = records.map { pool in
            [
                pool.name, pool.ranges.joined(separator: ","), "\(pool.addresses)", "\(pool.leased)",
                "\(pool.reserved)", "\(pool.free)",
            ]
        }
        return table
    }
}
