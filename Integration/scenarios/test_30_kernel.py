"""The kernel's L2TP by l2tpctl and no daemon, object by object against `ip l2tp`, and what the monitor tells of it."""

from __future__ import annotations

import json
import signal
from typing import Any

from l2tpd import BINARIES, Table
from network import CLIENT, CLIENT6, LNS, LNS6, Namespace, Network, Process, wait_until

L2TPCTL = BINARIES / "l2tpctl"
V4 = ("--local", LNS, "--remote", CLIENT)
V6 = ("--local", LNS6, "--remote", CLIENT6)
CARRIED = ("interface", "cookie", "peer_cookie")
COOKIE, PEER_COOKIE = "0011223344aabbff", "deadbeef"

# The options of a tunnel (its id and its peer's are 10 and 20 more than its place) and those of its one session.
OURS = [
    (V4, ("--cookie", COOKIE, "--peer-cookie", PEER_COOKIE, "--sequence", "both", "--interface", "wire0")),
    ((*V4, "--no-checksums", "--local-port", "5001", "--remote-port", "5002"), ("--sublayer", "none")),
    ((*V6, "--no-checksums", "--take-no-checksum"), ("--cookie", PEER_COOKIE, "--reorder-timeout", "100")),
    ((*V4, "--encapsulation", "ip"), ("--pseudowire", "ppp", "--sequence", "receive", "--lns")),
    ((*V6, "--encapsulation", "ip"), ("--peer-cookie", COOKIE)),
    ((*V4, "--protocol-version", "2", "--local-port", "5003"), ("--sequence", "send", "--lns")),
]
THEIRS = [
    (f"encap udp local {LNS} remote {CLIENT} udp_sport 6001 udp_dport 6002", f"cookie {COOKIE} seq both"),
    (f"encap udp local {LNS} remote {CLIENT} udp_sport 6003 udp_dport 6004 udp_csum on", "name theirs"),
    (
        f"encap udp local {LNS6} remote {CLIENT6} udp_sport 6001 udp_dport 6002 udp6_csum_rx off",
        f"peer_cookie {PEER_COOKIE} seq send",
    ),
    (f"encap ip local {LNS6} remote {CLIENT6}", "l2spec_type none"),
]


class Monitor:
    """`l2tpctl monitor --kernel --json`, listening."""

    def __init__(self, namespace: Namespace):
        self.process: Process = namespace.start("monitor", L2TPCTL, "monitor", "--kernel", "--json", "--look", "0")
        self.taken = 0
        wait_until("the monitor watches", lambda: '"watching"' in self.process.output())
        assert self.take("watching") == [("watching", None)]

    def events(self) -> list[Table]:
        return [json.loads(line) for line in self.process.output().splitlines(keepends=True) if line.endswith("\n")]

    def take(self, last: str, about: Any = None) -> list[tuple[str, Any]]:
        """What was told of tunnels and sessions since the last time, once this was: each with the ids it is about."""

        def look() -> list[tuple[str, Any]] | None:
            told = [(each["event"], _about(each)) for each in self.events()[self.taken :]]
            return told if (last, about) in told else None

        told = wait_until(f"the monitor tells {last} {about}", look)
        self.taken += len(told)
        # Interfaces are heard of by another way, before or after their sessions.
        return [each for each in told if not each[0].startswith("link_")]

    def wait_for_link(self, event: str, kind: str) -> None:
        def look() -> bool:
            return any(each["event"] == event and each["link"]["kind"] == kind for each in self.events())

        wait_until(f"the monitor tells {event} of kind {kind}", look)


def _about(event: Table) -> Any:
    if "tunnel" in event:
        return event["tunnel"]["tunnel_id"]
    if "session" in event:
        return event["session"]["tunnel_id"], event["session"]["session_id"]
    return event.get("link", {}).get("name")


def kernel(namespace: Namespace, *arguments: str | int) -> str:
    return namespace.run(L2TPCTL, "kernel", *map(str, arguments))


def refusal(namespace: Namespace, status: int, *arguments: str) -> str:
    report = namespace.run("sh", "-c", '"$@"; echo "status $?"', "sh", L2TPCTL, *arguments)
    assert report.endswith(f"status {status}\n"), report
    return report


def batch(namespace: Namespace, lines: list[str]) -> None:
    file = namespace.directory / f"{namespace.name}.batch"
    file.write_text("".join(f"l2tp {line}\n" for line in lines))
    namespace.run("ip", "-batch", file)


