import ControlProtocol
import Testing

@Suite struct RequestTests {
    static let requests: [(Request, String)] = [
        (.version, #"{"request":"version"}"#),
        (.summary, #"{"request":"summary"}"#),
        (.showTunnels(TunnelFilter()), #"{"request":"show_tunnels"}"#),
        (
            .showTunnels(TunnelFilter(peer: "bras-1", state: "established")),
            #"{"peer":"bras-1","request":"show_tunnels","state":"established"}"#
        ),
        (
            .showSessions(SessionFilter(tunnelID: 7, user: "alice")),
            #"{"request":"show_sessions","tunnel_id":7,"user":"alice"}"#
        ),
        (.showTunnel(7), #"{"request":"show_tunnel","tunnel_id":7}"#),
        (
            .showSession(SessionName(tunnelID: 7, sessionID: 12)), #"{"request":"show_session","session":"7/12"}"#
        ),
        (.showFailures(EventFilter(user: "alice")), #"{"request":"show_failures","user":"alice"}"#),
        (
            .monitor(EventFilter(tunnelID: 7, sessionID: 12, peer: "bras-1")),
            #"{"peer":"bras-1","request":"monitor","session_id":12,"tunnel_id":7}"#
        ),
        (.showTunnels(TunnelFilter(tunnelID: 7)), #"{"request":"show_tunnels","tunnel_id":7}"#),
        (
            .showSessions(SessionFilter(peer: "bras-1", state: "open", interface: "ppp0")),
            #"{"interface":"ppp0","peer":"bras-1","request":"show_sessions","state":"open"}"#
        ),
        (.showLeases(LeaseFilter()), #"{"request":"show_leases"}"#),
        (.showLeases(LeaseFilter(pool: "p")), #"{"pool":"p","request":"show_leases"}"#),
        (
            .openTunnels(TunnelOrder(group: "isp", lns: "192.0.2.1", timeout: 5)),
            #"{"lns":"192.0.2.1","request":"open_tunnel","timeout":5,"tunnel_group":"isp"}"#
        ),
        (.showPeers, #"{"request":"show_peers"}"#),
        (.showPools, #"{"request":"show_pools"}"#),
        (.showStatistics, #"{"request":"show_stats"}"#),
        (.showClients, #"{"request":"show_clients"}"#),
        (.showPPPoE, #"{"request":"show_pppoe"}"#),
        (.clientUp("office"), #"{"client":"office","request":"client_up"}"#),
        (.clientDown("office"), #"{"client":"office","request":"client_down"}"#),
        (
            .openCall(CallOrder(peer: "bras-1", number: "5551234")),
            #"{"number":"5551234","peer":"bras-1","request":"open_call","timeout":60}"#
        ),
        (
            .openCall(CallOrder(peer: "bras-1", number: "5551234", subAddress: "12", timeout: 5)),
            #"{"number":"5551234","peer":"bras-1","request":"open_call","sub_address":"12","timeout":5}"#
        ),
        (.closeTunnels([7, 4_294_967_295]), #"{"request":"close_tunnel","tunnel_ids":[7,4294967295]}"#),
        (
            .closeSessions([SessionName(tunnelID: 7, sessionID: 12), SessionName(sessionID: 13)]),
            #"{"request":"close_session","sessions":["7/12","13"]}"#
        ),
        (.health, #"{"request":"health"}"#),
        (.showConfiguration, #"{"request":"show_config"}"#),
        (
            .tap(PacketFilter(tunnelID: 7, session: SessionName(tunnelID: 7, sessionID: 12), user: "alice")),
            #"{"request":"tap","session":"7/12","tunnel_id":7,"user":"alice"}"#
        ),
        (.reload, #"{"request":"reload"}"#),
        (.logLevel(.debug), #"{"level":"debug","request":"log_level"}"#),
    ]

    @Test(arguments: requests) func `a request is written as one line and read back`(request: Request, line: String)
        throws
    {
        #expect(try ControlLine.encode(request) == Array((line + "\n").utf8))
        #expect(try ControlLine.decode(Request.self, from: Array(line.utf8)) == request)
    }

    @Test(
        arguments: [
            ("", .badRequest, "the line is not a JSON object"),
            ("summary", .badRequest, "the line is not a JSON object"),
            ("[]", .badRequest, "the line is not a"),
            ("{}", .badRequest, #"the key "request" is missing"#),
            (#"{"request":7}"#, .badRequest, #"the key "request" is not a String"#),
            (#"{"request":"dance"}"#, .unknownRequest, #"no request "dance"; there are version, summary"#),
            (
                #"{"request":"summary","peer":"x"}"#, .badRequest,
                #"does not know the key "peer"; it takes no further key"#
            ),
            (
                #"{"request":"show_sessions","usr":"x"}"#, .badRequest,
                #"does not know the key "usr"; it takes tunnel_id, peer, user, state"#
            ),
            (#"{"request":"close_tunnel"}"#, .badRequest, #"the key "tunnel_ids" is missing"#),
            (
                #"{"request":"close_tunnel","tunnel_ids":[1,"x"]}"#, .badRequest,
                #"the key "tunnel_ids.[1]" is not a UInt32"#
            ),
            (#"{"request":"close_tunnel","tunnel_ids":[-1]}"#, .badRequest, "or a number in it is out of range"),
            (
                #"{"request":"close_session","sessions":["a"]}"#, .badRequest,
                #""a" names no session; write TUNNEL/SESSION"#
            ),
            (#"{"request":"open_call","peer":"x"}"#, .badRequest, #"the key "number" is missing"#),
            (
                #"{"request":"open_call","peer":"x","number":"555 1234"}"#, .badRequest,
                #""number" and "sub_address" have 1 to 64 visible characters each"#
            ),
            (
                #"{"request":"open_call","peer":"x","number":"5","timeout":301}"#, .badRequest,
                #""timeout" is a number of seconds from 1 to 300"#
            ),
            (
                #"{"request":"open_call","peer":"x","number":"5","subaddress":"1"}"#, .badRequest,
                #"does not know the key "subaddress"; it takes peer, number, timeout, sub_address"#
            ),
            (#"{"request":"log_level","level":"loud"}"#, .badRequest, #"the key "level""#),
            (#"{"request":"tap","session":"x"}"#, .badRequest, #""x" names no session"#),
            (#"{"request":"tap","state":"open"}"#, .badRequest, "it takes tunnel_id, session, peer, user"),
        ] as [(String, ControlError.Code, String)])
    func `a request that is wrong is refused with the key and what is wrong`(
        line: String, code: ControlError.Code, message: String
    ) throws {
        let error = try #require(throws: ControlError.self) {
            _ = try ControlLine.decode(Request.self, from: Array(line.utf8))
        }
        #expect(error.code == code)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test(
        arguments: [("7/12", 7, 12), ("12", nil, 12), ("4294967295/1", 4_294_967_295, 1)] as [(String, UInt32?, UInt32)]
    )
    func `a session is named by both ids or by its own alone`(text: String, tunnel: UInt32?, session: UInt32) {
        #expect(SessionName(text) == SessionName(tunnelID: tunnel, sessionID: session))
        #expect(SessionName(text)?.description == text)
    }

    @Test(arguments: ["", "/", "7/", "/12", "7/12/1", "0", "7/0", "-1", "+1", " 1", "x", "4294967296", "٤"])
    func `what is no session name is refused`(text: String) {
        #expect(SessionName(text) == nil)
    }

    @Test func `a filter lets through what meets all of it`() {
        var session = SessionRecord(tunnelID: 7, sessionID: 12, peer: "bras-1", state: "open")
        session.user = "alice"
        #expect(SessionFilter().matches(session))
        #expect(SessionFilter(tunnelID: 7, peer: "bras-1", user: "alice", state: "open").matches(session))
        #expect(!SessionFilter(tunnelID: 8).matches(session))
        #expect(!SessionFilter(peer: "bras-2").matches(session))
        #expect(!SessionFilter(tunnelID: 7, user: "bob").matches(session))
        #expect(!SessionFilter(state: "network").matches(session))

        let tunnel = TunnelRecord(
            tunnelID: 7, peer: "bras-1", peerAddress: "192.0.2.2:1701", localAddress: "192.0.2.1:1701",
            state: "established")
        #expect(TunnelFilter(peer: "bras-1", state: "established").matches(tunnel))
        #expect(!TunnelFilter(peer: "bras-2").matches(tunnel))
        #expect(!TunnelFilter(state: "stopping").matches(tunnel))
    }
}
