import Octets

/// The Result Code AVP: why a tunnel or a session ends (RFC 2661 section 4.4.2).
/// `Code` is `StopCCNResult` or `CDNResult`, whose numbers mean different things.
package struct ResultCode<Code>: Hashable, Sendable, CustomStringConvertible
where Code: RawRepresentable<UInt16> & Hashable & Sendable & CustomStringConvertible {
    package var result: Code
    /// Absent in the AVP's shortest form. With `StopCCNResult.unsupportedVersion` it is not an error but the
    /// highest protocol version that the sender knows.
    package var error: GeneralError?
    /// Text for people.
    package var text: Text?

    package init(_ result: Code, error: GeneralError? = nil, text: Text? = nil) {
        self.result = result
        self.error = error
        self.text = text
    }

    /// As people read it: "general error (2), unknown mandatory AVP (8): text".
    package var description: String {
        "\(result)" + (error.map { ", \($0)" } ?? "") + (text.map { ": \($0)" } ?? "")
    }
}

extension ResultCode: AVPValue {
    init?(avpValue: [UInt8]) {
        var reader = ByteReader(avpValue)
        guard let number = try? reader.uint16(), let result = Code(rawValue: number) else { return nil }
        self.init(result)
        guard !reader.isAtEnd else { return }
        guard let number = try? reader.uint16() else { return nil }
        error = GeneralError(rawValue: number)
        let octets = reader.rest()
        text = octets.isEmpty ? nil : Text(octets: octets)
    }

    var avpValue: [UInt8] {
        var writer = ByteWriter()
        writer.append(result.rawValue)
        if error != nil || text != nil { writer.append((error ?? .noError).rawValue) }
        writer.append(contentsOf: text?.octets ?? [])
        return writer.bytes
    }
}