def tunnels_by_ip(namespace: Namespace) -> dict[int, Table]:
    """`ip l2tp`'s view of the tunnels, in the words of l2tpctl."""
    found = {}
    for each in json.loads(namespace.run("ip", "-j", "l2tp", "show", "tunnel") or "[]"):
        over_udp, six = each["encap"] == "UDP", ":" in each["local"]
        tunnel = {"encapsulation": each["encap"].lower(), "peer_tunnel_id": each["peer_tunnel"]}
        for ours, address, port in (("local_address", "local", "local_port"), ("peer_address", "peer", "peer_port")):
            host = f"[{each[address]}]" if six and over_udp else each[address]
            tunnel[ours] = f"{host}:{each[port]}" if over_udp else host
        if over_udp:
            tunnel["checksums"] = each["checksum_tx"] if six else each["checksum"]
        if over_udp and six:
            tunnel["takes_no_checksum"] = not each["checksum_rx"]
        found[each["tunnel_id"]] = tunnel
    return found


def sessions_by_ip(namespace: Namespace) -> dict[tuple[int, int], Table]:
    """`ip l2tp`'s view of the sessions, in the words of l2tpctl and in its own order."""
    found = {}
    for each in json.loads(namespace.run("ip", "-j", "l2tp", "show", "session") or "[]"):
        session = {key: each[key] for key in ("peer_tunnel_id", "peer_session_id")}
        session |= {key: each[key] for key in CARRIED if key in each}
        session["reorder_timeout_ms"] = each.get("reorder_timeout") or None
        session["sends_sequence"] = "send_seq" in each
        session["requires_sequence"] = "recv_seq" in each
        found[each["tunnel_id"], each["session_id"]] = session
    return found


def assert_same_view(namespace: Namespace, tunnels: int, sessions: int) -> tuple[dict[int, Table], dict[Any, Table]]:
    """l2tpctl and `ip l2tp` show the same tunnels and sessions; returns l2tpctl's."""
    ours = {each["tunnel_id"]: each for each in json.loads(kernel(namespace, "show", "tunnels", "--json"))}
    unseen = ("tunnel_id", "version", "counters")
    assert tunnels_by_ip(namespace) == {
        id: {key: value for key, value in each.items() if key not in unseen} for id, each in ours.items()
    }
    assert len(ours) == tunnels
    listed = json.loads(kernel(namespace, "show", "sessions", "--json"))
    shown = {(each["tunnel_id"], each["session_id"]): each for each in listed}
    unseen = ("tunnel_id", "session_id", "pseudowire", "role", "uses_ipsec", "counters")
    by_ip = sessions_by_ip(namespace)
    assert by_ip.keys() == shown.keys() and len(shown) == sessions
    before: Table = {}
    for ids, view in by_ip.items():
        seen = {key: value for key, value in shown[ids].items() if key not in unseen}
        # Of what a session does not have `ip` shows what the one before in its list had: Debian 12's forgets nothing.
        # To it 0 and absent are the same.
        for key in (*CARRIED, "reorder_timeout_ms"):
            seen[key] = seen.get(key) or before.get(key)
            view.setdefault(key)
        before = view
        if shown[ids]["pseudowire"] == "ppp":
            seen["interface"] = view["interface"]
        assert view == seen, ids
    return ours, shown


