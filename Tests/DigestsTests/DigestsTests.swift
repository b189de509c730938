import Digests
import Testing

private func hex(_ text: String) -> [UInt8] {
    var octets: [UInt8] = []
    var high: UInt8?
    for character in text where !character.isWhitespace {
        let nibble = UInt8(character.hexDigitValue ?? 0)
        if let value = high {
            octets.append(value << 4 | nibble)
            high = nil
        } else {
            high = nibble
        }
    }
    return octets
}

private let phrases = [
    "", "a", "abc", "message digest", "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    String(repeating: "1234567890", count: 8),
]

/// RFC 2104 and RFC 2202: key, data, HMAC-MD5, HMAC-SHA-1 (where the key is as long as the digest, both keys).
struct HMACVector: Sendable {
    var key: [UInt8]
    var data: [UInt8]
    var digest: String
}

@Suite struct DigestsTests {
    @Test(
        arguments: zip(
            phrases,
            [
                "d41d8cd98f00b204e9800998ecf8427e", "0cc175b9c0f1b6a831c399e269772661",
                "900150983cd24fb0d6963f7d28e17f72", "f96b697d7cb7938d525a2f31aaf161d0",
                "c3fcd3d76192e4007dfb496cca67e13b", "d174ab98d277d9f5a5611c2c9f419d9f",
                "57edf4a22be3c955ac49da2e2107b67a",
            ]))
    func `MD5 gives RFC 1321 appendix A_5`(phrase: String, digest: String) {
        #expect(Digests.md5(Array(phrase.utf8)) == hex(digest))
    }

    @Test(
        arguments: zip(
            phrases,
            [
                "31d6cfe0d16ae931b73c59d7e0c089c0", "bde52cb31de33e46245e05fbdbd6fb24",
                "a448017aaf21d8525fc10ae87aa6729d", "d9130a8164549fe818874806e1c7014b",
                "d79e1c308aa5bbcdeea8ed63df412da9", "043f8582f241db351ce627e153e7f0e4",
                "e33b4ddc9c38f2199c3e7b164fcc0536",
            ]))
    func `MD4 gives RFC 1320 appendix A_5`(phrase: String, digest: String) {
        #expect(Digests.md4(Array(phrase.utf8)) == hex(digest))
    }

    @Test func `parts are digested as one message`() {
        #expect(Digests.md5([97], [98, 99]) == hex("900150983cd24fb0d6963f7d28e17f72"))
        #expect(Digests.md4([97], [98, 99]) == hex("a448017aaf21d8525fc10ae87aa6729d"))
        #expect(Digests.sha1([97], [98, 99]) == hex("a9993e364706816aba3e25717850c26c9cd0d89d"))
    }

    @Test(arguments: [
        HMACVector(
            key: .init(repeating: 0x0b, count: 16), data: Array("Hi There".utf8),
            digest: "9294727a3638bb1c13f48ef8158bfc9d"),
        HMACVector(
            key: Array("Jefe".utf8), data: Array("what do ya want for nothing?".utf8),
            digest: "750c783e6ab0b503eaa86e310a5db738"),
        HMACVector(
            key: .init(repeating: 0xaa, count: 16), data: .init(repeating: 0xdd, count: 50),
            digest: "56be34521d144c88dbb8c733f0e8b3f6"),
        HMACVector(
            key: Array(1...25), data: .init(repeating: 0xcd, count: 50), digest: "697eaf0aca3a3aea3a75164746ffaa79"),
        HMACVector(
            key: .init(repeating: 0x0c, count: 16), data: Array("Test With Truncation".utf8),
            digest: "56461ef2342edc00f9bab995690efd4c"),
        HMACVector(
            key: .init(repeating: 0xaa, count: 80),
            data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            digest: "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"),
        HMACVector(
            key: .init(repeating: 0xaa, count: 80),
            data: Array("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data".utf8),
            digest: "6f630fad67cda0ee1fb1f562db3aa53e"),
    ])
    func `HMAC-MD5 gives RFC 2104 and RFC 2202`(vector: HMACVector) {
        #expect(Digests.hmacMD5(key: vector.key, vector.data) == hex(vector.digest))
    }

    @Test(arguments: [
        HMACVector(
            key: .init(repeating: 0x0b, count: 20), data: Array("Hi There".utf8),
            digest: "b617318655057264e28bc0b6fb378c8ef146be00"),
        HMACVector(
            key: Array("Jefe".utf8), data: Array("what do ya want for nothing?".utf8),
            digest: "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        HMACVector(
            key: .init(repeating: 0xaa, count: 20), data: .init(repeating: 0xdd, count: 50),
            digest: "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
        HMACVector(
            key: Array(1...25), data: .init(repeating: 0xcd, count: 50),
            digest: "4c9007f4026250c6bc8414f9bf50c86c2d7235da"),
        HMACVector(
            key: .init(repeating: 0x0c, count: 20), data: Array("Test With Truncation".utf8),
            digest: "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"),
        HMACVector(
            key: .init(repeating: 0xaa, count: 80),
            data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            digest: "aa4ae5e15272d00e95705637ce8a3b55ed402112"),
        HMACVector(
            key: .init(repeating: 0xaa, count: 80),
            data: Array("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data".utf8),
            digest: "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"),
    ])
    func `HMAC-SHA-1 gives RFC 2202`(vector: HMACVector) {
        #expect(Digests.hmacSHA1(key: vector.key, vector.data) == hex(vector.digest))
    }

    @Test func `PAU-06 DES keys are spread as RFC 2759 section 9_3 shows`() {
        #expect(Digests.desKey(fromSevenOctets: hex("FC156AF7EDCD6C")) == hex("FD0B5B5E7F6E34D9"))
        #expect(Digests.desKey(fromSevenOctets: hex("0EDDE3337D427F")) == hex("0E6E796737EA08FE"))
    }

    @Test func `PAU-06 three DES blocks give the NT response of RFC 2433 appendix B_2`() {
        let hash = Digests.md4(Array("MyPw".utf8).flatMap { [$0, 0] })
        #expect(hash == hex("FC156AF7EDCD6C0EDDE3337D427F4EAC"))
        let padded = hash + [UInt8](repeating: 0, count: 5)
        let response = stride(from: 0, to: 21, by: 7).flatMap {
            Digests.desEncrypt(hex("102DB5DF085D3041"), key56: Array(padded[$0..<($0 + 7)]))
        }
        #expect(response == hex("4E9D3C8F9CFD385D5BF4D3246791956CA4C351AB409A3D61"))
    }

    @Test func `AUT-03 secrets compare equal only when every octet is`() {
        #expect(Digests.constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!Digests.constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!Digests.constantTimeEqual([1, 2, 3], [1, 2]))
        #expect(Digests.constantTimeEqual([], []))
    }
}
