import ControlProtocol
import Instants
import Linux
import Testing

@testable import l2tpctl

/// What `top` shows of two looks, and what keys do.
@Suite struct TopTests {
    private static let start = Instant.now

    private static func session(
        _ id: UInt32, _ user: String, rx: UInt64 = 0, tx: UInt64 = 0, packets: UInt64 = 0, uptime: UInt64 = 60
    ) -> TopRow {
        var record = SessionRecord(tunnelID: 7, sessionID: id, peer: "bras-1", state: "open")
        record.user = user
        record.interface = "ppp\(id)"
        record.address = "100.64.0.\(id)"
        record.uptimeSeconds = uptime
        (record.rxBytes, record.txBytes, record.rxPackets, record.txPackets) = (rx, tx, packets, packets)
        return TopRow(record)
    }

    /// Alice has sent 1000 octets in two seconds and bob received 500 of them; carol is new.
    private static func model() -> TopModel {
        var model = TopModel()
        model.take([session(1, "alice", rx: 1000), session(2, "bob", tx: 500)], at: start)
        model.take(
            [
                session(1, "alice", rx: 2000, packets: 10), session(2, "bob", tx: 1000, packets: 40, uptime: 90),
                session(3, "carol", rx: 9_999_999, uptime: 1),
            ], at: start + .seconds(2))
        return model
    }

    private func order(_ model: TopModel) -> [String] {
        model.snapshot("").dropFirst(2).map { String($0.split(separator: " ")[1]) }
    }

    @Test func `rates are what was counted between two looks, and what is new has none`() {
        #expect(
            Self.model().snapshot("top") == [
                "top  3 sessions  RX 4.0kbit/s 25p/s  TX 2.0kbit/s 25p/s  by bits",
                "SESSION  USER   PEER    INTERFACE  ADDRESS     STATE  RX BIT/S  TX BIT/S  RX P/S  TX P/S  UPTIME",
                "7/1      alice  bras-1  ppp1       100.64.0.1  open       4.0k         0       5       5   1m 0s",
                "7/2      bob    bras-1  ppp2       100.64.0.2  open          0      2.0k      20      20  1m 30s",
                "7/3      carol  bras-1  ppp3       100.64.0.3  open          -         -       -       -      1s",
            ])
    }

    @Test func `a counter that went back is another session's`() {
        #expect(
            Rates(
                from: Traffic(rxBytes: 2, txBytes: 0, rxPackets: 0, txPackets: 0),
                to: Traffic(rxBytes: 1, txBytes: 9, rxPackets: 9, txPackets: 9), in: .seconds(1)) == nil)
        let none = Traffic(rxBytes: 0, txBytes: 0, rxPackets: 0, txPackets: 0)
        #expect(Rates(from: none, to: none, in: .zero) == nil)
    }

    @Test(
        arguments: [
            ("b", ["alice", "bob", "carol"]), ("x", ["bob", "alice", "carol"]), ("p", ["bob", "alice", "carol"]),
            ("u", ["alice", "bob", "carol"]), ("a", ["bob", "alice", "carol"]), ("n", ["alice", "bob", "carol"]),
        ] as [(String, [String])])
    func `a key sorts, and v turns it round`(key: String, expected: [String]) {
        var model = Self.model()
        #expect(model.press(key) == .redraw && order(model) == expected)
        #expect(model.press("v") == .redraw && order(model) == expected.reversed())
    }

    @Test func `equals stand in the order of their ids`() {
        var model = TopModel()
        model.take((1...20).reversed().map { Self.session($0, "u\($0)") }, at: Self.start)
        #expect(order(model) == (1...20).map { "u\($0)" })
        _ = model.press("v")
        #expect(order(model) == (1...20).map { "u\($0)" })
    }

    @Test func `a screen is as high and as wide as it is told, and keys move it`() {
        var model = TopModel(by: .name)
        model.take((1...20).map { Self.session($0, "user-\($0)") }, at: Self.start)
        let screen = model.screen("top", width: 40, height: 8)
        #expect(screen.count == 8 && screen.allSatisfy { $0.count <= 40 })
        #expect(screen[2].hasPrefix("7/1 ") && screen[6].hasPrefix("7/5 ") && screen[7].hasPrefix("q quit"))
        #expect(model.press("j") == .redraw && model.press("\u{1b}[B") == .redraw)
        #expect(model.screen("top", width: 40, height: 8)[2].hasPrefix("7/3 "))
        for _ in 0..<50 { _ = model.press("\u{1b}[6~", pageHeight: 5) }
        #expect(model.screen("top", width: 40, height: 8)[6].hasPrefix("7/20 "), "the last row stays at the bottom")
        _ = model.press("\u{1b}[5~", pageHeight: 50)
        #expect(model.screen("top", width: 40, height: 8)[2].hasPrefix("7/1 "))
        for size in [(0, 0), (1, 1), (5, 2), (80, 3)] {
            let small = model.screen("top", width: size.0, height: size.1)
            #expect(small.count <= size.1 && small.allSatisfy { $0.count <= size.0 })
        }
        #expect(model.screen("top", width: 80, height: 40).count == 40)
    }

    @Test func `t shows tunnels, q quits, others do nothing`() {
        var model = Self.model()
        #expect(model.press("s") == .nothing && model.press("Z") == .nothing && model.press("\u{1b}") == .nothing)
        #expect(model.press("t") == .look && model.subject == .tunnels)
        var tunnel = TunnelRecord(
            tunnelID: 7, peer: "bras-1", peerAddress: "192.0.2.2:1701", localAddress: "192.0.2.1:1701",
            state: "established")
        tunnel.sessions = 3
        model.take([TopRow(tunnel)], at: Self.start)
        #expect(model.snapshot("")[1].hasPrefix("TUNNEL  PEER    HOST NAME  ADDRESS         STATE        SESSIONS"))
        #expect(model.press("s") == .look && model.press(" ") == .look && model.press("q") == .quit)
    }

    @Test func `keys come one by one, escape sequences whole`() {
        #expect(
            Terminal.keys(in: "q\u{1b}[Bj\u{1b}[6~\u{1b}OA\u{1b}") == [
                "q", "\u{1b}[B", "j", "\u{1b}[6~", "\u{1b}OA", "\u{1b}",
            ])
    }

    @Test(arguments: [(0, "0"), (7.5, "7.5"), (123, "123"), (999.6, "1.0k"), (12_345, "12.3k"), (345_000_000, "345M")])
    func `rates are told with three digits`(rate: Double, text: String) {
        #expect(HumanUnits.rate(rate) == text)
    }
}
