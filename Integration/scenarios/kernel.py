"""What the kernel itself says about tunnels, sessions and interfaces: the evidence of every scenario."""

from __future__ import annotations

import re
from dataclasses import dataclass

from network import Namespace, wait_until


@dataclass(frozen=True)
class Tunnel:
    id: int
    peer_id: int
    local: str
    remote: str


@dataclass(frozen=True)
class Session:
    id: int
    peer_id: int
    tunnel: int
    peer_tunnel: int


def tunnels(namespace: Namespace) -> list[Tunnel]:
    """The generic netlink dump of tunnels."""
    pattern = re.compile(r"Tunnel (\d+),.*?From (\S+) to (\S+)\s+Peer tunnel (\d+)", re.DOTALL)
    return [
        Tunnel(int(id), int(peer), local, remote)
        for id, local, remote, peer in pattern.findall(namespace.run("ip", "l2tp", "show", "tunnel"))
    ]


def sessions(namespace: Namespace) -> list[Session]:
    """The generic netlink dump of sessions, without the session 0 that xl2tpd makes for a tunnel's own sake."""
    pattern = re.compile(r"Session (\d+) in tunnel (\d+)\s+Peer session (\d+), tunnel (\d+)")
    return [
        Session(int(id), int(peer), int(tunnel), int(peer_tunnel))
        for id, tunnel, peer, peer_tunnel in pattern.findall(namespace.run("ip", "l2tp", "show", "session"))
        if id != "0"
    ]


@dataclass(frozen=True)
class PPPInterface:
    name: str
    mtu: int
    rx_packets: int
    tx_packets: int
    local: str | None
    remote: str | None


def ppp_interfaces(namespace: Namespace) -> list[PPPInterface]:
    """The interfaces of kind ppp that are up, with the addresses of their two ends."""
    found = []
    addresses = namespace.run("ip", "-4", "-o", "address", "show")
    for name, link in namespace.links().items():
        if link.get("linkinfo", {}).get("info_kind") != "ppp" or "UP" not in link["flags"]:
            continue
        ends = re.search(rf"\s{re.escape(name)}\s+inet (\S+?)(?:/\d+)?(?: peer (\S+?)/\d+)?\s", addresses)
        found.append(
            PPPInterface(
                name,
                link["mtu"],
                link["stats64"]["rx"]["packets"],
                link["stats64"]["tx"]["packets"],
                ends and ends[1],
                ends and ends[2],
            )
        )
    return found


def wait_for_ppp(namespace: Namespace, count: int = 1, seconds: float = 120) -> list[PPPInterface]:
    """Waits until so many PPP interfaces have both their IPv4 addresses."""

    def look() -> list[PPPInterface]:
        ready = [interface for interface in ppp_interfaces(namespace) if interface.local and interface.remote]
        return ready if len(ready) == count else []

    return wait_until(f"{count} PPP interfaces in {namespace.name} have their addresses", look, seconds)


def assert_carries_data(namespace: Namespace, interface: PPPInterface, count: int = 5) -> None:
    """Pings the interface's other end with no loss, and sees the packets in its counters."""
    namespace.ping(interface.remote, source=interface.name, count=count)
    after = {each.name: each for each in ppp_interfaces(namespace)}[interface.name]
    assert after.rx_packets >= interface.rx_packets + count, f"{interface} -> {after}"
    assert after.tx_packets >= interface.tx_packets + count, f"{interface} -> {after}"


def assert_all_carry_data(namespace: Namespace, interfaces: list[PPPInterface], count: int = 5) -> None:
    """Pings the other ends of all of them at once, with no loss."""
    command = ("ping", "-n", "-c", str(count), "-i", "0.5", "-W", "20", "-I")
    pings = [namespace.start(f"ping-{each.name}", *command, each.name, each.remote) for each in interfaces]
    for ping in pings:
        ping.popen.wait(120)
        assert " 0% packet loss" in ping.output(), ping.output()


def assert_mirrored(one: Namespace, other: Namespace, count: int) -> None:
    """Both kernels hold so many sessions, each the other's with the ids swapped, once both have forgotten older ones."""

    def mirrored() -> bool:
        swapped = {Session(each.peer_id, each.id, each.peer_tunnel, each.tunnel) for each in sessions(other)}
        return len(ours := sessions(one)) == count and set(ours) == swapped

    try:
        wait_until("both kernels hold the same sessions", mirrored, seconds=20)
    except AssertionError as problem:
        raise AssertionError(f"{problem}: {sessions(one)} against {sessions(other)}") from None
