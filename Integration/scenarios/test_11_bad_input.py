"""Scenario 11: nonsense from a raw socket is counted and not answered, and the established session does not notice."""

from pathlib import Path

import pytest

import capture
from kernel import wait_for_ppp
from l2tpd import L2TPD
from network import CLIENT, LNS, Network, wait_until
from xl2tpd import XL2TPD, Call


def replies(network: Network, port: int) -> list[capture.Datagram]:
    """The control messages that went to the port; data of the session is not a reply."""
    to_port = (each for each in capture.datagrams(network.pcap) if each.source == LNS)
    return [each for each in to_port if each.destination_port == port and each.payload[0] & 0x80]


@pytest.mark.parametrize("port", [40000, 1701], ids=["from a stranger's port", "from the peer's own port"])
def test_scenario_11_REL_13_bad_input_is_counted_and_never_answered(
    network: Network, lns: L2TPD, client: XL2TPD, port: int
):
    lns.start()
    client.dial(Call())
    wait_for_ppp(network.client)
    (session,) = lns.wait_for_sessions(1)
    ping = network.client.start("ping", "ping", "-n", "-i", "0.2", "100.64.0.1")
    wait_until("data flows", lambda: "bytes from" in ping.output())

    before = lns.show("stats")
    answered = len(replies(network, port))
    sent = network.client.run(
        "/usr/bin/python3", Path(__file__).with_name("bad_input.py"), CLIENT, port, LNS, session["tunnel_id"]
    )
    wait_until("the daemon counted bad input", lambda: dropped(lns.show("stats")) > dropped(before) + 20)
    print(f"{sent.strip()} bad datagrams, counters: {lns.show('stats')}")
    assert len(replies(network, port)) == answered

    ping.stop(2)
    assert " 0% packet loss" in ping.output(), ping.output()
    (after,) = lns.wait_for_sessions(1)
    assert (after["tunnel_id"], after["session_id"]) == (session["tunnel_id"], session["session_id"])


def dropped(statistics: dict) -> int:
    """The sum of every counter of something dropped, malformed, unknown or ignored, at any depth."""
    total = 0
    for key, value in statistics.items():
        if isinstance(value, dict):
            total += dropped(value)
        elif isinstance(value, int) and any(word in key for word in ("drop", "malformed", "unknown", "invalid", "bad")):
            total += value
    return total
