import Instants
import Netlink

/// What is known of the kernel's tunnels and sessions and of their interfaces, and what of the kernel's news is a change
/// of them. It asks nothing itself: it returns questions, and takes the answers.
///
/// The family's events come from every network namespace without saying which, so each only makes the kernel be asked.
/// - Created, modified: it is news when the kernel has the object here, and not as it is known.
/// - Deleted: it is news when the object was known and the kernel does not have it any more. Deletion goes on after it was
///   announced, so the kernel is asked again for a while.
/// - A tunnel's sessions go with it without a word; so does a tunnel whose socket was closed. A look at everything, every
///   so often, finds what nobody announced. The kernel's lists may leave something out while others come and go: what is
///   not in them is asked for.
///
/// What was made and deleted before the kernel was asked, or deleted and made again just the same, is not seen.
struct KernelTimeline {
    struct SessionIDs: Hashable {
        var tunnel: UInt32
        var session: UInt32
    }

    enum Subject: Hashable {
        case tunnel(UInt32)
        case session(SessionIDs)
    }

    /// What the kernel is to be asked.
    enum Question: Hashable {
        case object(Subject)
        /// Whether an interface is an Ethernet session's.
        case owner(of: NetworkLink)
        case everything
    }

    enum Answer {
        case tunnel(UInt32, KernelTunnel?)
        case session(SessionIDs, KernelSession?)
        case owner(of: NetworkLink, KernelSession?)
        case everything([KernelTunnel], [KernelSession], [NetworkLink])
    }

    enum Object: Hashable {
        case tunnel(KernelTunnel)
        case session(KernelSession)
        case link(NetworkLink)
    }

    enum News: Hashable {
        /// All that is there is known from here on; so many of each.
        case watching(tunnels: Int, sessions: Int, links: Int)
        case created(Object)
        case modified(Object)
        case deleted(Object)
        /// Events were lost; what they were about is found by looking at everything.
        case lost
    }

    enum Output: Hashable {
        case ask(Question)
        case tell(News)
    }

    /// How often something whose deletion was announced is asked for, at growing intervals: half a minute in all, which
    /// Linux 6.1 takes for a tunnel of 1,800 sessions. Another namespace may have had one of the same ids.
    private static let mostAttempts = 130

    private var tunnels: [UInt32: KernelTunnel] = [:]
    private var sessions: [SessionIDs: KernelSession] = [:]
    private var links: [Int32: NetworkLink] = [:]
    /// Interfaces without a kind that are no session's.
    private var strangers: Set<Int32> = []
    private var isWatching = false
    private var suspects: [Subject: (attempts: Int, next: Instant)] = [:]
    private let interval: Duration?
    private var nextLook: Instant?

    /// `interval`: how often to look at everything; nil: only when events were lost.
    init(lookingEvery interval: Duration?) {
        self.interval = interval
    }

    /// When `due` wants to be called.
    var deadline: Instant? {
        (suspects.values.map(\.next) + [nextLook].compactMap(\.self)).min()
    }

    /// The first question, once the events are being heard.
    func begin() -> [Output] { [.ask(.everything)] }

    mutating func due(at now: Instant) -> [Output] {
        var outputs: [Output] = []
        for (subject, suspect) in suspects where suspect.next <= now {
            // Until the answer: it sets the next time.
            suspects[subject]?.next = now + .seconds(1)
            outputs.append(.ask(.object(subject)))
        }
        if let look = nextLook, look <= now {
            nextLook = nil
            outputs.append(.ask(.everything))
        }
        return outputs
    }

