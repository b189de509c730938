"""Scenario 6: control messages are lost, doubled and reordered both ways."""

from kernel import assert_mirrored, ppp_interfaces, wait_for_ppp
from l2tpd import L2TPD
from network import Network, wait_until
from xl2tpd import XL2TPD, Call

BAD_LINK = "delay 20ms loss 20% duplicate 10% reorder 25% 50%".split()


def test_scenario_06_a_session_comes_up_and_down_over_a_bad_link(network: Network, lns: L2TPD, client: XL2TPD):
    lns.start()
    for namespace in network:
        namespace.impair(*BAD_LINK)
    client.dial(Call(redial=True))
    wait_for_ppp(network.client, seconds=300)
    lns.wait_for_sessions(1)
    assert_mirrored(network.lns, network.client, count=1)

    client.disconnect()
    wait_until("both ends are down", lambda: not any(map(ppp_interfaces, network)), seconds=180)
    lns.wait_until_idle(seconds=180)
    # Of some hundred packets a fifth; what is lost or doubled of so few control messages is a matter of luck.
    assert all(namespace.dropped() > 0 for namespace in network), "netem lost nothing: the test proved nothing"
    for namespace in network:
        namespace.impair()
