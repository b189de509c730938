"""The access side of a LAC: a subscriber's namespace behind it, and stock pppd that dials by PPPoE."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from network import Namespace, Network, Process
from xl2tpd import REFUSE

ACCESS = "access0"


class AccessNetwork(Network):
    """`subscriber` -- `lac` -- `lns`: the LAC is where a `Network` has its client, with `access0` toward the subscriber."""

    def __init__(self, directory: Path):
        super().__init__(directory)
        self.subscriber = Namespace("subscriber", directory)
        self.lac.run("ip", "link", "add", ACCESS, "type", "veth", "peer", "name", "eth0", "netns", "subscriber")
        self.lac.run("ip", "link", "set", ACCESS, "up")
        self.subscriber.run("ip", "link", "set", "eth0", "up")

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

    def __iter__(self):
        return iter((self.subscriber, self.lac, self.lns))


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

    def output(self) -> str:
        return self.process.output()
