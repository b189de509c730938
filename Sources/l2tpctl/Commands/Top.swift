import ArgumentParser
import ControlProtocol
import EventLoop
import Instants
import Linux

/// `l2tpctl top`
struct Top: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Show what sessions and tunnels carry, live.",
        discussion: """
            Bits and packets a second, as the kernel counts them, between one look and the next; RX is what came in by the tunnel. \
            What has just come has no rate yet.

            KEYS
              q          quit
              s, t       sessions, tunnels
              b, r, x    sort by both directions' bits, by what is received, by what is sent
              p          sort by packets
              n, u, a    sort by id, by user or peer, by age
              v          the other way round
              space      look now
              up, down, page up, page down, j, k   move

            With --batch, and where there is no terminal, all rows are printed once an interval, as text.

            EXAMPLES
              l2tpctl top
              l2tpctl top --batch -n 1 --sort rx | head     who downloads? (RX comes from the subscriber)
            """)

    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Begin with tunnels, not with sessions.") var tunnels = false
    @Option(
        help: ArgumentHelp(
            "One of \(TopModel.Order.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "key"),
        completion: .list(TopModel.Order.allCases.map(\.rawValue)),
        transform: { text in
            guard let order = TopModel.Order(rawValue: text) else {
                throw ValidationError(
                    "write one of \(TopModel.Order.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return order
        })
    var sort = TopModel.Order.bits
    @Option(
        help: ArgumentHelp("Look every so many seconds.", valueName: "seconds"),
        transform: { text in
            guard let seconds = Double(text), (0.1...3600).contains(seconds) else {
                throw ValidationError("write a number of seconds from 0.1 to 3600")
            }
            return seconds
        })
    var interval = 2.0
    @Flag(help: "Print text, also on a terminal.") var batch = false
    @Option(name: .customShort("n"), help: ArgumentHelp("End after so many prints or screens.", valueName: "count"))
    var count: UInt32?

    func run() throws {
        // Before the terminal is changed, so that no signal gets in between.
        let loop = try EventLoop(signals: [.interrupt, .terminate, .hangUp, .windowChange])
        var model = TopModel(tunnels ? .tunnels : .sessions, by: sort)
        var last = try look(&model)
        if !batch, let terminal = try Terminal() {
            return try show(&model, on: terminal, loop)
        }
        var printed: UInt32 = 0
        while count.map({ printed < $0 }) ?? true {
            last += .seconds(interval)
            repeat {
                for case .signal(let signal) in try loop.wait(until: last) where signal != .windowChange { return }
            } while Instant.now < last
            last = try look(&model)
            if printed > 0 { try Output.say("") }
            try Output.say(model.snapshot(title).joined(separator: "\n"))
            printed += 1
        }
    }

    /// Until a key or a signal ends it. A daemon that goes away meanwhile is waited for.
    private func show(_ model: inout TopModel, on terminal: borrowing Terminal, _ loop: EventLoop) throws {
        let keyboard = Token(owner: 0, value: 0)
        try loop.add(0, keyboard)
        var trouble: String?
        var next = Instant.now + .seconds(interval)
        var drawn: UInt32 = 0
        while true {
            let (width, height) = terminal.size
            try terminal.draw(model.screen(trouble ?? title, width: width, height: height))
            var mustLook = false
            var mustDraw = false
            while !mustLook, !mustDraw {
                for event in try loop.wait(until: next) {
                    switch event {
                    case .signal(.windowChange): mustDraw = true
                    case .signal: return
                    case .deadline: mustLook = Instant.now >= next
                    case .readable(keyboard), .hangUp(keyboard):
                        guard let keys = terminal.keys() else { return }
                        for key in keys {
                            switch model.press(key, pageHeight: max(1, height - 3)) {
                            case .quit: return
                            case .look: mustLook = true
                            case .redraw: mustDraw = true
                            case .nothing: break
                            }
                        }
                    case .readable, .writable, .hangUp: break
                    }
                }
            }
            guard mustLook else { continue }
            drawn += 1
            if let count, drawn >= count { return }
            do throws(Failure) {
                _ = try look(&model)
                trouble = nil
            } catch {
                trouble = error.description
            }
            next = .now + .seconds(interval)
        }
    }

    private var title: String { "l2tpctl top  \(WallTime.now.timeOfDay.prefix(8))" }

    /// Asks the daemon what there is; returns when it answered.
    private func look(_ model: inout TopModel) throws(Failure) -> Instant {
        let client = try daemon.connect()
        var rows: [TopRow] = []
        // The counters are read for the first row.
        var time: Instant?
        let request: Request =
            model.subject == .sessions ? .showSessions(SessionFilter()) : .showTunnels(TunnelFilter())
        try client.list(request) { reply throws(Failure) in
            time = time ?? .now
            switch reply {
            case .session(let session): rows.append(TopRow(session))
            case .tunnel(let tunnel): rows.append(TopRow(tunnel))
            default: throw client.unexpected()
            }
        }
        let now = time ?? .now
        model.take(rows, at: now)
        return now
    }
}
