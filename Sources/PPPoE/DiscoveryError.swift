/// Why octets are no discovery packet, or a packet cannot be octets.
package enum DiscoveryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Fewer octets than the header has.
    case truncatedHeader
    /// VER and TYPE are not 1 and 1; the octet that holds both.
    case versionAndType(UInt8)
    /// A CODE that is none of discovery's five.
    case code(UInt8)
    /// LENGTH goes beyond the end of the frame.
    case length(UInt16, available: Int)
    /// A TAG goes beyond LENGTH.
    case tagOverrun
    /// The packet does not fit an Ethernet frame; how many octets it has.
    case tooLong(Int)

    package var description: String {
        switch self {
        case .truncatedHeader: "ends inside the header"
        case .versionAndType(let octet): "has VER and TYPE \(octet >> 4) and \(octet & 15)"
        case .code(let code): "has CODE \(code)"
        case .length(let length, let available): "says LENGTH \(length), but has \(available) octets"
        case .tagOverrun: "has a TAG beyond its end"
        case .tooLong(let count): "has \(count) octets"
        }
    }
}
