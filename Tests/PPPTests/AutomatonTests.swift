import Testing

@testable import PPP

/// The table of RFC 1661 section 4.1 as text: rows are events, columns the states 0 to 9, a dash an illegal cell. The
/// footnotes are left out.
private let table = """
    Up   | 2 | irc,scr/6 | - | - | - | - | - | - | - | -
    Down | - | - | 0 | tls/1 | 0 | 1 | 1 | 1 | 1 | tld/1
    Open | tls/1 | 1 | irc,scr/6 | 3 | 5 | 5 | 6 | 7 | 8 | 9
    Close | 0 | tlf/0 | 2 | 2 | 4 | 4 | irc,str/4 | irc,str/4 | irc,str/4 | tld,irc,str/4
    TO+  | - | - | - | - | str/4 | str/5 | scr/6 | scr/6 | scr/8 | -
    TO-  | - | - | - | - | tlf/2 | tlf/3 | tlf/3 | tlf/3 | tlf/3 | -
    RCR+ | - | - | sta/2 | irc,scr,sca/8 | 4 | 5 | sca/8 | sca,tlu/9 | sca/8 | tld,scr,sca/8
    RCR- | - | - | sta/2 | irc,scr,scn/6 | 4 | 5 | scn/6 | scn/7 | scn/6 | tld,scr,scn/6
    RCA  | - | - | sta/2 | sta/3 | 4 | 5 | irc/7 | scr/6 | irc,tlu/9 | tld,scr/6
    RCN  | - | - | sta/2 | sta/3 | 4 | 5 | irc,scr/6 | scr/6 | irc,scr/8 | tld,scr/6
    RTR  | - | - | sta/2 | sta/3 | sta/4 | sta/5 | sta/6 | sta/6 | sta/6 | tld,zrc,sta/5
    RTA  | - | - | 2 | 3 | tlf/2 | tlf/3 | 6 | 6 | 8 | tld,scr/6
    RUC  | - | - | scj/2 | scj/3 | scj/4 | scj/5 | scj/6 | scj/7 | scj/8 | scj/9
    RXJ+ | - | - | 2 | 3 | 4 | 5 | 6 | 6 | 8 | 9
    RXJ- | - | - | tlf/2 | tlf/3 | tlf/2 | tlf/3 | tlf/3 | tlf/3 | tlf/3 | tld,irc,str/5
    RXR  | - | - | 2 | 3 | 4 | 5 | 6 | 7 | 8 | ser/9
    """

private let events: [Substring: Automaton.Event] = [
    "Up": .up, "Down": .down, "Open": .open, "Close": .close, "TO+": .timeoutWithRetriesLeft, "TO-": .timeoutExhausted,
    "RCR+": .receivedAcceptableRequest, "RCR-": .receivedUnacceptableRequest, "RCA": .receivedConfigureAck,
    "RCN": .receivedConfigureNak, "RTR": .receivedTerminateRequest, "RTA": .receivedTerminateAck,
    "RUC": .receivedUnknownCode, "RXJ+": .receivedPermittedReject, "RXJ-": .receivedCatastrophicReject,
    "RXR": .receivedEcho,
]

private let actions: [Substring: Automaton.Action] = [
    "tlu": .thisLayerUp, "tld": .thisLayerDown, "tls": .thisLayerStarted, "tlf": .thisLayerFinished,
    "irc": .initializeRestartCount, "zrc": .zeroRestartCount, "scr": .sendConfigureRequest, "sca": .sendConfigureAck,
    "scn": .sendConfigureNak, "str": .sendTerminateRequest, "sta": .sendTerminateAck, "scj": .sendCodeReject,
    "ser": .sendEchoReply,
]

private let states: [Automaton.State] = [
    .initial, .starting, .closed, .stopped, .closing, .stopping, .reqSent, .ackRcvd, .ackSent, .opened,
]

struct Cell: Sendable, CustomTestStringConvertible {
    var event: Substring
    var column: Int
    var content: Substring
    var testDescription: String { "\(event) in \(column): \(content)" }

    static let all: [Cell] = table.split(separator: "\n").flatMap { line in
        let fields = line.split(separator: "|").map { $0.filter { $0 != " " } }
        return fields.dropFirst().enumerated().map { Cell(event: fields[0][...], column: $0, content: $1[...]) }
    }
}

@Suite struct AutomatonTests {
    @Test(arguments: Cell.all) func `LCP-01 a cell of the table is what RFC 1661 says`(cell: Cell) throws {
        let event = try #require(events[cell.event])
        let found = Automaton.transition(from: states[cell.column], on: event)
        guard cell.content != "-" else {
            #expect(found == nil)
            return
        }
        let parts = cell.content.split(separator: "/")
        let next = try #require(parts.last.flatMap { Int($0) })
        let expected = try (parts.count == 2 ? parts[0].split(separator: ",") : []).map { try #require(actions[$0]) }
        #expect(found == Automaton.Transition(actions: expected, next: states[next]))
    }

    @Test func `LCP-01 the test's table has every cell`() {
        #expect(Cell.all.count == Automaton.Event.allCases.count * Automaton.State.allCases.count)
        #expect(Set(events.values).count == Automaton.Event.allCases.count)
        #expect(states == Automaton.State.allCases)
    }

    @Test(arguments: Automaton.State.allCases) func `LCP-01 the restart timer runs where there are TO events`(
        state: Automaton.State
    ) {
        #expect(state.runsTimer == (Automaton.transition(from: state, on: .timeoutExhausted) != nil))
    }
}
