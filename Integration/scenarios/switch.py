"""A switch between a client that dials it and an LNS that it dials."""

from __future__ import annotations

from pathlib import Path

from access import ACCESS, AccessNetwork
from l2tpd import L2TPD, Table
from network import LNS, Namespace, Network, wait_until

SWITCH = "198.51.100.1"
SUBSCRIBER = "198.51.100.2"
PINGS = 200


class SwitchNetwork(AccessNetwork):
    """`subscriber` -- `switch` -- `lns`: IP on both links, and no way past the switch."""

    def __init__(self, directory: Path):
        super().__init__(directory)
        self.subscriber.run("ip", "link", "set", "lo", "up")
        self.switch.run("ip", "address", "add", f"{SWITCH}/24", "dev", ACCESS)
        self.subscriber.run("ip", "address", "add", f"{SUBSCRIBER}/24", "dev", "eth0")

    @property
    def switch(self) -> Namespace:
        return self.client


class ChainNetwork(Network):
    """`subscriber` -- `lac` -- `switch` -- `lns`: the LAC is where a `SwitchNetwork` has its subscriber."""

    def __init__(self, directory: Path):
        super().__init__(directory)
        self.lac = Namespace("lac", directory)
        self.subscriber = Namespace("subscriber", directory)
        self.switch.join(ACCESS, self.lac)
        self.switch.run("ip", "address", "add", f"{SWITCH}/24", "dev", ACCESS)
        self.lac.run("ip", "address", "add", f"{SUBSCRIBER}/24", "dev", "eth0")
        self.lac.join(ACCESS, self.subscriber)

    @property
    def switch(self) -> Namespace:
        return self.client

    def __iter__(self):
        return iter((self.subscriber, self.lac, self.switch, self.lns))


class Switch(L2TPD):
    """Our daemon in the middle: what the subscriber's end asks for goes on to the LNS."""

    def __init__(self, network: SwitchNetwork | ChainNetwork, address: str = LNS, **lns: object):
        super().__init__(network.switch)
        self.peer = {"name": "clients", "addresses": [f"{SUBSCRIBER}/32"], "tunnel_group": "next"}
        self.lns: Table = {"address": address, **lns}
        self.configuration = {
            "daemon": {"control_socket": str(self.socket), "host_name": "switch-1"},
            "log": {"level": "debug"},
            "listener": [{"address": SWITCH}],
            "peer": [self.peer],
            "tunnel_group": [{"name": "next", "linger": 2, "lns": [self.lns]}],
        }

    def goes_by_realm(self, realm: str, users: dict[str, str]) -> None:
        """Calls end here, but for users of the realm, who go on to the LNS."""
        del self.peer["tunnel_group"]
        self.peer["ppp"] = "subscribers"
        self.ppp.update({"local_address": "100.65.0.1", "mru": 1400})
        self.configuration.update(
            {
                "realm": [{"name": realm, "tunnel_group": "next"}],
                "ppp": [self.ppp],
                "pool": [{"name": "subscribers", "ranges": ["100.65.0.2-100.65.0.254"]}],
                "user": [{"name": name, "password": password} for name, password in users.items()],
            }
        )


def switched_call(switch: Switch) -> Table:
    def look() -> Table | None:
        found = [each for each in switch.show("sessions") if each["state"] == "bridged"]
        return found[0] if found else None

    return wait_until("l2tpctl shows the switched call", look)
