package import EventLoop
import L2TPWire

/// Whose a descriptor is: the owners that register with the loop, and what their tokens carry.
extension Token {
    enum Owner: UInt8 {
        case listener = 1
        case tunnel
        case caller
        case plane
        case hook
        case resolver
        case controlListener
        case controlClient
        case access
        case http
    }

    /// The owner number that the service expects its data plane's tokens to have.
    package static var planeOwner: UInt8 { Owner.plane.rawValue }

    static func listener(_ index: Int) -> Token { Token(owner: Owner.listener.rawValue, value: UInt64(index)) }
    static func tunnel(_ id: TunnelID) -> Token { Token(owner: Owner.tunnel.rawValue, value: UInt64(id.rawValue)) }
    static func caller(_ id: TunnelID) -> Token { Token(owner: Owner.caller.rawValue, value: UInt64(id.rawValue)) }
    static func hook(_ number: UInt64) -> Token { Token(owner: Owner.hook.rawValue, value: number) }
    static func access(_ index: Int) -> Token { Token(owner: Owner.access.rawValue, value: UInt64(index)) }
    static let http = Token(owner: Owner.http.rawValue, value: 0)
    static let resolver = Token(owner: Owner.resolver.rawValue, value: 0)
    static let controlListener = Token(owner: Owner.controlListener.rawValue, value: 0)
    static func controlClient(_ number: UInt64) -> Token { Token(owner: Owner.controlClient.rawValue, value: number) }
}
