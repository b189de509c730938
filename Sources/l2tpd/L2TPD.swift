import ArgumentParser
import Configuration
import ControlProtocol
import DataPlane
import EventLoop
import L2TPDaemon
import Linux

@main
struct L2TPD: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "l2tpd",
        abstract: "L2TP for Linux: control messages and PPP negotiation here, every data packet in the kernel.",
        discussion: """
            What it is its configuration says: an LNS (a [[listener]] and [[peer]]s: each call becomes a pppN interface), a \
            LAC ([[pppoe]] subscribers whose calls go to the LNSes of a [[tunnel_group]]), a [[client]] that dials, a \
            switch ([[peer]]s whose calls go on into a [[tunnel_group]]), or several of these. It stays in the foreground \
            and logs to standard error; l2tpctl shows and steers it.

            SIGNALS
              TERM, INT  tell every peer that we go (StopCCN), remove every kernel
                         object, end; a second one ends at once
              HUP        read the configuration again: peers, users, pools, PPP, limits,
                         log level; what needs a restart is logged and left as it is

            NEEDS
              CAP_NET_ADMIN, /dev/ppp, and the kernel modules l2tp_ppp and l2tp_netlink;
              with [[pppoe]] also CAP_NET_RAW and the module pppoe

            EXIT STATUS
              0 ended in order, 1 could not start or failed, 64 usage

            EXAMPLES
              l2tpd --config /etc/l2tpd/l2tpd.toml
              l2tpctl config check /etc/l2tpd/l2tpd.toml
            """,
        version: "l2tpd \(VersionRecord.current.version)")

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"), completion: .file())
    var config = "/etc/l2tpd/l2tpd.toml"

    func run() throws {
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try Configuration.load(from: config)
        } catch {
            CurrentProcess.complain(error.description)
            throw ExitCode(1)
        }
        do {
            try serve(configuration)
        } catch {
            CurrentProcess.complain("l2tpd: \(error)")
            throw ExitCode(1)
        }
    }

    /// How long systemd waits for a sign of life of ours (sd_watchdog_enabled(3)).
    private static var watchdog: Duration? {
        guard let process = CurrentProcess.environment("WATCHDOG_PID").map(Int32.init) ?? CurrentProcess.id,
            process == CurrentProcess.id,
            let microseconds = CurrentProcess.environment("WATCHDOG_USEC").flatMap(Int64.init), microseconds > 0
        else { return nil }
        return .microseconds(microseconds)
    }

    private func serve(_ configuration: Configuration) throws {
        let log = Journal(
            configuration.logLevel,
            .standard(
                for: configuration.logFormat, journalStream: CurrentProcess.environment("JOURNAL_STREAM")))
        try DescriptorLimit.raise()
        // The loop blocks the signals that it hears in every thread that is started after it.
        let loop = try EventLoop(signals: [.terminate, .interrupt, .hangUp])
        let plane = try LinuxDataPlane(loop: loop, owner: Token.planeOwner)
        let service = try Service(
            configuration: configuration, loop: loop, plane: plane,
            surroundings: .init(
                kernel: try KernelRelease.running().description, processID: CurrentProcess.id,
                hostName: try CurrentProcess.hostName(), secondsSince1970: CurrentProcess.secondsSince1970,
                configurationPath: config,
                notifier: try CurrentProcess.environment("NOTIFY_SOCKET").map { try ServiceNotifier(address: $0) },
                watchdog: Self.watchdog),
            log: log)
        try service.run()
    }
}
