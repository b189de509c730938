"""Issue 3's scenario 6: the daemon dials as a voluntary client, a stock LNS and our own."""

import time

import pytest

from kernel import assert_carries_data, assert_mirrored, ppp_interfaces, sessions, tunnels, wait_for_ppp
from l2tpd import L2TPD, Table
from network import LNS, Network, wait_until
from xl2tpd import XL2TPD


def dialling(network: Network, *clients: Table, **changes: object) -> L2TPD:
    """Our daemon in the client's namespace, with nothing but these clients."""
    daemon = L2TPD(network.client)
    usual = {"server": LNS, "user": "alice", "password": "sesame-of-alice", "redial_cap": 5}
    tables = [{"name": "office", **usual, **changes, **client} for client in clients or ({},)]
    daemon.configuration = {
        "daemon": {"control_socket": str(daemon.socket), "host_name": "client-1"},
        "log": {"level": "debug"},
        "client": tables,
    }
    return daemon


@pytest.mark.parametrize(
    ("method", "secret"), [("chap-md5", None), ("ms-chap-v2", "tunnel-sesame"), ("pap", "tunnel-sesame")]
)
def test_client_dials_a_stock_lns_and_carries_data(network: Network, method: str, secret: str | None):
    stock = XL2TPD(network.lns, secret=secret)
    stock.serve({"alice": "sesame-of-alice"}, authentication=method)
    changes = {"secret": secret} if secret else {}
    daemon = dialling(network, authentication=[method], **changes)
    daemon.start()
    (interface,) = wait_for_ppp(network.client)
    (session,) = daemon.wait_for_sessions(1)
    assert (session["user"], session["authentication"]) == ("alice", method)
    assert_mirrored(network.client, network.lns, count=1)
    assert (interface.name, interface.local, interface.remote) == (
        session["interface"],
        session["local_address"],
        "100.64.0.1",
    )
    assert_carries_data(network.client, interface, count=10)
    assert "sesame" not in daemon.process.output(), "a password or secret is in the log"

    assert daemon.process.stop() == 0
    assert not ppp_interfaces(network.client) and not tunnels(network.client) and not sessions(network.client)
    wait_until("the LNS heard of it", lambda: not ppp_interfaces(network.lns))


def test_client_over_a_long_line_opens_once(network: Network):
    stock = XL2TPD(network.lns)
    stock.serve({"alice": "sesame-of-alice"})
    for namespace in network:
        namespace.impair("delay", "400ms")
    daemon = dialling(network)
    daemon.start()
    wait_for_ppp(network.client, seconds=120)
    daemon.wait_for_sessions(1)
    # Longer than the restart timers of both ends: what was said in vain has been said again by then.
    time.sleep(8)
    assert daemon.process.output().count("network up") == 1, daemon.process.output()
    assert stock.ppp_output("lns").count("local  IP address") == 1, stock.ppp_output("lns")
    for namespace in network:
        namespace.impair()


def our_lns(network: Network) -> L2TPD:
    lns = L2TPD(network.lns)
    lns.configuration["user"] = [{"name": name, "password": f"sesame-of-{name}"} for name in ("alice", "bob")]
    return lns


def test_client_two_sessions_share_one_tunnel_to_our_lns(network: Network):
    lns = our_lns(network)
    lns.start()
    bob = {"name": "second", "user": "bob", "password": "sesame-of-bob"}
    daemon = dialling(network, {}, bob, ipv6=True)
    daemon.start()
    interfaces = wait_for_ppp(network.client, count=2)
    both = daemon.wait_for_sessions(2)
    lns.wait_for_sessions(2)
    (tunnel,) = tunnels(network.client)
    (listed,) = daemon.show("tunnels")
    assert (listed["tunnel_id"], listed["role"], listed["sessions"]) == (tunnel.id, "initiator", 2)
    assert {each["role"] for each in both} == {"lac"}
    assert {each["role"] for each in lns.show("sessions")} == {"lns"}
    assert_mirrored(network.client, network.lns, count=2)
    for interface in interfaces:
        assert_carries_data(network.client, interface)
    assert "2 up of 2" in daemon.ctl()

    daemon.ctl("client", "down", "second")
    wait_until("one interface is left", lambda: len(ppp_interfaces(network.client)) == 1)
    assert {each["name"]: each["state"] for each in daemon.show("clients")} == {"office": "open", "second": "down"}
    (interface,) = ppp_interfaces(network.client)
    assert_carries_data(network.client, interface)
    daemon.ctl("client", "up", "second")
    wait_for_ppp(network.client, count=2)
    assert len(tunnels(network.client)) == 1


