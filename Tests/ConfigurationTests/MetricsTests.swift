import Addresses
import Configuration
import Testing

@Suite struct MetricsTests {
    @Test(arguments: [
        ("", nil), ("[metrics]", "127.0.0.1:9701"), ("[metrics]\nenabled = true", "127.0.0.1:9701"),
        ("[metrics]\nenabled = false\nlisten = \"[::1]:9701\"", nil), ("[metrics]\nport = 9100", "127.0.0.1:9100"),
        ("[metrics]\nlisten = \"[::1]:9100\"", "[::1]:9100"), ("[metrics]\nlisten = \"0.0.0.0:9701\"", "0.0.0.0:9701"),
    ]) func `metrics are told where the table says, and nowhere without one`(text: String, listener: String?) throws {
        #expect(try parse(text + "\n" + example).metrics?.description == listener)
    }

    @Test(arguments: [
        (
            "[metrics]\nlisten = \"localhost:9701\"",
            "2: metrics.listen: is \"localhost:9701\", not an address and a port, such as \"127.0.0.1:9701\" or \"[::1]:9701\""
        ),
        (
            "[metrics]\nlisten = \"::1:9701\"",
            "2: metrics.listen: is \"::1:9701\", not an address and a port, such as \"127.0.0.1:9701\" or \"[::1]:9701\""
        ),
        (
            "[metrics]\nlisten = \"127.0.0.1:0\"",
            "2: metrics.listen: is \"127.0.0.1:0\", not an address and a port, such as \"127.0.0.1:9701\" or \"[::1]:9701\""
        ),
        ("[metrics]\nport = 0", "2: metrics.port: is 0; write a whole number from 1 to 65535"),
        ("[metrics]\nenabled = 1", "2: metrics.enabled: is an integer; write true or false"),
        (
            "[metrics]\nlisten = \"[::1]:9701\"\nport = 9701",
            "3: metrics.port: is there beside listen, which says it; leave one of them out"
        ),
        (
            "[metrics]\naddress = \"::1\"",
            "2: metrics.address: is no key that is known here; there are enabled, listen, port"
        ),
        ("[[metrics]]", "1: metrics: is written as [[metrics]]; there is only one, write [metrics]"),
    ]) func `what is wrong is told with its place`(text: String, problem: String) {
        #expect(problems(of: text + "\n" + example) == ["l2tpd.toml:" + problem])
    }
}
