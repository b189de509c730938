"""Scenario 4: five [lac] sections at once, each a tunnel of its own.

On a 6.1 kernel data goes to a socket by its addresses and ports and then only to that socket's tunnel, so xl2tpd's
own five sockets on one 4-tuple cannot tell their tunnels apart. What works with xl2tpd as it is: one port of ours a
section. From 6.11 on the kernel finds the session by tunnel and session id, and one port is enough.
"""

import os

import pytest

from kernel import assert_carries_data, assert_mirrored, tunnels, wait_for_ppp
from l2tpd import L2TPD
from network import LNS, Network
from xl2tpd import XL2TPD, Call

RELEASE = tuple(int(part) for part in os.uname().release.split("-")[0].split("+")[0].split(".")[:2])
FIVE_PORTS = pytest.param([1701, 1702, 1703, 1704, 1705], id="five ports, every kernel")
ONE_PORT = pytest.param([1701] * 5, id="one 4-tuple, kernel 6.11 and later")


@pytest.mark.parametrize("ports", [FIVE_PORTS] + ([ONE_PORT] if RELEASE >= (6, 11) else []))
def test_scenario_04_five_lac_sections_all_carry_data(network: Network, lns: L2TPD, client: XL2TPD, ports: list[int]):
    lns.configuration["listener"] = [{"address": LNS, "port": port} for port in sorted(set(ports))]
    lns.start()
    client.dial(*(Call(name=f"call{number}", port=port) for number, port in enumerate(ports)))
    interfaces = wait_for_ppp(network.client, count=5, seconds=240)
    sessions = lns.wait_for_sessions(5)
    assert len({session["tunnel_id"] for session in sessions}) == 5
    assert len({session["address"] for session in sessions}) == 5
    assert {interface.local for interface in interfaces} == {session["address"] for session in sessions}
    assert len(tunnels(network.lns)) == 5
    assert_mirrored(network.lns, network.client, count=5)
    # From the client only: its five links have one and the same far end, so of its answers to us all would take one link.
    for interface in interfaces:
        assert_carries_data(network.client, interface)
    before = {session["address"]: session for session in sessions}
    for session in lns.show("sessions"):
        for counter in ("rx_packets", "tx_packets"):
            assert session[counter] >= before[session["address"]][counter] + 5, session