def test_client_redials_a_killed_lns(network: Network):
    lns = our_lns(network)
    lns.start()
    daemon = dialling(network, hello_interval=5, redial_initial=1, redial_cap=4)
    daemon.start()
    wait_for_ppp(network.client)
    idle = daemon.descriptors()

    network.lns.kill_all(names=("l2tpd",))
    lns.process.popen.wait()
    wait_until("the client noticed", lambda: daemon.show("clients")[0]["failures"] > 0, seconds=120)
    assert not ppp_interfaces(network.client)
    lns.start()
    (interface,) = wait_for_ppp(network.client)
    daemon.wait_for_sessions(1)
    assert_carries_data(network.client, interface)
    (client,) = daemon.show("clients")
    assert (client["state"], client["failures"]) == ("open", 0)
    wait_until("no more descriptors than before", lambda: daemon.descriptors() <= idle)


def test_client_a_wrong_password_is_not_hammered_and_leaves_nothing(network: Network):
    lns = our_lns(network)
    lns.start()
    daemon = dialling(network, password="sesame-of-eve", redial_initial=1, redial_cap=60)
    daemon.start()
    wait_until("three failures", lambda: daemon.show("clients")[0]["failures"] >= 3)
    (client,) = daemon.show("clients")
    assert "refused" in client["last_failure"]
    assert not sessions(network.client) and not ppp_interfaces(network.client)
    assert len(tunnels(network.client)) == 1, "one tunnel serves every attempt"
    assert daemon.process.stop() == 0
    assert not tunnels(network.client)


def test_client_routes_lead_through_it_and_its_hook_is_told(network: Network, tmp_path):
    lns = our_lns(network)
    lns.start()
    told = tmp_path / "told"
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\necho $L2TPD_EVENT $L2TPD_INTERFACE $L2TPD_LOCAL_ADDRESS $L2TPD_DNS >>{told}\n")
    hook.chmod(0o755)
    network.client.run("ip", "route", "add", "default", "via", LNS)
    before = network.client.run("ip", "route")
    daemon = dialling(
        network,
        default_route=True,
        routes=["203.0.113.0/24"],
        request_dns=True,
        interface="l2tp-office",
        hook=str(hook),
        persistent=False,
    )
    daemon.start()
    assert network.client.run("ip", "route") == before
    daemon.ctl("client", "up", "office")
    (interface,) = wait_for_ppp(network.client)
    assert interface.name == "l2tp-office"
    wait_until("the hook is told", told.exists)
    routes = network.client.run("ip", "route")
    assert "203.0.113.0/24 dev l2tp-office" in routes
    assert routes.startswith("default dev l2tp-office"), routes
    assert "dev eth0" in network.client.run("ip", "route", "get", LNS), "the tunnel would lead through itself"
    assert "dev l2tp-office" in network.client.run("ip", "route", "get", "198.51.100.1")
    assert_carries_data(network.client, interface)

    daemon.ctl("client", "down", "office")
    wait_until("the interface is gone", lambda: not ppp_interfaces(network.client))
    wait_until("the routes are as before", lambda: network.client.run("ip", "route") == before)
    wait_until("the hook is told", lambda: len(told.read_text().splitlines()) == 2)
    values = f"l2tp-office {interface.local} 192.0.2.53"
    assert told.read_text().splitlines() == [f"up {values}", f"down {values}"]


def test_client_goes_to_the_next_server(network: Network):
    lns = our_lns(network)
    lns.start()
    daemon = dialling(network, server=["192.0.2.77", LNS], interface="ppp%d")
    daemon.start()
    (interface,) = wait_for_ppp(network.client)
    (client,) = daemon.show("clients")
    assert client["peer_address"] == f"{LNS}:1701"
    assert_carries_data(network.client, interface)
