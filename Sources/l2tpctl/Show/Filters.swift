import ArgumentParser
import ControlProtocol

/// Which sessions are meant: those that fit all that is said.
struct SessionFilterOptions: ParsableArguments {
    @Option(
        name: .customLong("tunnel"), help: ArgumentHelp("Only the sessions of this tunnel.", valueName: "id"),
        completion: .tunnels)
    var tunnelID: UInt32?
    @Option(help: "Only the sessions of this [[peer]].", completion: .peers) var peer: String?
    @Option(help: "Only the sessions of this subscriber.", completion: .users) var user: String?
    @Option(help: "Only the sessions in this state.", completion: .sessionStates) var state: String?
    @Option(
        help: ArgumentHelp(
            "Only the session of this interface, or the subscribers on this access interface.", valueName: "name"),
        completion: .interfaces)
    var interface: String?

    var filter: SessionFilter {
        SessionFilter(tunnelID: tunnelID, peer: peer, user: user, state: state, interface: interface)
    }
}

/// Which tunnels are meant: those that fit all that is said.
struct TunnelFilterOptions: ParsableArguments {
    @Option(help: "Only the tunnels of this [[peer]], or to this LNS.", completion: .peers) var peer: String?
    @Option(help: "Only the tunnels in this state.", completion: .tunnelStates) var state: String?

    var filter: TunnelFilter { TunnelFilter(peer: peer, state: state) }
}
