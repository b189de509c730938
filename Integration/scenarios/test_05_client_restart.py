"""Scenario 5: the client dies without a word and comes back at once from the same port."""

import time

from kernel import assert_carries_data, assert_mirrored, ppp_interfaces, tunnels, wait_for_ppp
from l2tpd import L2TPD
from network import Network, wait_until
from xl2tpd import XL2TPD, Call


def test_scenario_05_a_killed_client_is_served_again_within_seconds(network: Network, lns: L2TPD, client: XL2TPD):
    lns.start()
    started = time.monotonic()
    client.dial(Call())
    wait_for_ppp(network.client)
    first_dial = time.monotonic() - started
    (before,) = lns.wait_for_sessions(1)

    network.client.kill_all(names=("xl2tpd", "pppd"))
    client.process.popen.wait()
    wait_until("the client's interface is gone", lambda: not ppp_interfaces(network.client))
    started = time.monotonic()
    client.start_again()
    (interface,) = wait_for_ppp(network.client)
    second_dial = time.monotonic() - started

    def only_the_new_one() -> bool:
        return [each["tunnel_id"] for each in lns.show("sessions")] not in ([], [before["tunnel_id"]])

    wait_until("the old session is gone", lambda: len(lns.show("sessions")) == 1 and only_the_new_one())
    # The kernel's tunnel follows its last session.
    wait_until(
        "the old tunnel is gone from the kernel",
        lambda: before["tunnel_id"] not in [tunnel.id for tunnel in tunnels(network.lns)],
    )
    assert len(ppp_interfaces(network.lns)) == 1
    assert_mirrored(network.lns, network.client, count=1)
    assert_carries_data(network.client, interface)
    assert second_dial < 3 * first_dial + 5, "served late"
