import L2TPWire
import Testing

@Suite struct ResultCodeTests {
    private func cdn(_ value: [UInt8]) throws -> ResultCode<CDNResult>? {
        guard case .cdn(let message) = try decode(body(.cdn, avp(1, value), avp(14, u16(5)))).message else {
            return nil
        }
        return message.resultCode
    }

    @Test func `RES-01 a Result Code of 8, 10 or more octets parses`() throws {
        #expect(try cdn(u16(3)) == ResultCode(.administrative))
        #expect(try cdn(u16(2) + u16(4)) == ResultCode(.seeErrorCode, error: .insufficientResources))
        #expect(try cdn(u16(2) + u16(7) + [0x41]) == ResultCode(.seeErrorCode, error: .tryAnother, text: "A"))
        #expect(refusal(body(.cdn, avp(1, [0]), avp(14, u16(5))))?.fault == .wrongLength(.resultCode))
        #expect(refusal(body(.cdn, avp(1, [0, 1, 2]), avp(14, u16(5))))?.fault == .wrongLength(.resultCode))
        let stop = try decode(body(.stopCCN, avp(9, u16(7)), avp(1, u16(6)))).message
        #expect(stop == .stopCCN(StopCCN(assignedTunnelID: TunnelID(7), resultCode: ResultCode(.shuttingDown))))
    }

    @Test func `RES-01 each form is written as it is read`() {
        func length(_ code: ResultCode<CDNResult>) -> UInt8 {
            MessageEncoder.encode(.cdn(CDN(resultCode: code, assignedSessionID: SessionID(1))))[9]
        }
        #expect(length(ResultCode(.busy)) == 8)
        #expect(length(ResultCode(.busy, error: .noError)) == 10)
        #expect(length(ResultCode(.busy, text: "é")) == 12)
    }

    @Test func `RES-02 text is sent as UTF-8`() {
        let message = CDN(resultCode: ResultCode(.busy, text: "é"), assignedSessionID: SessionID(1))
        #expect(MessageEncoder.encode(.cdn(message)).dropFirst(18).prefix(2) == [0xc3, 0xa9])
    }

    @Test func `RES-02 received text is fit for a log`() {
        let nasty: [UInt8] = Array("a\u{1b}[2J\n\u{202e}b\u{7f}\u{85}\u{2028}".utf8) + [0xff, 0x00]
        #expect(
            Text(octets: nasty).description == "a\u{fffd}[2J\u{fffd}\u{fffd}b" + String(repeating: "\u{fffd}", count: 5)
        )
        #expect(Text("Ünïcode 日本 🙂").description == "Ünïcode 日本 🙂")
        let long = Text(octets: [UInt8](repeating: 0x61, count: 1013)).description
        #expect(long == String(repeating: "a", count: Text.longestDescription) + "…")
        #expect(Text(octets: nasty).octets == nasty)
    }

    @Test func `RES-02 no combining mark or joiner makes a log longer than the cap`() {
        let marks = Text("e" + String(repeating: "\u{301}", count: 5_000))
        #expect(marks.description.unicodeScalars.count == Text.longestDescription + 1)
    }

    @Test func `RES-03 the codes have the RFC's numbers`() {
        let stop: [StopCCNResult] = [
            .generalClear, .generalError, .alreadyExists, .notAuthorized, .unsupportedVersion, .shuttingDown,
            .stateMachineError, .ccdsMismatch,
        ]
        #expect(stop.map(\.rawValue) == Array(1...8))
        let cdn: [CDNResult] = [
            .lossOfCarrier, .seeErrorCode, .administrative, .noFacilitiesTemporarily, .noFacilitiesPermanently,
            .invalidDestination, .noCarrier, .busy, .noDialTone, .timeout, .noFraming, .sdsMismatch,
        ]
        #expect(cdn.map(\.rawValue) == Array(1...12))
        let errors: [GeneralError] = [
            .noError, .noControlConnection, .wrongLength, .valueOutOfRange, .insufficientResources, .invalidSessionID,
            .vendorSpecific, .tryAnother, .unknownMandatoryAVP, .tryAnotherDirected,
        ]
        #expect(errors.map(\.rawValue) == Array(0...9))
    }

    @Test func `RES-05 undefined values are accepted and shown as numbers`() throws {
        let code = try cdn(u16(0x0300) + u16(999))
        #expect(code == ResultCode(CDNResult(rawValue: 768), error: GeneralError(rawValue: 999)))
        #expect(code?.description == "result (768), error (999)")
        #expect(StopCCNResult(rawValue: 9).description == "result (9)")
        #expect(StopCCNResult.shuttingDown.description == "shutting down (6)")
        #expect(CDNResult.sdsMismatch.description == "SDS mismatch (12)")
        #expect(GeneralError.tryAnotherDirected.description == "try another directed (9)")
    }

    @Test func `RES-06 a Q.931 cause has 3 octets and perhaps text`() throws {
        func cause(_ value: [UInt8]) throws -> Q931Cause? {
            guard case .cdn(let message) = try decode(body(.cdn, Required.cdn.flatMap(\.self), avp(12, value))).message
            else { return nil }
            return message.q931Cause
        }
        #expect(try cause([0, 16, 0x45]) == Q931Cause(cause: 16, message: 0x45))
        #expect(try cause([0, 16, 0x45, 0x68, 0x69]) == Q931Cause(cause: 16, message: 0x45, advisory: "hi"))
        #expect(try cause([0, 16, 0x45, 0x0a])?.description == "cause 16, message 69: \u{fffd}")
        let short = refusal(body(.cdn, Required.cdn.flatMap(\.self), avp(12, [0, 16])))
        #expect(short?.fault == .wrongLength(.q931Cause))
    }

    @Test(arguments: [UInt16(0), 43]) func `ALI-06 a PPP disconnect cause is 5 octets and perhaps text`(vendor: UInt16)
        throws
    {
        func cause(_ value: [UInt8]) throws -> PPPDisconnectCause? {
            let octets = body(.cdn, Required.cdn.flatMap(\.self), avp(46, value, vendor: vendor, m: false))
            guard case .cdn(let message) = try decode(octets).message else { return nil }
            return message.pppDisconnectCause
        }
        #expect(
            try cause([0, 3, 0xc0, 0x21, 1])
                == PPPDisconnectCause(code: .normal, controlProtocol: 0xc021, direction: .peer))
        #expect(try cause([0, 3, 0, 0, 0, 0x68])?.message == "h")
        #expect(try cause([0, 3, 0, 0]) == nil)
    }
}
