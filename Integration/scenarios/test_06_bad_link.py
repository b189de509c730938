"""Scenario 6: control messages are lost, doubled and reordered both ways; and a line that is only long."""

import re
import time

from kernel import assert_mirrored, ppp_interfaces, wait_for_ppp
from l2tpd import L2TPD
from network import Network, wait_until
from xl2tpd import XL2TPD, Call

BAD_LINK = "delay 20ms loss 20% duplicate 10% reorder 25% 50%".split()
LONG_LINE = "delay 400ms".split()
# Longer than the restart timers of both ends: what was said in vain has been said again by then.
RESTARTS = 8


def come_up(network: Network, lns: L2TPD, client: XL2TPD, *link: str, seconds: float) -> None:
    """One session over a link that netem makes such."""
    lns.start()
    for namespace in network:
        namespace.impair(*link)
    client.dial(Call(redial=True))
    wait_for_ppp(network.client, seconds=seconds)
    lns.wait_for_sessions(1)


def test_scenario_06_a_session_comes_up_and_down_over_a_bad_link(network: Network, lns: L2TPD, client: XL2TPD):
    come_up(network, lns, client, *BAD_LINK, seconds=300)
    assert_mirrored(network.lns, network.client, count=1)

    client.disconnect()
    wait_until("both ends are down", lambda: not any(map(ppp_interfaces, network)), seconds=180)
    lns.wait_until_idle(seconds=180)
    # Of some hundred packets a fifth; what is lost or doubled of so few control messages is a matter of luck.
    assert all(namespace.dropped() > 0 for namespace in network), "netem lost nothing: the test proved nothing"
    for namespace in network:
        namespace.impair()


def test_scenario_06_over_a_long_line_each_protocol_opens_once(network: Network, lns: L2TPD, client: XL2TPD):
    come_up(network, lns, client, *LONG_LINE, seconds=120)
    time.sleep(RESTARTS)
    said = client.ppp_output()
    # The second request has another method, which pppd has asked for; nothing is asked twice.
    requests = re.findall(r"rcvd \[(\w+ ConfReq id=\w+)", said)
    assert len(requests) == len(set(requests)) and said.count("local  IP address") == 1, said
    assert lns.process.output().count("network up") == 2, "IPv4 and IPv6: " + lns.process.output()
    assert_mirrored(network.lns, network.client, count=1)
    for namespace in network:
        namespace.impair()
