/// What an access node tells about a subscriber's line in the vendor tag of TR-101 (appendix C). Only what was told is
/// set; rates are bits a second, delays are milliseconds.
package struct AccessLine: Equatable, Sendable {
    /// How the line carries frames (TR-101 section 3.9.5).
    package struct Encapsulation: Equatable, Sendable {
        /// 0 ATM AAL5, 1 Ethernet.
        package var dataLink: UInt8
        /// 0 none, 1 untagged Ethernet, 2 single-tagged Ethernet.
        package var first: UInt8
        /// 0 none, 1...8 as the table in TR-101 says.
        package var second: UInt8

        package init(dataLink: UInt8, first: UInt8, second: UInt8) {
            self.dataLink = dataLink
            self.first = first
            self.second = second
        }
    }

    /// Which port of which node it is. Opaque; up to 63 octets by the book, up to 255 as they come.
    package var circuitID: [UInt8]?
    /// Whose line it is. Opaque; up to 63 octets by the book, up to 255 as they come.
    package var remoteID: [UInt8]?
    package var actualDataRateUpstream: UInt64?
    package var actualDataRateDownstream: UInt64?
    package var minimumDataRateUpstream: UInt64?
    package var minimumDataRateDownstream: UInt64?
    package var attainableDataRateUpstream: UInt64?
    package var attainableDataRateDownstream: UInt64?
    package var maximumDataRateUpstream: UInt64?
    package var maximumDataRateDownstream: UInt64?
    package var minimumDataRateUpstreamLowPower: UInt64?
    package var minimumDataRateDownstreamLowPower: UInt64?
    package var maximumInterleavingDelayUpstream: UInt32?
    package var actualInterleavingDelayUpstream: UInt32?
    package var maximumInterleavingDelayDownstream: UInt32?
    package var actualInterleavingDelayDownstream: UInt32?
    package var encapsulation: Encapsulation?
    /// The access node makes PPPoE of the subscriber's PPPoA: many sessions come from the node's own MAC address (TR-101
    /// section 3.5.4.3).
    package var isInterworked = false

    package init() {}

    /// The rates by the number that TR-101, RFC 4679 and RFC 5515 all give them.
    package static let rates: [(type: UInt8, path: any WritableKeyPath<AccessLine, UInt64?> & Sendable)] = [
        (0x81, \.actualDataRateUpstream), (0x82, \.actualDataRateDownstream),
        (0x83, \.minimumDataRateUpstream), (0x84, \.minimumDataRateDownstream),
        (0x85, \.attainableDataRateUpstream), (0x86, \.attainableDataRateDownstream),
        (0x87, \.maximumDataRateUpstream), (0x88, \.maximumDataRateDownstream),
        (0x89, \.minimumDataRateUpstreamLowPower), (0x8a, \.minimumDataRateDownstreamLowPower),
    ]

    /// The delays by their common number.
    package static let delays: [(type: UInt8, path: any WritableKeyPath<AccessLine, UInt32?> & Sendable)] = [
        (0x8b, \.maximumInterleavingDelayUpstream), (0x8c, \.actualInterleavingDelayUpstream),
        (0x8d, \.maximumInterleavingDelayDownstream), (0x8e, \.actualInterleavingDelayDownstream),
    ]
}
