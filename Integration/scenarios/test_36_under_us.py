"""What somebody deletes in the kernel under the daemon is noticed, told to the peer, and leaves nothing behind."""

from __future__ import annotations

import json
import signal
import time

import capture
from access import AccessNetwork, Subscriber
from deaf import deafen, lost_events
from kernel import assert_carries_data, ppp_interfaces, sessions, tunnels, wait_for_ppp
from l2tpd import BINARIES, L2TPD, Table, toml
from lac import LAC, PASSWORD, assert_nothing_left, assert_told, own_lns
from network import CLIENT, LNS, Namespace, Network, Process, wait_until
from xl2tpd import XL2TPD, Call

# What is done to a session or its tunnel, and what the peer is told: the message, its Result Code, and whether PPP said
# so before.
WAYS = {
    "session": ("l2tp del session tunnel_id {tunnel_id} session_id {session_id}", "CDN", 1, False),
    "interface": ("link delete {interface}", "CDN", 3, True),
    "down": ("link set {interface} down", "CDN", 3, True),
    "address": ("-4 address delete {local_address} peer {address} dev {interface}", "CDN", 3, True),
    "tunnel": ("l2tp del tunnel tunnel_id {tunnel_id}", "StopCCN", 1, False),
}
NOTICED = {"CDN": ("kernel session lost", "interface lost"), "StopCCN": ("kernel tunnel lost",)}


def connected(lns: L2TPD, client: XL2TPD, *ways: str) -> dict[str, Table]:
    """The sessions of xl2tpd's calls, one for each way and one to be left alone, by these names."""
    # A port of ours for each: before Linux 6.11 there is one tunnel between two pairs of address and port.
    ports = {name: 1701 + place for place, name in enumerate((*ways, "witness"))}
    lns.configuration["listener"] = [{"address": LNS, "port": port} for port in ports.values()]
    lns.configuration["user"] = [{"name": name, "password": "sesame-of-all"} for name in ports]
    lns.start()
    client.dial(*(Call(name, "sesame-of-all", name=name, port=port) for name, port in ports.items()))
    wait_for_ppp(client.namespace, len(ports), seconds=240)
    listed = {each["user"]: each for each in lns.wait_for_sessions(len(ports))}
    peers = {each["tunnel_id"]: each["peer_tunnel_id"] for each in lns.show("tunnels")}
    return {name: {**session, "peer_tunnel_id": peers[session["tunnel_id"]]} for name, session in listed.items()}


def take(namespace: Namespace, way: str, session: Table) -> None:
    namespace.run("ip", *WAYS[way][0].format(**session).split())


def assert_peer_was_told(network: Network, way: str, session: Table) -> None:
    _, message, result, by_ppp = WAYS[way]

    def look() -> list[capture.Control]:
        sent = capture.control(network.pcap, LNS)
        return [each for each in sent if (each.type, each.tunnel) == (message, session["peer_tunnel_id"])]

    told = wait_until(f"{message} tells the peer of the lost {way}", look, seconds=30)
    assert {each.result[0] for each in told} == {result}, told
    requests = [
        each
        for each in capture.ppp(network.pcap, LNS)
        if (each.session, each.protocol, each.code) == (session["peer_session_id"], 0xC021, 5)
    ]
    assert bool(requests) == by_ppp, f"LCP Terminate-Request for {way}: {requests}"


def assert_only_the_witness_is_left(network: Network, lns: L2TPD, witness: Table) -> None:
    wait_until("one session is left", lambda: len(lns.show("sessions")) == 1)
    (left,) = lns.wait_for_sessions(1)
    assert left["session_id"] == witness["session_id"]
    wait_until(
        "the kernel has one session", lambda: [each.id for each in sessions(network.lns)] == [left["session_id"]]
    )
    (interface,) = wait_for_ppp(network.lns)
    assert interface.name == witness["interface"]
    assert [pool["leased"] for pool in lns.show("pools")] == [1]
    (end,) = wait_for_ppp(network.client)
    assert_carries_data(network.client, end)


def test_whatever_is_deleted_under_us_is_told_to_a_stock_peer_at_once(network: Network, lns: L2TPD, client: XL2TPD):
    lns.configuration["daemon"]["reconcile_interval"] = 0  # so that it is the events that tell
    calls = connected(lns, client, *WAYS)
    for way in WAYS:
        take(network.lns, way, calls[way])
        assert_peer_was_told(network, way, calls[way])
    assert_only_the_witness_is_left(network, lns, calls["witness"])
    log = lns.process.output()
    assert log.count("kernel session lost") == 1 and log.count("kernel tunnel lost") == 1
    for reason in ("was deleted", "was brought down", "address 100.64.0.1 was removed"):
        assert len([line for line in log.splitlines() if "interface lost" in line and reason in line]) == 1, reason
    assert lns.show("stats")["kernel_losses"] == 5

    client.process.stop()  # xl2tpd keeps the tunnels whose calls were closed
    lns.wait_until_idle()
    assert not tunnels(network.lns) and not sessions(network.lns) and not ppp_interfaces(network.lns)


