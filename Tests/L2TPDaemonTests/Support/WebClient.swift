import Glibc
import HTTP
import Linux
import Testing

@testable import EventLoop
@testable import L2TPDaemon

/// What came over HTTP.
struct Page: Equatable {
    var status: Int
    var contentType = "text/plain; charset=utf-8"
    var body: String

    var lines: [String] { body.split(separator: "\n").map(String.init) }

    /// The form of Prometheus's text format: families in one piece, HELP and TYPE once before their samples, each sample
    /// once.
    func expectForm(_ sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(body.last == "\n", sourceLocation: sourceLocation)
        var families: Set<String> = []
        var samples: Set<Substring> = []
        var family = ""
        var kind = ""
        for line in lines {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP ") {
                family = String(words[2])
                #expect(families.insert(family).inserted && words.count == 4, "\(line)", sourceLocation: sourceLocation)
            } else if line.hasPrefix("# TYPE ") {
                #expect(words[2] == family, "\(line)", sourceLocation: sourceLocation)
                kind = String(words[3])
            } else {
                let series = line[..<(line.lastIndex(of: " ") ?? line.endIndex)]
                let name = String(series.prefix { $0 != "{" })
                let names =
                    kind == "histogram" ? ["_bucket", "_sum", "_count"].map { family + $0 } : [family]
                #expect(names.contains(name), "\(line)", sourceLocation: sourceLocation)
                #expect(samples.insert(series).inserted, "\(line)", sourceLocation: sourceLocation)
                #expect(Double(line[series.endIndex...].dropFirst()) != nil, "\(line)", sourceLocation: sourceLocation)
            }
        }
    }
}

extension World {
    /// What the service answers over HTTP, however long that takes it.
    func get(_ path: String) throws -> Page {
        let address = SocketAddress(try #require(service.http).local)
        let socket = OwnedFD(
            adopting: try systemCall("socket") {
                Glibc.socket(Int32(address.storage.ss_family), Int32(SOCK_STREAM.rawValue), 0)
            })
        let descriptor = socket.rawValue
        _ = try systemCall("connect") { unsafe address.withPointer { unsafe connect(descriptor, $0, $1) } }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: l2tpd\r\nConnection: close\r\n\r\n".utf8)
        _ = try systemCall("send") { unsafe send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) }
        var received: [UInt8] = []
        #expect(
            try run {
                var octets = [UInt8](repeating: 0, count: 65_536)
                while true {
                    let count = unsafe recv(descriptor, &octets, 65_536, Int32(MSG_DONTWAIT))
                    if count == 0 { return true }
                    guard count > 0 else { return false }
                    received += octets[..<count]
                }
            })
        let text = String(decoding: received, as: UTF8.self)
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        let head = text[..<end.lowerBound].split(separator: "\r\n")
        let type = head.first { $0.hasPrefix("Content-Type: ") }?.dropFirst(14) ?? ""
        let status = try #require(head.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return Page(status: status, contentType: String(type), body: String(text[end.upperBound...]))
    }
}

/// systemd's end of sd_notify(3).
struct ServiceManager: ~Copyable {
    /// An abstract name.
    let path: String
    private let socket: OwnedFD

    init() throws {
        path = "@l2tpd-test-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let socket = try UnixSocket.make(SOCK_DGRAM)
        try UnixSocket.bind(socket.rawValue, path)
        self.socket = socket
    }

    /// All that was said since this was last asked.
    func received() -> [String] {
        var messages: [String] = []
        var octets = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(socket.rawValue, &octets, 4096, Int32(MSG_DONTWAIT))
            guard count > 0 else { return messages }
            messages.append(String(decoding: octets[..<count], as: UTF8.self))
        }
    }
}
