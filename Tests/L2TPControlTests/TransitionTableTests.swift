import L2TPControl
import Testing

/// A transition table as text: a line for each event, a column for each state, "action next" in each cell.
private struct TextTable {
    private var cells: [String: String] = [:]

    init(_ text: String) {
        let lines = text.split(separator: "\n").map {
            $0.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
        }
        let states = lines[0].dropFirst()
        for line in lines.dropFirst() {
            for (state, cell) in zip(states, line.dropFirst()) { cells["\(line[0]) in \(state)"] = cell }
        }
    }

    var count: Int { cells.count }

    subscript(event: String, state: String) -> String? { cells["\(event) in \(state)"] }
}

private func pairs<First: Sendable, Second: Sendable>(_ first: [First], _ second: [Second]) -> [(First, Second)] {
    first.flatMap { one in second.map { (one, $0) } }
}

@Suite struct TransitionTableTests {
    // RFC 2661 section 7.2.1 in the order of its rows, and the rows that it leaves to section 5.8 and to us.
    private static let controlConnection = TextTable(
        """
        event                | idle                   | waitCtlReply                 | waitCtlConn        | established
        localOpen            | sendSCCRQ waitCtlReply | queue waitCtlReply           | queue waitCtlConn  | open established
        acceptableSCCRQ      | sendSCCRP waitCtlConn  | nothing waitCtlReply         | sendStopCCN idle   | sendStopCCN idle
        refusedSCCRQ         | sendStopCCN idle       | nothing waitCtlReply         | sendStopCCN idle   | sendStopCCN idle
        tieLost              | nothing idle           | cleanUpAndRequeue idle       | sendStopCCN idle   | sendStopCCN idle
        tieWon               | nothing idle           | nothing waitCtlReply         | sendStopCCN idle   | sendStopCCN idle
        acceptableSCCRP      | sendStopCCN idle       | sendSCCCNAndOpen established | sendStopCCN idle   | sendStopCCN idle
        refusedSCCRP         | sendStopCCN idle       | sendStopCCN idle             | sendStopCCN idle   | sendStopCCN idle
        acceptableSCCCN      | cleanUp idle           | sendStopCCN idle             | open established   | sendStopCCN idle
        refusedSCCCN         | cleanUp idle           | sendStopCCN idle             | sendStopCCN idle   | sendStopCCN idle
        stopCCN              | cleanUp idle           | cleanUp idle                 | cleanUp idle       | cleanUp idle
        localClose           | nothing idle           | sendStopCCN idle             | sendStopCCN idle   | sendStopCCN idle
        establishmentTimeout | nothing idle           | sendStopCCN idle             | sendStopCCN idle   | nothing established
        peerLost             | nothing idle           | cleanUp idle                 | cleanUp idle       | cleanUp idle
        """)

    // RFC 2661 section 7.4.1.
    private static let lacIncomingCall = TextTable(
        """
        event          | idle                  | waitTunnel         | waitReply            | established
        bearerReady    | openTunnel waitTunnel | nothing waitTunnel | nothing waitReply    | nothing established
        tunnelOpen     | nothing idle          | sendICRQ waitReply | nothing waitReply    | nothing established
        acceptableICRP | cleanUp idle          | nothing waitTunnel | sendICCN established | sendCDN idle
        refusedICRP    | cleanUp idle          | nothing waitTunnel | sendCDN idle         | sendCDN idle
        icrq           | nothing idle          | nothing waitTunnel | sendCDN idle         | sendCDN idle
        iccn           | cleanUp idle          | nothing waitTunnel | cleanUp idle         | sendCDN idle
        cdn            | cleanUp idle          | nothing waitTunnel | cleanUp idle         | cleanUp idle
        localClose     | nothing idle          | cleanUp idle       | sendCDN idle         | sendCDN idle
        setupTimeout   | nothing idle          | cleanUp idle       | sendCDN idle         | nothing established
        """)

    // RFC 2661 section 7.4.2.
    private static let lnsIncomingCall = TextTable(
        """
        event          | idle                 | waitConnect             | established
        acceptableICRQ | sendICRP waitConnect | sendCDN idle            | sendCDN idle
        refusedICRQ    | sendCDN idle         | sendCDN idle            | sendCDN idle
        acceptableICCN | cleanUp idle         | prepareData established | sendCDN idle
        refusedICCN    | cleanUp idle         | sendCDN idle            | sendCDN idle
        icrp           | sendCDN idle         | sendCDN idle            | sendCDN idle
        cdn            | cleanUp idle         | cleanUp idle            | cleanUp idle
        localClose     | nothing idle         | sendCDN idle            | sendCDN idle
        setupTimeout   | nothing idle         | sendCDN idle            | nothing established
        """)

