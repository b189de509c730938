import L2TPWire

/// libFuzzer's entry: the octets are one datagram, and also a body on their own. Reading them must end with a message
/// or an error, and a message that was read must be written so that it reads the same.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let octets = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    switch try? Datagram(parsing: octets) {
    case .control(_, let body)?: exercise(body)
    case .data(let header, let payload)?:
        let again = header.encoded(payload: payload)
        precondition((try? Datagram(parsing: again)) == .data(header, payload: payload), "data message changed")
    case nil: break
    }
    exercise(octets)
    return 0
}

/// The secret of the seeds' hidden AVPs.
private let secret = Array("secret".utf8)
private let hiding = Hiding(
    secret: secret, extent: .everything, randomVector: Array(0x10...0x1f), padding: Array(0...15)
)

private func exercise(_ body: [UInt8]) {
    _ = MessageDecoder.peekHostName(body: body)
    for secret in [secret, nil] {
        do throws(MessageError) {
            let decoded = try MessageDecoder.decode(body: body, secret: secret)
            check(decoded.message)
        } catch {
            precondition(!error.description.isEmpty, "an error says nothing")
        }
    }
}

private func check(_ message: Message) {
    precondition(!message.description.isEmpty, "a message says nothing")
    precondition(decode(MessageEncoder.encode(message)) == message, "message changed")
    // Hiding takes 2 octets, which the longest values do not leave.
    let fits = message.avps.allSatisfy { $0.value.count <= AVP.longestValue - 2 }
    let hidden = decode(MessageEncoder.encode(message, hiding: hiding))
    precondition(!fits || hidden == message, "hidden message changed")
}

private func decode(_ body: [UInt8]) -> Message? {
    try? MessageDecoder.decode(body: body, secret: secret).message
}
