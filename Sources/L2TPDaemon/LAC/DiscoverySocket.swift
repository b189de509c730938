package import Addresses
package import EventLoop
package import Linux

/// What carries PPPoE's discovery packets on one interface.
package protocol DiscoverySocket: AnyObject {
    /// For the loop; nil when whoever made it says when there is something to read.
    var watchedDescriptor: Int32? { get }
    var interfaceIndex: Int32 { get }
    /// The interface's own.
    var address: MACAddress { get }
    /// The interface's MTU now.
    func mtu() throws(Errno) -> Int
    /// Whether the interface is there, up, and has a carrier.
    var isUp: Bool { get }
    func drain(limit: Int) -> DrainedPackets
    func send(_ octets: [UInt8], to destination: MACAddress) -> Transmission
}

extension PacketSocket: DiscoverySocket {
    /// EtherType of the Discovery stage (RFC 2516 section 4).
    package static let discovery: UInt16 = 0x8863

    package var watchedDescriptor: Int32? { descriptor }
}
