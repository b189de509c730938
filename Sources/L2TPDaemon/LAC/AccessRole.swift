import Instants
import PPPoE

/// The session of a PPPoE subscriber, who dialled in by himself or was called.
protocol AccessRole: SessionRole {
    var port: AccessPort { get }
    var request: AccessRequest { get }
    /// The subscriber knows that the session is over.
    var knowsEnd: Bool { get set }
}

extension AccessRole {
    /// Tells the subscriber, unless he knows, when nothing of the session is left: so nothing more can come behind the
    /// PADT (POE-06).
    func tellEnd(of session: PPPSession, at now: Instant) {
        guard !knowsEnd else { return }
        port.keys[request.id] = nil
        port.handle(.end(request.id, reason: session.end ?? "the session ended"), at: now)
    }
}