    // RFC 2661 section 7.5.1.
    private static let lacOutgoingCall = TextTable(
        """
        event          | idle                  | waitCsAnswer         | established
        acceptableOCRQ | sendOCRP waitCsAnswer | sendCDN idle         | sendCDN idle
        refusedOCRQ    | sendCDN idle          | sendCDN idle         | sendCDN idle
        ocrp           | sendCDN idle          | sendCDN idle         | sendCDN idle
        occn           | cleanUp idle          | sendCDN idle         | sendCDN idle
        cdn            | cleanUp idle          | cleanUp idle         | cleanUp idle
        bearerAnswer   | nothing idle          | sendOCCN established | nothing established
        localClose     | nothing idle          | sendCDN idle         | sendCDN idle
        setupTimeout   | nothing idle          | sendCDN idle         | nothing established
        """)

    // RFC 2661 section 7.5.2.
    private static let lnsOutgoingCall = TextTable(
        """
        event          | idle                  | waitTunnel         | waitReply                   | waitConnect             | established
        localOpen      | openTunnel waitTunnel | nothing waitTunnel | nothing waitReply           | nothing waitConnect     | nothing established
        tunnelOpen     | nothing idle          | sendOCRQ waitReply | nothing waitReply           | nothing waitConnect     | nothing established
        acceptableOCRP | cleanUp idle          | nothing waitTunnel | awaitConnection waitConnect | sendCDN idle            | sendCDN idle
        refusedOCRP    | cleanUp idle          | nothing waitTunnel | sendCDN idle                | sendCDN idle            | sendCDN idle
        acceptableOCCN | cleanUp idle          | nothing waitTunnel | sendCDN idle                | prepareData established | sendCDN idle
        refusedOCCN    | cleanUp idle          | nothing waitTunnel | sendCDN idle                | sendCDN idle            | sendCDN idle
        ocrq           | nothing idle          | nothing waitTunnel | sendCDN idle                | sendCDN idle            | sendCDN idle
        cdn            | cleanUp idle          | nothing waitTunnel | cleanUp idle                | cleanUp idle            | cleanUp idle
        localClose     | nothing idle          | cleanUp idle       | sendCDN idle                | sendCDN idle            | sendCDN idle
        setupTimeout   | nothing idle          | cleanUp idle       | sendCDN idle                | sendCDN idle            | nothing established
        """)

    @Test(arguments: pairs(ControlConnectionTable.State.allCases, ControlConnectionTable.Event.allCases))
    func `CCF-01 CCF-02 CCF-03 CCF-04 CCF-05 CCF-06 CCF-07 the control connection has every cell of its table`(
        state: ControlConnectionTable.State, event: ControlConnectionTable.Event
    ) {
        let (action, next) = ControlConnectionTable.transition(from: state, on: event)
        #expect(Self.controlConnection["\(event)", "\(state)"] == "\(action) \(next)")
    }

    @Test(arguments: pairs(LACIncomingCallTable.State.allCases, LACIncomingCallTable.Event.allCases))
    func `SSF-01 SSF-05 SSF-06 an incoming call at the LAC has every cell of its table`(
        state: LACIncomingCallTable.State, event: LACIncomingCallTable.Event
    ) {
        let (action, next) = LACIncomingCallTable.transition(from: state, on: event)
        #expect(Self.lacIncomingCall["\(event)", "\(state)"] == "\(action) \(next)")
    }

    @Test(arguments: pairs(LNSIncomingCallTable.State.allCases, LNSIncomingCallTable.Event.allCases))
    func `SSF-02 SSF-05 SSF-06 an incoming call at the LNS has every cell of its table`(
        state: LNSIncomingCallTable.State, event: LNSIncomingCallTable.Event
    ) {
        let (action, next) = LNSIncomingCallTable.transition(from: state, on: event)
        #expect(Self.lnsIncomingCall["\(event)", "\(state)"] == "\(action) \(next)")
    }

    @Test(arguments: pairs(LACOutgoingCallTable.State.allCases, LACOutgoingCallTable.Event.allCases))
    func `SSF-03 SSF-05 SSF-06 an outgoing call at the LAC has every cell of its table`(
        state: LACOutgoingCallTable.State, event: LACOutgoingCallTable.Event
    ) {
        let (action, next) = LACOutgoingCallTable.transition(from: state, on: event)
        #expect(Self.lacOutgoingCall["\(event)", "\(state)"] == "\(action) \(next)")
    }

    @Test(arguments: pairs(LNSOutgoingCallTable.State.allCases, LNSOutgoingCallTable.Event.allCases))
    func `SSF-04 SSF-05 SSF-06 an outgoing call at the LNS has every cell of its table`(
        state: LNSOutgoingCallTable.State, event: LNSOutgoingCallTable.Event
    ) {
        let (action, next) = LNSOutgoingCallTable.transition(from: state, on: event)
        #expect(Self.lnsOutgoingCall["\(event)", "\(state)"] == "\(action) \(next)")
    }

    @Test func `the tables above have a cell for every event in every state`() {
        #expect(Self.controlConnection.count == 13 * 4)
        #expect(Self.lacIncomingCall.count == 9 * 4)
        #expect(Self.lnsIncomingCall.count == 8 * 3)
        #expect(Self.lacOutgoingCall.count == 8 * 3)
        #expect(Self.lnsOutgoingCall.count == 10 * 5)
    }
}
