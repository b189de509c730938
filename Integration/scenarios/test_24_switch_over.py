"""The switch-over from user space to the kernel's bridge, seen by subscribers who do not wait for it."""

from __future__ import annotations

import signal
from pathlib import Path

import capture
from access import AccessNetwork
from lac import crowd
from network import CLIENT, wait_until
from peer import Peer

SUBSCRIBERS = 24
# What lab-peer has under way at a time, and what it sends when the call is through.
AHEAD = 8
REQUESTS = 20

LCP = 0xC021
ECHO_REQUEST = 9


def passed_on(pcap: Path) -> dict[int, list[int]]:
    """By session: the numbers of the subscriber's Echo-Requests, as they came from the LAC to the LNS."""
    found: dict[int, list[int]] = {}
    for frame in capture.ppp(pcap, CLIENT):
        if (frame.protocol, frame.code) == (LCP, ECHO_REQUEST):
            found.setdefault(frame.session, []).append(int.from_bytes(frame.data[4:8], "big"))
    return found


def overtaken(numbers: list[int]) -> list[int]:
    """Those that came behind a greater one."""
    return [number for at, number in enumerate(numbers) if number < max(numbers[:at], default=0)]


def test_lac_what_subscribers_send_at_once_passes_the_switch_over_complete_and_once(access: AccessNetwork):
    """Each sends numbered requests from its proof on, up to eight ahead of the answers: first the LAC answers, then it
    hands the link over, and each request from there on must reach the LNS.

    In order too, but for one point that LinuxBridges.swift tells of: requests that come in the very moment of the
    bridge may be overtaken by the next ones. The LNS has not answered yet then: it can be none but the first eight.
    """
    crowd(access, SUBSCRIBERS)
    # The network's own capture takes whole packets, and has no room for so many at once.
    pcap = access.directory / "burst.pcap"
    recorder = access.lns.start(
        *("tcpdump-burst", "tcpdump", "-Z", "root", "-n", "-U", "-i", "eth0", "-s", "128", "-B", "8192"),
        *("-w", pcap, f"udp and src host {CLIENT}"),
    )
    wait_until("tcpdump listens", lambda: "listening on" in recorder.output())
    peer = Peer(access.subscriber, pppoe="eth0").start(
        *("--sessions", SUBSCRIBERS, "--window", 4, "--ping", "--burst", REQUESTS)
    )
    # Whoever had the link: all were answered.
    said = peer.good_round()
    assert said["burst_answered"] >= SUBSCRIBERS * REQUESTS

    # What waits in the recorder's buffer when it is stopped is lost: each call's CDN comes behind all of the call.
    def ended() -> set[int]:
        return {message.session for message in capture.control(pcap, CLIENT) if message.type == "CDN"}

    wait_until("the recorder has seen every call's end", lambda: len(ended()) == SUBSCRIBERS)
    recorder.stop(signal.SIGINT)
    assert "\n0 packets dropped by kernel" in recorder.output(), recorder.output()

    found = passed_on(pcap)
    print({session: (numbers[0], len(numbers), overtaken(numbers)) for session, numbers in found.items()})
    assert len(found) == SUBSCRIBERS
    for numbers in found.values():
        first = min(numbers)
        assert sorted(numbers) == list(range(first, first + len(numbers))), "lost or doubled"
        late = overtaken(numbers)
        assert late == sorted(late) and all(number < first + AHEAD for number in late), "overtaken beyond the bridge"
    # An overtaken request is seen thrice: where it is missing, where it comes, and where it is gone on.
    assert said["burst_misplaced"] <= 3 * sum(len(overtaken(numbers)) for numbers in found.values())
    assert any(min(numbers) > 0 for numbers in found.values()), "nobody was heard before the bridge"
