import Octets

extension AccessLine {
    /// The Broadband Forum's enterprise number, when it was the ADSL Forum.
    package static let vendor: UInt32 = 3561

    private enum SubTag {
        static let circuitID: UInt8 = 0x01
        static let remoteID: UInt8 = 0x02
        static let encapsulation: UInt8 = 0x90
        static let interworked: UInt8 = 0xfe
    }

    /// Reads the access node's tag; nil when there is none. Nothing in it can spoil a packet: a sub-tag that is unknown, of
    /// a wrong size or there a second time is passed over, one that goes beyond the end ends the reading.
    ///
    /// Of several tags the last counts: the node adds its own behind what the subscriber may have made up.
    package init?(in packet: DiscoveryPacket) {
        var line: AccessLine?
        for tag in packet.tags where tag.kind == .vendorSpecific {
            line = AccessLine(tagValue: tag.value) ?? line
        }
        guard let line else { return nil }
        self = line
    }

    /// - Parameter tagValue: from the vendor's number on.
    private init?(tagValue: [UInt8]) {
        var reader = ByteReader(tagValue)
        guard let vendor = try? reader.uint32(), vendor == Self.vendor else { return nil }
        self.init()
        while let type = try? reader.uint8(), let size = try? reader.uint8(), let value = try? reader.bytes(Int(size)) {
            take(type, value)
        }
    }

    private mutating func take(_ type: UInt8, _ value: [UInt8]) {
        switch type {
        case SubTag.circuitID: if circuitID == nil, !value.isEmpty { circuitID = value }
        case SubTag.remoteID: if remoteID == nil, !value.isEmpty { remoteID = value }
        case SubTag.encapsulation:
            guard encapsulation == nil, value.count == 3 else { return }
            encapsulation = Encapsulation(dataLink: value[0], first: value[1], second: value[2])
        case SubTag.interworked: if value.isEmpty { isInterworked = true }
        default:
            var reader = ByteReader(value)
            guard value.count == 4, let number = try? reader.uint32() else { return }
            if let rate = Self.rates.first(where: { $0.type == type }), self[keyPath: rate.path] == nil {
                self[keyPath: rate.path] = Self.bitsPerSecond(kilobits: number)
            } else if let delay = Self.delays.first(where: { $0.type == type }), self[keyPath: delay.path] == nil {
                self[keyPath: delay.path] = number
            }
        }
    }

    /// The tag that an access node would add. Identifiers are cut to 63 octets.
    package var tag: DiscoveryTag {
        var writer = ByteWriter()
        func add(_ type: UInt8, _ value: [UInt8]) {
            writer.append(type)
            writer.append(UInt8(value.count))
            writer.append(contentsOf: value)
        }
        func add(_ type: UInt8, _ number: UInt32) {
            add(type, [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) })
        }
        writer.append(Self.vendor)
        if let circuitID { add(SubTag.circuitID, Array(circuitID.prefix(63))) }
        if let remoteID { add(SubTag.remoteID, Array(remoteID.prefix(63))) }
        for rate in Self.rates {
            if let value = self[keyPath: rate.path] { add(rate.type, Self.kilobits(bitsPerSecond: value)) }
        }
        for delay in Self.delays {
            if let value = self[keyPath: delay.path] { add(delay.type, value) }
        }
        if let encapsulation {
            add(SubTag.encapsulation, [encapsulation.dataLink, encapsulation.first, encapsulation.second])
        }
        if isInterworked { add(SubTag.interworked, []) }
        return DiscoveryTag(.vendorSpecific, writer.bytes)
    }

    /// TR-101's unit as ours: every value has room (TR-101 R-129).
    package static func bitsPerSecond(kilobits: UInt32) -> UInt64 {
        UInt64(kilobits) * 1000
    }

    /// Our unit as TR-101's: a fraction is dropped, and a rate beyond 4.29 Tbit/s is the largest that it can tell.
    package static func kilobits(bitsPerSecond: UInt64) -> UInt32 {
        UInt32(clamping: bitsPerSecond / 1000)
    }
}
