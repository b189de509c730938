/// Why a host gets no session: the error tag of a PADS and its text (RFC 2516 appendix A).
package enum DiscoveryRefusal: Equatable, Sendable {
    case serviceName(String)
    case system(String)
    case generic(String)

    var tag: DiscoveryTag {
        switch self {
        case .serviceName(let text): DiscoveryTag(.serviceNameError, text: Self.printable(text))
        case .system(let text): DiscoveryTag(.acSystemError, text: Self.printable(text))
        case .generic(let text): DiscoveryTag(.genericError, text: Self.printable(text))
        }
    }

    /// The first refusal that a packet holds.
    init?(in packet: DiscoveryPacket) {
        for tag in packet.tags {
            switch tag.kind {
            case .serviceNameError: self = .serviceName(tag.text)
            case .acSystemError: self = .system(tag.text)
            case .genericError: self = .generic(tag.text)
            default: continue
            }
            return
        }
        return nil
    }

    static func printable(_ text: String) -> String {
        DiscoveryTag(.genericError, text: text).text
    }
}
