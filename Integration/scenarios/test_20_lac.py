"""Issue 3's scenarios 1, 3 and 5: stock pppd by PPPoE, through our LAC, to a stock LNS and to our own."""

from __future__ import annotations

import json
import re

import pytest

from access import ACCESS, AccessNetwork, Subscriber
from kernel import assert_carries_data, ppp_interfaces, sessions, wait_for_ppp
from lac import LAC, PASSWORD, SECRET, USER, assert_kernel_clean, assert_nothing_left, assert_told, connect, own_lns
from network import wait_until
from xl2tpd import XL2TPD

METHODS = pytest.mark.parametrize("method", ["chap-md5", "pap", "ms-chap-v2"])


@METHODS
def test_lac_connects_stock_pppd_to_a_stock_lns(access: AccessNetwork, method: str):
    XL2TPD(access.lns, secret=SECRET).serve({USER: PASSWORD}, authentication=method)
    lac = LAC(access, method, secret=SECRET)
    lac.start()
    subscriber, interface, _ = connect(access, lac, method)
    assert interface.remote == "100.64.0.1" and interface.local.startswith("100.64.0.")
    assert_carries_data(access.subscriber, interface, count=10)
    assert "sesame" not in lac.process.output(), "a password or secret is in the log"

    subscriber.process.stop()
    assert_nothing_left(access, lac)
    assert lac.process.stop() == 0


@pytest.mark.parametrize(
    ("policy", "method"),
    [("accept", "chap-md5"), ("accept", "pap"), ("accept", "ms-chap-v2"), ("renegotiate", "chap-md5")],
)
def test_lac_PRX_01_PRX_03_connects_stock_pppd_to_our_lns(access: AccessNetwork, method: str, policy: str):
    lns = own_lns(access, method, policy, secret=SECRET)
    lac = LAC(access, method, secret=SECRET)
    lac.start()
    subscriber, interface, session = connect(access, lac, method)
    (ended,) = lns.wait_for_sessions(1)
    assert interface.local == ended["address"] and interface.remote == "100.64.0.1"
    assert (ended["user"], ended["authentication"]) == (USER, method)
    assert ended["calling_number"] == session["mac"]
    assert ended["proxy_lcp"] and ended["proxy_authentication"] == (method != "ms-chap-v2")
    negotiations = subscriber.output().count("sent [LCP ConfAck")
    if policy == "accept":
        assert negotiations == 1, "LCP was negotiated anew, though the LNS takes it over"
    else:
        assert negotiations == 2, "LCP was not negotiated anew"
    assert_carries_data(access.subscriber, interface, count=10)

    # The subscriber ends: PADT, CDN, nothing left on either side.
    subscriber.process.stop()
    lns.wait_until_idle()
    assert_nothing_left(access, lac)
    assert "loss of carrier" in lns.process.output()


def test_lac_carries_bulk_data_while_it_sleeps(access: AccessNetwork):
    own_lns(access, "chap-md5")
    lac = LAC(access)
    lac.start()
    _, interface, session = connect(access, lac, "chap-md5")
    server = access.lns.start("iperf3", "iperf3", "--server", "--bind", "100.64.0.1", "--forceflush")
    wait_until("iperf3 listens", lambda: "Server listening" in server.output())
    (before,) = ppp_interfaces(access.subscriber)
    wake_ups = lac.wake_ups()
    for direction in ([], ["--reverse"]):
        report = access.subscriber.run("iperf3", "-c", "100.64.0.1", "-t", "5", "--json", *direction)
        assert json.loads(report)["end"]["sum_received"]["bytes"] > 1_000_000
    wake_ups = lac.wake_ups() - wake_ups
    (after,) = ppp_interfaces(access.subscriber)
    packets = after.rx_packets - before.rx_packets + after.tx_packets - before.tx_packets
    print(f"{packets} packets, {wake_ups} wake-ups of the LAC")
    assert packets > 1000
    assert wake_ups < 100 and wake_ups < packets / 10, "the LAC woke up with the traffic"
    counted = lac.subscriber()
    assert counted and counted["rx_packets"] - session["rx_packets"] >= after.rx_packets - before.rx_packets
    assert counted["tx_packets"] - session["tx_packets"] >= after.tx_packets - before.tx_packets
    assert_carries_data(access.subscriber, interface)
    server.stop()


@pytest.mark.parametrize("end", ["subscriber's name", "call's name", "lns closes", "lns dies", "sigterm", "link down"])
def test_lac_POE_06_every_end_is_told_to_both_sides(access: AccessNetwork, end: str):
    lns = own_lns(access, "chap-md5", retransmit_limit=2)
    lac = LAC(access, retransmit_limit=2, hello_interval=2)
    lac.start()
    subscriber, _, session = connect(access, lac, "chap-md5")
    (ended,) = lns.wait_for_sessions(1)
    match end:
        case "subscriber's name":
            lac.ctl("session", "close", f"{session['tunnel_id']}/{session['session_id']}")
        case "call's name":
            lac.ctl("session", "close", session["bridged_to"])
        case "lns closes":
            lns.ctl("session", "close", f"{ended['tunnel_id']}/{ended['session_id']}")
        case "lns dies":
            lns.process.send(9)
        case "sigterm":
            assert lac.process.stop() == 0
        case "link down":
            access.lac.run("ip", "link", "set", ACCESS, "down")
    if end == "link down":
        # Nobody can tell him by a line that is down.
        lns.wait_until_idle()
        wait_until("the LAC has no session", lambda: not lac.show("sessions"))
        subscriber.process.stop()
        return
    assert_told(subscriber, "Modem hangup", "LCP terminated by peer")
    if end == "lns dies":
        wait_until("the LAC has no session", lambda: not lac.show("sessions"))
        for name in ppp_interfaces(access.lns):
            access.lns.run("ip", "link", "delete", name.name, check=False)
    else:
        lns.wait_until_idle()
    wait_until("the LAC's kernel is clean", lambda: not sessions(access.lac))


