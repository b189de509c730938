import Configuration
import ControlProtocol
import Instants
import L2TPControl
import L2TPWire
import PPP

/// Outgoing calls at the LNS: whom an operator's order goes to, and how it is given up.
extension L2TPServer {
    /// Asks a `[[peer]]` with an open tunnel, or a `[[tunnel_group]]`, for a call. Throws where nobody can be asked; what
    /// becomes of a call that could be is its `outcome`.
    func request(_ order: CallOrder, groups: [TunnelGroup], at now: Instant) throws(ControlError) -> RequestedCall {
        if isStopping { throw ControlError(code: .busy, message: "l2tpd is going down") }
        let (destination, profile) = try destination(of: order.peer, groups)
        let known: PeerDescription? = if case .tunnel(let context) = destination { context.machine.peer } else { nil }
        let request = OCRQ(order, serial: serials.next(), to: known)
        let call = RequestedCall(
            request, of: order.peer, lns, by: profile, until: now + .seconds(order.timeout))
        let placed = PlacedCall(
            to: destination, request: .outgoing(request), role: call,
            link: profile.linkConfiguration(hostName: lns.hostName))
        call.placed = placed
        log.info(
            "outgoing call",
            [
                "peer": "\(order.peer)", "called_number": "\(order.number)", "call_serial": "\(placed.serial)",
            ])
        place(placed, at: now)
        return call
    }

    private func destination(
        of name: String, _ groups: [TunnelGroup]
    ) throws(ControlError) -> (PlacedCall.Destination, PPPProfile) {
        if let peer = peers[name] { return try destination(of: peer) }
        guard let group = groups.first(where: { $0.name == name }) else {
            throw ControlError(code: .notFound, message: "no [[peer]] and no [[tunnel_group]] is named \"\(name)\"")
        }
        guard let profile = group.ppp else {
            throw ControlError(
                code: .failed,
                message: "[[tunnel_group]] \"\(name)\" has no ppp, which says how PPP of its outgoing calls ends here")
        }
        return (.group(group, owner: nil), profile)
    }

    /// The peer's tunnel with the fewest calls, of those whose other end can place some (RFC 2661 section 4.4.3).
    private func destination(of peer: Peer) throws(ControlError) -> (PlacedCall.Destination, PPPProfile) {
        guard case .here(let profile) = peer.ending else {
            throw ControlError(
                code: .failed, message: "calls of [[peer]] \"\(peer.name)\" are switched on; its PPP does not end here")
        }
        let open = table.all.filter {
            $0.counterpart.peer?.name == peer.name && $0.isOpen && $0.machine.state == .established
        }
        if open.isEmpty {
            throw ControlError(code: .notFound, message: "[[peer]] \"\(peer.name)\" has no open tunnel")
        }
        let able = open.filter { $0.machine.peer?.bearerCapabilities?.isEmpty == false }
        guard let context = able.min(by: { $0.machine.sessionCount < $1.machine.sessionCount }) else {
            throw ControlError(
                code: .failed,
                message: "\"\(peer.name)\" places no calls: it has announced no Bearer Capabilities")
        }
        if let obstacle = obstacleToCall(in: context) { throw ControlError(code: .busy, message: obstacle) }
        return (.tunnel(context), profile)
    }

    /// Ends a call that has not been connected.
    func giveUp(_ call: RequestedCall, _ reason: String, at now: Instant) {
        call.giveUp(reason)
        let disconnection = Disconnection(.administrative, text: reason)
        if let session = call.session {
            carryOut([.end(session.key, disconnection)], at: now)
        } else if let placed = call.placed {
            cancel(placed, disconnection.resultCode, at: now)
        }
    }
}

extension OCRQ {
    /// Any speed will do. The bearer is one that the LAC has, and the framing one that it knows, where that is known.
    init(_ order: CallOrder, serial: UInt32, to lac: PeerDescription?) {
        let bearers: [BearerType] = [.digital, .analog, .broadband]
        self.init(
            assignedSessionID: .none, callSerialNumber: serial, minimumBPS: ConnectSpeed(bitsPerSecond: 1),
            maximumBPS: ConnectSpeed(bitsPerSecond: 1_000_000_000),
            bearerType: bearers.first { lac?.bearerCapabilities?.permit($0) ?? true } ?? .digital,
            framingType: lac?.framingCapabilities.permit(.synchronous) ?? true ? .synchronous : .asynchronous,
            calledNumber: Text(order.number), subAddress: order.subAddress.map { Text($0) })
    }
}
