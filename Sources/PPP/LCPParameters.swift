/// What one end of the link has told the other about itself with LCP (RFC 1661 section 6); an option that was not
/// negotiated has its default.
package struct LCPParameters: Equatable, Sendable {
    /// Octets of information that this end can receive.
    package var mru: UInt16 = 1500
    /// The authentication that this end asks the other for.
    package var authentication: AuthenticationMethod?
    /// 0 where none was negotiated.
    package var magicNumber: UInt32 = 0
    package var protocolFieldCompression = false
    package var addressAndControlFieldCompression = false
    /// Means nothing in L2TP, but a LAC wants to know it (RFC 2661 section 6.14).
    package var asyncControlCharacterMap: UInt32 = 0xffff_ffff

    package init() {}
}
