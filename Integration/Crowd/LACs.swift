import Addresses
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Linux

/// Tunnels to the daemon and the calls in them: control messages alone.
struct LACs {
    /// Calls of a tunnel that are asked for and not connected yet.
    private static let window = 32

    private struct Line {
        var socket: DatagramSocket
        var machine: Tunnel
        var unplaced: Int
        var pending = 0
    }

    private let loop: EventLoop
    private var lines: [Line] = []
    private var random = SystemRandomNumberGenerator()

    init(sessions: Int, tunnels: Int, server: Endpoint) throws(Errno) {
        loop = try EventLoop()
        for index in 0..<tunnels {
            let socket = try DatagramSocket(
                bind: Endpoint(address: .v4(IPv4Address(127, 0, 0, 1)), port: 0), connect: server)
            try loop.add(socket.descriptor, Token(owner: 0, value: UInt64(index)))
            let machine = Tunnel(
                role: .initiator, localTunnelID: TunnelID(UInt16(index + 1)),
                configuration: TunnelConfiguration(hostName: Text("lac-\(index + 1)")))
            let share = sessions / tunnels + (index < sessions % tunnels ? 1 : 0)
            lines.append(Line(socket: socket, machine: machine, unplaced: share))
        }
    }

    /// Places all calls, and answers the daemon for ever.
    mutating func run() throws(Errno) {
        for index in lines.indices { advance(index, [.open], at: .now) }
        while true {
            for event in try loop.wait(until: lines.compactMap(\.machine.deadline).min()) {
                switch event {
                case .readable(let token): drain(Int(token.value))
                case .deadline, .writable, .hangUp, .signal: break
                }
            }
            for index in lines.indices {
                if let due = lines[index].machine.deadline, due <= .now { advance(index, [.timeout], at: .now) }
            }
        }
    }

    private mutating func drain(_ index: Int) {
        let inputs = lines[index].socket.drain().datagrams.compactMap { datagram -> TunnelInput? in
            guard case .control(let header, let body)? = try? Datagram(parsing: datagram.octets) else { return nil }
            return .datagram(header, body: body)
        }
        advance(index, inputs, at: .now)
    }

    private mutating func advance(_ index: Int, _ inputs: [TunnelInput], at now: Instant) {
        var inputs = inputs
        while !inputs.isEmpty {
            let outputs = lines[index].machine.handle(inputs, at: now, using: &random)
            inputs = []
            for output in outputs {
                switch output {
                case .transmit(let octets): lines[index].socket.send(octets)
                case .callAccepted(let id, _, _):
                    lines[index].pending -= 1
                    inputs.append(
                        .connectCall(
                            id,
                            ICCN(txConnectSpeed: ConnectSpeed(bitsPerSecond: 100_000_000), framingType: .synchronous)))
                case .closed(let end) where lines[index].unplaced + lines[index].pending > 0:
                    CurrentProcess.complain("lab-crowd: a tunnel ended before its calls stood: \(end)")
                default: break
                }
            }
            while lines[index].unplaced > 0, lines[index].pending < Self.window,
                lines[index].machine.state == .established
            {
                inputs.append(
                    .placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: UInt32(lines[index].unplaced))))
                lines[index].unplaced -= 1
                lines[index].pending += 1
            }
        }
    }
}
