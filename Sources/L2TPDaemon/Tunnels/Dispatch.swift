import Configuration
import ControlProtocol
import Addresses
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire

/// Whose a datagram is: its header and source tell, never the socket that it came in by.
extension L2TPServer {
    func receive(_ datagram: ReceivedDatagram, by socket: DatagramSocket, at now: Instant) {
        statistics.count(.datagramsReceived)
        let local = Endpoint(address: datagram.localAddress ?? socket.local.address, port: socket.local.port)
        let path = Path(local: local, remote: datagram.source)
        tap(.received, datagram.octets, on: path)
        do throws(HeaderError) {
            switch try Datagram(parsing: datagram.octets) {
            case .data(let header, let payload):
                receiveData(header, payload, path, at: now)
            case .control(let header, let body) where header.tunnelID == .none:
                statistics.count(.controlMessage(.received, ControlMessageKind(body: body)))
                receive(UnaddressedMessage(header: header, body: body, path: path, socket: socket), at: now)
            case .control(let header, let body):
                statistics.count(.controlMessage(.received, ControlMessageKind(body: body)))
                adoptPath(path, header.tunnelID)
                guard let context = owner(of: header.tunnelID, path) else { return }
                tell(context, .datagram(header, body: body), at: now)
            }
        } catch {
            statistics.count(.undecodable(error.kind))
            if case .version = error {
                statistics.count(.unsupportedVersions)
            } else {
                statistics.count(.malformedHeaders)
            }
        }
    }

    /// The tunnel that a datagram is for. One from anywhere but the tunnel's peer, or to another address of ours, is
    /// nobody's (RFC 2661 section 8.1), and is not answered.
    private func owner(of id: TunnelID, _ path: Path) -> TunnelContext? {
        guard let context = table[id] else {
            statistics.count(.unknownTunnels)
            return nil
        }
        guard context.path == path else {
            statistics.count(.unexpectedSources)
            return nil
        }
        return context
    }

    /// The first answer to our SCCRQ may come from another port than it went to, of the same address: then that one is
    /// the tunnel's (UDP-03, RFC 2661 section 8.1).
    private func adoptPath(_ path: Path, _ id: TunnelID) {
        guard let context = table[id], context.isOutbound, context.peerTunnelID == .none, context.path != path,
            context.path.local == path.local, context.path.remote.address == path.remote.address
        else { return }
        table.move(context, to: path)
    }

    /// Data that the kernel did not take: of a session that it does not know yet, or too short for it.
    private func receiveData(_ header: DataHeader, _ payload: [UInt8], _ path: Path, at now: Instant) {
        guard let context = owner(of: header.tunnelID, path) else { return }
        let key = SessionKey(tunnel: context.kernelID, session: UInt32(header.sessionID.rawValue))
        guard sessions[key] != nil else { return statistics.count(.strayData) }
        carryOut(sessions.receive(payload, key, at: now), at: now)
    }

    private func receive(_ message: UnaddressedMessage, at now: Instant) {
        // It may be about a tunnel that a datagram before it begins or ends.
        think(at: now)
        if let hostName = MessageDecoder.peekHostName(body: message.body) {
            receiveRequest(message, hostName: hostName, at: now)
        } else if let context = tunnelStopped(by: message) {
            tell(context, .datagram(message.header, body: message.body), at: now)
        } else {
            receiveStray(message, at: now)
        }
    }

    /// The tunnel that a StopCCN without a tunnel id ends: somebody gave up before our SCCRP arrived, and names the
    /// tunnel as its sender does (MSG-11).
    private func tunnelStopped(by message: UnaddressedMessage) -> TunnelContext? {
        table.tunnels(on: message.path).sorted { !$0.isClosed && $1.isClosed }.first { context in
            do throws(MessageError) {
                let decoded = try MessageDecoder.decode(
                    body: message.body, secret: context.counterpart.settings.secret?.octets)
                guard case .stopCCN(let stop) = decoded.message else { return false }
                return stop.assignedTunnelID == context.peerTunnelID
            } catch {
                return error.messageType == .stopCCN && error.assignedTunnelID == context.peerTunnelID
            }
        }
    }

    /// Only an SCCRQ begins something, also one without a Host Name; the rest of what has no tunnel is nobody's.
    private func receiveStray(_ message: UnaddressedMessage, at now: Instant) {
        guard !message.isZLB else { return statistics.count(.unknownTunnels) }
        statistics.count(.malformedMessages)
        do throws(MessageError) {
            _ = try MessageDecoder.decode(body: message.body, secret: nil)
        } catch {
            statistics.count(.undecodable(error.fault.kind))
            guard error.messageType == .sccrq, case .stopCCN(let reason) = error.answer else { return }
            refuse(message, reason, of: nil, at: now)
        }
    }
}

/// A control message without a tunnel id, and how it came: its sender does not know ours yet.
struct UnaddressedMessage {
    var header: ControlHeader
    var body: [UInt8]
    var path: Path
    var socket: DatagramSocket

    var isZLB: Bool { body.isEmpty }
}
