import ArgumentParser
import ControlProtocol

/// `l2tpctl show pppoe`
struct ShowPPPoE: Listing {
    static let configuration = CommandConfiguration(
        commandName: "pppoe",
        abstract: "List the access interfaces, and what PPPoE's discovery has seen on each.",
        discussion: """
            PADI to PADT count packets since the daemon began, PADT received and sent. REFUSED counts hosts that were told by \
            PADS that they get no session; DISCARDED says what else came to nothing, and why.\(columnHelp)
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions
    @OptionGroup var list: ListOptions<ShowPPPoE>

    static let nothing = "no access interfaces"
    var request: Request { .showPPPoE }

    static func record(in reply: Reply) -> PPPoERecord? {
        if case .pppoe(let record) = reply { record } else { nil }
    }

    static var columns: [ListColumn<PPPoERecord>] {
        [
            .text("INTERFACE") { $0.interface },
            .text("AC NAME") { $0.acName },
            .list("SERVICES", none: "any") { $0.services },
            .count("SESSIONS") {
                $0.sessions
            } of: {
                $0.maxSessions
            },
            .number("PADI") { $0.padiReceived },
            .number("PADO") { $0.padoSent },
            .number("PADR") { $0.padrReceived },
            .number("PADS") { $0.padsSent },
            ListColumn(
                heading: "PADT", alignment: .right, appearance: .always,
                cell: { "\($0.padtReceived)/\($0.padtSent)" }, rank: { Rank($0.padtReceived + $0.padtSent) }),
            .number("REFUSED") { $0.refusalsSent },
            .text("DISCARDED") { discarded(on: $0) },
            .number("MAX SESSIONS PER MAC", .onRequest) { $0.maxSessionsPerMAC },
        ]
    }

    private static func discarded(on access: PPPoERecord) -> String {
        access.discarded.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
            .joined(separator: ", ")
    }
}
