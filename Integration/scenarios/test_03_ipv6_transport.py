"""Scenario 3: tunnels over IPv6, between our own two ends: no stock client has them."""

import signal

import pytest

from kernel import ppp_interfaces, tunnels
from l2tpd import L2TPD
from network import CLIENT6, LNS6, Network
from peer import Peer, admit


@pytest.mark.parametrize("secret", [None, "tunnel-secret"], ids=["open", "with a secret and hidden AVPs"])
def test_scenario_03_a_tunnel_over_ipv6_carries_ipv4_and_ipv6(
    network: Network, lns: L2TPD, secret: str | None
):
    admit(lns, 5)
    lns.configuration["listener"] = [{"address": LNS6, "port": 1701}]
    lns.peer["addresses"] = [f"{CLIENT6}/128"]
    options: list[str | int] = ["--sessions", 5, "--ping", "--ipv6", "--hold", 3000]
    if secret:
        lns.peer |= {"secret": secret, "hide_avps": True}
        options += ["--secret", secret, "--challenge", "--hide"]
    lns.start()
    peer = Peer(network.client, server=f"[{LNS6}]:1701").start(*options)
    peer.wait_until_up()

    found = lns.wait_for_sessions(5)
    (tunnel,) = tunnels(network.lns)
    assert (tunnel.local, tunnel.remote) == (LNS6, CLIENT6)
    assert {each.remote for each in ppp_interfaces(network.lns)} == {session["address"] for session in found}
    session = found[0]
    network.lns.ping(session["address"], source=session["interface"])
    network.lns.ping(f"{session['ipv6_link_local']}%{session['interface']}")

    peer.process.send(signal.SIGTERM)
    said = peer.good_round()
    assert said["opened"] == said["answered"] == 5
    assert said["echoes_answered"] >= 10
    lns.wait_until_idle()
