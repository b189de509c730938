/// What an AVP is: the pair of vendor and number, never the number alone (RFC 2661 section 4.1).
package struct Attribute: Hashable, Sendable, CustomStringConvertible {
    /// SMI enterprise number; 0 is the IETF.
    package var vendor: UInt16
    package var type: UInt16

    package init(vendor: UInt16 = 0, type: UInt16) {
        self.vendor = vendor
        self.type = type
    }

    /// Whether the pair is in the table of AVPs.
    package var isRecognised: Bool { AVPTable.row(for: self) != nil }

    /// "Host Name"; nil when the table does not have it.
    package var name: String? { AVPTable.row(for: self)?.name }

    /// The table's name, if it has one, and the numbers: "Host Name (vendor 0, attribute 7)".
    package var description: String {
        let numbers = "vendor \(vendor), attribute \(type)"
        return AVPTable.row(for: self).map { "\($0.name) (\(numbers))" } ?? numbers
    }
}

extension Attribute {
    package static let messageType = Attribute(type: 0)
    package static let resultCode = Attribute(type: 1)
    package static let protocolVersion = Attribute(type: 2)
    package static let framingCapabilities = Attribute(type: 3)
    package static let bearerCapabilities = Attribute(type: 4)
    package static let tieBreaker = Attribute(type: 5)
    package static let firmwareRevision = Attribute(type: 6)
    package static let hostName = Attribute(type: 7)
    package static let vendorName = Attribute(type: 8)
    package static let assignedTunnelID = Attribute(type: 9)
    package static let receiveWindowSize = Attribute(type: 10)
    package static let challenge = Attribute(type: 11)
    package static let q931Cause = Attribute(type: 12)
    package static let challengeResponse = Attribute(type: 13)
    package static let assignedSessionID = Attribute(type: 14)
    package static let callSerialNumber = Attribute(type: 15)
    package static let minimumBPS = Attribute(type: 16)
    package static let maximumBPS = Attribute(type: 17)
    package static let bearerType = Attribute(type: 18)
    package static let framingType = Attribute(type: 19)
    package static let calledNumber = Attribute(type: 21)
    package static let callingNumber = Attribute(type: 22)
    package static let subAddress = Attribute(type: 23)
    package static let txConnectSpeed = Attribute(type: 24)
    package static let physicalChannelID = Attribute(type: 25)
    package static let initialReceivedLCP = Attribute(type: 26)
    package static let lastSentLCP = Attribute(type: 27)
    package static let lastReceivedLCP = Attribute(type: 28)
    package static let proxyAuthenType = Attribute(type: 29)
    package static let proxyAuthenName = Attribute(type: 30)
    package static let proxyAuthenChallenge = Attribute(type: 31)
    package static let proxyAuthenID = Attribute(type: 32)
    package static let proxyAuthenResponse = Attribute(type: 33)
    package static let callErrors = Attribute(type: 34)
    package static let accm = Attribute(type: 35)
    package static let randomVector = Attribute(type: 36)
    package static let privateGroupID = Attribute(type: 37)
    package static let rxConnectSpeed = Attribute(type: 38)
    package static let sequencingRequired = Attribute(type: 39)
    package static let pppDisconnectCause = Attribute(type: 46)
    /// The same under 3Com's number, as RFC 3145's drafts had it: received only.
    package static let pppDisconnectCause3Com = Attribute(vendor: 43, type: 46)
    package static let lcpWantOptions = Attribute(type: 49)
    package static let lcpAllowOptions = Attribute(type: 50)
    package static let lnsLastSentLCP = Attribute(type: 51)
    package static let lnsLastReceivedLCP = Attribute(type: 52)
}
