"""Our own client, lab-peer: many calls at once by L2TP or PPPoE, all of it in user space."""

from __future__ import annotations

import json
import socket
from typing import Any

from l2tpd import BINARIES, L2TPD
from network import LNS, Namespace, Process, wait_until

PASSWORD = "sesame-of-all"


def admit(lns: L2TPD, count: int, names: tuple[str, ...] = ("user",)) -> None:
    """Gives the daemon users user-1, user-2, ... of each name, and a log that does not slow it down."""
    lns.configuration["user"] = [
        {"name": f"{name}-{each}", "password": PASSWORD} for name in names for each in range(1, count + 1)
    ]
    lns.configuration["log"] = {"level": "info"}


class Peer:
    """lab-peer in a namespace: a LAC, or subscribers on an interface."""

    def __init__(self, namespace: Namespace, server: str = LNS, pppoe: str | None = None):
        self.namespace = namespace
        self.carriage = ("--pppoe", pppoe) if pppoe else ("--server", server)
        self.process: Process

    def start(
        self, *options: str | int | float, user: str = "user-%d", password: str = PASSWORD, log: str = "lab-peer"
    ) -> Peer:
        command = [BINARIES / "lab-peer", *self.carriage, "--user", user, "--password", password, "--json"]
        self.process = self.namespace.start(log, *command, *map(str, options))
        return self

    def wait_until_up(self, seconds: float = 300) -> None:
        wait_until(
            "lab-peer's calls are up", lambda: "sessions up" in self.process.output() or self.ended(), seconds
        )
        assert not self.ended(), self.process.output()

    def ended(self) -> bool:
        return not self.process.running()

    def result(self, seconds: float = 300) -> dict[str, Any]:
        """Waits for the end, and returns what lab-peer says of it."""
        wait_until("lab-peer ends", self.ended, seconds)
        lines = [line for line in self.process.output().splitlines() if line.startswith("{")]
        assert len(lines) == 1, self.process.output()
        return json.loads(lines[0])

    def good_round(self, seconds: float = 300) -> dict[str, Any]:
        """The result of the only round, in which all went well."""
        result = self.result(seconds)
        assert result["ok"], self.process.output()
        (only,) = result["rounds"]
        return only


def ask(lns: L2TPD, request: str, **arguments: Any) -> list[dict[str, Any]]:
    """One request on the control socket: what l2tpctl does, without the time that a process takes to start."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(lns.socket))
        connection.sendall(json.dumps({"request": request, **arguments}).encode() + b"\n")
        replies = []
        for line in connection.makefile():
            reply = json.loads(line)
            assert reply["reply"] != "error", reply
            if reply["reply"] == "end":
                break
            replies.append(reply)
            if reply["reply"] not in ("tunnel", "session", "peer", "pool"):
                break
        return replies


def status(process: Process, field: str) -> int:
    """A number from /proc/PID/status: "VmRSS" in KiB, "Threads"."""
    with open(f"/proc/{process.pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))
