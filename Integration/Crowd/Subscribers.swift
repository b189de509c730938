import DataPlane
import Instants
import Linux
import PPP

/// The other ends of the sessions' PPP, each from its first frame on. Nothing is lost in memory, so nothing is sent again.
final class Subscribers {
    static let name = "subscriber"
    static let password = "sesame-of-all"

    private var links: [SessionKey: Link] = [:]
    private var random = SystemRandomNumberGenerator()

    /// What a session's subscriber says to a frame.
    func answer(_ sent: InMemoryDataPlane.SentFrame) -> [[UInt8]] {
        var answers: [[UInt8]] = []
        if links[sent.key] == nil {
            links[sent.key] = Link(
                configuration: LinkConfiguration(
                    role: .peer(.init(user: Self.name, password: Password(Self.password), methods: [.chapMD5])),
                    echoInterval: nil))
            give(.lowerLayerUp, to: sent.key, &answers)
        }
        give(.frame(sent.frame), to: sent.key, &answers)
        return answers
    }

    private func give(_ event: Link.Event, to key: SessionKey, _ answers: inout [[UInt8]]) {
        for output in links[key]?.handle(event, at: .now, using: &random) ?? [] {
            switch output {
            case .send(let frame): answers.append(frame.encoded)
            case .networkPhase: give(.networkReady(NetworkParameters()), to: key, &answers)
            default: break
            }
        }
    }
}