def test_reconciliation_finds_what_no_event_told(network: Network, lns: L2TPD, client: XL2TPD):
    lns.configuration["daemon"]["reconcile_interval"] = 0
    # The end of an interface is heard by its own descriptor, which nobody can take away.
    ways = [way for way in WAYS if way != "interface"]
    calls = connected(lns, client, *ways)
    assert deafen(lns.process.pid) == 4
    for way in ways:
        take(network.lns, way, calls[way])
    time.sleep(5)
    assert len(lns.show("sessions")) == len(calls), "a deaf daemon has heard of it"

    lns.configuration["daemon"]["reconcile_interval"] = 1
    lns.file.write_text(toml(lns.configuration))
    assert "limits of [daemon] changed" in lns.ctl("config", "reload")
    for way in ways:
        assert_peer_was_told(network, way, calls[way])
    assert_only_the_witness_is_left(network, lns, calls["witness"])


def test_when_events_are_lost_everything_is_looked_at_at_once(network: Network, lns: L2TPD, client: XL2TPD):
    lns.configuration["daemon"]["reconcile_interval"] = 0
    calls = connected(lns, client, "session", "tunnel")
    monitor = network.lns.start("monitor", BINARIES / "l2tpctl", "monitor", "--kernel", "--json", "--look", "0")
    wait_until("the monitor watches", lambda: '"watching"' in monitor.output())
    for process in (lns.process, monitor):
        process.send(signal.SIGSTOP)
    # What happens elsewhere fills its socket too: the kernel tells every namespace. xl2tpd's ids are below 65,536.
    batch = network.directory / "noise"
    with batch.open("w") as lines:
        for id in range(1000, 2600):
            ends = f"local {CLIENT} remote {LNS} udp_sport {id + 10000} udp_dport 9"
            lines.write(f"l2tp add tunnel tunnel_id {id + 100_000} peer_tunnel_id 1 encap udp {ends}\n")
            lines.write(f"l2tp del tunnel tunnel_id {id + 100_000}\n")
    network.client.run("ip", "-batch", batch)
    assert lost_events(lns.process.pid) > 0 and lost_events(monitor.pid) > 0
    for way in ("session", "tunnel"):
        take(network.lns, way, calls[way])
    for process in (lns.process, monitor):
        process.send(signal.SIGCONT)
    for way in ("session", "tunnel"):
        assert_peer_was_told(network, way, calls[way])
    assert_only_the_witness_is_left(network, lns, calls["witness"])
    assert_monitor_caught_up(monitor, calls)


def assert_monitor_caught_up(monitor: Process, calls: dict[str, Table]) -> None:
    """It says that events were lost, and what became of our objects and of none elsewhere."""

    def events() -> list[Table]:
        return [json.loads(line) for line in monitor.output().splitlines(keepends=True) if line.endswith("\n")]

    def gone(noun: str) -> set[int]:
        return {each[noun][f"{noun}_id"] for each in events() if each["event"] == f"{noun}_deleted"}

    wait_until("the monitor says so", lambda: any(each["event"] == "events_lost" for each in events()))
    wait_until("it tells of the session", lambda: calls["session"]["session_id"] in gone("session"))
    wait_until("it tells of the tunnel", lambda: calls["tunnel"]["tunnel_id"] in gone("tunnel"))
    assert gone("tunnel") <= {each["tunnel_id"] for each in calls.values()}
    assert monitor.stop(signal.SIGINT) == 0


def test_a_bridged_pair_that_loses_a_side_is_told_on_both(access: AccessNetwork):
    lns = own_lns(access, "chap-md5")
    lns.process.stop()
    lns.configuration["user"] = [{"name": f"{name}@example.net", "password": PASSWORD} for name in ("alice", "bob")]
    lns.start()
    lac = LAC(access)
    lac.configuration["daemon"]["reconcile_interval"] = 0
    lac.pppoe["max_sessions_per_mac"] = 2
    lac.start()
    alice = Subscriber(access.subscriber).dial()
    bob = Subscriber(access.subscriber, user="bob@example.net").dial()
    wait_for_ppp(access.subscriber, 2)
    (tunnel,) = tunnels(access.lac)

    def call(user: str) -> Table:
        (found,) = [each for each in lac.show("sessions") if each["user"] == user]
        tunnel_id, session_id = map(int, found["bridged_to"].split("/"))
        return {"tunnel_id": tunnel_id, "session_id": session_id}

    (lost,) = [each for each in lns.wait_for_sessions(2) if each["user"] == "alice@example.net"]
    take(access.lac, "session", call("alice@example.net"))
    assert_told(alice, "Modem hangup")
    wait_until(
        "the LNS has heard of it", lambda: [each["user"] for each in lns.show("sessions")] == ["bob@example.net"]
    )
    closings = [each for each in capture.control(access.pcap, CLIENT) if each.type == "CDN"]
    assert [each.result[0] for each in closings] == [1]
    assert str(lost["session_id"]) in lns.process.output()
    # In the same tunnel bob is as well as ever.
    assert len(tunnels(access.lac)) == 1
    (interface,) = wait_for_ppp(access.subscriber)
    assert_carries_data(access.subscriber, interface)

    take(access.lac, "tunnel", {"tunnel_id": tunnel.id})
    assert_told(bob, "Modem hangup")
    lns.wait_until_idle()
    assert_nothing_left(access, lac)
