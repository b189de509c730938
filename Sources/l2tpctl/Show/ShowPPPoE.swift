import ArgumentParser
import ControlProtocol

/// `l2tpctl show pppoe`
struct ShowPPPoE: Listing {
    static let configuration = CommandConfiguration(
        commandName: "pppoe",
        abstract: "List the access interfaces, and what PPPoE's discovery has seen on each.",
        discussion: """
            PADI to PADT count packets since the daemon began, PADT received and sent. REFUSED counts hosts that were told by \
            PADS that they get no session; DISCARDED says what else came to nothing, and why.
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions

    static let nothing = "no access interfaces"
    var request: Request { .showPPPoE }

    static func record(in reply: Reply) -> PPPoERecord? {
        if case .pppoe(let record) = reply { record } else { nil }
    }

    static func table(_ records: [PPPoERecord]) -> TextTable {
        var table = TextTable(
            .left("INTERFACE"), .left("AC NAME"), .left("SERVICES"), .right("SESSIONS"), .right("PADI"), .right("PADO"),
            .right("PADR"), .right("PADS"), .right("PADT"), .right("REFUSED"), .left("DISCARDED"))
        table.rows = records.map { access in
            let discarded = access.discarded.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            return [
                access.interface, access.acName,
                access.services.isEmpty ? "any" : access.services.joined(separator: ","),
                "\(access.sessions)/\(access.maxSessions)", "\(access.padiReceived)", "\(access.padoSent)",
                "\(access.padrReceived)", "\(access.padsSent)", "\(access.padtReceived)/\(access.padtSent)",
                "\(access.refusalsSent)", discarded.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
            ]
        }
        return table
    }
}
