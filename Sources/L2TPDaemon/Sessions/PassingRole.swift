import Configuration
import DataPlane
import Instants
import L2TPWire
import PPP

/// A session whose frames pass: the kernel joins it to another, PPP is between the two far ends, and there is no
/// interface.
protocol PassingRole: SessionRole {}

extension PassingRole {
    /// It never has one.
    var interface: InterfaceNaming { .numbered(.usual) }
    var interfaceGroup: UInt32 { 0 }
    var proxyPolicy: ProxyPolicy { ProxyPolicy(acceptsLCP: false, acceptsAuthentication: false) }

    func verdict(on request: AuthenticationRequest, in session: PPPSession) -> AuthenticationVerdict { .denied }

    func networkParameters(of session: PPPSession) -> NetworkParameters { NetworkParameters() }

    func withdrawn(_ network: NetworkProtocol, from session: PPPSession) {}

    func forgotten(_ session: PPPSession, at now: Instant) {}
}
