import Addresses
import Glibc
import HTTP
import Linux
import Testing

/// The listener and its clients, all in this thread.
@Suite struct HTTPListenerTests {
    static let addresses = [IPAddress.v4(IPv4Address(127, 0, 0, 1)), .v6(IPv6Address(high: 0, low: 1))]

    @Test(arguments: addresses) func `a path is answered with status, type and body`(_ address: IPAddress) throws {
        let listener = try HTTPListener(bind: Endpoint(address: address, port: 0))
        let client = try Client(listener)
        client.send("GET /metrics?x=1 HTTP/1.1\r\nHost: x\r\n\r\n")
        client.run {
            $0 == "/metrics" ? HTTPResponse(contentType: "text/plain; version=0.0.4", body: Array("a 1\n".utf8)) : nil
        }
        #expect(client.received.hasPrefix("HTTP/1.1 200 OK\r\n") && client.received.hasSuffix("\r\n\r\na 1\n"))
        #expect(client.received.contains("Content-Type: text/plain; version=0.0.4\r\n"))
    }

    @Test func `a connection serves one request after the other, HEAD without a body`() throws {
        let client = try Client(HTTPListener(bind: loopback))
        client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        client.run { HTTPResponse("path \($0)\n") }
        #expect(client.received.hasSuffix("path /a\n"))
        client.received = ""
        client.send("HEAD /b HTTP/1.1\r\nHost: x\r\n\r\n")
        client.run { HTTPResponse("path \($0)\n") }
        #expect(client.received.hasSuffix("\r\n\r\n") && client.received.contains("Content-Length: 8\r\n"))
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS"])
    func `other methods are not allowed`(_ method: String) throws {
        let client = try Client(HTTPListener(bind: loopback))
        client.send("\(method) / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
        client.run { _ in HTTPResponse("no") }
        #expect(client.received.hasPrefix("HTTP/1.1 405 ") && client.received.contains("Allow: GET, HEAD\r\n"))
    }

    @Test func `who has no answer yet is answered when there is one, and others meanwhile`() throws {
        let listener = try HTTPListener(bind: loopback)
        let (slow, quick) = try (Client(listener), Client(listener))
        slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        slow.run { _ in nil }
        #expect(slow.received.isEmpty)
        quick.send("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n")
        quick.run { HTTPResponse($0) }
        #expect(quick.received.hasSuffix("/quick") && slow.received.isEmpty)
        listener.resume()
        slow.run { HTTPResponse($0) }
        #expect(slow.received.hasSuffix("/slow"))
    }

    @Test func `a listener may end while a connection waits for its answer`() throws {
        var listener: HTTPListener? = try HTTPListener(bind: loopback)
        let client = try Client(#require(listener))
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        client.run { _ in nil }
        client.listener = nil
        listener = nil
        client.read()
        #expect(client.received.isEmpty)
    }

    @Test func `garbage harms nobody`() throws {
        let listener = try HTTPListener(bind: loopback)
        let (garbler, client) = try (Client(listener), Client(listener))
        garbler.send(String(repeating: "\u{1}\r\n: /", count: 20_000))
        garbler.run { _ in .notFound }
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        client.run { _ in .notFound }
        #expect(client.received.hasPrefix("HTTP/1.1 404 "))
    }

    @Test func `an address that is taken is told`() throws {
        let first = try HTTPListener(bind: loopback)
        #expect(throws: Errno("bind", code: EADDRINUSE)) { _ = try HTTPListener(bind: first.local) }
    }

    private let loopback = Endpoint(address: addresses[0], port: 0)
}

/// A client in the thread of the listener.
private final class Client {
    var listener: HTTPListener?
    private let socket: OwnedFD
    var received = ""

    init(_ listener: HTTPListener) throws {
        self.listener = listener
        let socket = OwnedFD(
            adopting: try systemCall("socket") {
                Glibc.socket(listener.local.address.family, Int32(SOCK_STREAM.rawValue), 0)
            })
        let address = SocketAddress(listener.local)
        let descriptor = socket.rawValue
        _ = try systemCall("connect") { unsafe address.withPointer { unsafe connect(descriptor, $0, $1) } }
        self.socket = socket
    }

    func send(_ text: String) {
        let octets = Array(text.utf8)
        _ = unsafe Glibc.send(socket.rawValue, octets, octets.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }

    func read() {
        var octets = [UInt8](repeating: 0, count: 65_536)
        let size = octets.count
        while true {
            let count = unsafe recv(socket.rawValue, &octets, size, Int32(MSG_DONTWAIT))
            guard count > 0 else { return }
            received += String(decoding: octets[..<count], as: UTF8.self)
        }
    }

    /// As a loop does: whenever something is readable or due, until nothing is.
    func run(_ answer: @escaping HTTPListener.Answer) {
        guard let listener else { return }
        var quiet = 0
        while quiet < 3 {
            var poller = pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)
            let isDue = listener.deadline.map { $0 <= .now } ?? false
            if unsafe poll(&poller, 1, isDue ? 0 : 20) == 0, !isDue { quiet += 1 }
            listener.run(answer)
            read()
        }
    }
}
