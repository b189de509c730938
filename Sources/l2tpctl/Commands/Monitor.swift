import ArgumentParser
import EventLoop
import Linux
import Netlink

/// `l2tpctl monitor`
struct Monitor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor",
        abstract: "Tell what changes, line by line, until interrupted.",
        discussion: """
            --kernel: the kernel's tunnels and sessions, and their interfaces (PPP and Ethernet), in the network namespace that \
            this is started in, whoever changes them; no daemon is needed, CAP_NET_ADMIN is. Each event is checked \
            against what the kernel has, for it tells every namespace of every other's, and only what is news is shown. With \
            --json each line is an object of its own with "time", "event" and the "tunnel", "session" or "link"; the first \
            has the event "watching": from then on changes are told.

            The kernel announces neither a tunnel whose program closed its socket nor the sessions that a program's socket \
            made: a look at everything, every so often, finds those.
            """)

    @Flag(help: "What the kernel does. The daemon's own events are not to be had yet.") var kernel = false
    @Flag(name: .customLong("json"), help: "Print JSON, an object a line, for programs.") var isJSON = false
    @Option(
        help: ArgumentHelp("Look at everything every so many seconds; 0: never.", valueName: "seconds"))
    var look: UInt32 = 30

    func validate() throws {
        guard kernel else {
            throw ValidationError("the daemon tells no events yet: write --kernel to see what the kernel does")
        }
    }

    func run() throws {
        // Before anything is heard, so that no signal gets in between.
        let loop = try EventLoop(signals: [.interrupt, .terminate, .hangUp])
        var watch = try KernelWatch(loop, lookingEvery: look > 0 ? .seconds(Int(look)) : nil) { news throws(Failure) in
            let now = WallTime.now
            try Output.say(
                isJSON ? try JSONText.line(NewsRecord(news, at: now)) : "\(now.timeOfDay)  \(news.text)")
        }
        try watch.run()
    }
}

/// Hears the kernel, asks it what the timeline wants to know, and hands on what is news.
private struct KernelWatch {
    private let loop: EventLoop
    private let kernel: KernelAccess
    private let events: L2TPEvents
    private let linkEvents: LinkEvents
    private let routes: RouteNetlink
    private var timeline: KernelTimeline
    private let tell: (KernelTimeline.News) throws(Failure) -> Void

    private static let l2tp = Token(owner: 0, value: 0)
    private static let link = Token(owner: 0, value: 1)
    private static let output = Token(owner: 0, value: 2)

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
        // Who reads our lines may go while there are none to write. A file has no such end, and cannot be watched.
        try? loop.add(1, Self.output, for: [])
    }

    /// Until a signal comes or nobody reads any more.
    mutating func run() throws {
        try work(through: timeline.begin())
        while true {
            for event in try loop.wait(until: timeline.deadline) {
                switch event {
                case .signal, .readable(Self.output), .hangUp(Self.output): return
                case .readable(Self.l2tp):
                    for event in events.drain() { try work(through: timeline.handle(event, at: .now)) }
                case .readable(Self.link):
                    for event in linkEvents.drain() { try work(through: timeline.handle(event)) }
                case .deadline: try work(through: timeline.due(at: .now))
                case .readable, .writable, .hangUp: break
                }
            }
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
