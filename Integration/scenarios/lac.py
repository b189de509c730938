"""Our daemon as a LAC between PPPoE subscribers and an LNS, and what is seen at its ends."""

from __future__ import annotations

from access import ACCESS, AccessNetwork, Subscriber
from held import ONE_HEAP
from kernel import PPPInterface, ppp_interfaces, sessions, tunnels, wait_for_ppp
from l2tpd import L2TPD, Table
from network import CLIENT, LNS, wait_until
from peer import admit

USER = "alice@example.net"
PASSWORD = "sesame-of-alice"
SECRET = "tunnel-sesame"


class LAC(L2TPD):
    """Our daemon between the subscriber and the LNS."""

    def __init__(self, network: AccessNetwork, method: str = "chap-md5", **lns: object):
        super().__init__(network.lac)
        self.ppp.update({"authentication": [method], "mru": 1452, "authentication_failure_delay": 0})
        self.pppoe: Table = {"interface": ACCESS, "ac_name": "bras-1", "ppp": "subscribers"}
        self.lns: Table = {"address": LNS, **lns}
        del self.configuration["listener"], self.configuration["peer"]
        self.configuration["daemon"] = {"control_socket": str(self.socket), "host_name": "bras-1"}
        self.configuration["pppoe"] = [self.pppoe]
        self.configuration["realm"] = [{"name": "example.net", "tunnel_group": "isp"}]
        self.configuration["tunnel_group"] = [{"name": "isp", "linger": 2, "lns": [self.lns]}]

    def subscriber(self) -> Table | None:
        """The one subscriber's session, once the kernel passes its frames on."""
        found = [each for each in self.show("sessions") if each["state"] == "bridged"]
        return found[0] if found else None


def own_lns(network: AccessNetwork, method: str, policy: str = "accept", **peer: object) -> L2TPD:
    lns = L2TPD(network.lns)
    lns.ppp.update({"authentication": [method], "mru": 1452, "authentication_failure_delay": 0})
    lns.peer.update({"addresses": [f"{CLIENT}/32"], "proxy_lcp": policy, "proxy_authentication": policy, **peer})
    lns.configuration["user"] = [{"name": USER, "password": PASSWORD}]
    return lns.start()


def connect(network: AccessNetwork, lac: LAC, method: str, *options: str) -> tuple[Subscriber, PPPInterface, Table]:
    subscriber = Subscriber(network.subscriber).dial(*options, authentication=method)
    (interface,) = wait_for_ppp(network.subscriber)
    session = wait_until("l2tpctl shows the subscriber's session", lac.subscriber)
    assert (session["role"], session["user"], session["realm"]) == ("lac", USER, "example.net")
    assert (session["access_interface"], session["peer"]) == (ACCESS, LNS)
    assert session["mac"] == network.subscriber.links()["eth0"]["address"]
    return subscriber, interface, session


def assert_told(subscriber: Subscriber, *words: str) -> None:
    """pppd has ended by itself, and says one of these."""
    wait_until("pppd has ended", lambda: not subscriber.process.running())
    output = subscriber.output()
    assert any(word in output for word in words), output


def assert_nothing_left(network: AccessNetwork, lac: LAC) -> None:
    """No session on either side and, after the linger time, no tunnel."""
    wait_until("the LAC has no session", lambda: not lac.show("sessions"))
    wait_until("the subscriber has no interface", lambda: not ppp_interfaces(network.subscriber))
    assert_kernel_clean(network)


def assert_kernel_clean(network: AccessNetwork) -> None:
    wait_until(
        "the kernel knows nothing of it",
        lambda: not sessions(network.lac) and not tunnels(network.lac) and not ppp_interfaces(network.lns),
    )
    pppoe = network.lac.run("sh", "-c", "tail -n +2 /proc/net/pppoe")
    assert not pppoe.strip(), pppoe


def crowd(access: AccessNetwork, count: int) -> tuple[LAC, L2TPD]:
    """A LAC and an LNS for user-1, user-2, ..., who all have one MAC address."""
    lns = L2TPD(access.lns)
    admit(lns, count)
    lns.ppp |= {"authentication": ["chap-md5"], "mru": 1452}
    lns.peer |= {"addresses": [f"{CLIENT}/32"], "proxy_lcp": "accept", "proxy_authentication": "accept"}
    lns.environment = ONE_HEAP
    lns.start()
    lac = LAC(access)
    lac.environment = ONE_HEAP
    lac.configuration["log"] = {"level": "info"}
    lac.pppoe |= {"tunnel_group": "isp", "max_sessions_per_mac": 1000}
    lac.pppoe |= {"padi_rate_per_mac": 1000, "padr_rate_per_mac": 1000}
    lac.start()
    return lac, lns
