import L2TPWire

@testable import L2TPDaemon

extension CallRequest {
    /// AVPs that the messages have no field for.
    var extensions: [AVP] {
        switch self {
        case .incoming(let request): request.extensions
        case .outgoing(let request): request.extensions
        }
    }
}
