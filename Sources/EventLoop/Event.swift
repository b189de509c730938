/// Who gets an event: the loop's caller chooses it when it registers a descriptor. `owner` tells rooms apart (each
/// room that registers is given one number), `value` is the room's own.
package struct Token: Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// `value` keeps its lower 56 bits.
    package init(owner: UInt8, value: UInt64) {
        rawValue = UInt64(owner) << 56 | value & (1 << 56 - 1)
    }

    package var owner: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 56) }
    package var value: UInt64 { rawValue & (1 << 56 - 1) }
}

/// The signals that the loop turns into events.
package enum Signal: Hashable, Sendable, CaseIterable {
    /// SIGTERM
    case terminate
    /// SIGINT
    case interrupt
    /// SIGHUP
    case hangUp
    /// SIGWINCH: the terminal has another size.
    case windowChange
}

/// What one turn of the loop found.
package enum Event: Hashable, Sendable {
    /// There is something to read: octets, a datagram, a connection, an error, an end.
    case readable(Token)
    case writable(Token)
    /// The other end is gone; comes with every turn until the descriptor is removed.
    case hangUp(Token)
    case signal(Signal)
    /// The time given to `wait(until:)` has come.
    case deadline
}

/// What a descriptor is watched for; hang-ups and errors are always told.
package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let readable = Interest(rawValue: 1)
    package static let writable = Interest(rawValue: 2)
}
