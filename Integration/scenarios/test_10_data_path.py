"""Scenario 10: an established session carries bulk data and user space sees none of it."""

import json

from kernel import ppp_interfaces, wait_for_ppp
from l2tpd import L2TPD
from network import Network, wait_until
from xl2tpd import XL2TPD, Call


def test_scenario_10_iperf3_crosses_while_the_daemon_sleeps(network: Network, lns: L2TPD, client: XL2TPD):
    lns.start()
    client.dial(Call())
    wait_for_ppp(network.client)
    (session,) = lns.wait_for_sessions(1)
    server = network.lns.start("iperf3", "iperf3", "--server", "--bind", "100.64.0.1", "--forceflush")
    wait_until("iperf3 listens", lambda: "Server listening" in server.output())

    (before,) = ppp_interfaces(network.lns)
    wake_ups = lns.wake_ups()
    seconds = 5
    for direction in ([], ["--reverse"]):
        report = network.client.run("iperf3", "-c", "100.64.0.1", "-t", str(seconds), "--json", *direction)
        assert json.loads(report)["end"]["sum_received"]["bytes"] > 1_000_000
    wake_ups = lns.wake_ups() - wake_ups
    (after,) = ppp_interfaces(network.lns)

    packets = after.rx_packets - before.rx_packets + after.tx_packets - before.tx_packets
    print(f"{packets} packets, {wake_ups} wake-ups of the daemon")
    assert packets > 1000
    assert wake_ups < 100 and wake_ups < packets / 10, "the daemon woke up with the traffic"
    (counted,) = lns.show("sessions")
    assert counted["rx_packets"] - session["rx_packets"] >= after.rx_packets - before.rx_packets
    server.stop()
