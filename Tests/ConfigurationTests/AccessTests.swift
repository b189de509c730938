import Configuration
import ControlProtocol
import PPP
import Testing

private let access = """
    [[pppoe]]
    interface            = "access0"
    ac_name              = "bras-1"
    service_names        = ["internet"]
    max_sessions         = 1000
    max_sessions_per_mac = 1
    padi_rate            = 100
    padi_rate_per_mac    = 3
    padr_rate            = 50
    padr_rate_per_mac    = 4
    trust_access_node    = true
    ppp                  = "subscribers"
    tunnel_group         = "isp"

    [[pppoe]]
    interface = "access0.7"
    ppp       = "subscribers"

    [[realm]]
    name         = "Example.NET"
    tunnel_group = "isp"

    [[realm]]
    service_name = "local"
    ppp          = "subscribers"

    [[tunnel_group]]
    name = "isp"
    [[tunnel_group.lns]]
    address = "192.0.2.1"

    [[ppp]]
    name           = "subscribers"
    authentication = ["chap-md5"]
    local_address  = "100.64.0.1"
    """

/// `[[pppoe]]` and `[[realm]]`.
@Suite struct AccessTests {
    @Test func `access interfaces and realms say what they say, and what they leave out is usual`() throws {
        let configuration = try parse(access)
        let profile = try #require(configuration.profiles.first)
        let group = try #require(configuration.groups.first)
        var first = AccessInterface(interface: "access0", ppp: profile, group: group)
        first.acName = "bras-1"
        first.services = ["internet"]
        first.maxSessions = 1000
        first.maxSessionsPerMAC = 1
        first.padiRate = 100
        first.padiRatePerMAC = 3
        first.padrRate = 50
        first.padrRatePerMAC = 4
        first.trustsAccessNode = true
        #expect(configuration.accessInterfaces == [first, AccessInterface(interface: "access0.7", ppp: profile)])
        #expect(
            configuration.realms == [
                Realm(.name("example.net"), .tunnel(group)), Realm(.service("local"), .here(profile)),
            ])
        #expect(configuration.listeners.isEmpty, "a LAC needs none")
    }

    @Test func `a realm is what stands behind the last @, in lower case`() {
        #expect(Realm.name(in: "alice@a@Example.NET") == "example.net")
        #expect(Realm.name(in: "alice") == nil && Realm.name(in: "alice@") == nil)
    }

    @Test(arguments: [
        (
            "name         = \"Example.NET\"", "",
            "l2tpd.toml:19: realm[0].name: is missing; write what stands behind the \"@\" of users' names, or service_name"
        ),
        (
            "name         = \"Example.NET\"", "name = \"x\"\nservice_name = \"y\"",
            "l2tpd.toml:21: realm[0].service_name: is there beside name; write a [[realm]] for each of them"
        ),
        (
            "name         = \"Example.NET\"", "name = \"@x\"",
            "l2tpd.toml:20: realm[0].name: is \"@x\"; write what stands behind the \"@\" alone"
        ),
        (
            "ppp          = \"subscribers\"", "",
            "l2tpd.toml:23: realm[1].tunnel_group: is missing; write the name of a [[tunnel_group]], or ppp to end PPP here"
        ),
        (
            "ppp          = \"subscribers\"", "ppp = \"subscribers\"\ntunnel_group = \"isp\"",
            "l2tpd.toml:26: realm[1].tunnel_group: is there beside ppp; a subscriber ends here or there, leave one of them out"
        ),
        (
            "\"access0.7\"", "\"access0\"",
            "l2tpd.toml:16: pppoe[1].interface: is \"access0\", as pppoe[0] has it already; leave one out"
        ),
        (
            "interface = \"access0.7\"", "interface = \"an interface\"",
            "l2tpd.toml:16: pppoe[1].interface: is \"an interface\", not the name of an Ethernet interface"
        ),
        (
            "padi_rate            = 100", "padi_rates = 100",
            "l2tpd.toml:7: pppoe[0].padi_rates: is no key that is known here; did you mean padi_rate?"
        ),
        (
            "max_sessions         = 1000", "max_sessions = 65535",
            "l2tpd.toml:5: pppoe[0].max_sessions: is 65535; write a whole number from 1 to 65534"
        ),
    ])
    func `what cannot be meant is refused with its place`(_ part: String, _ with: String, _ problem: String) {
        #expect(problems(of: access.replacing(part, with: with)) == [problem])
    }

    @Test func `a realm that nobody comes for is refused`() throws {
        let realms = access.split(separator: "[[realm]]", maxSplits: 1).last.map(String.init) ?? ""
        let listener = "[[listener]]\naddress = \"192.0.2.1\"\n"
        let peer = "[[peer]]\nname = \"lac\"\naddresses = [\"192.0.2.2/32\"]\nppp = \"subscribers\"\n"
        let service = "is what PPPoE subscribers ask for, and there is no [[pppoe]]; write name"
        let nobody = "is for nobody: there is no [[pppoe]], and no [[peer]] with ppp whose users' realms count"
        #expect(
            problems(of: listener + "[[realm]]" + realms) == [
                "l2tpd.toml:4: realm[0].name: \(nobody)", "l2tpd.toml:8: realm[1].service_name: \(service)",
            ])
        #expect(
            problems(of: listener + peer + "realms = false\n[[realm]]" + realms) == [
                "l2tpd.toml:9: realm[0].name: \(nobody)", "l2tpd.toml:13: realm[1].service_name: \(service)",
            ])
        #expect(
            problems(of: listener + peer + "[[realm]]" + realms)
                == ["l2tpd.toml:12: realm[1].service_name: \(service)"])
    }

    @Test func `ALI-01 what an LNS is told of lines is for each LNS to say`() throws {
        let everything = Set(LineInformation.allCases)
        let address = "address = \"192.0.2.1\""
        #expect(try parse(access).groups.first?.members.map(\.accessLine) == [everything])
        let some = access.replacing(address, with: address + "\naccess_line = [\"circuit-id\", \"data-rates\"]")
        #expect(try parse(some).groups.first?.members.map(\.accessLine) == [[.circuitID, .dataRates]])
        let none = access.replacing(address, with: address + "\naccess_line = []")
        #expect(try parse(none).groups.first?.members.map(\.accessLine) == [[]])
        #expect(
            Reload(from: try parse(some), to: try parse(none)).record.applied.first == "tunnel_group \"isp\" changed")
        let words =
            "any of \"circuit-id\", \"remote-id\", \"data-rates\", \"interleaving-delays\", \"encapsulation\", "
            + "\"line-type\", \"iwf-session\""
        #expect(
            problems(of: access.replacing(address, with: address + "\naccess_line = [\"colour\"]")) == [
                "l2tpd.toml:31: tunnel_group[0].lns[0].access_line[0]: is \"colour\"; the array holds \(words)"
            ])
    }

    @Test func `a reload follows realms and limits, and leaves interfaces to a restart`() throws {
        let old = try parse(access)
        let new = try parse(
            access.replacing("padi_rate            = 100", with: "padi_rate = 200")
                .replacing("\"access0.7\"", with: "\"access0.8\"").replacing("Example.NET", with: "example.org"))
        let reload = Reload(from: old, to: new)
        #expect(reload.configuration.accessInterfaces.map(\.interface) == ["access0", "access0.7"])
        #expect(reload.configuration.accessInterfaces[0].padiRate == 200)
        #expect(
            reload.record.applied == [
                "realm \"example.org\" added", "realm \"example.net\" removed", "pppoe \"access0\" changed",
            ])
        #expect(reload.record.notApplied == ["[[pppoe]] was added or removed; restart l2tpd"])
    }
}
