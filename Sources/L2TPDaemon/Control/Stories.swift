import Addresses
import Configuration
import ControlProtocol
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP

/// `show_session` and `show_tunnel`: all that is known of one.
extension Service {
    func sessionStory(_ name: SessionName, at now: Instant) -> Reply {
        do throws(ControlError) {
            let session = try session(named: name)
            let other = session.partner.flatMap { sessions[$0] }
            var story = SessionStory(session, bridgedTo: other, at: now)
            // What is on the other side of a bridge happens to the subscriber too.
            let keys = [session.key] + (other.map { [$0.key] } ?? [])
            story.events = keys.flatMap { log.story(of: .session($0)) }.sorted { $0.time < $1.time }
            return .sessionStory(story)
        } catch {
            return .error(error)
        }
    }

    func tunnelStory(_ id: UInt32, at now: Instant) -> Reply {
        guard let context = server.context(id) else {
            return .error(ControlError(code: .notFound, message: "no tunnel has the local id \(id)"))
        }
        let own = sessions.keys(inTunnel: id).compactMap { sessions[$0] }.sorted { $0.key.session < $1.key.session }
        var story = TunnelStory(context, sessions: own, at: now)
        story.events = log.story(of: .tunnel(context.id))
        return .tunnelStory(story)
    }
}

extension SessionStory {
    init(_ session: PPPSession, bridgedTo other: PPPSession?, at now: Instant) {
        let link = session.link
        self.init(
            session: SessionRecord(session, bridgedTo: other, at: now), pppPhase: link.phase.rawValue)
        if session.isLinked {
            localLCP = LCPOptions(link.localParameters)
            peerLCP = LCPOptions(link.peerParameters)
            networks = NetworkProtocol.allCases.filter { session.networks.isUp($0) }.map { "\($0)" }
            echoIntervalSeconds = link.configuration.echoInterval?.inSeconds ?? 0
            echoFailures = link.configuration.echoFailures
            timerSeconds = link.deadline.map { now.tenths(until: $0) }
        }
        if let role = session.role as? any TerminatingRole {
            dns = role.termination.profile.dns.map(\.description)
            nbns = role.termination.profile.nbns.map(\.description)
        } else {
            dns = session.dns.map(\.description)
        }
        ageSeconds = session.began.seconds(until: now)
        openSeconds = session.opened?.seconds(until: now)
    }
}

extension SessionStory.LCPOptions {
    fileprivate init(_ parameters: LCPParameters) {
        self.init(
            mru: Int(parameters.mru), authentication: parameters.authentication?.rawValue,
            magicNumber: Self.hexadecimal(parameters.magicNumber),
            accm: Self.hexadecimal(parameters.asyncControlCharacterMap),
            protocolFieldCompression: parameters.protocolFieldCompression,
            addressAndControlFieldCompression: parameters.addressAndControlFieldCompression)
    }

    private static func hexadecimal(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

extension TunnelStory {
    init(_ context: TunnelContext, sessions: [PPPSession], at now: Instant) {
        self.init(tunnel: TunnelRecord(context, sessions: sessions, at: now), kernel: "\(context.kernel)")
        let statistics = context.machine.statistics
        helloIntervalSeconds = context.counterpart.settings.helloInterval?.inSeconds ?? 0
        waitingMessages = statistics.queued
        unacknowledgedMessages = statistics.unacknowledged
        slowStartThreshold = statistics.window.threshold
        timerSeconds = context.machine.deadline.map { now.tenths(until: $0) }
        self.sessions = sessions.map { "\($0.key.tunnel)/\($0.key.session)" }
    }
}

extension Instant {
    /// Seconds from here to there, in tenths; 0 where that is over.
    fileprivate func tenths(until later: Instant) -> Double {
        max(0, ((later - self).inSeconds * 10).rounded() / 10)
    }
}
