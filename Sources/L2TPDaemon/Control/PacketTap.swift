import Addresses
import Configuration
import ControlProtocol
import DataPlane
import L2TPControl
import L2TPWire
import Linux
import PPPoE

/// The one place where what passes through user space can be looked at, by the clients who asked for it.
///
/// Nothing is made while there are none, and nothing here reads what it shows: that is the client's business.
final class PacketTap {
    let feed = Feed<PacketFilter>()

    /// Somebody looks.
    var isOpen: Bool { !feed.isEmpty }

    fileprivate func publish(_ record: PacketRecord) {
        feed.publish(.packet(record)) { $0.matches(record) }
    }

    /// A discovery packet, between a host and an access interface.
    func discovery(_ direction: PacketRecord.Direction, _ octets: [UInt8], _ host: MACAddress, on port: AccessPort) {
        guard isOpen else { return }
        var record = PacketRecord(
            time: WallTime.now.microseconds, direction, .pppoe, local: "\(port.socket.address)", remote: "\(host)",
            octets)
        record.accessInterface = port.interface
        record.peer = port.interface
        if let packet = try? DiscoveryPacket(parsing: octets), packet.sessionID != 0 {
            record.pppoeSessionID = packet.sessionID
            record.sessionID = PPPoESessionID(rawValue: packet.sessionID).flatMap { port.keys[$0] }?.session
            if record.sessionID != nil { record.tunnelID = 0 }
        }
        publish(record)
    }

    /// A PPP frame of a session.
    func frame(_ direction: PacketRecord.Direction, _ octets: [UInt8], of session: PPPSession) {
        guard isOpen else { return }
        let access = session.role as? any AccessRole
        var record = PacketRecord(
            time: WallTime.now.microseconds, direction, .ppp,
            local: access.map { "\($0.port.socket.address)" } ?? session.path.map { "\($0.local)" } ?? "",
            remote: access.map { "\($0.request.host)" } ?? session.path.map { "\($0.remote)" } ?? "", octets)
        record.accessInterface = access?.port.interface
        record.pppoeSessionID = access?.request.id.rawValue
        record.tunnelID = session.key.tunnel
        record.sessionID = session.key.session
        record.peerTunnelID = session.peerKey?.tunnel
        record.peerSessionID = session.peerKey?.session
        record.peer = session.role.peerName
        record.user = session.user.map { "\(Text($0))" }
        publish(record)
    }
}

extension L2TPServer {
    /// A datagram by the sockets of tunnels and listeners, but for data, which `PacketTap.frame` shows as the frame that is in
    /// it. `tunnel` is whose a datagram is that we send.
    func tap(
        _ direction: PacketRecord.Direction, _ octets: [UInt8], on path: Path, of tunnel: TunnelContext? = nil
    ) {
        guard tap.isOpen else { return }
        var record = PacketRecord(
            time: WallTime.now.microseconds, direction, .l2tp, local: "\(path.local)", remote: "\(path.remote)", octets)
        switch try? Datagram(parsing: octets) {
        case .data: return
        case .control(let header, let body):
            // A stranger may name any tunnel.
            let named = table[header.tunnelID].flatMap {
                $0.path.remote.address == path.remote.address ? $0 : nil
            }
            let context = direction == .received ? named : tunnel
            identify(&record, header, body, context, from: path.remote.address)
        case nil: break
        }
        tap.publish(record)
    }

    private func identify(
        _ record: inout PacketRecord, _ header: ControlHeader, _ body: [UInt8], _ context: TunnelContext?,
        from source: IPAddress
    ) {
        guard let context else {
            let hostName = MessageDecoder.peekHostName(body: body)
            record.peer = hostName.flatMap { peers.match(source: source, hostName: $0.string) }?.name
            return
        }
        record.tunnelID = context.kernelID
        if context.peerTunnelID != .none { record.peerTunnelID = UInt32(context.peerTunnelID.rawValue) }
        record.peer = context.counterpart.name
        // The header has the receiver's id, the Assigned Session ID is the sender's.
        let sender = MessageDecoder.peekAssignedSessionID(
            body: body, secret: context.counterpart.settings.secret?.octets)
        let receiver = header.sessionID == .none ? nil : header.sessionID
        var (ours, theirs) = record.direction == .received ? (receiver, sender) : (sender, receiver)
        ours = ours ?? theirs.flatMap { context.machine.session(calledByPeer: $0) }
        theirs = theirs ?? ours.flatMap { context.machine.peerName(ofSession: $0) }
        record.sessionID = ours.map { UInt32($0.rawValue) }
        record.peerSessionID = theirs.map { UInt32($0.rawValue) }
        let key = ours.map { SessionKey(tunnel: context.kernelID, session: UInt32($0.rawValue)) }
        record.user = key.flatMap { sessions[$0]?.user }.map { "\(Text($0))" }
    }
}
