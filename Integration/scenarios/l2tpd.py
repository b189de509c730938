"""The daemon under test and its command line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from network import CLIENT, LNS, Namespace, Process, wait_until

BINARIES = Path(os.environ.get("LAB_BINARIES", Path(__file__).parents[2] / ".build/release"))

Table = dict[str, Any]


class L2TPD:
    """`l2tpd` in a namespace. Change `configuration` before `start`."""

    def __init__(self, namespace: Namespace):
        self.namespace = namespace
        self.socket = namespace.directory / f"{namespace.name}-control.sock"
        self.file = namespace.directory / f"{namespace.name}-l2tpd.toml"
        self.process: Process
        self.environment: dict[str, str] = {}
        self.peer: Table = {"name": "client", "addresses": [f"{CLIENT}/32"], "ppp": "subscribers"}
        self.ppp: Table = {
            "name": "subscribers",
            "authentication": ["ms-chap-v2", "chap-md5", "pap"],
            "local_address": "100.64.0.1",
            "pool": "subscribers",
            "dns": ["192.0.2.53"],
            "mru": 1460,
            "ipv6": True,
        }
        self.configuration: dict[str, Table | list[Table]] = {
            "daemon": {"control_socket": str(self.socket), "host_name": "lns-1"},
            "log": {"level": "debug"},
            "listener": [{"address": LNS, "port": 1701}],
            "peer": [self.peer],
            "ppp": [self.ppp],
            "pool": [{"name": "subscribers", "ranges": ["100.64.0.2-100.64.1.255"]}],
            "user": [{"name": "alice", "password": "sesame-of-alice"}],
        }

    def start(self) -> L2TPD:
        self.file.write_text(toml(self.configuration))
        command = (BINARIES / "l2tpd", "--config", self.file)
        self.process = self.namespace.start("l2tpd", *command, environment=self.environment)
        wait_until("l2tpd answers l2tpctl", lambda: self._answers() or not self.process.running())
        assert self.process.running(), self.process.output()
        return self

    def _answers(self) -> bool:
        return self.socket.exists() and "l2tpctl:" not in self.ctl("show", "tunnels", "--json", check=False)

    def ctl(self, *arguments: str | int, check: bool = True) -> str:
        return self.namespace.run(*self.command(), *map(str, arguments), check=check)

    def command(self) -> list[str | Path]:
        return [BINARIES / "l2tpctl", "--socket", self.socket]

    def show(self, what: str) -> Any:
        return json.loads(self.ctl("show", what, "--json"))

    def wait_for_sessions(self, count: int, seconds: float = 120) -> list[Table]:
        """Waits until there are exactly so many sessions, each with PPP open."""

        def look() -> tuple[list[Table]] | None:
            found = self.show("sessions")
            return (found,) if len(found) == count and all(each["state"] == "open" for each in found) else None

        return wait_until(f"l2tpctl shows {count} open sessions", look, seconds)[0]

    def wait_until_idle(self, seconds: float = 120) -> None:
        """Waits until there is no session, no tunnel but those that only wait for late messages, no address in use."""

        def look() -> bool:
            standing = [each for each in self.show("tunnels") if each["state"] != "stopping"]
            leased = sum(pool["leased"] for pool in self.show("pools"))
            return not standing and not self.show("sessions") and leased == 0

        wait_until("l2tpctl shows no tunnel, no session and no leased address", look, seconds)

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def wake_ups(self) -> int:
        """How often the daemon's threads have gone to sleep and been woken."""
        count = 0
        for status in Path(f"/proc/{self.process.pid}/task").glob("*/status"):
            for line in status.read_text().splitlines():
                if line.startswith(("voluntary_ctxt_switches", "nonvoluntary_ctxt_switches")):
                    count += int(line.split()[1])
        return count


def toml(tables: dict[str, Table | list[Table]], within: str = "") -> str:
    """Tables as TOML, those within them behind their own keys; JSON's strings, numbers, booleans and lists are TOML's."""
    text = ""
    for title, content in tables.items():
        many = isinstance(content, list)
        for table in content if many else [content]:
            inner = {key: value for key, value in table.items() if _is_tables(value)}
            lines = [f"[[{within}{title}]]" if many else f"[{within}{title}]"]
            lines += [f"{key} = {json.dumps(value)}" for key, value in table.items() if key not in inner]
            text += "\n".join(lines) + "\n" + toml(inner, f"{within}{title}.")
    return text


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)
