"""Scenario 3: IPv4 and IPv6 inside a session."""

import re
from ipaddress import IPv6Address

from kernel import assert_carries_data, assert_mirrored, wait_for_ppp
from l2tpd import L2TPD
from network import Network, wait_until
from xl2tpd import XL2TPD, Call


def test_scenario_03_ipv4_and_ipv6_inside_one_session(network: Network, lns: L2TPD, client: XL2TPD):
    lns.start()
    client.dial(Call(ppp=["+ipv6"]))
    (interface,) = wait_for_ppp(network.client)
    (session,) = lns.wait_for_sessions(1)
    assert_mirrored(network.lns, network.client, count=1)
    assert_carries_data(network.client, interface)

    wait_until("pppd has IPv6", lambda: "remote LL address" in client.ppp_output())
    # Each end opens by itself, and either may be the later.
    wait_until("l2tpd has IPv6", lambda: "network=ipv6" in lns.process.output())
    (session,) = lns.show("sessions")
    # pppd writes leading zeros.
    said = dict(re.findall(r"(local|remote) +LL address (\S+)", client.ppp_output()))
    assert IPv6Address(said["local"]) == IPv6Address(session["ipv6_link_local"])
    assert IPv6Address(said["remote"]) == IPv6Address(session["local_ipv6_link_local"])
    network.client.ping(f"{session['local_ipv6_link_local']}%{interface.name}")
    network.lns.ping(f"{session['ipv6_link_local']}%{session['interface']}")


def test_scenario_03_a_link_without_ipv6_still_carries_ipv4(network: Network, lns: L2TPD, client: XL2TPD):
    lns.ppp["ipv6"] = False
    lns.start()
    client.dial(Call(ppp=["+ipv6"]))
    (interface,) = wait_for_ppp(network.client)
    (session,) = lns.wait_for_sessions(1)
    assert session.get("ipv6_link_local") is None
    assert_carries_data(network.client, interface)


def test_scenario_03_dns_servers_reach_the_client(network: Network, lns: L2TPD, client: XL2TPD):
    lns.start()
    client.dial(Call(ppp=["usepeerdns"]))
    wait_for_ppp(network.client)
    wait_until("pppd has the DNS server", lambda: "primary   DNS address 192.0.2.53" in client.ppp_output())
