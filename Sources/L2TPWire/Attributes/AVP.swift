/// One attribute and its value in cleartext, as a message holds it.
package struct AVP: Hashable, Sendable {
    package var attribute: Attribute
    /// At most `longestValue` octets; more cannot be sent and is cut.
    package var value: [UInt8]

    package init(_ attribute: Attribute, octets value: [UInt8]) {
        self.attribute = attribute
        self.value = value
    }

    /// Nothing when the value is nothing.
    init?(_ attribute: Attribute, _ value: (some AVPValue)?) {
        guard let value else { return nil }
        self.init(attribute, octets: value.avpValue)
    }

    /// Octets of an AVP before its value.
    package static let headerSize = 6
    /// The Length field has 10 bits and counts the header too (RFC 2661 section 4.1).
    package static let longestValue = 1023 - headerSize
}

extension AVP: CustomStringConvertible {
    /// Name and value as a trace shows them; nothing of a secret but its size. An AVP that the table does not have
    /// shows only its size.
    package var description: String {
        let name = attribute.name ?? "\(attribute)"
        return shownValue.isEmpty ? name : "\(name) \(shownValue)"
    }

    /// The value as a trace shows it: "64"; empty where the AVP says all by being there.
    package var shownValue: String {
        guard let row = AVPTable.row(for: attribute) else { return "(\(value.count) octets)" }
        return row.form.flaw(in: value) == nil ? row.form.shown(value) : "malformed (\(value.count) octets)"
    }
}
