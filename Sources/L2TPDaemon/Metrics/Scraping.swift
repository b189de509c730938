import ControlProtocol
import DataPlane
import HTTP
import Instants
import Linux

/// What HTTP is asked for: `/metrics` and `/healthz`.
extension Service {
    /// When HTTP is due though nothing is readable.
    var httpDeadline: Instant? { earlier(http?.deadline, scrape.deadline) }

    func serveHTTP(at now: Instant) {
        http?.run { [unowned self] path in response(to: path, at: now) }
    }

    func expireHTTP(at now: Instant) {
        if let due = scrape.deadline, due <= now { return answerScrape(at: now) }
        if let due = http?.deadline, due <= .now { serveHTTP(at: now) }
    }

    /// The kernel's counters are fresh, or do not come: answers who waits for them.
    func answerScrape(at now: Instant) {
        guard scrape.waiting != nil else { return }
        scrape.waiting = nil
        scrape.last = (now, exposition(at: now).octets)
        http?.resume()
        serveHTTP(at: now)
    }

    private func response(to path: String, at now: Instant) -> HTTPResponse? {
        switch path {
        case "/metrics": return metrics(at: now)
        case "/healthz":
            let health = health(at: now)
            return HTTPResponse(status: health.status == .good ? 200 : 503, health.text)
        default: return HTTPResponse(status: 404, "there are /metrics and /healthz\n")
        }
    }

    private func metrics(at now: Instant) -> HTTPResponse? {
        if let last = scrape.last, now - last.time < Scrape.rest {
            return HTTPResponse(contentType: Exposition.contentType, body: last.octets)
        }
        guard sessions.isEmpty else {
            scrape.waiting = scrape.waiting ?? now
            plane.readCounters()
            return nil
        }
        let octets = exposition(at: now).octets
        scrape.last = (now, octets)
        return HTTPResponse(contentType: Exposition.contentType, body: octets)
    }
}

/// An answer that waits for the kernel's counters, and the last that was given.
struct Scrape {
    /// Since when somebody waits; nil while nobody does.
    var waiting: Instant?
    var last: (time: Instant, octets: [UInt8])?

    /// However many ask: once so often it is computed.
    static let rest: Duration = .seconds(1)
    /// A kernel that does not tell its counters must not keep us from telling ours.
    static let patience: Duration = .seconds(3)

    var deadline: Instant? { waiting.map { $0 + Self.patience } }
}
