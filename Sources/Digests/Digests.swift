private import CNettle

/// The digests that L2TP and PPP were built on. MD5, MD4, DES and SHA-1 are no longer safe for new designs;
/// these protocols name them, so here they are, from Nettle.
package enum Digests {
    /// MD5 of the concatenated parts (RFC 1321): 16 octets.
    package static func md5(_ parts: [UInt8]...) -> [UInt8] {
        var context = md5_ctx()
        unsafe nettle_md5_init(&context)
        for part in parts { unsafe nettle_md5_update(&context, part.count, part) }
        return unsafe octets(MD5_DIGEST_SIZE) { unsafe nettle_md5_digest(&context, $0, $1) }
    }

    /// MD4 of the concatenated parts (RFC 1320): 16 octets.
    package static func md4(_ parts: [UInt8]...) -> [UInt8] {
        var context = md4_ctx()
        unsafe nettle_md4_init(&context)
        for part in parts { unsafe nettle_md4_update(&context, part.count, part) }
        return unsafe octets(MD4_DIGEST_SIZE) { unsafe nettle_md4_digest(&context, $0, $1) }
    }

    /// SHA-1 of the concatenated parts (RFC 3174): 20 octets.
    package static func sha1(_ parts: [UInt8]...) -> [UInt8] {
        var context = sha1_ctx()
        unsafe nettle_sha1_init(&context)
        for part in parts { unsafe nettle_sha1_update(&context, part.count, part) }
        return unsafe octets(SHA1_DIGEST_SIZE) { unsafe nettle_sha1_digest(&context, $0, $1) }
    }

    /// HMAC-MD5 of the concatenated parts (RFC 2104): 16 octets.
    package static func hmacMD5(key: [UInt8], _ parts: [UInt8]...) -> [UInt8] {
        var context = hmac_md5_ctx()
        unsafe nettle_hmac_md5_set_key(&context, key.count, key)
        for part in parts { unsafe nettle_hmac_md5_update(&context, part.count, part) }
        return unsafe octets(MD5_DIGEST_SIZE) { unsafe nettle_hmac_md5_digest(&context, $0, $1) }
    }

    /// HMAC-SHA-1 of the concatenated parts (RFC 2104): 20 octets.
    package static func hmacSHA1(key: [UInt8], _ parts: [UInt8]...) -> [UInt8] {
        var context = hmac_sha1_ctx()
        unsafe nettle_hmac_sha1_set_key(&context, key.count, key)
        for part in parts { unsafe nettle_hmac_sha1_update(&context, part.count, part) }
        return unsafe octets(SHA1_DIGEST_SIZE) { unsafe nettle_hmac_sha1_digest(&context, $0, $1) }
    }

    /// One 8-octet block under single DES, the 7-octet key spread to 8 octets with odd parity (RFC 2759 section 8.6).
    /// A key or block of another size is a programming error.
    package static func desEncrypt(_ block: [UInt8], key56 key: [UInt8]) -> [UInt8] {
        precondition(block.count == 8 && key.count == 7)
        var context = des_ctx()
        let spread = desKey(fromSevenOctets: key)
        // Its result only warns of weak keys, which a peer's password hash may well give.
        _ = unsafe nettle_des_set_key(&context, spread)
        return unsafe octets(8) { unsafe nettle_des_encrypt(&context, $0, $1, block) }
    }

    /// Seven octets of key as DES's eight, each with odd parity in its lowest bit (RFC 2759 section 9.3).
    package static func desKey(fromSevenOctets key: [UInt8]) -> [UInt8] {
        let bits = key.prefix(7).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var spread: [UInt8] = []
        spread.reserveCapacity(8)
        for index in 0..<8 {
            let seven = UInt8(truncatingIfNeeded: bits >> UInt64(49 - 7 * index)) & 0x7f
            let octet = seven << 1
            spread.append(octet.nonzeroBitCount % 2 == 0 ? octet | 1 : octet)
        }
        return spread
    }

    /// Whether two secrets are equal, in time that tells only their lengths.
    package static func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe nettle_memeql_sec(left, right, left.count) != 0
    }

    /// So many octets, which `write` fills.
    private static func octets(_ count: Int32, _ write: (Int, UnsafeMutablePointer<UInt8>) -> Void) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
            filled = Int(count)
            if let first = buffer.baseAddress { unsafe write(filled, first) }
        }
    }
}
