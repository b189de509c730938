import ControlProtocol
import DataPlane
import L2TPWire

extension Journal {
    /// What a story is about.
    enum Subject: Hashable {
        case tunnel(UInt32)
        case session(SessionKey)

        static func tunnel(_ id: TunnelID) -> Subject { .tunnel(UInt32(id.rawValue)) }

        /// What an event happened to; nil where it is neither a tunnel nor a session. A PPPoE subscriber's session has no
        /// tunnel.
        init?(_ event: EventRecord) {
            switch (event.tunnelID, event.sessionID) {
            case (let tunnel, let session?): self = .session(SessionKey(tunnel: tunnel ?? 0, session: session))
            case (let tunnel?, nil): self = .tunnel(tunnel)
            case (nil, nil): return nil
            }
        }
    }

    /// How it began and the latest of what followed.
    struct Story {
        private(set) var events: [EventRecord] = []

        /// A session's life has about five events; renegotiations and their failures may go on for ever.
        static let mostEvents = 16
        /// The first ones, which stay.
        private static let beginning = 4

        mutating func append(_ event: EventRecord) {
            if events.count == Self.mostEvents { events.remove(at: Self.beginning) }
            events.append(event)
        }
    }
}
