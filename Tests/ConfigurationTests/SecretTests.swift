import Configuration
import ControlProtocol
import Testing

@Suite struct SecretTests {
    @Test func `HRD-07 a secret shows itself in no way of printing it`() throws {
        let secret = Secret("hush")
        var dumped = ""
        dump(secret, to: &dumped)
        let octets = "104, 117, 115, 104"
        for text in [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])",
            "\(Optional(secret) as Any)", dumped,
        ] {
            #expect(text.contains("<redacted>"))
            #expect(!text.contains("hush") && !text.contains(octets))
        }
        #expect(secret.octets == Array("hush".utf8))
    }

    @Test func `HRD-07 a whole configuration can be printed without its secrets`() throws {
        let configuration = try parse(example.replacing("password = \"secret\"", with: "password = \"pass-word\""))
        var text = "\(configuration)" + String(reflecting: configuration)
        dump(configuration, to: &text)
        #expect(text.contains("bras-1") && text.contains("alice"))
        #expect(!text.contains("tunnel-secret") && !text.contains("pass-word"))
        // "tunnel" as octets, the form in which arrays print.
        #expect(!text.contains("116, 117, 110") && !text.contains("- 116\n"))
    }

    @Test(arguments: [
        example.replacing(
            "secret         = \"tunnel-secret\"", with: "secret = \"tunnel-secret\"\nsecret_file = \"x\""),
        example.replacing("secret         = \"tunnel-secret\"", with: "secret = [\"tunnel-secret\"]"),
        example.replacing("secret         = \"tunnel-secret\"", with: "secret = \"tunnel-secret\\u0000\""),
        example.replacing("secret         = \"tunnel-secret\"", with: "secret = \"tunnel-secret\" x"),
        example.replacing("secret         = \"tunnel-secret\"", with: "secret = \"tunnel-secret"),
        example.replacing("secret         = \"tunnel-secret\"", with: "secret = tunnel-secret"),
        example.replacing("name           = \"bras-1\"", with: ""),
    ]) func `HRD-07 no refusal quotes a secret`(text: String) {
        let found = problems(of: text)
        #expect(!found.isEmpty)
        #expect(!found.joined().contains("tunnel-secret"))
    }

    @Test func `HRD-07 a reload names what changed and not to what`() throws {
        let new = try parse(
            example.replacing("\"tunnel-secret\"", with: "\"other\"").replacing("\"secret\"", with: "\"changed-too\""))
        let record = Reload(from: try parse(example), to: new).record
        #expect(record.applied == ["peer \"bras-1\" changed", "user \"alice\" changed"])
    }
}
