package import Octets

/// One option of a Configure packet, its value as it was on the wire (RFC 1661 section 6).
package struct ConfigurationOption: Equatable, Sendable {
    package var type: UInt8
    /// At most 253 octets.
    package var value: [UInt8]

    package init(_ type: UInt8, _ value: [UInt8]) {
        self.type = type
        self.value = value
    }

    package init(_ type: UInt8, _ value: UInt16) {
        var writer = ByteWriter(capacity: 2)
        writer.append(value)
        self.init(type, writer.bytes)
    }

    package init(_ type: UInt8, _ value: UInt32) {
        var writer = ByteWriter(capacity: 4)
        writer.append(value)
        self.init(type, writer.bytes)
    }

    package init(_ type: UInt8, _ value: UInt64) {
        var writer = ByteWriter(capacity: 8)
        writer.append(value)
        self.init(type, writer.bytes)
    }

    /// The value as a number of exactly so many octets; nil when it has another length.
    package var uint16: UInt16? { number(octets: 2).map { UInt16(truncatingIfNeeded: $0) } }
    package var uint32: UInt32? { number(octets: 4).map { UInt32(truncatingIfNeeded: $0) } }
    package var uint64: UInt64? { number(octets: 8) }

    private func number(octets: Int) -> UInt64? {
        value.count == octets ? value.reduce(0) { $0 << 8 | UInt64($1) } : nil
    }

    /// An option whose Length is less than 2 or reaches behind the end throws: the whole packet is to be dropped.
    package static func list(parsing octets: [UInt8]) throws(DecodeError) -> [ConfigurationOption] {
        var reader = ByteReader(octets)
        var options: [ConfigurationOption] = []
        // Most options have four octets and more.
        options.reserveCapacity(octets.count / 4 + 1)
        while !reader.isAtEnd {
            let type = try reader.uint8()
            let length = Int(try reader.uint8())
            options.append(ConfigurationOption(type, try reader.bytes(length - 2)))
        }
        return options
    }

    package static func encode(_ options: [ConfigurationOption]) -> [UInt8] {
        var writer = ByteWriter(capacity: options.reduce(0) { $0 + 2 + $1.value.count })
        for option in options {
            writer.append(option.type)
            writer.append(UInt8(clamping: option.value.count + 2))
            writer.append(contentsOf: option.value)
        }
        return writer.bytes
    }
}
