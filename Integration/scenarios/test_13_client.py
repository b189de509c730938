"""Issue 3's scenario 6: the daemon dials as a voluntary client, a stock LNS and our own."""

import pytest

from kernel import (
    PPPInterface,
    assert_carries_data,
    assert_mirrored,
    ppp_interfaces,
    sessions,
    tunnels,
    wait_for_ppp,
)
from l2tpd import L2TPD, Table
from network import LNS, Network, wait_until
from xl2tpd import XL2TPD

METHODS = pytest.mark.parametrize("method", ["chap-md5", "ms-chap-v2", "pap"])
SECRETS = pytest.mark.parametrize("secret", [None, "tunnel-sesame"], ids=["open", "secret"])


def dialling(network: Network, *clients: Table, **changes: object) -> L2TPD:
    """Our daemon in the client's namespace, with nothing but these clients."""
    daemon = L2TPD(network.client)
    usual = {"server": LNS, "user": "alice", "password": "sesame-of-alice", "redial_cap": 5}
    tables = [{"name": "office", **usual, **changes, **client} for client in clients or ({},)]
    daemon.configuration = {
        "daemon": {"control_socket": str(daemon.socket), "host_name": "client-1"},
        "log": {"level": "debug"},
        "client": tables,
    }
    return daemon


@METHODS
@SECRETS
def test_client_dials_a_stock_lns_and_carries_data(network: Network, method: str, secret: str | None):
    stock = XL2TPD(network.lns, secret=secret)
    stock.serve({"alice": "sesame-of-alice"}, authentication=method)
    changes = {"secret": secret} if secret else {}
    daemon = dialling(network, authentication=[method], **changes)
    daemon.start()
    (interface,) = wait_for_ppp(network.client)
    (session,) = daemon.wait_for_sessions(1)
    assert (session["user"], session["authentication"]) == ("alice", method)
    assert_mirrored(network.client, network.lns, count=1)
    assert (interface.name, interface.local, interface.remote) == (
        session["interface"],
        session["local_address"],
        "100.64.0.1",
    )
    assert_carries_data(network.client, interface, count=10)
    assert "sesame" not in daemon.process.output(), "a password or secret is in the log"

    assert daemon.process.stop() == 0
    assert not ppp_interfaces(network.client) and not tunnels(network.client) and not sessions(network.client)
    wait_until("the LNS heard of it", lambda: not ppp_interfaces(network.lns))
