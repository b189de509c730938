import Addresses
import Configuration
import ControlProtocol
import Testing

private let calling = """
    [[callee]]
    number       = "5551234"
    interface    = "access0"
    mac          = "02:00:00:00:00:01"
    hook         = "/usr/local/bin/wake"
    hook_timeout = 5
    timeout      = 30

    [[callee]]
    number    = "5551235"
    interface = "access0"
    mac       = "02:00:00:00:00:02"

    [[pppoe]]
    interface = "access0"
    ppp       = "subscribers"

    [[tunnel_group]]
    name       = "isp"
    persistent = true
    ppp        = "subscribers"
    [[tunnel_group.lns]]
    address = "192.0.2.1"

    [[ppp]]
    name           = "subscribers"
    authentication = ["chap-md5"]
    local_address  = "100.64.0.1"
    """

/// `[[callee]]`, and what a `[[tunnel_group]]` has for outgoing calls.
@Suite struct CalleeConfigurationTests {
    @Test func `callees say what they say, and what they leave out is usual`() throws {
        let configuration = try parse(calling)
        #expect(
            configuration.callees == [
                Callee(
                    number: "5551234", interface: "access0", mac: MACAddress(2, 0, 0, 0, 0, 1),
                    hook: "/usr/local/bin/wake", hookTimeout: .seconds(5), timeout: .seconds(30)),
                Callee(number: "5551235", interface: "access0", mac: MACAddress(2, 0, 0, 0, 0, 2)),
            ])
        #expect(configuration.callees[1].timeout == .seconds(60) && configuration.callees[1].hook == nil)
        let group = try #require(configuration.groups.first)
        #expect(group.isPersistent && group.ppp == configuration.profiles.first)
        let plain = try parse(
            calling.replacing("persistent = true", with: "").replacing("ppp        = \"subscribers\"", with: ""))
        #expect(plain.groups.map(\.isPersistent) == [false] && plain.groups.map(\.ppp) == [nil])
    }

    @Test(arguments: [
        (
            "number       = \"5551234\"", "",
            "l2tpd.toml:1: callee[0].number: is missing; write a number of 1 to 64 visible characters"
        ),
        (
            "\"5551234\"", "\"555 1234\"",
            "l2tpd.toml:2: callee[0].number: is \"555 1234\", not a number of 1 to 64 visible characters"
        ),
        (
            "\"5551235\"", "\"5551234\"",
            "l2tpd.toml:10: callee[1].number: is \"5551234\", as is callee[0].number; a number calls one subscriber"
        ),
        (
            "interface    = \"access0\"", "interface = \"access1\"",
            "l2tpd.toml:3: callee[0].interface: is \"access1\", and no [[pppoe]] has this name; there are \"access0\""
        ),
        (
            "interface    = \"access0\"", "",
            "l2tpd.toml:1: callee[0].interface: is missing; write the name of a [[pppoe]]"
        ),
        (
            "mac          = \"02:00:00:00:00:01\"", "",
            "l2tpd.toml:1: callee[0].mac: is missing; write a MAC address (\"02:00:00:00:00:01\")"
        ),
        (
            "\"02:00:00:00:00:01\"", "\"2:0:0:0:0:1\"",
            "l2tpd.toml:4: callee[0].mac: is \"2:0:0:0:0:1\", not a MAC address (\"02:00:00:00:00:01\")"
        ),
        (
            "\"02:00:00:00:00:01\"", "\"03:00:00:00:00:01\"",
            "l2tpd.toml:4: callee[0].mac: is \"03:00:00:00:00:01\", not a MAC address (\"02:00:00:00:00:01\")"
        ),
        (
            "\"/usr/local/bin/wake\"", "\"wake\"",
            "l2tpd.toml:5: callee[0].hook: is \"wake\", not the absolute path of a program"
        ),
        (
            "timeout      = 30", "timeout = 301",
            "l2tpd.toml:7: callee[0].timeout: is 301; write seconds, a number from 1 to 300"
        ),
        (
            "timeout      = 30", "time_out = 30",
            "l2tpd.toml:7: callee[0].time_out: is no key that is known here; did you mean timeout?"
        ),
        (
            "persistent = true", "persistent = true\nlinger = 3",
            "l2tpd.toml:21: tunnel_group[0].linger: is there beside persistent = true, which keeps the tunnels; "
                + "leave one of them out"
        ),
        (
            "ppp        = \"subscribers\"", "ppp = \"nobody\"",
            "l2tpd.toml:21: tunnel_group[0].ppp: is \"nobody\", and no [[ppp]] has this name; there are \"subscribers\""
        ),
    ])
    func `what cannot be meant is refused with its place`(_ part: String, _ with: String, _ problem: String) {
        #expect(problems(of: calling.replacing(part, with: with)) == [problem])
    }

    @Test func `a reload follows callees and groups`() throws {
        let old = try parse(calling)
        let new = try parse(
            calling.replacing("5551235", with: "5551236").replacing("timeout      = 30", with: "timeout = 40")
                .replacing("persistent = true", with: ""))
        let reload = Reload(from: old, to: new)
        #expect(reload.configuration == new)
        #expect(
            reload.record.applied == [
                "tunnel_group \"isp\" changed", "callee \"5551236\" added", "callee \"5551234\" changed",
                "callee \"5551235\" removed",
            ])
        #expect(reload.record.notApplied.isEmpty)
    }
}
