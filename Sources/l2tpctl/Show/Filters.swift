import ArgumentParser
import ControlProtocol

/// Which sessions are meant: those that fit all that is said.
struct SessionFilterOptions: ParsableArguments {
    @Option(name: .customLong("tunnel"), help: ArgumentHelp("Only the sessions of this tunnel.", valueName: "id"))
    var tunnelID: UInt32?
    @Option(help: "Only the sessions of this [[peer]].") var peer: String?
    @Option(help: "Only the sessions of this subscriber.") var user: String?
    @Option(help: "Only the sessions in this state.") var state: String?
    @Option(
        help: ArgumentHelp(
            "Only the session of this interface, or the subscribers on this access interface.", valueName: "name"))
    var interface: String?

    var filter: SessionFilter {
        SessionFilter(tunnelID: tunnelID, peer: peer, user: user, state: state, interface: interface)
    }
}

/// Which tunnels are meant: those that fit all that is said.
struct TunnelFilterOptions: ParsableArguments {
    @Option(help: "Only the tunnels of this [[peer]], or to this LNS.") var peer: String?
    @Option(help: "Only the tunnels in this state.") var state: String?

    var filter: TunnelFilter { TunnelFilter(peer: peer, state: state) }
}
