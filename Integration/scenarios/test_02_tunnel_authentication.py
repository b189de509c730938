"""Scenario 2: tunnels with and without a secret, a wrong secret, hidden AVPs."""

import pytest

import capture
from kernel import assert_carries_data, tunnels, wait_for_ppp
from l2tpd import L2TPD
from network import LNS, Network, wait_until
from xl2tpd import XL2TPD, Call

SCCRP, SCCCN = "SCCRP", "SCCCN"
CHALLENGE, CHALLENGE_RESPONSE = 11, 13


def both_up(network: Network, lns: L2TPD) -> None:
    (interface,) = wait_for_ppp(network.client)
    lns.wait_for_sessions(1)
    assert_carries_data(network.client, interface)


def test_scenario_02_without_a_secret_there_is_no_challenge(network: Network, lns: L2TPD, client: XL2TPD):
    lns.start()
    client.dial(Call())
    both_up(network, lns)
    (tunnel,) = lns.show("tunnels")
    assert not tunnel["authenticated"]
    assert not any(CHALLENGE in each.avps for each in capture.control(network.pcap))


def test_scenario_02_both_ends_prove_the_secret(network: Network, lns: L2TPD):
    lns.peer["secret"] = "tunnel-secret"
    lns.start()
    XL2TPD(network.client, secret="tunnel-secret").dial(Call())
    both_up(network, lns)
    (tunnel,) = lns.show("tunnels")
    assert tunnel["authenticated"]
    messages = {each.type: each for each in capture.control(network.pcap)}
    assert CHALLENGE in messages[SCCRP].avps and CHALLENGE_RESPONSE in messages[SCCRP].avps
    assert CHALLENGE_RESPONSE in messages[SCCCN].avps
    assert "tunnel-secret" not in lns.process.output(), "the secret is in the log"


@pytest.mark.parametrize("theirs", ["wrong", None], ids=["wrong secret", "no secret"])
def test_scenario_02_AUT_03_a_client_without_the_right_secret_is_refused(
    network: Network, lns: L2TPD, theirs: str | None
):
    lns.peer["secret"] = "tunnel-secret"
    lns.start()
    # It challenges not itself, so that the proof that fails is its own.
    client = XL2TPD(network.client, secret=theirs, challenge=False).dial(Call())
    wait_until("a StopCCN", lambda: any(each.type == "StopCCN" for each in capture.control(network.pcap)))
    client.process.stop()
    lns.wait_until_idle()
    assert tunnels(network.lns) == []
    ours = [each for each in capture.control(network.pcap, source=LNS) if each.type == "StopCCN"]
    if theirs:  # without a secret xl2tpd gives up by itself
        assert ours and {each.result[0] for each in ours} == {4}
    assert not any(each.type == "ICRP" for each in capture.control(network.pcap))


def test_scenario_02_xl2tpd_reads_our_hidden_AVPs(network: Network, lns: L2TPD):
    # xl2tpd reads hidden AVPs and, as Debian builds it, sends none: the other way is for a client of our own.
    lns.peer |= {"secret": "tunnel-secret", "hide_avps": True}
    lns.start()
    XL2TPD(network.client, secret="tunnel-secret").dial(Call())
    both_up(network, lns)
    assert any(each.hidden for each in capture.control(network.pcap, source=LNS)), "nothing was hidden"
