import Octets

/// The packets of PAP (RFC 1334 section 2.2).
enum PAP {
    enum Code {
        static let request: UInt8 = 1
        static let ack: UInt8 = 2
        static let nak: UInt8 = 3
    }

    /// The data of an Authenticate-Request: two strings with their lengths.
    struct Credentials: Equatable, Sendable {
        var name: [UInt8]
        var password: Password

        init(name: [UInt8], password: Password) {
            self.name = name
            self.password = password
        }

        init(parsing data: [UInt8]) throws(DecodeError) {
            var reader = ByteReader(data)
            name = try reader.bytes(Int(try reader.uint8()))
            password = Password(octets: try reader.bytes(Int(try reader.uint8())))
        }

        var encoded: [UInt8] { text(name) + text(password.octets) }
    }

    /// One octet of length and at most 255 of text: also the data of an Ack or Nak.
    static func text(_ octets: [UInt8]) -> [UInt8] {
        [UInt8(clamping: octets.count)] + octets.prefix(255)
    }

    /// The message of an Ack or Nak; some peers leave even the length away.
    static func message(_ data: [UInt8]) -> String {
        Link.Note.text(data.dropFirst().prefix(Int(data.first ?? 0)))
    }
}
