/// Why a datagram is no L2TPv2 message. All of these are dropped and counted, none is answered (RFC 2661 section 7.1).
package enum HeaderError: Error, Equatable, Sendable {
    /// Fewer octets than the header's own flags ask for.
    case truncated
    /// The Ver field is not 2: 1 is L2F, 3 is L2TPv3, the rest is unknown.
    case version(UInt8)
    /// A control message without L or S, or with O or P. The first 16 bits of the header are given.
    case malformedFlags(UInt16)
    /// The Length field is less than the header takes, or more than was received.
    case badLength(declared: Int, received: Int)
    /// Offset Size points behind the message's end.
    case badOffset(Int)
}
