"""The access side of a LAC: a subscriber's namespace behind it, and stock pppd that dials by PPPoE."""

from __future__ import annotations

import contextlib
import signal
import struct
from collections.abc import Iterator
from pathlib import Path

from l2tpd import Table
from network import Namespace, Network, Process
from xl2tpd import REFUSE

ACCESS = "access0"
SECOND_LNS = "203.0.113.1"
SECOND_CLIENT = "203.0.113.2"


class AccessNetwork(Network):
    """`subscriber` -- `lac` -- `lns`: the LAC is where a `Network` has its client, with `access0` toward the subscriber."""

    def __init__(self, directory: Path):
        super().__init__(directory)
        self.subscriber = Namespace("subscriber", directory)
        self.lac.join(ACCESS, self.subscriber)

    @property
    def lac(self) -> Namespace:
        return self.client

    @contextlib.contextmanager
    def vlan(self, number: int) -> Iterator[tuple[str, str]]:
        """A VLAN on the access line: its interfaces at the LAC and at the subscriber."""
        interfaces = ((self.lac, ACCESS), (self.subscriber, "eth0"))
        try:
            for namespace, parent in interfaces:
                name = f"{parent}.{number}"
                namespace.run("ip", "link", "add", "link", parent, "name", name, "type", "vlan", "id", str(number))
                namespace.run("ip", "link", "set", name, "up")
            yield f"{ACCESS}.{number}", f"eth0.{number}"
        finally:
            for namespace, parent in interfaces:
                namespace.run("ip", "link", "delete", f"{parent}.{number}", check=False)

    @property
    def concentrator(self) -> str:
        """The MAC address that subscribers know the LAC by."""
        return self.lac.links()[ACCESS]["address"]

    def __iter__(self):
        return iter((self.subscriber, self.lac, self.lns))


class GroupNetwork(AccessNetwork):
    """`subscriber` -- `lac` -- `lns` and `second`: a link of its own to either LNS."""

    def __init__(self, directory: Path):
        super().__init__(directory)
        self.second = Namespace("second", directory)
        self.lac.join("eth1", self.second)
        self.lac.run("ip", "address", "add", f"{SECOND_CLIENT}/24", "dev", "eth1")
        self.second.run("ip", "address", "add", f"{SECOND_LNS}/24", "dev", "eth0")

    def __iter__(self):
        return iter((self.subscriber, self.lac, self.lns, self.second))


class Subscriber:
    """pppd with its PPPoE plugin."""

    def __init__(self, namespace: Namespace, user: str = "alice@example.net", password: str = "sesame-of-alice"):
        self.namespace = namespace
        self.user = user
        self.password = password
        self.process: Process

    def dial(self, *options: str, authentication: str = "chap-md5", interface: str = "eth0") -> Subscriber:
        log = f"pppd-{len(self.namespace.processes)}"
        self.process = self.namespace.start(
            *(log, "pppd", "nodetach", "debug", "plugin", "pppoe.so", f"nic-{interface}"),
            *("noauth", "noccp", "nodefaultroute", "noipdefault", "lcp-echo-interval", "0", "maxfail", "1"),
            *("user", self.user, "password", self.password),
            *REFUSE[authentication],
            *options,
        )
        return self

    def reset(self, session: Table, concentrator: str) -> None:
        """Loses its power, and when it is back ends the old session, as l2tpctl shows it, by a PADT: PPP is not ended."""
        self.process.stop(signal.SIGKILL)
        frame = bytes.fromhex((concentrator + session["mac"]).replace(":", ""))
        frame += struct.pack("!HBBHH", 0x8863, 0x11, 0xA7, session["pppoe_session_id"], 0)
        octets = "".join(f"\\{octet:03o}" for octet in frame)
        self.namespace.run("sh", "-c", f"printf '{octets}' | socat -u - INTERFACE:eth0")

    def output(self) -> str:
        return self.process.output()
