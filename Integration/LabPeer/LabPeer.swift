import Addresses
import ArgumentParser
import EventLoop
private import FoundationEssentials
import L2TPControl
import L2TPWire
import Linux
import PPP

@main
struct LabPeer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab-peer",
        abstract: "A client for tests: L2TPv2 or PPPoE calls and the PPP in them, all in user space.",
        discussion: """
            lab-peer opens tunnels to an LNS and places calls, or is as many PPPoE subscribers on an interface; it negotiates \
            PPP in each call, holds them, and ends them. It needs no kernel support, and no privileges but CAP_NET_RAW for \
            PPPoE. Its result is on standard output, its progress on standard error.

            All PPPoE subscribers have the interface's MAC address: the access concentrator must let one address have so \
            many sessions (max_sessions_per_mac), and ask so often (padi_rate_per_mac, padr_rate_per_mac).

            EXIT STATUS
              0 all went as asked, 1 something did not: what, is said on standard error; 64 usage

            EXAMPLES
              lab-peer --server 192.0.2.1 --user alice --password sesame
              lab-peer --server [2001:db8::1]:1701 --user 'user-%d' --password sesame --sessions 200 --ping --json
              lab-peer --pppoe eth0 --user 'user-%d' --password sesame --sessions 100 --repeat 10
            """)

    @Option(
        help: ArgumentHelp("The LNS: an address, and a port if it is not 1701.", valueName: "address[:port]"),
        transform: LabPeer.endpoint)
    var server: Endpoint?

    @Option(help: ArgumentHelp("Instead of an LNS: the interface to look for PPPoE on.", valueName: "interface"))
    var pppoe: String?

    @Option(
        help: ArgumentHelp("The local address; default: the routing's choice.", valueName: "address"),
        transform: LabPeer.address)
    var bind: IPAddress?

    @Option(help: "The tunnel secret, to prove ourselves and for hiding.")
    var secret: String?

    @Flag(help: "Demand that the LNS proves to know the secret.")
    var challenge = false

    @Flag(help: "Hide all AVPs that may be hidden.")
    var hide = false

    @Option(help: "The subscriber's name; %d in it is the call's number, from 1.")
    var user: String

    @Option(help: "The subscriber's password.")
    var password: String

    @Option(
        help: ArgumentHelp(
            "How the subscriber may prove itself: ms-chap-v2, chap-md5, pap; the first is preferred. Default: all.",
            valueName: "method,..."),
        transform: LabPeer.methods)
    var authentication = AuthenticationMethod.allCases

    @Option(help: "Calls in all.")
    var sessions = 1

    @Option(help: "Tunnels that the calls are spread over.")
    var tunnels = 1

    @Option(help: "Calls that may be on their way up at a time.")
    var window = 64

    @Option(help: "New calls a second; default: as many as --window lets.")
    var rate: Double?

    @Option(help: ArgumentHelp("How long all calls stay up.", valueName: "seconds"))
    var hold = 0.0

    @Option(name: .customLong("repeat"), help: "How often to go up and down.")
    var rounds = 1

    @Option(
        help: """
            How it ends: stopccn; cdn (for each call, then StopCCN); padt; terminate (PPP, then StopCCN); server (while \
            we hold, the server closes calls or tunnels); kill (not a word). Default: stopccn, or padt of PPPoE.
            """)
    var close: Plan.Closing?

    @Option(
        help: """
            Play a LAC that sends proxy AVPs: lcp (only LCP), unauthenticated (type 4), authenticated (CHAP or PAP by \
            --authentication), oversized (promises the peer an MRU of 1500), mismatched (LCP agreed on another type).
            """)
    var proxy: ProxyStyle?

    @Flag(help: "Ask for IPv6 in each session too.")
    var ipv6 = false

    @Flag(help: "Ping the LNS's address through each session, until it answers; a call is up when it has.")
    var ping = false

    @Flag(help: "The same, but not before all calls are up: pings that come too early keep both ends busy.")
    var pingLast = false

    @Option(
        help: ArgumentHelp(
            """
            From its proof on each subscriber sends numbered LCP Echo-Requests as fast as they are answered, so many more \
            when its network protocols are up; a call is up when all were answered.
            """, valueName: "requests"))
    var burst: Int?

    @Option(help: "The subscriber's MRU.")
    var mru: UInt16 = 1460

    @Option(help: ArgumentHelp("How long set-up, and tear-down, may take.", valueName: "seconds"))
    var timeout = 300.0

    @Flag(help: "Print the result as one JSON object.")
    var json = false

    func validate() throws {
        for (name, number) in [
            ("sessions", sessions), ("tunnels", tunnels), ("window", window), ("repeat", rounds),
        ] where !(1...65_535).contains(number) {
            throw ValidationError("--\(name) must be a number from 1 to 65535.")
        }
        guard sessions >= tunnels else { throw ValidationError("--sessions must be at least --tunnels.") }
        guard rate.map({ $0 > 0 }) ?? true else { throw ValidationError("--rate must be greater than 0.") }
        guard burst.map({ $0 > 0 }) ?? true else { throw ValidationError("--burst must be greater than 0.") }
        guard !(ping && pingLast) else { throw ValidationError("say either --ping or --ping-last.") }
        guard (server == nil) != (pppoe == nil) else { throw ValidationError("say either --server or --pppoe.") }
        guard Self.closings(pppoe).contains(closing) else {
            let names = Self.closings(pppoe).map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--close must be one of \(names) here.")
        }
        guard closing != .kill || rounds == 1 else { throw ValidationError("--close kill cannot be repeated.") }
        guard proxy == nil || burst == nil && pppoe == nil else {
            throw ValidationError("--proxy is for L2TP, and without --burst: the proof is not sent then.")
        }
    }

    private static func closings(_ pppoe: String?) -> [Plan.Closing] {
        pppoe == nil ? [.stopccn, .cdn, .terminate, .server, .kill] : [.padt, .terminate, .server, .kill]
    }

    private var closing: Plan.Closing { close ?? (pppoe == nil ? .stopccn : .padt) }

    func run() throws {
        try DescriptorLimit.raise()
        let loop = try EventLoop(signals: [.terminate, .interrupt])
        var reports: [RoundReport] = []
        var isInterrupted = false
        while reports.count < rounds, !isInterrupted {
            let round = try Round(plan, number: reports.count, loop: loop)
            isInterrupted = try round.run()
            reports.append(round.report)
        }
        let isGood = reports.allSatisfy(\.isGood)
        print(try json ? text(Result(isGood: isGood, rounds: reports)) : summary(reports))
        for (number, report) in reports.enumerated() {
            for (reason, count) in report.failures.sorted(by: { $0.value > $1.value }) {
                CurrentProcess.complain("lab-peer: round \(number + 1): \(count) times: \(reason)")
            }
        }
        guard isGood else { throw ExitCode(1) }
    }

    private var plan: Plan {
        Plan(
            carriage: carriage, sessions: sessions, window: window, rate: rate, hold: .seconds(hold),
            patience: .seconds(timeout), closing: closing,
            subscribers: Subscribers(
                pattern: user, password: Password(password), methods: authentication, mru: mru),
            ipv6: ipv6, pings: ping ? .atOnce : pingLast ? .atTheEnd : nil, burst: burst)
    }

    private var carriage: Plan.Carriage {
        guard let server else { return .pppoe(interface: pppoe ?? "") }
        var configuration = TunnelConfiguration(hostName: "lab-peer")
        configuration.vendorName = "l2tpd"
        configuration.secret = secret.map { Array($0.utf8) }
        configuration.requiresAuthentication = challenge
        configuration.hiding = hide ? .everything : .credentials
        configuration.callSetupTimeout = .seconds(60)
        return .l2tp(
            Plan.Tunnels(server: server, bind: bind, count: tunnels, configuration: configuration, proxy: proxy))
    }

    private struct Result: Encodable {
        var isGood: Bool
        var rounds: [RoundReport]

        enum CodingKeys: String, CodingKey {
            case isGood = "ok"
            case rounds
        }
    }

    private func text(_ result: Result) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(result), as: UTF8.self)
    }

    private func summary(_ reports: [RoundReport]) -> String {
        reports.enumerated().map { number, report in
            let rate = report.sessionsPerSecond.map { ", \(Int($0)) a second" } ?? ""
            let end = report.teardownSeconds.map { ", down in \(Int($0 * 1000)) ms" } ?? ""
            return "round \(number + 1): \(report.opened) of \(report.sessions) sessions up\(rate)\(end)"
        }.joined(separator: "\n")
    }

    // MARK: - Arguments

    private static func endpoint(_ text: String) throws -> Endpoint {
        guard let endpoint = Endpoint(server: text) else {
            throw ValidationError("write an address and perhaps a port: 192.0.2.1, 192.0.2.1:1701, [2001:db8::1]:1701.")
        }
        return endpoint
    }

    private static func address(_ text: String) throws -> IPAddress {
        guard let address = IPAddress(text) else { throw ValidationError("write an IPv4 or IPv6 address.") }
        return address
    }

    private static func methods(_ text: String) throws -> [AuthenticationMethod] {
        let methods = text.split(separator: ",").map { AuthenticationMethod(rawValue: String($0)) }
        guard !methods.isEmpty, !methods.contains(nil) else {
            throw ValidationError("write a list of ms-chap-v2, chap-md5, pap.")
        }
        return methods.compactMap(\.self)
    }
}

extension Plan.Closing: ExpressibleByArgument {}
extension ProxyStyle: ExpressibleByArgument {}
