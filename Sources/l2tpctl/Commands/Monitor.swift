import ArgumentParser
import ControlProtocol
import EventLoop
import Instants
import Linux

/// `l2tpctl monitor`
struct Monitor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor",
        abstract: "Tell what happens, line by line, until interrupted.",
        discussion: """
            In one time line: what the daemon does and what befalls it (who was let in or refused, which tunnels and sessions \
            came up or went, and why), and what the kernel has: its tunnels and sessions and their interfaces (PPP and \
            Ethernet), in the network namespace that this is started in, whoever changes them. Where no daemon runs, or it \
            is restarted, its events come when it is there.

            --kernel tells the kernel's events alone, for which no daemon is needed; --daemon the daemon's alone, as does every \
            filter. The kernel's need CAP_NET_ADMIN. Each of them is checked against what the kernel has, for it tells every \
            namespace of every other's, and only what is news is shown. The kernel announces neither a tunnel whose program \
            closed its socket nor the sessions that a program's socket made: a look at everything, every so often, finds those.

            With --json each line is an object of its own with "time", "source" ("daemon" or "kernel") and "event". The first \
            of the kernel's is "watching", of the daemon's "following": from then on everything is told.

            EXAMPLES
              l2tpctl monitor                       everything
              l2tpctl monitor --user alice          what becomes of one subscriber
              l2tpctl monitor --kernel --json       the kernel's alone, for programs
            """)

    @OptionGroup var daemonOption: DaemonOption
    @Flag(help: "Only what the kernel does; no daemon is needed.") var kernel = false
    @Flag(help: "Only what the daemon tells.") var daemon = false
    @Flag(name: .customLong("json"), help: "Print JSON, an object a line, for programs.") var isJSON = false
    @Option(
        help: ArgumentHelp("Look at everything in the kernel every so many seconds; 0: never.", valueName: "seconds"))
    var look: UInt32 = 30
    @OptionGroup var filter: EventFilterOptions

    func validate() throws {
        if kernel, daemon { throw ValidationError("write --kernel or --daemon; without either both are told") }
        if kernel, !filter.isEmpty {
            throw ValidationError("the filters are about the daemon's events: leave --kernel out")
        }
    }

    func run() throws {
        // Before anything is heard, so that no signal gets in between.
        let loop = try EventLoop(signals: [.interrupt, .terminate, .hangUp])
        let hearsKernel = !daemon && filter.isEmpty
        let isMixed = hearsKernel && !kernel
        var kernelWatch =
            hearsKernel
            ? try KernelWatch(loop, lookingEvery: look > 0 ? .seconds(Int(look)) : nil) { news throws(Failure) in
                let now = WallTime.now
                let text = "\(now.timeOfDay)  \(isMixed ? "kernel: " : "")\(news.text)"
                try Output.say(isJSON ? try JSONText.line(NewsRecord(news, at: now)) : text)
            } : nil
        let daemonWatch =
            kernel
            ? nil
            : DaemonWatch(loop, at: daemonOption, for: filter.filter) { event throws(Failure) in
                try Output.say(isJSON ? try JSONText.line(DaemonEventRecord(event)) : EventText.line(event))
            }
        // Who reads our lines may go while there are none to write. A file has no such end, and cannot be watched.
        let output = Token(owner: 1, value: 0)
        try? loop.add(1, output, for: [])
        try kernelWatch?.begin()
        try daemonWatch?.begin(isNeeded: !hearsKernel)
        while true {
            let deadline = earlier(kernelWatch?.deadline, daemonWatch?.deadline)
            for event in try loop.wait(until: deadline) {
                switch event {
                case .signal, .readable(output), .hangUp(output): return
                default:
                    try kernelWatch?.handle(event)
                    try daemonWatch?.handle(event)
                }
            }
        }
    }
}
