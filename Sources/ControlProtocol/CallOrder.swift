/// An outgoing call that a LAC is to place: `{"request":"open_call","peer":"bras-1","number":"5551234"}`.
package struct CallOrder: Codable, Hashable, Sendable {
    /// A `[[peer]]` with an open tunnel, or a `[[tunnel_group]]`.
    package var peer: String
    /// The Called Number, 1 to 64 visible characters of ASCII.
    package var number: String
    /// The Sub-Address behind it, likewise.
    package var subAddress: String?
    /// Seconds until the call must be connected.
    package var timeout: Int

    package static let usualTimeout = 60
    package static let timeouts = 1...300

    package init(peer: String, number: String, subAddress: String? = nil, timeout: Int = Self.usualTimeout) {
        self.peer = peer
        self.number = number
        self.subAddress = subAddress
        self.timeout = timeout
    }

    /// Whether a number or a sub-address can be asked for.
    package static func isNumber(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case peer, number, timeout
        case subAddress = "sub_address"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        peer = try values.decode(String.self, forKey: .peer)
        number = try values.decode(String.self, forKey: .number)
        subAddress = try values.decodeIfPresent(String.self, forKey: .subAddress)
        timeout = try values.decodeIfPresent(Int.self, forKey: .timeout) ?? Self.usualTimeout
        for text in [number, subAddress].compactMap(\.self) where !Self.isNumber(text) {
            throw ControlError(
                code: .badRequest, message: "\"number\" and \"sub_address\" have 1 to 64 visible characters each")
        }
        guard Self.timeouts.contains(timeout) else {
            let bounds = "\(Self.timeouts.lowerBound) to \(Self.timeouts.upperBound)"
            throw ControlError(code: .badRequest, message: "\"timeout\" is a number of seconds from \(bounds)")
        }
    }
}
