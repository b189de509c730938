import Addresses
import Netlink

/// The kernel's objects for people.
extension TextTable {
    init(_ tunnels: [KernelTunnel]) {
        self.init(
            .right("TUNNEL"), .right("PEER ID"), .left("PROTOCOL"), .left("LOCAL"), .left("PEER"), .left("CHECKSUMS"),
            .right("RX"), .right("TX"), .right("RX ERRORS"))
        rows = tunnels.map { tunnel in
            [
                "\(tunnel.id)", "\(tunnel.peerID)", tunnel.protocolText, tunnel.localText ?? "",
                tunnel.remoteText ?? "", tunnel.checksumsText, HumanUnits.octets(tunnel.counters.receivedOctets),
                HumanUnits.octets(tunnel.counters.sentOctets), "\(tunnel.counters.receiveErrors)",
            ]
        }
    }

    init(_ sessions: [KernelSession]) {
        self.init(
            .left("SESSION"), .left("PEER IDS"), .left("CARRIES"), .left("INTERFACE"), .left("COOKIE"),
            .left("PEER COOKIE"), .left("SEQUENCE"), .left("REORDER"), .left("ROLE"), .right("RX"), .right("TX"),
            .right("RX ERRORS"))
        rows = sessions.map { session in
            [
                "\(session.tunnel)/\(session.id)", "\(session.peerTunnel)/\(session.peerID)", session.pseudowire.text,
                session.interface ?? "", Hexadecimal.text(session.cookie), Hexadecimal.text(session.peerCookie),
                session.sequence == .none ? "" : session.sequence.rawValue,
                session.reorderTimeout > 0 ? "\(session.reorderTimeout) ms" : "", session.isLNS ? "lns" : "lac",
                HumanUnits.octets(session.counters.receivedOctets), HumanUnits.octets(session.counters.sentOctets),
                "\(session.counters.receiveErrors)",
            ]
        }
    }
}

extension KernelTunnel {
    var localText: String? { text(local) }
    var remoteText: String? { text(remote) }

    /// "v3 over udp".
    var protocolText: String { "v\(version) over \(encapsulation)" }

    /// "on", "off", and over IPv6 whether packets without one are taken.
    var checksumsText: String {
        checksums.map { ($0 ? "on" : "off") + (takesNoChecksum ? ", takes none" : "") } ?? ""
    }

    private func text(_ endpoint: Endpoint?) -> String? {
        encapsulation == .udp ? endpoint?.description : endpoint?.address.description
    }
}

extension Pseudowire {
    var text: String {
        switch self {
        case .ethernet: "ethernet"
        case .ppp: "ppp"
        default: "type \(rawValue)"
        }
    }
}

/// In which direction data packets have sequence numbers.
enum SequenceUse: String, CaseIterable {
    case none, send, receive, both

    init(sends: Bool, requires: Bool) {
        self = sends ? (requires ? .both : .send) : (requires ? .receive : .none)
    }

    var sends: Bool { self == .send || self == .both }
    var requires: Bool { self == .receive || self == .both }
}

extension KernelSession {
    var sequence: SequenceUse { SequenceUse(sends: sendsSequence, requires: requiresSequence) }
}

enum Hexadecimal {
    /// Two lower-case digits an octet.
    static func text(_ octets: [UInt8]) -> String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Nil when it is not of two hexadecimal digits an octet.
    static func octets(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var octets: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
            guard pair.allSatisfy(\.isHexDigit), let octet = UInt8(pair, radix: 16) else { return nil }
            octets.append(octet)
        }
        return octets
    }
}
