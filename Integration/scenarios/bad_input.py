"""Sends what no L2TP peer would send, from a raw socket: python3 bad_input.py SOURCE PORT DESTINATION TUNNEL.

PORT is the source port, TUNNEL an established tunnel's id at the destination.
"""

import random
import socket
import struct
import sys

source, port, destination, tunnel = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
random.seed(2661)


def control(flags: int = 0xC802, length: int | None = None, tunnel: int = 0, payload: bytes = b"") -> bytes:
    return struct.pack("!HHHHHH", flags, 12 + len(payload) if length is None else length, tunnel, 0, 0, 0) + payload


hello = bytes.fromhex("80080000 00000006")
stop = bytes.fromhex("80080000 00000004 80080000 00090001 80080000 00010006")
unknown = next(id for id in range(1, 65536) if id != tunnel)
CASES = {
    "empty": [b""],
    "truncated": [control(tunnel=tunnel, payload=hello)[:size] for size in range(1, 20)],
    "length below the header": [control(tunnel=tunnel, length=size) for size in (0, 6, 11)],
    "length beyond the datagram": [control(tunnel=tunnel, length=size, payload=hello) for size in (21, 1500, 65535)],
    "oversized": [control(tunnel=tunnel, length=65000, payload=bytes(1400)), bytes(9000)],
    "wrong version": [control(0xC800 | version, tunnel=tunnel, payload=hello) for version in (0, 1, 4, 7, 15)],
    "flags of no control message": [control(flags, tunnel=tunnel) for flags in (0x8002, 0xC002, 0xCA02, 0xC902)],
    "unknown tunnel": [control(tunnel=unknown, payload=hello), control(tunnel=unknown, payload=stop)],
    "data for no session": [struct.pack("!HHH", 2, unknown, 7) + b"\xff\x03\xc0\x21" + bytes(40)],
    "random": [random.randbytes(random.randrange(2, 600)) for _ in range(200)],
}

# A random datagram must not be a valid message by chance: the L2TP version is never 2.
CASES["random"] = [octets[:1] + bytes([octets[1] & 0xF0 | 1]) + octets[2:] for octets in CASES["random"]]

raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
raw.bind((source, 0))
count = 0
for datagrams in CASES.values():
    for octets in datagrams:
        # A checksum of zero means none over IPv4.
        raw.sendto(struct.pack("!HHHH", port, 1701, 8 + len(octets), 0) + octets, (destination, 0))
        count += 1
print(count)
