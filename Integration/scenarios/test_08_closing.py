"""Scenario 8: however a session ends, nothing of it stays: interface, session, tunnel, descriptor, address, process."""

import os
import signal
from collections.abc import Callable

import pytest

import capture
from kernel import ppp_interfaces, sessions, tunnels, wait_for_ppp
from l2tpd import L2TPD
from network import CLIENT, LNS, Network, wait_until
from xl2tpd import XL2TPD, Call


def session_close(network: Network, lns: L2TPD, client: XL2TPD) -> None:
    (session,) = lns.show("sessions")
    lns.ctl("session", "close", f"{session['tunnel_id']}/{session['session_id']}")


def tunnel_close(network: Network, lns: L2TPD, client: XL2TPD) -> None:
    (tunnel,) = lns.show("tunnels")
    lns.ctl("tunnel", "close", tunnel["tunnel_id"])


def peer_hangs_up(network: Network, lns: L2TPD, client: XL2TPD) -> None:
    for pid in network.client.pids():
        with open(f"/proc/{pid}/comm") as name:
            if name.read().strip() == "pppd":
                os.kill(pid, signal.SIGTERM)


def peer_stops(network: Network, lns: L2TPD, client: XL2TPD) -> None:
    client.disconnect()


WAYS = {
    "session close": (session_close, LNS, "CDN"),
    "tunnel close": (tunnel_close, LNS, "StopCCN"),
    "CDN from the peer": (peer_hangs_up, CLIENT, "CDN"),
    "StopCCN from the peer": (peer_stops, CLIENT, "StopCCN"),
}


@pytest.mark.parametrize(("close", "source", "message"), WAYS.values(), ids=WAYS.keys())
def test_scenario_08_closing_leaves_nothing(
    network: Network,
    lns: L2TPD,
    client: XL2TPD,
    close: Callable[[Network, L2TPD, XL2TPD], None],
    source: str,
    message: str,
):
    lns.start()
    idle = lns.descriptors()
    client.dial(Call())
    wait_for_ppp(network.client)
    lns.wait_for_sessions(1)
    assert lns.descriptors() > idle

    close(network, lns, client)
    wait_until("both ends are down", lambda: not any(map(ppp_interfaces, network)))
    wait_until("no kernel session", lambda: not any(map(sessions, network)))
    assert message in {each.type for each in capture.control(network.pcap, source)}
    client.process.stop()  # xl2tpd may keep an empty tunnel after a CDN
    lns.wait_until_idle()
    wait_until("no kernel tunnel", lambda: not tunnels(network.lns))
    wait_until("as many descriptors as before", lambda: lns.descriptors() == idle)


def test_scenario_08_SIGTERM_says_StopCCN_and_leaves_nothing(network: Network, lns: L2TPD, client: XL2TPD):
    lns.start()
    client.dial(Call())
    wait_for_ppp(network.client)
    lns.wait_for_sessions(1)

    assert lns.process.stop(signal.SIGTERM) == 0
    stops = wait_until(
        "the capture shows our StopCCN",
        lambda: [each for each in capture.control(network.pcap, source=LNS) if each.type == "StopCCN"],
    )
    assert {each.result[0] for each in stops} == {6}
    assert [line for line in network.lns.leftovers() if "tcpdump" not in line] == []
    wait_until("the client noticed", lambda: not ppp_interfaces(network.client))
    assert not lns.socket.exists()