@pytest.mark.parametrize(
    ("policy", "method"), [("accept", "chap-md5"), ("accept", "ms-chap-v2"), ("renegotiate", "pap")]
)
def test_lac_a_wrong_password_is_told_and_leaves_nothing(access: AccessNetwork, method: str, policy: str):
    lns = own_lns(access, method, policy)
    lac = LAC(access, method)
    lac.start()
    subscriber = Subscriber(access.subscriber, password="wrong").dial(authentication=method)
    assert_told(subscriber, "authentication failed", "Authentication failed", "Access denied")
    lns.wait_until_idle()
    assert_nothing_left(access, lac)


@pytest.mark.parametrize("why", ["refused", "dead"])
def test_lac_without_an_lns_the_subscriber_is_told(access: AccessNetwork, why: str):
    if why == "refused":
        own_lns(access, "chap-md5", secret=SECRET)
    lac = LAC(access, retransmit_limit=2)
    lac.start()
    subscriber = Subscriber(access.subscriber).dial()
    assert_told(subscriber, "LCP terminated by peer")
    assert_nothing_left(access, lac)


def test_lac_ends_a_realm_itself(access: AccessNetwork):
    lac = LAC(access)
    lac.configuration["realm"] = [{"name": "example.net", "ppp": "subscribers"}]
    lac.configuration["user"] = [{"name": USER, "password": PASSWORD}]
    del lac.configuration["tunnel_group"]
    lac.start()
    subscriber = Subscriber(access.subscriber).dial()
    (interface,) = wait_for_ppp(access.subscriber)
    (session,) = lac.wait_for_sessions(1)
    assert interface.local == session["address"] and interface.remote == "100.64.0.1"
    assert (session["user"], session["interface"]) == (USER, "ppp0")
    assert_carries_data(access.subscriber, interface, count=10)
    # More to us than from us: nobody answers there.
    unanswered = ["ping", "-n", "-c", "20", "-i", "0.05", "-W", "1", "-I", interface.name, "203.0.113.9"]
    access.subscriber.run(*unanswered, check=False)
    (before,) = ppp_interfaces(access.lac)
    (counted,) = lac.show("sessions")
    (after,) = ppp_interfaces(access.lac)
    assert before.rx_packets <= counted["rx_packets"] <= after.rx_packets, "what came from the subscriber"
    assert before.tx_packets <= counted["tx_packets"] <= after.tx_packets, "what went to him"
    assert counted["rx_packets"] >= 30 and counted["tx_packets"] >= 10
    assert counted["rx_packets"] >= counted["tx_packets"] + 10
    assert counted["rx_bytes"] > 30 * 84
    subscriber.process.stop()
    lac.wait_until_idle()
    assert_kernel_clean(access)
    (closed,) = [line for line in lac.process.output().splitlines() if "session closed" in line]
    last = int(re.search(r"rx_bytes=(\d+)", closed)[1])
    assert last >= counted["rx_bytes"], closed


def test_lac_goes_by_the_service_on_a_vlan(access: AccessNetwork):
    with access.vlan(100) as (vlan, host):
        goes_by_the_service(access, vlan, host)


def goes_by_the_service(access: AccessNetwork, vlan: str, host: str) -> None:
    lac = LAC(access)
    lac.pppoe.update({"interface": vlan, "service_names": ["internet", "local"], "tunnel_group": "isp"})
    lac.configuration["pppoe"] = [{**lac.pppoe, "interface": ACCESS}, lac.pppoe]
    lac.configuration["realm"] = [{"service_name": "local", "ppp": "subscribers"}]
    lac.configuration["user"] = [{"name": "alice", "password": PASSWORD}]
    lac.start()
    # Without the service he would go where the interface says, to an LNS that is not there.
    subscriber = Subscriber(access.subscriber, user="alice").dial("rp_pppoe_service", "local", interface=host)
    (interface,) = wait_for_ppp(access.subscriber)
    (session,) = lac.wait_for_sessions(1)
    assert (session["access_interface"], session["service_name"], session["role"]) == (vlan, "local", "lac")
    assert session["pppoe_session_id"] > 0 and session["interface"] == "ppp0"
    assert_carries_data(access.subscriber, interface)
    assert f"{vlan}#{session['pppoe_session_id']} {session['mac']}" in lac.ctl("show", "sessions")

    # Another service is not offered: silence, which is counted.
    stranger = Subscriber(access.subscriber, user="alice").dial("rp_pppoe_service", "cinema", interface=host)

    def discarded() -> int:
        return {each["interface"]: each for each in lac.show("pppoe")}[vlan]["discarded"].get("unknown_service", 0)

    wait_until("the other service is refused", discarded)
    stranger.process.stop()
    untagged, tagged = lac.show("pppoe")
    assert (tagged["interface"], tagged["ac_name"], tagged["sessions"]) == (vlan, "bras-1", 1)
    assert tagged["services"] == ["internet", "local"] and tagged["tx_refusals"] == 0
    assert tagged["rx_padi"] > tagged["tx_pado"] >= 1 and tagged["rx_padr"] >= tagged["tx_pads"] >= 1
    assert (untagged["interface"], untagged["rx_padi"], untagged["sessions"]) == (ACCESS, 0, 0)

    subscriber.process.stop()
    lac.wait_until_idle()
    assert_kernel_clean(access)
    assert lac.process.stop() == 0
