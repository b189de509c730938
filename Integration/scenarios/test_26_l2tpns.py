"""Issue 3's scenarios 1 and 2 with another stock LNS: l2tpns, which begins PPP anew and asks FreeRADIUS."""

from __future__ import annotations

import json

from access import AccessNetwork, Subscriber
from freeradius import FreeRADIUS
from kernel import assert_all_carry_data, assert_carries_data, sessions, tunnels, wait_for_ppp
from l2tpns import GATEWAY, L2TPNS
from lac import LAC, PASSWORD, SECRET, USER, assert_nothing_left, assert_told, connect
from network import wait_until

SUBSCRIBERS = {f"user-{each}@example.net": f"sesame-of-user-{each}" for each in range(1, 21)}


def start(network: AccessNetwork, users: dict[str, str]) -> tuple[LAC, L2TPNS, FreeRADIUS]:
    radius = FreeRADIUS(network.lns).start(users)
    lns = L2TPNS(network.lns, secret=SECRET).start()
    lac = LAC(network, secret=SECRET)
    lac.ppp["authentication"] = ["chap-md5", "pap"]
    # All the subscribers of these scenarios have one MAC address.
    for key in ("max_sessions_per_mac", "padi_rate_per_mac", "padr_rate_per_mac"):
        lac.pppoe[key] = 100
    lac.start()
    return lac, lns, radius


def test_lac_connects_stock_pppd_to_l2tpns(access: AccessNetwork):
    lac, lns, radius = start(access, {USER: PASSWORD})
    for method, proof in (("pap", "User-Password"), ("chap-md5", "CHAP-Password")):
        subscriber, interface, session = connect(access, lac, method)
        assert interface.remote == GATEWAY and interface.local.startswith("100.64.1.")
        assert proof in radius.process.output()
        assert_carries_data(access.subscriber, interface, count=10)
        if method == "pap":
            subscriber.reset(session, access.concentrator)
            assert_nothing_left(access, lac)

    server = access.lns.start("iperf3", "iperf3", "--server", "--one-off", "--bind", GATEWAY, "--forceflush")
    wait_until("iperf3 listens", lambda: "Server listening" in server.output())
    report = access.subscriber.run("iperf3", "-c", GATEWAY, "-t", "3", "--json")
    assert json.loads(report)["end"]["sum_received"]["bytes"] > 1_000_000

    assert lns.close_all() == 0
    assert_told(subscriber, "Modem hangup", "LCP terminated by peer")
    assert_nothing_left(access, lac)


def test_lac_puts_twenty_subscribers_into_one_tunnel_to_l2tpns(access: AccessNetwork):
    lac, lns, _ = start(access, SUBSCRIBERS)
    subscribers = {user: Subscriber(access.subscriber, user, password).dial() for user, password in SUBSCRIBERS.items()}
    interfaces = wait_for_ppp(access.subscriber, count=len(subscribers), seconds=300)
    assert len({each.local for each in interfaces}) == len(subscribers)
    shown = {each["user"]: each for each in lac.show("sessions") if each["state"] == "bridged"}
    assert shown.keys() == subscribers.keys()
    (tunnel,) = tunnels(access.lac)
    assert [each.tunnel for each in sessions(access.lac)] == [tunnel.id] * len(subscribers)
    assert_all_carry_data(access.subscriber, interfaces)

    for user, subscriber in subscribers.items():
        subscriber.reset(shown[user], access.concentrator)
    assert_nothing_left(access, lac)
    assert lns.process.output().count("Shutting down session") == len(subscribers), lns.process.output()
