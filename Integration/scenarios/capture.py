"""Reads the link's capture: L2TPv2 control messages and PPP frames, decoded apart from the project's own decoder."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TYPES = {
    1: "SCCRQ", 2: "SCCRP", 3: "SCCCN", 4: "StopCCN", 6: "HELLO", 7: "OCRQ", 8: "OCRP", 9: "OCCN",
    10: "ICRQ", 11: "ICRP", 12: "ICCN", 14: "CDN", 15: "WEN", 16: "SLI",
}  # fmt: skip


@dataclass(frozen=True)
class Datagram:
    source: str
    source_port: int
    destination: str
    destination_port: int
    payload: bytes


@dataclass
class Control:
    source: str
    type: str  # "ZLB" for a message without AVPs
    tunnel: int
    session: int
    ns: int
    nr: int
    avps: dict[int, bytes] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)

    @property
    def result(self) -> tuple[int, int]:
        """Result Code and Error Code of a StopCCN or CDN; 0 for an absent error."""
        result, error = struct.unpack("!HH", self.avps[1][:4].ljust(4, b"\0"))
        return result, error


@dataclass(frozen=True)
class PPP:
    source: str
    session: int
    protocol: int
    code: int
    identifier: int
    data: bytes


def datagrams(pcap: Path) -> Iterator[Datagram]:
    """UDP over IPv4 and IPv6 in Ethernet; fragments and cut packets are left out."""
    octets = pcap.read_bytes()
    offset = 24
    while offset + 16 <= len(octets):
        _, _, kept, _ = struct.unpack_from("<IIII", octets, offset)
        frame = octets[offset + 16 : offset + 16 + kept]
        offset += 16 + kept
        ethertype, packet = int.from_bytes(frame[12:14], "big"), frame[14:]
        if ethertype == 0x0800 and packet[9] == 17 and packet[6:8] in (b"\0\0", b"\x40\0"):
            udp = packet[(packet[0] & 15) * 4 :]
            source, destination = (".".join(map(str, packet[at : at + 4])) for at in (12, 16))
        elif ethertype == 0x86DD and packet[6] == 17:
            udp = packet[40:]
            source, destination = packet[8:24].hex(), packet[24:40].hex()
        else:
            continue
        source_port, destination_port, length = struct.unpack_from("!HHH", udp)
        yield Datagram(source, source_port, destination, destination_port, udp[8:length])


def control(pcap: Path, source: str | None = None) -> list[Control]:
    """The control messages in the order seen, retransmissions included."""
    messages = []
    for datagram in datagrams(pcap):
        octets = datagram.payload
        if len(octets) < 12 or octets[0] & 0xC8 != 0xC8 or octets[1] & 0x0F != 2:
            continue
        if source not in (None, datagram.source):
            continue
        _, length, tunnel, session, ns, nr = struct.unpack_from("!HHHHHH", octets)
        message = Control(datagram.source, "ZLB", tunnel, session, ns, nr)
        at = 12
        while at + 6 <= min(length, len(octets)):
            flags, vendor, attribute = struct.unpack_from("!HHH", octets, at)
            size = max(flags & 0x3FF, 6)
            if vendor == 0:
                message.avps.setdefault(attribute, octets[at + 6 : at + size])
                if flags & 0x4000:
                    message.hidden.add(attribute)
            at += size
        if 0 in message.avps:
            number = int.from_bytes(message.avps[0], "big")
            message.type = TYPES.get(number, str(number))
        messages.append(message)
    return messages


def ppp(pcap: Path, source: str | None = None) -> list[PPP]:
    """The PPP control frames inside data messages (protocols from 0x8000 on)."""
    frames = []
    for datagram in datagrams(pcap):
        octets = datagram.payload
        if len(octets) < 6 or octets[0] & 0x80 or octets[1] & 0x0F != 2 or source not in (None, datagram.source):
            continue
        after_length = octets[2:] if octets[0] & 0x40 else octets
        session = int.from_bytes(after_length[4:6], "big")
        at = 6 + (2 if octets[0] & 0x40 else 0) + (4 if octets[0] & 0x08 else 0)
        if octets[0] & 0x02:
            at += 2 + int.from_bytes(octets[at : at + 2], "big")
        frame = octets[at:].removeprefix(b"\xff\x03")
        if len(frame) >= 6 and frame[0] & 0x80:
            protocol = int.from_bytes(frame[:2], "big")
            frames.append(PPP(datagram.source, session, protocol, frame[2], frame[3], frame[6:]))
    return frames
