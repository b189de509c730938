import PPP
import Testing

@Suite struct LinkEndTests {
    @Test(
        arguments: [
            (LinkEnd.lowerLayerDown, 0, 0, .global), (.administrative, 1, 0, .global),
            (.terminated(by: .peer), 3, 0, .peer),
            (.terminated(by: .local), 3, 0, .local), (.lcpTimeout, 5, 0xc021, .global),
            (.lcpFailed, 5, 0xc021, .global),
            (.noLCP, 6, 0xc021, .global), (.loopback, 7, 0xc021, .global), (.echoTimeout, 8, 0xc021, .global),
            (.authenticationTimeout(.pap), 13, 0xc023, .global),
            (.authenticationTimeout(.msChapV2), 13, 0xc223, .global),
            (.authenticationProtocolUnacceptable(.peer), 15, 0xc223, .peer),
            (.authenticationFailed(.chapMD5, .peer), 16, 0xc223, .peer),
            (.authenticationFailed(.pap, .local), 16, 0xc023, .local), (.noNetworkProtocol, 18, 0x8021, .global),
            (.addressesDoNotConverge(.local), 19, 0x8021, .local), (.addressNotPermitted, 20, 0x8021, .local),
        ] as [(LinkEnd, UInt16, UInt16, LinkEnd.Direction)])
    func `ALI-07 every end of a link has its code of RFC 3145`(
        end: LinkEnd, code: UInt16, controlProtocol: UInt16, direction: LinkEnd.Direction
    ) {
        #expect(end.disconnectCode == code)
        #expect(end.controlProtocol == controlProtocol)
        #expect(end.direction == direction)
        #expect(!end.text.isEmpty)
    }
}
