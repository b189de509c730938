"""Sends what no PPPoE host would send, or far too much of it: python3 bad_discovery.py INTERFACE STATION SESSION WHAT.

STATION is the access concentrator's MAC address, SESSION the id of an established session of somebody else's. Prints
one JSON object: for "nonsense", how many packets the access concentrator should discard for which cause; for a flood,
what was sent, and how many PADOs and PADSs the made-up hosts were given.
"""

import json
import random
import socket
import struct
import sys
import time

interface, station, session, what = sys.argv[1:]
station, session = bytes.fromhex(station.replace(":", "")), int(session)
random.seed(2516)

PADI, PADO, PADR, PADS, PADT = 0x09, 0x07, 0x19, 0x65, 0xA7
SERVICE_NAME, HOST_UNIQ, COOKIE = 0x0101, 0x0103, 0x0104
BROADCAST = b"\xff" * 6
OURS = bytes.fromhex("020000000901")
OTHER = bytes.fromhex("020000000902")

raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x8863))
raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
raw.bind((interface, 0))


def tag(kind: int, value: bytes = b"") -> bytes:
    return struct.pack("!HH", kind, len(value)) + value


def packet(code: int, tags: bytes = b"", id: int = 0, start: int = 0x11, length: int | None = None) -> bytes:
    return struct.pack("!BBHH", start, code, id, len(tags) if length is None else length) + tags


def send(octets: bytes, source: bytes = OURS, to: bytes = station) -> None:
    raw.send(to + source + b"\x88\x63" + octets)


def received(seconds: float) -> list[tuple[bytes, int, int, bytes]]:
    """Destination, code, session id and tags of what the access concentrator has sent, until it is silent so long."""
    found = []
    raw.settimeout(seconds)
    try:
        while True:
            frame, address = raw.recvfrom(2048)
            # Not what we have sent ourselves.
            if address[2] != socket.PACKET_OUTGOING:
                _, code, id, length = struct.unpack_from("!BBHH", frame, 14)
                found.append((frame[:6], code, id, frame[20 : 20 + length]))
    except TimeoutError:
        return found


def cookie(host: bytes) -> bytes:
    """What the host is offered."""
    for _ in range(5):
        send(packet(PADI, tag(SERVICE_NAME)), host, BROADCAST)
        for to, code, _, tags in received(2):
            while to == host and code == PADO and tags:
                kind, size = struct.unpack_from("!HH", tags)
                if kind == COOKIE:
                    return tags[4 : 4 + size]
                tags = tags[4 + size :]
    raise SystemExit("no PADO")


def nonsense() -> dict[str, int]:
    service = tag(SERVICE_NAME)
    ours = cookie(OURS)
    padr = packet(PADR, service + tag(COOKIE, ours))
    flipped = bytes([ours[0] ^ 1]) + ours[1:]
    unknown = session % 0xFFFE + 1
    cases = {
        "malformed": [
            # An empty one no packet socket is ever told of.
            *(padr[:size] for size in range(1, 6)),
            *(packet(PADI, service, start=start) for start in (0x00, 0x10, 0x12, 0x21, 0xFF)),
            *(packet(code, service) for code in (0x00, 0x08, 0x42, 0xD3)),
            *(packet(PADI, service, length=length) for length in (5, 100, 1500, 0xFFFF)),
            *(packet(code, service + b"\x01\x03" + tail) for code in (PADI, PADR, PADT) for tail in (b"", b"\0")),
            *(packet(PADR, struct.pack("!HH", COOKIE, size) + ours) for size in (len(ours) + 1, 0x7FFF, 0xFFFF)),
        ],
        "unexpected_code": [packet(PADO, service), packet(PADS, service, id=session), packet(PADS, service)],
        "session_id": [
            *(packet(code, service, id=session) for code in (PADI, PADR)),
            *(packet(PADT, id=id) for id in (0, 0xFFFF)),
        ],
        "service_name": [packet(code, tags) for code in (PADI, PADR) for tags in (b"", service + service)],
        "missing_cookie": [packet(PADR, service), packet(PADR, service + tag(HOST_UNIQ, ours))],
        "wrong_cookie": [
            packet(PADR, service + tag(COOKIE, wrong)) for wrong in (b"", flipped, ours[:-1], ours + b"\0", bytes(1400))
        ],
        "unknown_session": [packet(PADT, id=unknown)],
        "foreign_session": [packet(PADT, id=session), packet(PADT, tag(HOST_UNIQ, ours), id=session)],
    }
    # VER is never 1 in the random ones: none is a valid packet by chance.
    cases["malformed"] += [b"\x20" + random.randbytes(random.randrange(0, 1400)) for _ in range(200)]
    for number, octets in enumerate(octets for packets in cases.values() for octets in packets):
        send(octets, to=BROADCAST if octets[1:2] == bytes([PADI]) else station)
        # All are to be counted: the receiver's socket must have room for them.
        if number % 20 == 19:
            time.sleep(0.1)
    send(padr, OTHER)
    cases["wrong_cookie"].append(padr)
    send(packet(PADI, service), b"\x03" + OURS[1:], BROADCAST)
    answers = [f"{code:#x}" for _, code, _, _ in received(1)]
    return {"sent": {cause: len(packets) for cause, packets in cases.items()} | {"group_source": 1}, "answers": answers}


def flood(count: int, make) -> dict[str, object]:
    """Sends so many in bursts that leave the kernel's queues room for others, and counts the answers."""
    began = time.monotonic()
    answers = []
    for number in range(count):
        send(*make(number))
        if number % 100 == 99:
            answers += received(0.01)
    seconds = time.monotonic() - began
    answers += received(1)
    # Who was given a session gives it back.
    granted = [(to, id) for to, code, id, _ in answers if code == PADS and id]
    for host, id in granted:
        send(packet(PADT, id=id), host)
    return {
        "sent": count,
        "seconds": seconds,
        "pado": sum(code == PADO for _, code, _, _ in answers),
        "granted": len(granted),
        "refused": sum(code == PADS and not id for _, code, id, _ in answers),
    }


def somebody(number: int) -> bytes:
    return b"\x02\x99" + struct.pack("!I", number)


def padr(number: int, value: bytes) -> bytes:
    return packet(PADR, tag(SERVICE_NAME) + tag(HOST_UNIQ, struct.pack("!I", number)) + tag(COOKIE, value))


match what:
    case "nonsense":
        result = nonsense()
    case "padi-of-many":
        result = flood(4000, lambda number: (packet(PADI, tag(SERVICE_NAME)), somebody(number), BROADCAST))
    case "padi-of-one":
        result = flood(1000, lambda number: (packet(PADI, tag(SERVICE_NAME)), OTHER, BROADCAST))
    case "padr-of-many":
        result = flood(4000, lambda number: (padr(number, bytes(20)), somebody(number), station))
    case "padr-of-one":
        value = cookie(OURS)
        result = flood(1000, lambda number: (padr(number, value), OURS, station))
print(json.dumps(result))
