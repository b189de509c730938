package import Addresses
import CMicroHTTPD
import Glibc
package import Instants
package import Linux

/// Answers GET and HEAD over HTTP/1.1 on one address: GNU libmicrohttpd without a thread of its own, so that the answers are
/// given on the thread that calls `run`, and need no lock.
///
///     let listener = try HTTPListener(bind: endpoint)
///     try loop.add(listener.descriptor, token)
///     // ... when the token is readable, and at `listener.deadline`:
///     listener.run { path in path == "/" ? HTTPResponse("hello\n") : .notFound }
@safe package final class HTTPListener {
    /// What a path, without its query, is answered with; nil is no answer yet: the connection rests, and `resume` has
    /// it ask again.
    package typealias Answer = (_ path: String) -> HTTPResponse?

    /// Connections at once; more wait in the kernel.
    package static let mostConnections: UInt32 = 32
    /// Seconds after which a connection that says nothing, or takes nothing, is closed.
    static let patience: UInt32 = 10

    private let daemon: OpaquePointer
    private let exchange = Exchange()
    /// For `EventLoop.add`.
    package let descriptor: Int32
    /// The address and port that it listens on.
    package let local: Endpoint

    /// Listens at once. Port 0 lets the kernel choose.
    package init(bind address: Endpoint) throws(Errno) {
        let socket = try Self.listen(on: address)
        local = try SocketAddress.bound(to: socket.rawValue) ?? address
        let context = unsafe Unmanaged.passUnretained(exchange).toOpaque()
        // From here on the socket is the library's.
        guard
            let daemon = unsafe cmicrohttpd_start(
                socket.release(), receiveRequest, context, Self.mostConnections, Self.patience)
        else { throw Errno("MHD_start_daemon", code: ENOMEM) }
        unsafe self.daemon = daemon
        descriptor = unsafe cmicrohttpd_epoll(daemon)
    }

    deinit {
        // The library ends the program when a connection still rests.
        resume()
        unsafe MHD_stop_daemon(daemon)
    }

    /// Does what can be done now, without waiting.
    package func run(_ answer: @escaping Answer) {
        exchange.answer = answer
        _ = unsafe MHD_run(daemon)
        exchange.answer = nil
    }

    /// Connections that rest ask again at the next `run`, which is due at once.
    package func resume() {
        while let connection = unsafe exchange.resting.popLast() { unsafe MHD_resume_connection(connection) }
    }

    /// When `run` is due though nothing is readable; nil when it is not.
    package var deadline: Instant? {
        let milliseconds = unsafe cmicrohttpd_timeout(daemon)
        return milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
    }

    private static func listen(on address: Endpoint) throws(Errno) -> OwnedFD {
        let family = address.address.family
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let socket = OwnedFD(adopting: try systemCall("socket") { Glibc.socket(family, kind, 0) })
        let descriptor = socket.rawValue
        try SocketOption.set(descriptor, SOL_SOCKET, SO_REUSEADDR)
        if family == AF_INET6 { try SocketOption.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
        let own = SocketAddress(address)
        _ = try systemCall("bind") { unsafe own.withPointer { unsafe bind(descriptor, $0, $1) } }
        _ = try systemCall("listen") { Glibc.listen(descriptor, 64) }
        return socket
    }
}

/// What the library's calls back find: who answers, and the connections that have no answer yet.
@safe private final class Exchange {
    var answer: HTTPListener.Answer?
    var resting: [OpaquePointer] = unsafe []

    /// Whether the connection goes on.
    func serve(_ connection: OpaquePointer, method: String, path: String) -> Bool {
        guard method == MHD_HTTP_METHOD_GET || method == MHD_HTTP_METHOD_HEAD else {
            return unsafe send(.notAllowed, on: connection)
        }
        // At the end of everything nobody answers any more.
        guard let answer else { return false }
        guard let response = answer(path) else {
            unsafe MHD_suspend_connection(connection)
            unsafe resting.append(connection)
            return true
        }
        return unsafe send(response, on: connection)
    }

    private func send(_ response: HTTPResponse, on connection: OpaquePointer) -> Bool {
        var octets = response.body
        let count = octets.count
        let made = unsafe octets.withUnsafeMutableBytes {
            unsafe MHD_create_response_from_buffer(count, $0.baseAddress, .RESPMEM_MUST_COPY)
        }
        guard let made = unsafe made else { return false }
        defer { unsafe MHD_destroy_response(made) }
        _ = unsafe MHD_add_response_header(made, MHD_HTTP_HEADER_CONTENT_TYPE, response.contentType)
        if response.status == MHD_HTTP_METHOD_NOT_ALLOWED {
            _ = unsafe MHD_add_response_header(made, MHD_HTTP_HEADER_ALLOW, "GET, HEAD")
        }
        return unsafe MHD_queue_response(connection, response.status, made) == .YES
    }
}

/// The library calls for the head of a request, for each part of its body and at its end: only then is it answered, so that the
/// connection may serve another. A body nobody asked for ends the connection.
private func receiveRequest(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ path: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ body: UnsafePointer<CChar>?,
    _ bodySize: UnsafeMutablePointer<Int>?, _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context = unsafe context, let connection = unsafe connection, let path = unsafe path,
        let name = unsafe method, let bodySize = unsafe bodySize, let state = unsafe state,
        unsafe bodySize.pointee == 0
    else { return .NO }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    let method = unsafe String(cString: name)
    if unsafe state.pointee == nil, method == MHD_HTTP_METHOD_GET || method == MHD_HTTP_METHOD_HEAD {
        unsafe state.pointee = context
        return .YES
    }
    let goesOn = unsafe exchange.serve(connection, method: method, path: String(cString: path))
    return goesOn ? .YES : .NO
}
