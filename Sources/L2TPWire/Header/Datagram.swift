import Octets

/// What one UDP datagram carries: a control message or a data message, its header read, its body not yet.
package enum Datagram: Equatable, Sendable {
    /// `body` is the message's AVPs; empty in a ZLB.
    case control(ControlHeader, body: [UInt8])
    /// `payload` is the PPP frame, with or without its Address and Control octets.
    case data(DataHeader, payload: [UInt8])

    /// Reads a header. Octets behind the Length field's end are not part of the message and are dropped.
    package init(parsing datagram: [UInt8]) throws(HeaderError) {
        let result: Result<Datagram, HeaderError>
        do throws(DecodeError) {
            var reader = ByteReader(datagram)
            result = try Self.parsed(from: &reader, received: datagram.count)
        } catch {
            throw .truncated
        }
        self = try result.get()
    }

    /// Whether this is a bare acknowledgement: a control header with nothing behind it.
    package var isZLB: Bool {
        if case .control(_, let body) = self { body.isEmpty } else { false }
    }

    /// What is read too far is thrown; what is read and wrong is returned.
    private static func parsed(
        from reader: inout ByteReader, received: Int
    ) throws(DecodeError) -> Result<Datagram, HeaderError> {
        let flags = HeaderFlags(rawValue: try reader.uint16())
        guard flags.version == 2 else { return .failure(.version(flags.version)) }
        if flags.contains(.control) {
            guard flags.suitControl else { return .failure(.malformedFlags(flags.rawValue)) }
            return try control(from: &reader, received: received)
        }
        return try data(from: &reader, flags: flags, received: received)
    }

    private static func control(
        from reader: inout ByteReader, received: Int
    ) throws(DecodeError) -> Result<Datagram, HeaderError> {
        let length = Int(try reader.uint16())
        guard (ControlHeader.size...max(ControlHeader.size, received)).contains(length) else {
            return .failure(.badLength(declared: length, received: received))
        }
        let header = ControlHeader(
            tunnelID: TunnelID(try reader.uint16()), sessionID: SessionID(try reader.uint16()),
            ns: SequenceNumber(try reader.uint16()), nr: SequenceNumber(try reader.uint16())
        )
        return .success(.control(header, body: try reader.bytes(length - ControlHeader.size)))
    }

    private static func data(
        from reader: inout ByteReader, flags: HeaderFlags, received: Int
    ) throws(DecodeError) -> Result<Datagram, HeaderError> {
        let length = flags.contains(.length) ? Int(try reader.uint16()) : nil
        var header = DataHeader(
            tunnelID: TunnelID(try reader.uint16()), sessionID: SessionID(try reader.uint16()),
            hasLength: length != nil, hasPriority: flags.contains(.priority)
        )
        if flags.contains(.sequence) {
            header.ns = SequenceNumber(try reader.uint16())
            try reader.skip(2)
        }
        if flags.contains(.offset) { header.offsetSize = try reader.uint16() }
        let end = length ?? received
        let fields = header.size - Int(header.offsetSize ?? 0)
        guard (fields...max(fields, received)).contains(end) else {
            return .failure(.badLength(declared: end, received: received))
        }
        guard header.size <= end else { return .failure(.badOffset(Int(header.offsetSize ?? 0))) }
        try reader.skip(header.size - fields)
        return .success(.data(header, payload: try reader.bytes(end - header.size)))
    }
}
