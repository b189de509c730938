"""Issue 3's scenario 1 and 2: stock pppd by PPPoE, through our LAC, to a stock LNS and to our own."""

from __future__ import annotations

import pytest

from access import ACCESS, AccessNetwork, Subscriber
from kernel import PPPInterface, assert_carries_data, ppp_interfaces, sessions, tunnels, wait_for_ppp
from l2tpd import L2TPD, Table
from network import LNS, wait_until
from xl2tpd import XL2TPD

USER = "alice@example.net"
PASSWORD = "sesame-of-alice"
METHODS = pytest.mark.parametrize("method", ["chap-md5", "pap", "ms-chap-v2"])


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


def connect(network: AccessNetwork, lac: LAC, method: str, *options: str) -> tuple[Subscriber, PPPInterface, Table]:
    subscriber = Subscriber(network.subscriber).dial(*options, authentication=method)
    (interface,) = wait_for_ppp(network.subscriber)
    session = wait_until("l2tpctl shows the subscriber's session", lac.subscriber)
    assert (session["role"], session["user"], session["realm"]) == ("lac", USER, "example.net")
    assert session["access_interface"] == ACCESS and session["peer"] == LNS
    return subscriber, interface, session


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


@METHODS
def test_lac_connects_stock_pppd_to_a_stock_lns(access: AccessNetwork, method: str):
    XL2TPD(access.lns).serve({USER: PASSWORD}, authentication=method)
    lac = LAC(access, method)
    lac.start()
    subscriber, interface, session = connect(access, lac, method)
    assert interface.remote == "100.64.0.1" and interface.local.startswith("100.64.0.")
    assert_carries_data(access.subscriber, interface, count=10)
    assert PASSWORD not in lac.process.output(), "a password is in the log"

    subscriber.process.stop()
    assert_nothing_left(access, lac)
    assert lac.process.stop() == 0
