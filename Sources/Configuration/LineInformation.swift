/// What an LNS may be told of a subscriber's access line, as far as it is known (RFC 5515 section 5): the words of
/// `access_line` in `[[tunnel_group.lns]]`.
package enum LineInformation: String, CaseIterable, Hashable, Sendable {
    case circuitID = "circuit-id"
    case remoteID = "remote-id"
    case dataRates = "data-rates"
    case interleavingDelays = "interleaving-delays"
    case encapsulation = "encapsulation"
    case lineType = "line-type"
    case iwfSession = "iwf-session"
}
