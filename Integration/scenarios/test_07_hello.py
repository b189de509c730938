"""Scenario 7: a silent peer is noticed; a peer with traffic and without HELLOs is left in peace."""

import signal
import time

import capture
from kernel import ppp_interfaces, sessions, tunnels, wait_for_ppp
from l2tpd import L2TPD
from network import LNS, Network, wait_until
from xl2tpd import XL2TPD, Call

CYCLE = 31  # seconds: five retransmissions, 1 + 2 + 4 + 8 + 16
IDLE = 5


def hellos(network: Network) -> int:
    return len([each for each in capture.control(network.pcap, source=LNS) if each.type == "HELLO"])


def one_session(network: Network, lns: L2TPD, client: XL2TPD) -> None:
    lns.peer["hello_interval"] = IDLE
    lns.start()
    client.dial(Call())
    wait_for_ppp(network.client)
    lns.wait_for_sessions(1)


def test_scenario_07_KA_03_a_silent_peer_is_noticed_and_its_sessions_cleaned_up(
    network: Network, lns: L2TPD, client: XL2TPD
):
    one_session(network, lns, client)
    wait_until("a HELLO", lambda: hellos(network) > 0)
    network.client.run("ip", "link", "set", "eth0", "down")
    lns.wait_until_idle(seconds=4 * CYCLE)
    assert (ppp_interfaces(network.lns), sessions(network.lns), tunnels(network.lns)) == ([], [], [])
    network.client.run("ip", "link", "set", "eth0", "up")


def test_scenario_07_KA_01_KA_02_a_peer_with_traffic_and_no_hello_is_not_bothered(
    network: Network, lns: L2TPD, client: XL2TPD
):
    one_session(network, lns, client)
    # Frozen, xl2tpd neither sends nor acknowledges a message; its kernel still carries data.
    ping = network.client.start("ping", "ping", "-n", "-i", "0.5", "100.64.0.1")
    wait_until("data flows", lambda: "bytes from" in ping.output())
    time.sleep(IDLE)  # a HELLO from before the data has its acknowledgement by now
    client.process.send(signal.SIGSTOP)
    before = hellos(network)
    time.sleep(CYCLE + 3 * IDLE)
    assert hellos(network) == before, "a HELLO was sent although data came in"
    (session,) = lns.show("sessions")
    assert session["state"] == "open"

    ping.stop(signal.SIGINT)
    lns.wait_until_idle(seconds=4 * CYCLE)
    assert hellos(network) > before
    assert sessions(network.lns) == []
