"""Set-up and tear-down of many sessions: the daemon beside the kernel calls alone. Runs inside the lab.

Each number of sessions: the floor, the daemon, the floor again; a ratio is to the mean of the two floors. Both have all
sessions to make at once, give each an interface with IPv4 addresses, and are timed from the tunnel to the last interface
that is configured: the daemon by its own log. Then data has to pass in every session, which is not timed.

The client shares the processors with the daemon, and nobody with the floor: what each took is told beside the ratio, the
client with all that it did, from its start to the last ping.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from l2tpd import BINARIES, L2TPD
from network import CLIENT, LNS, Namespace, wait_until
from peer import Peer, admit, ask, status

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Figures:
    """Of all sessions together: seconds, and KiB."""

    setup: float
    cpu: float
    resident: float
    teardown: float


def cpu_seconds(stat: Path) -> tuple[float, float]:
    """In user space and in the kernel, from /proc/.../stat."""
    fields = stat.read_text().rpartition(")")[2].split()
    return int(fields[11]) / TICKS, int(fields[12]) / TICKS


def threads(pid: int) -> dict[str, tuple[float, float]]:
    """CPU seconds of each thread, by name; those of one name together."""
    found: dict[str, tuple[float, float]] = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        user, system = cpu_seconds(task / "stat")
        before = found.get(name, (0, 0))
        found[name] = (before[0] + user, before[1] + system)
    return found


def show_shares(idle: dict[str, tuple[float, float]], busy: dict[str, tuple[float, float]]) -> None:
    """Who had the processors between the two: CPU seconds, own + kernel, and the share of all that was spent."""
    names = {
        "lab-peer": "the client",
        "l2tpd": "the daemon's loop",
        "l2tpd-setup": "its set-up worker (the floor's own work)",
    }
    shares = dict.fromkeys((*names.values(), "its other threads"), (0.0, 0.0))
    for thread, times in busy.items():
        name = names.get(thread, "its other threads")
        before = idle.get(thread, (0.0, 0.0))
        shares[name] = (shares[name][0] + times[0] - before[0], shares[name][1] + times[1] - before[1])
    total = sum(map(sum, shares.values()))
    for name, (user, system) in shares.items():
        print(f"    {name:41} {user:5.2f} + {system:5.2f} CPU s   {(user + system) / total:4.0%}", flush=True)


def setup_seconds(log: str, count: int) -> float:
    """From the tunnel to the last session that is open, of the daemon that wrote last."""
    told = re.findall(r"^(\S+)Z info (tunnel open|network up) ", log, re.MULTILINE)
    begin = max(index for index, (_, event) in enumerate(told) if event == "tunnel open")
    began, *opened = [datetime.fromisoformat(time) for time, _ in told[begin:]]
    assert len(opened) == count, f"{len(opened)} sessions of {count} were open"
    return (max(opened) - began).total_seconds()


def floor(lns: Namespace, count: int) -> Figures:
    said = json.loads(
        lns.run(
            BINARIES / "lab-floor", "--local", LNS, "--remote", CLIENT, "--sessions", str(count), seconds=900
        ).splitlines()[-1]
    )
    return Figures(said["setup_seconds"], said["setup_cpu_seconds"], said["resident_kib"], said["teardown_seconds"])


def daemon(lns: Namespace, client: Namespace, count: int) -> Figures:
    daemon = L2TPD(lns)
    admit(daemon, count)
    daemon.configuration["pool"] = [{"name": "subscribers", "ranges": ["100.64.0.2-100.64.255.254"]}]
    daemon.ppp["ipv6"] = False
    daemon.start()
    pid = daemon.process.pid
    idle, memory = threads(pid), status(daemon.process, "VmRSS")
    peer = Peer(client).start(
        "--sessions", count, "--window", count, "--ping-last", "--hold", 3000, "--timeout", 600, log=f"lab-peer-{count}"
    )
    peer.wait_until_up(900)
    busy, memory = threads(pid), status(daemon.process, "VmRSS") - memory
    used = sum(map(sum, busy.values())) - sum(map(sum, idle.values()))
    setup = setup_seconds(daemon.process.output(), count)
    show_shares(idle, busy | threads(peer.process.pid))

    began = time.monotonic()
    peer.process.send(signal.SIGTERM)
    while any(ask(daemon, "summary")[0]["sessions"].values()):
        time.sleep(0.02)
    teardown = time.monotonic() - began
    said = peer.good_round()
    times = said["duration_seconds"]
    print(
        f"  a call's time up: median {times['p50']:.2f} s, 99 % {times['p99']:.2f} s;"
        f" {said['retransmissions']} messages sent again",
        flush=True,
    )
    daemon.process.stop()
    return Figures(setup, used, memory, teardown)


def show(what: str, count: int, figures: Figures) -> None:
    print(
        f"  {what:8} {count / figures.setup:7.1f} sessions/s   {1000 * figures.cpu / count:6.2f} ms CPU/session   "
        f"{figures.resident / count:6.1f} KiB/session   tear-down {figures.teardown:6.2f} s",
        flush=True,
    )


def compare(lns: Namespace, client: Namespace, count: int) -> None:
    print(f"{count} sessions in one tunnel", flush=True)
    first = floor(lns, count)
    show("floor", count, first)
    figures = daemon(lns, client, count)
    show("l2tpd", count, figures)
    second = floor(lns, count)
    show("floor", count, second)
    setup, cpu = (first.setup + second.setup) / 2, (first.cpu + second.cpu) / 2
    memory, teardown = (first.resident + second.resident) / 2, (first.teardown + second.teardown) / 2
    print(
        f"  l2tpd against the floor: {setup / figures.setup:.2f} of its rate, {figures.cpu / cpu:.2f} x its CPU, "
        f"{figures.resident / max(memory, 1):.2f} x its memory, {figures.teardown / teardown:.2f} x its tear-down",
        flush=True,
    )


with tempfile.TemporaryDirectory() as directory:
    lns, client = Namespace("lns", Path(directory)), Namespace("client", Path(directory))
    try:
        lns.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", client.name)
        for namespace, address in ((lns, LNS), (client, CLIENT)):
            namespace.run("ip", "link", "set", "lo", "up")
            namespace.run("ip", "address", "add", f"{address}/24", "dev", "eth0")
            namespace.run("ip", "link", "set", "eth0", "up")
        print(f"kernel {os.uname().release}, {os.cpu_count()} processors", flush=True)
        # Whatever comes first is slow: its files are read, and under emulation its code is translated.
        floor(lns, 50)
        for number in sys.argv[1].split(","):
            compare(lns, client, int(number))
    finally:
        for namespace in (lns, client):
            namespace.kill_all()
            wait_until("all processes are gone", lambda: not namespace.pids())
            namespace.close()
