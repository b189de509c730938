import DataPlane
import L2TPWire

extension Journal {
    /// What a story is about.
    enum Subject: Hashable {
        case tunnel(UInt32)
        case session(SessionKey)

        static func tunnel(_ id: TunnelID) -> Subject { .tunnel(UInt32(id.rawValue)) }
    }

    /// How it began and the latest of what followed.
    struct Story {
        private(set) var events: [Event] = []

        /// A session's life has about five events; renegotiations and their failures may go on for ever.
        static let mostEvents = 16
        /// The first ones, which stay.
        private static let beginning = 4

        mutating func append(_ event: Event) {
            if events.count == Self.mostEvents { events.remove(at: Self.beginning) }
            events.append(event)
        }
    }
}
