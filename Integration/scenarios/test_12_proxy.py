"""Proxy LCP and authentication: lab-peer plays a LAC that has answered the call before it hands it over."""

import pytest

from l2tpd import L2TPD
from network import Network, wait_until
from peer import Peer, admit, ask

ACCEPT = {"proxy_lcp": "accept", "proxy_authentication": "accept"}


def call(network: Network, lns: L2TPD, *options: str, password: str | None = None) -> dict:
    """One call with proxy AVPs; how it went."""
    peer = Peer(network.client)
    more = {"password": password} if password else {}
    peer.start("--ping", *options, **more)
    result = peer.result()
    wait_until("all of it is down", lambda: not ask(lns, "show_sessions"))
    (only,) = result["rounds"]
    assert result["ok"] == (password is None), peer.process.output()
    return only


@pytest.mark.parametrize("method", ["chap-md5", "pap"])
def test_PRX_01_PRX_04_proxied_LCP_and_authentication_are_used_when_policy_accepts_them(
    network: Network, lns: L2TPD, method: str
):
    admit(lns, 1)
    lns.peer |= ACCEPT
    lns.start()
    said = call(network, lns, "--proxy", "authenticated", "--authentication", method)
    assert said["opened"] == said["answered"] == 1
    assert (said["lcp_requests_received"], said["challenges_received"]) == (0, 0)


def test_PRX_01_without_that_policy_the_link_begins_anew(network: Network, lns: L2TPD):
    admit(lns, 1)
    lns.start()
    said = call(network, lns, "--proxy", "authenticated", "--authentication", "chap-md5")
    assert said["answered"] == 1
    assert said["lcp_requests_received"] >= 1 and said["challenges_received"] >= 1


@pytest.mark.parametrize(
    ("style", "method"),
    [("lcp", "chap-md5"), ("unauthenticated", "chap-md5"), ("authenticated", "ms-chap-v2"), ("lcp", "ms-chap-v2")],
)
def test_PRX_03_without_a_proxied_authentication_the_LNS_authenticates_itself(
    network: Network, lns: L2TPD, style: str, method: str
):
    admit(lns, 1)
    lns.peer |= ACCEPT
    lns.start()
    said = call(network, lns, "--proxy", style, "--authentication", method)
    assert said["answered"] == 1
    assert said["lcp_requests_received"] == 0, "proxied LCP was not used"
    assert said["challenges_received"] >= 1


def test_PRX_04_proxied_authentication_can_be_refused_while_LCP_is_taken(network: Network, lns: L2TPD):
    admit(lns, 1)
    lns.peer["proxy_lcp"] = "accept"
    lns.start()
    said = call(network, lns, "--proxy", "authenticated", "--authentication", "chap-md5")
    assert said["answered"] == 1
    assert said["lcp_requests_received"] == 0 and said["challenges_received"] >= 1


@pytest.mark.parametrize("method", ["chap-md5", "pap"])
def test_PRX_04_a_proxied_proof_that_is_wrong_is_refused(network: Network, lns: L2TPD, method: str):
    admit(lns, 1)
    lns.peer |= ACCEPT
    lns.start()
    said = call(network, lns, "--proxy", "authenticated", "--authentication", method, password="guessed")
    assert (said["opened"], said["lcp_requests_received"], said["challenges_received"]) == (0, 0, 0)
    (reason,) = said["failures"]
    assert "closed by the peer: administrative reasons (3)" in reason
    assert "authentication refused" in lns.process.output()
    assert "guessed" not in lns.process.output()


@pytest.mark.parametrize("style", ["oversized", "mismatched"])
def test_PRX_05_proxied_LCP_that_contradicts_itself_or_our_limits_is_negotiated_again(
    network: Network, lns: L2TPD, style: str
):
    admit(lns, 1)
    lns.peer |= ACCEPT
    lns.start()
    said = call(network, lns, "--proxy", style, "--authentication", "chap-md5")
    assert said["answered"] == 1
    assert said["lcp_requests_received"] >= 1 and said["challenges_received"] >= 1
