package import Addresses
import CLinux
import Glibc
package import Linux

/// Looks names up in the DNS, or wherever the system looks (getaddrinfo(3)), beside the loop: that may take seconds.
package final class NameResolver {
    package struct Answer: Sendable {
        package var name: String
        /// In the system's order of preference; empty when the look-up failed.
        package var addresses: [IPAddress]
        /// Why there are none.
        package var failure: String?
    }

    private let answers: Mailbox<Answer>
    private var asked: Set<String> = []

    package init() throws(Errno) {
        answers = try Mailbox()
    }

    /// For `EventLoop.add`: readable while answers wait.
    package var descriptor: Int32 { answers.descriptor }

    /// Asks for a name's addresses. One that is being asked for has one answer.
    package func resolve(_ name: String) {
        guard asked.insert(name).inserted else { return }
        do throws(Errno) {
            // One thread each: a name whose servers are silent keeps no other waiting.
            try WorkerThread.start(named: "l2tpd-resolver") { [answers] in answers.post(Self.answer(name)) }
        } catch {
            answers.post(Answer(name: name, addresses: [], failure: "\(error)"))
        }
    }

    package func drain() -> [Answer] {
        let all = answers.drain()
        asked.subtract(all.map(\.name))
        return all
    }

    private static func answer(_ name: String) -> Answer {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var first: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(name, nil, &hints, &first)
        guard code == 0 else {
            return Answer(name: name, addresses: [], failure: unsafe String(cString: gai_strerror(code)))
        }
        defer { unsafe freeaddrinfo(first) }
        var addresses: [IPAddress] = []
        var next = unsafe first
        while let entry = unsafe next {
            if let endpoint = unsafe endpoint(of: entry), !addresses.contains(endpoint.address) {
                addresses.append(endpoint.address)
            }
            unsafe next = unsafe entry.pointee.ai_next
        }
        return Answer(name: name, addresses: addresses, failure: addresses.isEmpty ? "no address" : nil)
    }

    private static func endpoint(of entry: UnsafeMutablePointer<addrinfo>) -> Endpoint? {
        var storage = sockaddr_storage()
        let size = unsafe min(Int(entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
        guard let address = unsafe entry.pointee.ai_addr else { return nil }
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: size))
        }
        return SocketAddress.endpoint(storage)
    }
}