def test_what_l2tpctl_and_ip_make_both_show_and_the_monitor_tells(network: Network):
    lns, elsewhere = network.lns, network.client
    monitor = Monitor(lns)

    for place, (tunnel, session) in enumerate(OURS):
        kernel(lns, "add", "tunnel", 10 + place, "--peer-id", 20 + place, *tunnel)
        kernel(lns, "add", "session", f"{10 + place}/{100 + place}", "--peer-id", 200 + place, *session)
    expected = []
    for place in range(6):
        expected += [("tunnel_created", 10 + place), ("session_created", (10 + place, 100 + place))]
    assert monitor.take("session_created", (15, 105)) == expected
    tunnels, sessions = assert_same_view(lns, 6, 6)
    assert [tunnels[10 + place]["version"] for place in range(6)] == [3, 3, 3, 3, 3, 2]
    assert tunnels[10]["local_address"] == f"{LNS}:1701" and tunnels[11]["peer_address"] == f"{CLIENT}:5002"
    assert [tunnels[id].get("checksums") for id in range(10, 16)] == [True, False, False, None, None, True]
    assert tunnels[12]["takes_no_checksum"] and tunnels[14]["peer_address"] == CLIENT6
    wire = sessions[10, 100]
    assert (wire["interface"], wire["cookie"], wire["peer_cookie"]) == ("wire0", COOKIE, PEER_COOKIE)
    kinds = [sessions[10 + place, 100 + place]["pseudowire"] for place in range(6)]
    assert kinds == ["ethernet", "ethernet", "ethernet", "ppp", "ethernet", "ppp"]
    assert [sessions[ids]["role"] for ids in sorted(sessions)] == ["lac", "lac", "lac", "lns", "lac", "lns"]
    assert sessions[12, 102]["reorder_timeout_ms"] == 100

    # What `ip l2tp` makes here is told; what it makes in the other namespace is not, be it under ids that are here too.
    ends = f"local {CLIENT} remote {LNS} udp_sport 7001 udp_dport 7002"
    batch(
        elsewhere,
        [
            f"add tunnel tunnel_id 10 peer_tunnel_id 99 encap udp {ends}",
            "add session tunnel_id 10 session_id 100 peer_session_id 99",
            "add session tunnel_id 10 session_id 101 peer_session_id 98",
            "del session tunnel_id 10 session_id 100",
            "del session tunnel_id 10 session_id 101",
            "del tunnel tunnel_id 10",
        ],
    )
    lines = []
    for place, (tunnel, session) in enumerate(THEIRS):
        ids = f"tunnel_id {30 + place}"
        lines.append(f"add tunnel {ids} peer_tunnel_id {40 + place} {tunnel}")
        lines.append(f"add session {ids} session_id {300 + place} peer_session_id {400 + place} {session}")
    batch(lns, lines)
    expected = []
    for place in range(4):
        expected += [("tunnel_created", 30 + place), ("session_created", (30 + place, 300 + place))]
    assert monitor.take("session_created", (33, 303)) == expected
    assert_same_view(lns, 10, 10)

    # Changes, refusals and ends.
    kernel(lns, "modify", "session", "wire0", "--sequence", "send", "--reorder-timeout", "200", "--lns")
    assert monitor.take("session_modified", (10, 100)) == [("session_modified", (10, 100))]
    view = sessions_by_ip(lns)[10, 100]
    assert (view["sends_sequence"], view["requires_sequence"], view["reorder_timeout_ms"]) == (True, False, 200)
    assert "EEXIST" in refusal(lns, 1, "kernel", "add", "tunnel", "30", "--peer-id", "1", *V4, "--local-port", "9")
    report = refusal(lns, 1, "kernel", "add", "tunnel", "50", "--peer-id", "1", *V4)
    assert "EADDRINUSE" in report and "--local-port" in report
    assert "no tunnel 77" in refusal(lns, 1, "kernel", "add", "session", "77/1", "--peer-id", "1")
    report = refusal(lns, 1, "kernel", "delete", "session", "10/101", "wire0")
    assert "no session 10/101" in report, "the id is that of a session in another tunnel"
    assert monitor.take("session_deleted", (10, 100)) == [("session_deleted", (10, 100))]
    lns.run("ip", "l2tp", "del", "tunnel", "tunnel_id", "33")
    assert monitor.take("tunnel_deleted", 33) == [("session_deleted", (33, 303)), ("tunnel_deleted", 33)]
    assert_same_view(lns, 9, 8)

    # A PPP interface, of whatever kind: pppd makes one before it has heard anything of a peer.
    pppd = lns.start("pppd", "pppd", "nodetach", "noauth", "local", "pty", "cat")
    monitor.wait_for_link("link_created", "ppp")
    pppd.stop()
    monitor.wait_for_link("link_deleted", "ppp")

    # More than the monitor's socket holds, while it sleeps: it says so and finds out what has become.
    monitor.process.send(signal.SIGSTOP)
    adds, dels = [], []
    for id in range(1000, 1200):
        port = f"udp_sport {10000 + id} udp_dport 9"
        adds.append(f"add tunnel tunnel_id {id} peer_tunnel_id 1 encap udp local {LNS} remote {CLIENT} {port}")
        dels.append(f"del tunnel tunnel_id {id}")
    batch(lns, adds + dels[1:])
    kernel(lns, "delete", "tunnel", *range(10, 16), *range(30, 33))
    monitor.process.send(signal.SIGCONT)
    told = monitor.take("tunnel_created", 1000)
    for id in (*range(10, 16), *range(30, 33)):
        if ("tunnel_deleted", id) not in told:
            told += monitor.take("tunnel_deleted", id)
    assert ("events_lost", None) in told
    assert_same_view(lns, 1, 0)
    kernel(lns, "delete", "tunnel", 1000)
    monitor.take("tunnel_deleted", 1000)
    assert monitor.process.stop(signal.SIGINT) == 0
    ends = {(each["event"], _about(each)) for each in monitor.events() if each.get("link", {}).get("kind") == "l2tpeth"}
    links = {"wire0", "theirs", "l2tpeth0", "l2tpeth1", "l2tpeth2", "l2tpeth3", "l2tpeth4", "l2tpeth5"}
    for event in ("link_created", "link_deleted"):
        assert {name for told, name in ends if told == event} == links

    # It ends with its reader, although there is nothing to write.
    assert "watching" in lns.run("sh", "-c", '"$0" monitor --kernel | head -n 1', L2TPCTL, seconds=60)


