/// The AVPs of a received message: unhidden, well formed, each at most once, to be taken out by the message's type.
struct AVPSet {
    private struct Entry {
        var avp: AVP
        var mandatory: Bool
    }

    private var entries: [Entry] = []
    /// Those in `entries`, each once: never more than there are rows in the table.
    private var seen: [Attribute] = []
    private var randomVector: [UInt8]?
    private(set) var notes: [MessageNote] = []

    /// Takes in the next AVP of a message. Throws what ends the session or tunnel; notes what does not.
    mutating func insert(_ encoded: EncodedAVP, secret: [UInt8]?) throws(MessageFault) {
        do throws(MessageFault) {
            let avp = try Self.opened(encoded, secret: secret, randomVector: randomVector)
            switch avp.attribute {
            case .messageType: throw .repeatedMessageType
            case .randomVector: randomVector = avp.value
            default: keep(Entry(avp: avp, mandatory: encoded.mandatory))
            }
        } catch {
            guard !encoded.mandatory, error != .repeatedMessageType else { throw error }
            notes.append(.ignored(error))
        }
    }

    /// Recognised, unhidden and checked against the table. The M bit plays no part (RFC 3931 section 5.2).
    private static func opened(
        _ encoded: EncodedAVP, secret: [UInt8]?, randomVector: [UInt8]?
    ) throws(MessageFault) -> AVP {
        let attribute = encoded.attribute
        guard !encoded.reserved, let row = AVPTable.row(for: attribute) else { throw .unrecognised(attribute) }
        var value = encoded.value
        if encoded.hidden {
            guard row.hideable, let secret, !secret.isEmpty, let randomVector else { throw .cannotUnhide(attribute) }
            guard let plain = HiddenValue.unhide(value, of: attribute, secret: secret, randomVector: randomVector)
            else { throw .wrongLength(attribute) }
            value = plain
        }
        switch row.form.flaw(in: value) {
        case nil: return AVP(attribute, octets: value)
        case .length: throw .wrongLength(attribute)
        case .range: throw .outOfRange(attribute)
        }
    }

    private mutating func keep(_ entry: Entry) {
        let attribute = entry.avp.attribute
        let isRepeated = seen.contains(attribute)
        if !isRepeated { seen.append(attribute) }
        if !isRepeated || AVPTable.repeatable.contains(attribute) {
            entries.append(entry)
        } else {
            notes.append(.duplicate(attribute))
        }
    }

    /// Reads an AVP's value and leaves it there.
    func peek<Value: AVPValue>(_ attribute: Attribute) -> Value? {
        entries.first { $0.avp.attribute == attribute }.flatMap { Value(avpValue: $0.avp.value) }
    }

    /// Takes an AVP that the message must have.
    mutating func required<Value: AVPValue>(_ attribute: Attribute) throws(MessageFault) -> Value {
        guard let value: Value = try optional(attribute) else { throw .missing(attribute) }
        return value
    }

    /// Takes an AVP that the message may have.
    mutating func optional<Value: AVPValue>(_ attribute: Attribute) throws(MessageFault) -> Value? {
        guard let index = entries.firstIndex(where: { $0.avp.attribute == attribute }) else { return nil }
        let entry = entries.remove(at: index)
        if let value = Value(avpValue: entry.avp.value) { return value }
        guard !entry.mandatory else { throw .outOfRange(attribute) }
        notes.append(.ignored(.outOfRange(attribute)))
        return nil
    }

    /// Takes an AVP that says all by being there.
    mutating func flag(_ attribute: Attribute) throws(MessageFault) -> Bool {
        let presence: Presence? = try optional(attribute)
        return presence != nil
    }

    /// Takes what is left: AVPs of extensions are the message's to keep, others do not belong in it.
    mutating func rest() -> [AVP] {
        defer { entries = [] }
        return entries.map(\.avp).filter { avp in
            if AVPTable.row(for: avp.attribute)?.origin == .extended { return true }
            notes.append(.misplaced(avp.attribute))
            return false
        }
    }
}
