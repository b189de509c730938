import Configuration
import Instants

/// A `[[client]]` and what has become of it.
final class ClientLine {
    enum Stage {
        /// Nobody wants it, or it is not to be dialled again by itself.
        case down
        case waiting(until: Instant)
        /// A call is on its way, stands, or is ending.
        case calling(ClientCall)
    }

    /// As it is dialled next.
    var client: Client
    var stage = Stage.down
    /// Whether it is dialled again when its call ends.
    var isWanted: Bool
    /// It is to be dialled as soon as the call that is being hung up has ended.
    var isDialledNext = false
    var redial: Redial
    /// Why the last call ended, unless it was ended here.
    var lastFailure: String?
    /// Calls that failed or were lost since it was last up.
    var failures = 0

    init(_ client: Client) {
        self.client = client
        isWanted = false
        redial = Redial(initial: client.redialInitial, cap: client.redialCap)
    }

    var call: ClientCall? { if case .calling(let call) = stage { call } else { nil } }

    /// As `l2tpctl` shows it.
    var state: String {
        switch stage {
        case .down: "down"
        case .waiting: "waiting"
        case .calling(let call): call.state
        }
    }
}
