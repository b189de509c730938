import Configuration
import DataPlane
import L2TPControl
import PPP

/// A call whose LNS we are and whose PPP ends here, whichever end asked for it.
protocol TerminatingRole: SessionRole {
    var termination: PPPTermination { get }
}

extension TerminatingRole {
    var side: Tunnel.Session.Side { .lns }
    var interface: InterfaceNaming { termination.interface }
    var interfaceGroup: UInt32 { termination.interfaceGroup }

    func verdict(on request: AuthenticationRequest, in session: PPPSession) -> AuthenticationVerdict {
        termination.verdict(on: request, in: session)
    }

    func networkParameters(of session: PPPSession) throws(AddressError) -> NetworkParameters {
        try termination.networkParameters(of: session)
    }

    func withdrawn(_ network: NetworkProtocol, from session: PPPSession) {
        termination.withdrawn(network)
    }
}
