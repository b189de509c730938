"""Issue 3's scenario 9: bad discovery input and floods of it are counted and bounded, and sessions do not notice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from access import ACCESS, AccessNetwork
from lac import LAC, PASSWORD, USER, connect, own_lns
from network import wait_until
from peer import Peer, status

PADIS = 50
PER_MAC = 2
PER_HOST_SESSIONS = 4


class Sender:
    """Made-up hosts on the subscribers' interface."""

    def __init__(self, access: AccessNetwork, lac: LAC):
        self.access = access
        self.lac = lac
        self.station = access.lac.links()[ACCESS]["address"]
        # Id, address, device: the id's two octets as a little-endian machine reads them from the wire, in hexadecimal.
        (line,) = access.lac.run("sh", "-c", "tail -n +2 /proc/net/pppoe").splitlines()
        self.session = int.from_bytes(bytes.fromhex(line.split()[0])[-2:], "little")

    def send(self, what: str) -> tuple[dict[str, Any], dict[str, int]]:
        """What was sent and came back, and how far the LAC's counters of discovery have gone meanwhile."""
        before = self.counters()
        script = Path(__file__).with_name("bad_discovery.py")
        said = json.loads(
            self.access.subscriber.run("/usr/bin/python3", script, "eth0", self.station, self.session, what)
        )
        after = self.counters()
        counted = {name: after[name] - before[name] for name in after if after[name] != before[name]}
        print(f"{what}: {said}, counted {counted}")
        return said, counted

    def counters(self) -> dict[str, int]:
        found = self.lac.show("stats")
        return {name.removeprefix("pppoe_"): found[name] for name in found if name.startswith("pppoe_")}


def discarded(counted: dict[str, int]) -> dict[str, int]:
    prefix = "discarded_"
    return {name.removeprefix(prefix): number for name, number in counted.items() if name.startswith(prefix)}


def test_lac_POE_09_bad_discovery_is_counted_and_bounded_and_sessions_go_on(access: AccessNetwork):
    own_lns(access, "chap-md5")
    lac = LAC(access)
    lac.pppoe |= {"padi_rate": PADIS, "padi_rate_per_mac": PER_MAC, "padr_rate_per_mac": PER_MAC}
    lac.pppoe["max_sessions_per_mac"] = PER_HOST_SESSIONS
    lac.configuration["log"] = {"level": "info"}
    lac.start()
    subscriber, interface, session = connect(access, lac, "chap-md5")
    ping = access.subscriber.start("ping", "ping", "-n", "-i", "0.2", "-I", interface.name, interface.remote)
    wait_until("data flows", lambda: "bytes from" in ping.output())
    held = lac.descriptors(), status(lac.process, "VmRSS")
    sender = Sender(access, lac)

    # Each cause has its own counter, and nobody is answered.
    said, counted = sender.send("nonsense")
    assert discarded(counted) == said["sent"]
    assert said["answers"] == [] and counted["pado_sent"] == 1

    # A burst, then the rate; an emulated second may be longer here than there.
    said, counted = sender.send("padi-of-many")
    assert 0 < said["pado"] <= 2 * PADIS + PADIS * (said["seconds"] + 2)
    assert said["pado"] == counted["pado_sent"] and counted["pado_sent"] < said["sent"] / 4
    assert discarded(counted) == {"padi_rate": counted["padi_received"] - counted["pado_sent"]}

    said, counted = sender.send("padi-of-one")
    assert 0 < said["pado"] <= 5 * PER_MAC + PER_MAC * (said["seconds"] + 2)
    assert said["pado"] == counted["pado_sent"]
    assert sum(discarded(counted).values()) == counted["padi_received"] - counted["pado_sent"]
    assert discarded(counted)["padi_rate_per_mac"] > 500

    # Without a good cookie there is no PADS, not even one that refuses.
    said, counted = sender.send("padr-of-many")
    assert (said["granted"], said["refused"], counted.get("pads_sent", 0)) == (0, 0, 0)
    assert discarded(counted) == {"wrong_cookie": counted["padr_received"]} and counted["padr_received"] > 1000

    # With one a host gets no more than it may have, and no more often.
    said, counted = sender.send("padr-of-one")
    assert said["granted"] == PER_HOST_SESSIONS
    assert said["refused"] <= 5 * PER_MAC + PER_MAC * (said["seconds"] + 2)
    assert discarded(counted)["padr_rate_per_mac"] > 500
    wait_until("these sessions are gone", lambda: len(lac.show("sessions")) == 1)
    wait_until("their descriptors too", lambda: lac.descriptors() == held[0])
    grown = status(lac.process, "VmRSS") - held[1]
    print(f"{grown} KiB more after 10,000 packets")
    assert grown < 4096

    # The session has not noticed, and the next subscriber is served.
    (same,) = lac.show("sessions")
    assert (same["session_id"], same["state"]) == (session["session_id"], "bridged")
    peer = Peer(access.subscriber, pppoe="eth0").start("--ping", user=USER, password=PASSWORD)
    assert peer.good_round()["answered"] == 1
    ping.stop(2)
    assert " 0% packet loss" in ping.output(), ping.output()
    subscriber.process.stop()