    mutating func handle(_ event: L2TPKernelEvent, at now: Instant) -> [Output] {
        switch event {
        case .tunnelCreated(let id), .tunnelModified(let id): [.ask(.object(.tunnel(id)))]
        case .sessionCreated(let tunnel, let session), .sessionModified(let tunnel, let session):
            [.ask(.object(.session(SessionIDs(tunnel: tunnel, session: session))))]
        case .tunnelDeleted(let id): tunnels[id] == nil ? [] : suspect(.tunnel(id), now)
        case .sessionDeleted(let tunnel, let session):
            sessions[SessionIDs(tunnel: tunnel, session: session)] == nil
                ? [] : suspect(.session(SessionIDs(tunnel: tunnel, session: session)), now)
        case .lost: [.tell(.lost), .ask(.everything)]
        }
    }

    mutating func handle(_ event: LinkEvent) -> [Output] {
        switch event {
        case .present(let link): note(link)
        case .gone(let index): noteGone(index)
        case .lost: [.tell(.lost), .ask(.everything)]
        }
    }

    mutating func take(_ answer: Answer, at now: Instant) -> [Output] {
        switch answer {
        case .tunnel(let id, let found): note(id, found, at: now)
        case .session(let ids, let found): note(ids, found, at: now)
        case .owner(let link, let session): note(link, isSession: session != nil)
        case .everything(let tunnels, let sessions, let links): compare(tunnels, sessions, links, at: now)
        }
    }

    private mutating func suspect(_ subject: Subject, _ now: Instant) -> [Output] {
        suspects[subject] = (0, now)
        return [.ask(.object(subject))]
    }

    /// The kernel still has what it said it deletes.
    private mutating func suspectLonger(_ subject: Subject, _ now: Instant) {
        guard let attempts = suspects[subject]?.attempts else { return }
        let pause = Duration.milliseconds(1 << min(8, attempts))
        suspects[subject] = attempts < Self.mostAttempts ? (attempts + 1, now + pause) : nil
    }
}

// MARK: - Tunnels and sessions

extension KernelTimeline {
    private mutating func note(_ id: UInt32, _ found: KernelTunnel?, at now: Instant) -> [Output] {
        let known = tunnels[id]
        tunnels[id] = found
        guard let found else { return known.map { gone($0) } ?? [] }
        guard let known else { return [.tell(.created(.tunnel(found)))] }
        if found.isAnother(than: known) { return gone(known) + [.tell(.created(.tunnel(found)))] }
        suspectLonger(.tunnel(id), now)
        return found.isChanged(from: known) ? [.tell(.modified(.tunnel(found)))] : []
    }

    private mutating func note(_ ids: SessionIDs, _ found: KernelSession?, at now: Instant) -> [Output] {
        let known = sessions[ids]
        sessions[ids] = found
        guard let found else { return known.map { gone($0) } ?? [] }
        guard let known else { return [.tell(.created(.session(found)))] }
        if found.isAnother(than: known) { return gone(known) + [.tell(.created(.session(found)))] }
        suspectLonger(.session(ids), now)
        return found.isChanged(from: known) ? [.tell(.modified(.session(found)))] : []
    }

    /// A tunnel is gone, and its sessions with it: they are told first.
    private mutating func gone(_ tunnel: KernelTunnel) -> [Output] {
        suspects[.tunnel(tunnel.id)] = nil
        var outputs: [Output] = []
        for session in sessions.values.filter({ $0.tunnel == tunnel.id }).sorted(by: { $0.id < $1.id }) {
            sessions[session.ids] = nil
            outputs += gone(session)
        }
        return outputs + [.tell(.deleted(.tunnel(tunnel)))]
    }

    private mutating func gone(_ session: KernelSession) -> [Output] {
        suspects[.session(session.ids)] = nil
        return [.tell(.deleted(.session(session)))]
    }

