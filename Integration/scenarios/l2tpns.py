"""l2tpns as an LNS: all of it in user space, on a TUN device, with RADIUS."""

from __future__ import annotations

import signal

import freeradius
from network import LNS, Namespace, Process, wait_until

GATEWAY = "100.64.0.1"
POOL = "100.64.1.0/24"


class L2TPNS:
    """l2tpns in a namespace. It finds its pool in /etc/l2tpns only: it sees a directory of the test's there."""

    def __init__(self, namespace: Namespace, secret: str | None = None):
        self.namespace = namespace
        self.directory = namespace.directory / f"{namespace.name}-l2tpns"
        self.directory.mkdir()
        self.secret = secret
        self.process: Process

    def start(self) -> L2TPNS:
        """Asks the RADIUS server on its loopback, which is to run already."""
        settings = {
            "debug": 3,
            "hostname": '"l2tpns-1"',
            "bind_address": LNS,
            "iftun_address": GATEWAY,
            "peer_address": GATEWAY,
            "tundevicename": '"tun0"',
            "primary_radius": freeradius.ADDRESS,
            "radius_secret": f'"{freeradius.SECRET}"',
            "radius_authtypes": '"chap, pap"',
            "cli_bind_address": "127.0.0.1",
            "cluster_interface": '"eth0"',
            # So long it waits for another master, in tenths of a second: the least that it takes.
            "cluster_hb_interval": 1,
            "cluster_hb_timeout": 15,
        }
        settings |= {"l2tp_secret": f'"{self.secret}"'} if self.secret else {}
        (self.directory / "startup-config").write_text(
            "".join(f"set {key} {value}\n" for key, value in settings.items())
        )
        (self.directory / "ip_pool").write_text(f"{POOL}\n")
        (self.directory / "users").touch()
        script = f"mount --bind {self.directory} /etc/l2tpns && exec l2tpns"
        self.process = self.namespace.start("l2tpns", "unshare", "--mount", "sh", "-c", script)
        master = "declaring myself the master"
        wait_until("l2tpns serves", lambda: master in self.process.output() or not self.process.running())
        assert self.process.running(), self.process.output()
        return self

    def close_all(self) -> int:
        """Ends every session and tunnel, and then itself."""
        return self.process.stop(signal.SIGQUIT)
