package import Addresses
import CNetlink
import Glibc
package import Linux

/// An address of an interface.
package struct InterfaceAddress: Hashable, Sendable {
    package var local: IPAddress
    /// The other end of a point-to-point link, which the prefix then is about.
    package var peer: IPAddress?
    package var prefixLength: Int

    package init(local: IPAddress, peer: IPAddress?, prefixLength: Int) {
        self.local = local
        self.peer = peer
        self.prefixLength = prefixLength
    }

    /// RFC 4291 section 2.5.6: fe80::/10.
    var isLinkLocal: Bool {
        switch local {
        case .v4: false
        case .v6(let address): address.high >> 54 == 0x3fa
        }
    }
}

extension RouteNetlink {
    /// The addresses of an interface, or of each of the namespace's that has any when none is named, by their indices.
    package func addresses(ofInterface index: Int32? = nil) throws(Errno) -> [Int32: Set<InterfaceAddress>] {
        let request = NetlinkMessage("RTM_GETADDR", type: Int32(RTM_GETADDR), flags: NLM_F_DUMP)
        var header = ifaddrmsg()
        header.ifa_index = UInt32(bitPattern: index ?? 0)
        request.append(header: header)
        var addresses: [Int32: Set<InterfaceAddress>] = [:]
        do throws(Errno) {
            try perform(request) { reply in
                guard let (index, address) = InterfaceAddress.told(by: reply) else { return }
                addresses[index, default: []].insert(address)
            }
        } catch {
            // The interface that was named is gone.
            guard error.code == ENODEV else { throw error }
        }
        return addresses
    }
}

extension InterfaceAddress {
    /// What an RTM_NEWADDR says, and of which interface.
    fileprivate static func told(by reply: NetlinkReply) -> (Int32, InterfaceAddress)? {
        let attributes = reply.attributes(behind: MemoryLayout<ifaddrmsg>.size)
        func address(_ type: Int) -> IPAddress? {
            attributes[octets: type].flatMap { IPAddress(octets: Array($0)) }
        }
        guard reply.type == UInt16(RTM_NEWADDR), let index = reply.payload.native(UInt32.self, at: 4),
            let length = reply.payload.native(UInt8.self, at: 1), let other = address(Int(IFA_ADDRESS))
        else { return nil }
        // Of an address without a peer IPv4 tells the same twice, IPv6 tells one.
        let local = address(Int(IFA_LOCAL)) ?? other
        return (
            Int32(bitPattern: index),
            InterfaceAddress(local: local, peer: local == other ? nil : other, prefixLength: Int(length))
        )
    }
}
