import ArgumentParser
import ControlProtocol
import Testing

@testable import l2tpctl

/// `l2tpctl call open`, before a daemon that the test plays.
@Suite struct CallTests {
    private func run(_ record: CallRecord) throws {
        let daemon = try FakeDaemon { request in
            guard case .openCall(CallOrder(peer: "bras-1", number: "5551234", timeout: 5)) = request else {
                return .hangUp
            }
            return .replies([.call(record)])
        }
        let command = try #require(
            try L2TPCtl.parseAsRoot(["call", "open", "bras-1", "5551234", "--timeout", "5"]) as? Call.Open)
        try command.open(through: try daemon.client())
    }

    @Test func `a call that is connected is status 0`() throws {
        var record = CallRecord(peer: "bras-1", calledNumber: "5551234", callSerialNumber: 9)
        record.session = SessionName(tunnelID: 7, sessionID: 12)
        try run(record)
    }

    @Test func `a call that failed is status 1`() throws {
        var record = CallRecord(peer: "bras-1", calledNumber: "5551234", callSerialNumber: 9)
        record.failure = "closed by the peer: busy (8)"
        let failure = #expect(throws: Failure.self) { try run(record) }
        #expect(failure?.status == 1)
    }
}