def test_ethernet_crosses_over_udp_and_over_ip(network: Network):
    lns, client = network.lns, network.client
    kernel(lns, "add", "tunnel", 1, "--peer-id", 2, "--local", LNS, "--remote", CLIENT)
    kernel(client, "add", "tunnel", 2, "--peer-id", 1, "--local", CLIENT, "--remote", LNS)
    kernel(
        *(lns, "add", "session", "1/10", "--peer-id", 20, "--interface", "wire0"),
        *("--cookie", COOKIE, "--peer-cookie", PEER_COOKIE, "--sequence", "both"),
    )
    kernel(
        *(client, "add", "session", "2/20", "--peer-id", 10, "--interface", "wire0"),
        *("--cookie", PEER_COOKIE, "--peer-cookie", COOKIE, "--sequence", "both"),
    )
    # Over IP with a stock peer, and one session in it whose cookie is wrong.
    kernel(lns, "add", "tunnel", 3, "--peer-id", 4, "--local", LNS6, "--remote", CLIENT6, "--encapsulation", "ip")
    kernel(lns, "add", "session", "3/30", "--peer-id", 40, "--interface", "wire1", "--cookie", PEER_COOKIE)
    kernel(lns, "add", "session", "3/31", "--peer-id", 41, "--interface", "wire2", "--cookie", COOKIE)
    batch(
        client,
        [
            f"add tunnel tunnel_id 4 peer_tunnel_id 3 encap ip local {CLIENT6} remote {LNS6}",
            f"add session tunnel_id 4 session_id 40 peer_session_id 30 name wire1 peer_cookie {PEER_COOKIE}",
            f"add session tunnel_id 4 session_id 41 peer_session_id 31 name wire2 peer_cookie {COOKIE[::-1]}",
        ],
    )
    # The other two ways, without cookies, and over IP without a sublayer.
    for wire, tunnel, ours, theirs, way in ((3, 5, LNS6, CLIENT6, "udp"), (4, 7, LNS, CLIENT, "ip")):
        for namespace, ends, id in ((lns, (ours, theirs), tunnel), (client, (theirs, ours), tunnel + 1)):
            peer = 2 * tunnel + 1 - id
            where = ("--local", ends[0], "--remote", ends[1], "--encapsulation", way)
            kernel(namespace, "add", "tunnel", id, "--peer-id", peer, *where)
            sublayer = ("--sublayer", "none") if way == "ip" else ()
            kernel(
                *(namespace, "add", "session", f"{id}/{id}0", "--peer-id", f"{peer}0"),
                *("--interface", f"wire{wire}", *sublayer),
            )
    for namespace, last in ((lns, 1), (client, 2)):
        for wire in range(5):
            namespace.run("ip", "address", "add", f"198.51.100.{wire * 16 + last}/28", "dev", f"wire{wire}")
            namespace.run("ip", "link", "set", f"wire{wire}", "up")
    client.ping("198.51.100.1")
    client.ping("198.51.100.17")
    client.ping("198.51.100.49")
    client.ping("198.51.100.65")
    client.run("ping", "-c", "1", "-W", "2", "198.51.100.33", check=False)
    listed = json.loads(kernel(lns, "show", "sessions", "--json")) + json.loads(
        kernel(client, "show", "sessions", "--json")
    )
    counters = {each["session_id"]: each["counters"] for each in listed}
    assert counters[10]["rx_packets"] >= 5 and counters[10]["tx_packets"] >= 5, counters
    assert counters[30]["rx_packets"] >= 5 and counters[30]["tx_packets"] >= 5, counters
    assert not any(counters[id]["rx_cookie_discards"] for id in (10, 20, 30, 40)), counters
    assert counters[41]["rx_cookie_discards"] >= 1 and counters[41]["rx_packets"] == 0, counters
    assert counters[50]["rx_packets"] >= 5 and counters[70]["rx_packets"] >= 5, counters
    kernel(lns, "delete", "tunnel", 1, 3, 5, 7)
    kernel(client, "delete", "tunnel", 2, 4, 6, 8)
