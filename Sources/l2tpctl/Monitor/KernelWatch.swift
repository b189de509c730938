import EventLoop
import Instants
import Linux
import Netlink

/// Hears the kernel, asks it what the timeline wants to know, and hands on what is news.
struct KernelWatch {
    private let loop: EventLoop
    private let kernel: KernelAccess
    private let events: L2TPEvents
    private let linkEvents: LinkEvents
    private let routes: RouteNetlink
    private var timeline: KernelTimeline
    private let tell: (KernelTimeline.News) throws(Failure) -> Void

    private static let l2tp = Token(owner: 0, value: 0)
    private static let link = Token(owner: 0, value: 1)

    init(
        _ loop: EventLoop, lookingEvery interval: Duration?,
        _ tell: @escaping (KernelTimeline.News) throws(Failure) -> Void
    ) throws(Failure) {
        self.loop = loop
        self.tell = tell
        timeline = KernelTimeline(lookingEvery: interval)
        kernel = try KernelAccess()
        do {
            events = try L2TPEvents(kernel.family)
            linkEvents = try LinkEvents()
            routes = try RouteNetlink()
            try loop.add(events.descriptor, Self.l2tp)
            try loop.add(linkEvents.descriptor, Self.link)
        } catch {
            throw .kernel("the kernel's events cannot be heard", .monitor, error)
        }
    }

    /// When `handle` is due with `Event.deadline`.
    var deadline: Instant? { timeline.deadline }

    mutating func begin() throws {
        try work(through: timeline.begin())
    }

    /// Takes what the loop heard; what is not the kernel's it passes over.
    mutating func handle(_ event: Event) throws {
        switch event {
        case .readable(Self.l2tp):
            for event in events.drain() { try work(through: timeline.handle(event, at: .now)) }
        case .readable(Self.link):
            for event in linkEvents.drain() { try work(through: timeline.handle(event)) }
        case .deadline: try work(through: timeline.due(at: .now))
        case .readable, .writable, .hangUp, .signal: break
        }
    }

    private mutating func work(through outputs: [KernelTimeline.Output]) throws(Failure) {
        for output in outputs {
            switch output {
            case .tell(let news): try tell(news)
            case .ask(let question): try work(through: timeline.take(try answer(to: question), at: .now))
            }
        }
    }

    private func answer(to question: KernelTimeline.Question) throws(Failure) -> KernelTimeline.Answer {
        try kernel.ask("the kernel is not watched", .monitor) { l2tp throws(Errno) in
            switch question {
            case .object(.tunnel(let id)): .tunnel(id, try l2tp.tunnel(id: id))
            case .object(.session(let ids)): .session(ids, try l2tp.session(tunnel: ids.tunnel, id: ids.session))
            case .owner(let link): .owner(of: link, try l2tp.session(ofInterface: link.name))
            case .everything: .everything(try l2tp.tunnels(), try l2tp.sessions(), try routes.links())
            }
        }
    }
}