    private mutating func compare(
        _ tunnels: [KernelTunnel], _ sessions: [KernelSession], _ links: [NetworkLink], at now: Instant
    ) -> [Output] {
        nextLook = interval.map { now + $0 }
        guard isWatching else {
            isWatching = true
            for tunnel in tunnels { self.tunnels[tunnel.id] = tunnel }
            for session in sessions { self.sessions[session.ids] = session }
            for link in links { _ = note(link, isSession: isSession(link)) }
            return [
                .tell(
                    .watching(tunnels: self.tunnels.count, sessions: self.sessions.count, links: self.links.count))
            ]
        }
        var outputs: [Output] = []
        let absentSessions = Set(self.sessions.keys).subtracting(sessions.map(\.ids))
        let absentTunnels = Set(self.tunnels.keys).subtracting(tunnels.map(\.id))
        for ids in absentSessions.sorted(by: { ($0.tunnel, $0.session) < ($1.tunnel, $1.session) }) {
            outputs.append(.ask(.object(.session(ids))))
        }
        for id in absentTunnels.sorted() { outputs.append(.ask(.object(.tunnel(id)))) }
        // A tunnel's deletion begins with its sessions: it may be under way.
        for id in Set(absentSessions.map(\.tunnel)).subtracting(absentTunnels) where self.tunnels[id] != nil {
            suspects[.tunnel(id)] = (0, now)
        }
        for tunnel in tunnels { outputs += note(tunnel.id, tunnel, at: now) }
        for session in sessions { outputs += note(session.ids, session, at: now) }
        for index in Set(self.links.keys).subtracting(links.map(\.index)).sorted() { outputs += noteGone(index) }
        for link in links { outputs += note(link) }
        return outputs
    }
}

// MARK: - Interfaces

extension KernelTimeline {
    private mutating func note(_ link: NetworkLink) -> [Output] {
        if links[link.index] != nil || link.kind == "ppp" || isSession(link) { return note(link, isSession: true) }
        guard link.kind == nil, link.isEthernet, !strangers.contains(link.index) else { return [] }
        return [.ask(.owner(of: link))]
    }

    /// Before it is renamed the interface has the name that the session's kernel object keeps.
    private func isSession(_ link: NetworkLink) -> Bool {
        link.kind == nil && sessions.values.contains { $0.interface == link.name }
    }

    private mutating func note(_ link: NetworkLink, isSession: Bool) -> [Output] {
        guard isSession || link.kind == "ppp" else {
            if link.kind == nil { strangers.insert(link.index) }
            return []
        }
        var link = link
        // The kernel has no word for it but this one, in the interface's first name.
        link.kind = link.kind ?? "l2tpeth"
        guard let known = links.updateValue(link, forKey: link.index) else { return [.tell(.created(.link(link)))] }
        return known == link ? [] : [.tell(.modified(.link(link)))]
    }

    private mutating func noteGone(_ index: Int32) -> [Output] {
        strangers.remove(index)
        return links.removeValue(forKey: index).map { [.tell(.deleted(.link($0)))] } ?? []
    }
}

// MARK: - What makes a difference

extension KernelTunnel {
    /// Whether it must have been made anew: nothing of this changes while a tunnel stands.
    fileprivate func isAnother(than known: KernelTunnel) -> Bool {
        (peerID, version, encapsulation) != (known.peerID, known.version, known.encapsulation)
    }

    fileprivate func isChanged(from known: KernelTunnel) -> Bool {
        var (new, old) = (self, known)
        (new.counters, old.counters) = (SessionCounters(), SessionCounters())
        return new != old
    }
}

extension KernelSession {
    fileprivate var ids: KernelTimeline.SessionIDs { KernelTimeline.SessionIDs(tunnel: tunnel, session: id) }

    /// Whether it must have been made anew: nothing of this changes while a session stands.
    fileprivate func isAnother(than known: KernelSession) -> Bool {
        (peerID, pseudowire, cookie, peerCookie)
            != (known.peerID, known.pseudowire, known.cookie, known.peerCookie)
    }

    fileprivate func isChanged(from known: KernelSession) -> Bool {
        var (new, old) = (self, known)
        (new.counters, old.counters) = (SessionCounters(), SessionCounters())
        return new != old
    }
}
