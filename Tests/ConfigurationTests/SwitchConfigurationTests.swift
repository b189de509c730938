import Addresses
import ControlProtocol
import Testing

@testable import Configuration

@Suite struct SwitchConfigurationTests {
    private static let text = """
        [[listener]]
        address = "192.0.2.1"
        [[peer]]
        name = "lac"
        addresses = ["192.0.2.2/32"]
        tunnel_group = "next"
        [[tunnel_group]]
        name = "next"
        [[tunnel_group.lns]]
        address = "198.51.100.1"
        """

    @Test func `a peer's calls may go on into a tunnel group`() throws {
        let configuration = try parse(Self.text)
        let group = try #require(configuration.groups.first)
        #expect(configuration.peers.map(\.ending) == [.tunnel(group)])
        #expect(group.members.map(\.lns.place) == [.address(.v4(IPv4Address(198, 51, 100, 1)))])
    }

    @Test func `a peer's calls end in one place that is there`() {
        func problems(instead line: String) -> [String] {
            ConfigurationTests.problems(of: Self.text.replacing("tunnel_group = \"next\"", with: line))
        }
        #expect(
            problems(instead: "") == [
                "l2tpd.toml:3: peer[0].tunnel_group: is missing; write the name of a [[tunnel_group]], or ppp to end PPP here"
            ])
        #expect(
            problems(instead: "tunnel_group = \"last\"") == [
                "l2tpd.toml:6: peer[0].tunnel_group: is \"last\", and no [[tunnel_group]] has this name; there are \"next\""
            ])
        let both = """
            tunnel_group = "next"
            ppp = "here"
            [[ppp]]
            name = "here"
            authentication = ["none"]
            local_address = "100.64.0.1"
            """
        #expect(
            problems(instead: both) == [
                "l2tpd.toml:6: peer[0].tunnel_group: is there beside ppp; "
                    + "a peer's calls are ended here or switched on, leave one of them out"
            ])
    }

    @Test func `users' realms count at a peer whose calls end here, unless it says otherwise`() throws {
        let ending = """
            ppp = "here"
            [[realm]]
            name = "Example.NET"
            tunnel_group = "next"
            [[ppp]]
            name = "here"
            authentication = ["none"]
            local_address = "100.64.0.1"
            [[pppoe]]
            interface = "access0"
            ppp = "here"
            """
        let text = Self.text.replacing("tunnel_group = \"next\"", with: ending)
        #expect(try parse(text).peers.map(\.followsRealms) == [true])
        #expect(try parse(text).realms.map(\.selector) == [.name("example.net")])
        let without = text.replacing("ppp = \"here\"\n[[realm]]", with: "realms = false\nppp = \"here\"\n[[realm]]")
        #expect(try parse(without).peers.map(\.followsRealms) == [false])
        let reload = Reload(from: try parse(text), to: try parse(without))
        #expect(reload.record.applied == ["peer \"lac\" changed"] && reload.record.notApplied.isEmpty)
    }

    @Test func `where every call goes on no realm counts`() {
        #expect(
            problems(of: Self.text.replacing("tunnel_group = \"next\"", with: "tunnel_group = \"next\"\nrealms = true"))
                == [
                    "l2tpd.toml:7: peer[0].realms: is there beside tunnel_group, into which every call goes; "
                        + "leave one of them out"
                ])
    }
}
