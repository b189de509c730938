import ArgumentParser
import ControlProtocol

/// `l2tpctl show pools`
struct ShowPools: Listing {
    static let configuration = CommandConfiguration(
        commandName: "pools",
        abstract: "List the address pools, and how much of each is given out.",
        discussion: """
            KEPT counts our own ends and the addresses of users who have one of their own and are not connected. \
            "pool show" lists who has which.\(columnHelp)
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions
    @OptionGroup var list: ListOptions<ShowPools>

    static let nothing = "no pools"
    var request: Request { .showPools }

    static func record(in reply: Reply) -> PoolRecord? {
        if case .pool(let record) = reply { record } else { nil }
    }

    static var columns: [ListColumn<PoolRecord>] {
        [
            .text("POOL") { $0.name },
            .list("RANGES") { $0.ranges },
            .number("ADDRESSES") { $0.addresses },
            .number("LEASED") { $0.leased },
            .number("KEPT") { $0.reserved },
            .number("FREE") { $0.free },
        ]
    }
}
