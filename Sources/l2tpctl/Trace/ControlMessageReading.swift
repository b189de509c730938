import L2TPWire

/// Control messages of L2TP (RFC 2661 section 3.1).
extension Reading {
    init(datagram octets: [UInt8]) {
        do throws(HeaderError) {
            switch try Datagram(parsing: octets) {
            case .data: self.init("data")
            case .control(let header, let body):
                self.init("ZLB")
                numbers = Numbers(ns: header.ns.rawValue, nr: header.nr.rawValue)
                isRoutine = true
                if !body.isEmpty { read(body) }
            }
        } catch {
            self.init("no L2TPv2 message")
            fields = [Field("Reason", "\(error)"), Field("Octets", Self.hexadecimal(octets))]
        }
    }

    private mutating func read(_ body: [UInt8]) {
        var walk = AVPWalk(body)
        var type: MessageType?
        title = "message without a type"
        isRoutine = false
        do throws(MessageFault) {
            while let avp = try walk.next() {
                if type == nil, avp.attribute == .messageType, !avp.hidden, avp.value.count == 2 {
                    let known = MessageType(rawValue: UInt16(avp.value[0]) << 8 | UInt16(avp.value[1]))
                    type = known
                    title = "\(known)"
                    isRoutine = known == .hello
                } else {
                    if avp.attribute == .proxyAuthenName, !avp.hidden { user = "\(Text(octets: avp.value))" }
                    fields.append(Field(avp, in: type))
                }
            }
        } catch {
            fields.append(Field("Malformed", "\(error)"))
        }
    }
}

extension Reading.Field {
    /// An AVP as it stands in a message of this type.
    init(_ avp: EncodedAVP, in type: MessageType?) {
        let plain = AVP(avp.attribute, octets: avp.value)
        let value = avp.hidden ? "hidden \(Reading.size(avp.value))" : Self.value(of: avp, in: type) ?? plain.shownValue
        self.init(
            avp.attribute.name ?? "AVP (\(avp.attribute))",
            [value, avp.reserved ? "(reserved bits set)" : ""].filter { !$0.isEmpty }.joined(separator: " "))
    }

    /// A value whose numbers have names; nil shows it as its form is.
    private static func value(of avp: EncodedAVP, in type: MessageType?) -> String? {
        let value = avp.value
        func word(_ offset: Int) -> UInt16 { UInt16(value[offset]) << 8 | UInt16(value[offset + 1]) }
        func long(_ offset: Int) -> UInt32 { UInt32(word(offset)) << 16 | UInt32(word(offset + 2)) }
        func text(behind offset: Int) -> String {
            value.count > offset ? ": \(Text(octets: Array(value[offset...])))" : ""
        }
        switch (avp.attribute, value.count) {
        case (.resultCode, 2...):
            let result =
                type == .cdn ? "\(CDNResult(rawValue: word(0)))" : "\(StopCCNResult(rawValue: word(0)))"
            // Of "protocol version not supported" the error is the highest version (RFC 2661 section 4.4.2).
            let isVersion = type != .cdn && word(0) == StopCCNResult.unsupportedVersion.rawValue
            guard value.count >= 4, word(2) != 0 || value.count > 4 else { return result }
            let error = isVersion ? "highest \(value[2])" : "\(GeneralError(rawValue: word(2)))"
            return "\(result), \(error)\(text(behind: 4))"
        case (.framingCapabilities, 4), (.framingType, 4):
            return names(long(0), ["synchronous", "asynchronous"])
        case (.bearerCapabilities, 4), (.bearerType, 4): return names(long(0), ["digital", "analog", "broadband"])
        case (.proxyAuthenType, 2): return "\(ProxyAuthenticationType(rawValue: word(0)))"
        case (.initialReceivedLCP, _), (.lastSentLCP, _), (.lastReceivedLCP, _), (.lcpWantOptions, _),
            (.lcpAllowOptions, _), (.lnsLastSentLCP, _), (.lnsLastReceivedLCP, _):
            return Reading.optionList(value)
        case (.q931Cause, 3...): return "cause \(word(0)), message \(value[2])\(text(behind: 3))"
        case (.pppDisconnectCause, 5...), (.pppDisconnectCause3Com, 5...):
            let directions = ["", ", of the peer", ", of the sender"]
            let direction = Int(value[4]) < directions.count ? directions[Int(value[4])] : ""
            let proto = word(2) == 0 ? "" : ", \(PPPNames.name(ofProtocol: word(2)))"
            return "\(disconnectCause(word(0)))\(proto)\(direction)\(text(behind: 5))"
        case (.callErrors, 26):
            let names = ["CRC", "framing", "hardware overruns", "buffer overruns", "time-outs", "alignment"]
            return names.enumerated().map { "\($0.element) \(long(2 + 4 * $0.offset))" }.joined(separator: ", ")
        case (.accm, 10):
            return "send 0x\(String(long(2), radix: 16)), receive 0x\(String(long(6), radix: 16))"
        default: return nil
        }
    }

    private static func names(_ mask: UInt32, _ names: [String]) -> String {
        let known = names.enumerated().filter { mask & 1 << UInt32($0.offset) != 0 }.map(\.element)
        let unknown = mask & ~(1 << UInt32(names.count) - 1)
        let all = unknown == 0 ? known : known + ["0x\(String(unknown, radix: 16))"]
        return all.isEmpty ? "none" : all.joined(separator: ", ")
    }

    /// RFC 3145 section 2.
    private static func disconnectCause(_ code: UInt16) -> String {
        let names: [UInt16: String] = [
            0: "no information", 1: "administrative", 2: "LCP renegotiation disabled", 3: "normal disconnection",
            4: "encryption required", 5: "LCP timeout", 6: "no LCP packets", 7: "loopback", 8: "no echo replies",
            9: "not the same endpoint", 10: "too many bundles", 11: "no endpoint discriminator", 12: "callback",
            13: "authentication timeout", 14: "MS-CHAP not negotiated", 15: "authentication protocol unacceptable",
            16: "authentication failed", 17: "NCP timeout", 18: "no NCP opened", 19: "addresses do not converge",
            20: "address not permitted",
        ]
        return "\(names[code] ?? "cause") (\(code))"
    }
}
