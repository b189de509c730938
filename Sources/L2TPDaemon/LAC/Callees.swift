import Addresses
import Configuration
import DataPlane

/// Whom LNSes may have us call, and the calls to them.
final class Callees {
    let hooks: Hooks
    private var callees: [String: Callee]
    /// Calls that ring: their subscribers have not answered. By what their tunnels call them.
    private(set) var ringing: [SessionKey: OutgoingCall] = [:]

    init(_ callees: [Callee], hooks: Hooks) {
        self.callees = Self.table(callees)
        self.hooks = hooks
    }

    /// From now on; calls that ring ring on.
    func apply(_ callees: [Callee]) {
        self.callees = Self.table(callees)
    }

    /// Numbers are unique: Configuration sees to it.
    private static func table(_ callees: [Callee]) -> [String: Callee] {
        Dictionary(callees.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Without any nobody is told that calls can be placed here (RFC 2661 section 4.4.3).
    var isEmpty: Bool { callees.isEmpty }

    subscript(number: String) -> Callee? { callees[number] }

    /// The call that a host's request answers.
    func ringing(on interface: String, _ mac: MACAddress) -> OutgoingCall? {
        ringing.values.first { $0.callee.interface == interface && $0.callee.mac == mac }
    }

    func ring(_ call: OutgoingCall) {
        ringing[call.key] = call
    }

    /// The call was answered, or is over; nil when it did not ring.
    @discardableResult
    func stopRinging(_ key: SessionKey) -> OutgoingCall? {
        ringing.removeValue(forKey: key)
    }
}
