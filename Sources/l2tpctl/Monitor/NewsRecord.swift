import Linux
import Netlink

/// A line of `l2tpctl monitor --json` about the kernel.
struct NewsRecord: Encodable {
    /// RFC 3339, in UTC.
    var time: String
    var source = "kernel"
    /// "watching", "events_lost", or what it is about and what became of it: "tunnel_created", "session_modified",
    /// "link_deleted".
    var event: String
    /// The object as it is now, of a deleted one as it was last seen; without counters.
    var tunnel: KernelTunnelRecord?
    var session: KernelSessionRecord?
    var link: LinkRecord?
    /// Of "watching": how many there are.
    var tunnels: Int?
    var sessions: Int?
    var links: Int?

    init(_ news: KernelTimeline.News, at time: WallTime) {
        self.time = time.timestamp
        switch news {
        case .watching(let tunnels, let sessions, let links):
            event = "watching"
            (self.tunnels, self.sessions, self.links) = (tunnels, sessions, links)
        case .lost: event = "events_lost"
        case .created(let object), .modified(let object), .deleted(let object):
            event = "\(object.noun)_\(news.verb)"
            switch object {
            case .tunnel(let tunnel): self.tunnel = KernelTunnelRecord(tunnel)
            case .session(let session): self.session = KernelSessionRecord(session)
            case .link(let link): self.link = LinkRecord(link)
            }
            tunnel?.counters = nil
            session?.counters = nil
        }
    }
}

/// An interface for `--json`.
struct LinkRecord: Encodable, Hashable {
    var name: String
    var index: Int32
    /// "ppp" or "l2tpeth".
    var kind: String?
    /// Whether it was brought up, and whether it can carry packets.
    var up: Bool
    var running: Bool
    var mtu: UInt32

    init(_ link: NetworkLink) {
        name = link.name
        index = link.index
        kind = link.kind
        up = link.isUp
        running = link.isRunning
        mtu = link.mtu
    }
}

extension KernelTimeline.News {
    /// The line for people, without the time.
    var text: String {
        switch self {
        case .watching(let tunnels, let sessions, let links):
            "watching: the kernel has \(Self.count(tunnels, "tunnel")), \(Self.count(sessions, "session")), "
                + "\(Self.count(links, "interface")) of theirs"
        case .lost: "events were lost, they came too fast; looking at everything"
        case .created(let object), .modified(let object): "\(object.title) \(verb): \(object.text)"
        case .deleted(let object): "\(object.title) \(verb)"
        }
    }

    fileprivate var verb: String {
        switch self {
        case .created: "created"
        case .modified: "modified"
        case .deleted: "deleted"
        case .watching, .lost: ""
        }
    }

    private static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

extension KernelTimeline.Object {
    fileprivate var noun: String {
        switch self {
        case .tunnel: "tunnel"
        case .session: "session"
        case .link: "link"
        }
    }

    fileprivate var title: String {
        switch self {
        case .tunnel(let tunnel): "tunnel \(tunnel.id)"
        case .session(let session): "session \(session.tunnel)/\(session.id)"
        case .link(let link): "interface \(TextTable.printable(link.name))"
        }
    }

    fileprivate var text: String {
        let parts: [String?] =
            switch self {
            case .tunnel(let tunnel):
                [
                    tunnel.protocolText, tunnel.localText.map { "\($0) to \(tunnel.remoteText ?? "nobody")" },
                    "the peer's \(tunnel.peerID)", tunnel.checksums == false ? "no checksums" : nil,
                ]
            case .session(let session):
                [
                    session.pseudowire.text, session.interface.map { "interface \(TextTable.printable($0))" },
                    "the peer's \(session.peerTunnel)/\(session.peerID)", session.isLNS ? "lns" : "lac",
                    session.sequence == .none ? nil : "sequence \(session.sequence.rawValue)",
                    session.reorderTimeout == 0 ? nil : "reorder \(session.reorderTimeout) ms",
                    session.cookie.isEmpty && session.peerCookie.isEmpty ? nil : "cookies",
                ]
            case .link(let link):
                [link.kind, link.isUp ? (link.isRunning ? "up" : "up, not running") : "down", "mtu \(link.mtu)"]
            }
        return parts.compactMap(\.self).joined(separator: ", ")
    }
}
