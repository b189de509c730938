@testable import L2TPWire
import Testing

@Suite struct HidingTests {
    static let secret = Array("secret".utf8)
    static let vector = Array(UInt8(0x10)...0x1f)

    private func hiding(_ extent: Hiding.Extent = .everything, padding: [UInt8] = []) -> Hiding {
        Hiding(secret: Self.secret, extent: extent, randomVector: Self.vector, padding: padding)
    }

    private func sccrq(_ tunnelID: [UInt8], before: [UInt8] = avp(36, vector), m: Bool = true) -> [UInt8] {
        body(.sccrq, Required.sccrq.dropLast().flatMap(\.self), before, avp(9, tunnelID, m: m, h: true))
    }

    @Test func `AVP-13 the vectors of a hidden Assigned Tunnel ID and a long Proxy Authen Response`() {
        let short = hiding().hide(AVP(.assignedTunnelID, octets: u16(0x1234)))
        #expect(short == hex("bb5335ed"))
        let long = hiding().hide(AVP(.proxyAuthenResponse, octets: Array("correct horse battery staple".utf8)))
        #expect(long == hex("100260100af59cd5ddcbf27661342b130c1c5137a5d2d80a4b3ba807b97d"))
        #expect(
            HiddenValue.unhide(long, of: .proxyAuthenResponse, secret: Self.secret, randomVector: Self.vector)
                == Array("correct horse battery staple".utf8))
    }

    @Test func `AVP-12 AVP-13 a hidden AVP follows a Random Vector and has the H bit`() {
        let message = Message.stopCCN(
            StopCCN(assignedTunnelID: TunnelID(0x1234), resultCode: ResultCode(.generalClear)))
        let octets = MessageEncoder.encode(message, hiding: hiding())
        #expect(
            octets
                == hex(
                    "8008 0000 0000 0004 8016 0000 0024 101112131415161718191a1b1c1d1e1f c00a 0000 0009 bb5335ed"
                        + "8008 0000 0001 0001"))
    }

    @Test(arguments: [0, 1, 12, 13, 14, 15, 16, 17, 30, 1015])
    func `AVP-13 padding fills the last block and hides the length`(size: Int) throws {
        var random = SeededGenerator(seed: 7)
        let value = random.octets(size)
        let padded = hiding(padding: random.octets(16)).hide(AVP(.challenge, octets: value))
        #expect(padded.count % 16 == 0 || padded.count == AVP.longestValue)
        #expect(padded.count >= size + 2)
        #expect(
            HiddenValue.unhide(padded, of: .challenge, secret: Self.secret, randomVector: Self.vector) == value)
        // RFC 2661 section 4.3: 4 octets and 12 of padding make an AVP of 24; without padding it is 12.
        #expect(hiding().hide(AVP(.framingType, octets: u32(1))).count == 6)
        #expect(hiding(padding: random.octets(16)).hide(AVP(.framingType, octets: u32(1))).count == 16)
        let twelve = HiddenValue.hide(
            u32(1), of: .framingType, secret: Self.secret, randomVector: Self.vector, padding: random.octets(12)[...])
        #expect(AVP.headerSize + twelve.count == 24)
    }

    @Test func `AVP-13 a value that does not fit when hidden is cut to 1015 octets`() {
        let hidden = hiding(padding: [1, 2, 3]).hide(AVP(.callingNumber, octets: [UInt8](repeating: 7, count: 1017)))
        #expect(hidden.count == 1017)
        #expect(
            HiddenValue.unhide(hidden, of: .callingNumber, secret: Self.secret, randomVector: Self.vector)
                == [UInt8](repeating: 7, count: 1015))
    }

    @Test func `AVP-12 AVP-13 every message comes back as it was with all hidden`() throws {
        var random = SeededGenerator(seed: 1)
        for message in Samples.all {
            let hiding = Hiding(secret: Self.secret, extent: .everything, using: &random)
            #expect(hiding.randomVector.count >= 16)
            let octets = MessageEncoder.encode(message, hiding: hiding)
            #expect(try decode(octets, secret: Self.secret) == DecodedMessage(message: message))
            if case .hello = message { #expect(octets == MessageEncoder.encode(message)) }
        }
    }

    @Test func `AVP-12 without a secret nothing is hidden and no Random Vector is sent`() {
        for message in Samples.all {
            let empty = Hiding(secret: [], extent: .everything, randomVector: Self.vector)
            #expect(MessageEncoder.encode(message, hiding: empty) == MessageEncoder.encode(message))
        }
    }

    @Test func `AVP-14 the last Random Vector before an AVP unhides it`() throws {
        let other = [UInt8](repeating: 0xee, count: 3)
        let hidden = HiddenValue.hide(
            u16(0x1234), of: .assignedTunnelID, secret: Self.secret, randomVector: other, padding: [])
        for before in [avp(36, other), avp(36, Self.vector) + avp(36, other)] {
            guard case .sccrq(let message) = try decode(sccrq(hidden, before: before), secret: Self.secret).message
            else { Issue.record("not an SCCRQ"); return }
            #expect(message.assignedTunnelID == TunnelID(0x1234))
        }
        // The right one comes too late.
        let late = sccrq(hidden, before: avp(36, Self.vector)) + avp(36, other)
        #expect(refusal(late, secret: Self.secret) != nil)
    }

    @Test(arguments: [nil, []] as [[UInt8]?])
    func `AVP-14 without a secret a hidden AVP is malformed by its M bit`(secret: [UInt8]?) throws {
        #expect(refusal(sccrq(hex("bb5335ed")), secret: secret)?.fault == .cannotUnhide(.assignedTunnelID))
        let vendor = body(
            .sccrq, Required.sccrq.flatMap(\.self), avp(36, Self.vector), avp(8, [1, 2, 3], m: false, h: true))
        #expect(try decode(vendor, secret: secret).notes == [.ignored(.cannotUnhide(.vendorName))])
    }

    @Test func `AVP-14 without a Random Vector a hidden AVP is malformed by its M bit`() throws {
        #expect(
            refusal(sccrq(hex("bb5335ed"), before: []), secret: Self.secret)?.fault == .cannotUnhide(.assignedTunnelID))
        let error = refusal(sccrq(hex("bb5335ed"), before: [], m: false), secret: Self.secret)
        #expect(error?.fault == .missing(.assignedTunnelID))
        #expect(error?.notes == [.ignored(.cannotUnhide(.assignedTunnelID))])
    }

    @Test(arguments: [0, 1, 2, 3, 4, 15, 16, 17, 40])
    func `AVP-15 the length within a hidden value cannot exceed what is there`(size: Int) throws {
        // The length field is 2 octets of keystream away from what is sent, so every number can be said.
        for claimed in [size - 1, size, size + 1, 0x00ff, 0xffff].filter({ $0 >= 0 }) {
            let plain = u16(UInt16(claimed)) + [UInt8](repeating: 0x41, count: size)
            let hidden = HiddenValue.obscure(
                plain, of: .challenge, secret: Self.secret, randomVector: Self.vector)
            let value = HiddenValue.unhide(hidden, of: .challenge, secret: Self.secret, randomVector: Self.vector)
            #expect(value?.count == (claimed <= size ? claimed : nil))
            let octets = body(
                .sccrq, Required.sccrq.flatMap(\.self), avp(36, Self.vector), avp(11, hidden, h: true))
            let fault = refusal(octets, secret: Self.secret)?.fault
            #expect(fault == (claimed <= size && claimed > 0 ? nil : .wrongLength(.challenge)))
        }
    }

    @Test(arguments: [0, 1]) func `AVP-15 a hidden value too short for its length is malformed`(size: Int) {
        let octets = body(
            .sccrq, Required.sccrq.flatMap(\.self), avp(36, Self.vector),
            avp(11, [UInt8](repeating: 1, count: size), h: true))
        #expect(refusal(octets, secret: Self.secret)?.fault == .wrongLength(.challenge))
    }

    @Test(arguments: [UInt16(1), 2, 5, 7, 10, 12, 36, 39])
    func `AVP-16 what must not be hidden is malformed when it is`(type: UInt16) throws {
        let attribute = Attribute(type: type)
        let hidden = HiddenValue.hide(
            [0, 1], of: attribute, secret: Self.secret, randomVector: Self.vector, padding: [])
        let octets = body(.scccn, avp(36, Self.vector), avp(type, hidden, h: true))
        #expect(refusal(octets, secret: Self.secret)?.fault == .cannotUnhide(attribute))
        let optional = body(.scccn, avp(36, Self.vector), avp(type, hidden, m: false, h: true))
        #expect(try decode(optional, secret: Self.secret).notes == [.ignored(.cannotUnhide(attribute))])
    }

    @Test func `AVP-16 what must not be hidden is never sent hidden`() {
        let never: Set<UInt16> = [0, 1, 2, 5, 7, 10, 12, 36, 39]
        for row in AVPTable.rows where row.origin == .rfc2661 {
            let avp = AVP(row.attribute, octets: [])
            #expect(hiding().covers(avp, in: [avp]) == !never.contains(row.attribute.type), "\(row.name)")
        }
    }

    @Test func `AVP-16 a proxied name and password are hidden whenever there is a secret`() throws {
        func hidden(_ type: ProxyAuthenticationType) -> [Attribute] {
            var message = Samples.iccn
            message.proxyAuthentication?.type = type
            return message.avps.filter { hiding(.credentials).covers($0, in: message.avps) }.map(\.attribute)
        }
        #expect(hidden(.pap) == [.proxyAuthenName, .proxyAuthenResponse])
        #expect(hidden(.text) == [.proxyAuthenName, .proxyAuthenResponse])
        #expect(hidden(.chap) == [.proxyAuthenName])
        #expect(hidden(.msCHAPv1) == [.proxyAuthenName])
        let octets = MessageEncoder.encode(.iccn(Samples.iccn), hiding: hiding(.credentials))
        #expect(String(decoding: octets, as: UTF8.self).contains("hunter2") == false)
        #expect(try decode(octets, secret: Self.secret).message == .iccn(Samples.iccn))
    }
}
