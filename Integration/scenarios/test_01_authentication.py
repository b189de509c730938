"""Scenario 1: CHAP-MD5, MS-CHAPv2 and PAP with pppd; a wrong password is refused and leaves nothing behind."""

import pytest

import capture
from kernel import assert_carries_data, assert_mirrored, ppp_interfaces, sessions, wait_for_ppp
from l2tpd import L2TPD
from network import LNS, Network, wait_until
from xl2tpd import XL2TPD, Call

METHODS = pytest.mark.parametrize("method", ["chap-md5", "ms-chap-v2", "pap"])
PAP, CHAP = 0xC023, 0xC223


@METHODS
def test_scenario_01_a_stock_client_authenticates_and_carries_data(
    network: Network, lns: L2TPD, client: XL2TPD, method: str
):
    lns.ppp["authentication"] = [method]
    lns.start()
    client.dial(Call(authentication=method))
    (interface,) = wait_for_ppp(network.client)
    (session,) = lns.wait_for_sessions(1)
    assert (session["user"], session["authentication"], session["peer"]) == ("alice", method, "client")
    assert_mirrored(network.lns, network.client, count=1)
    (kernel_session,) = sessions(network.lns)
    assert (kernel_session.id, kernel_session.tunnel) == (session["session_id"], session["tunnel_id"])
    assert (kernel_session.peer_id, kernel_session.peer_tunnel) == (
        session["peer_session_id"],
        session["peer_tunnel_id"],
    )

    (ours,) = ppp_interfaces(network.lns)
    assert (ours.name, ours.local, ours.remote) == (session["interface"], "100.64.0.1", session["address"])
    assert (interface.local, interface.remote) == (session["address"], "100.64.0.1")
    assert_carries_data(network.client, interface, count=20)
    (after,) = lns.show("sessions")
    assert after["rx_packets"] >= session["rx_packets"] + 20


@METHODS
def test_scenario_01_a_wrong_password_is_refused_and_nothing_stays(
    network: Network, lns: L2TPD, client: XL2TPD, method: str
):
    lns.ppp["authentication"] = [method]
    lns.start()
    client.dial(Call(password="sesame-of-eve", authentication=method))
    refusal = "PAP authentication failed" if method == "pap" else "CHAP authentication failed"
    wait_until("pppd is told", lambda: refusal in client.ppp_output())
    wait_until("the call is cleared", lambda: any(each.type == "CDN" for each in capture.control(network.pcap)))
    wait_until("no session stays", lambda: not lns.show("sessions") and not sessions(network.lns))
    client.process.stop()  # xl2tpd keeps the empty tunnel
    lns.wait_until_idle()
    wait_until("the kernels are clean", network.settled)

    protocol, failure = (PAP, 3) if method == "pap" else (CHAP, 4)
    answers = [each for each in capture.ppp(network.pcap, source=LNS) if each.protocol == protocol]
    assert failure in {each.code for each in answers}
    if method == "ms-chap-v2":
        message = next(each.data for each in answers if each.code == failure)
        assert message.startswith(b"E=691 "), message
    assert "sesame" not in lns.process.output(), "a password is in the log"
