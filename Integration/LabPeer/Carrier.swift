import Instants
import Linux

/// What carries subscribers' PPP to the server: one L2TP tunnel, or an Ethernet with PPPoE.
protocol Carrier: AnyObject {

    /// To be watched; `drain` reads them all.
    var descriptors: [Int32] { get }
    var hasCalls: Bool { get }
    /// No call is left, and the server has heard of it as far as it ever will.
    var callsAreOver: Bool { get }
    /// The server has nothing more to hear.
    var isStopped: Bool { get }
    /// No earlier instant needs `timeout`. May be earlier than anything is due.
    var deadline: Instant? { get }
    var retransmissions: Int { get }

    func open(at now: Instant) -> [CarrierChange]
    func placeCall(_ number: Int, at now: Instant) -> [CarrierChange]
    /// Pings the server through each call, until it answers.
    func ping(at now: Instant) -> [CarrierChange]
    /// Ends the calls by the carrier's own word: CDN, PADT.
    func closeCalls(at now: Instant) -> [CarrierChange]
    /// Ends PPP in each call; the server ends the calls.
    func terminateCalls(at now: Instant) -> [CarrierChange]
    /// Ends the carrier itself, where it has an end.
    func close(at now: Instant) -> [CarrierChange]
    /// All that the descriptors hold.
    func drain(at now: Instant) -> [CarrierChange]
    /// Looks at every call, so it is not to be called too often.
    func timeout(at now: Instant) -> [CarrierChange]
}

/// What becomes of calls and of their carrier.
enum CarrierChange {
    case opened(SubscriberSession)
    /// All that the plan wants of the call has been seen.
    case settled(SubscriberSession)
    /// The first ping through the call was answered.
    case answered
    /// A call is over, and why. Its session is nil when there never was one.
    case callEnded(SubscriberSession?, String)
    /// The carrier is over, and not by us.
    case ended(String, byServer: Bool)
}
