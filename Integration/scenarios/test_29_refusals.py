"""Issue 3's scenario 5: a subscriber who cannot be served is told, and nothing of him is left."""

from __future__ import annotations

from access import AccessNetwork, Subscriber
from capture import control
from kernel import assert_carries_data, ppp_interfaces, sessions
from lac import LAC, assert_nothing_left, assert_told, connect, own_lns
from network import LNS, wait_until


def assert_refused(network: AccessNetwork, lac: LAC, user: str, *words: str) -> None:
    """This one is told, and the others stay as they are."""
    before = lac.show("sessions")
    assert_told(Subscriber(network.subscriber, user, "sesame").dial(), *words)
    wait_until("nothing of him is left", lambda: len(lac.show("sessions")) == len(before))
    assert len(sessions(network.lac)) == len(ppp_interfaces(network.subscriber))


def test_lac_tells_a_subscriber_who_cannot_be_served(access: AccessNetwork):
    lns = own_lns(access, "chap-md5", max_sessions=1)
    lac = LAC(access, retry_after=0)
    lac.pppoe |= {"padi_rate_per_mac": 100, "padr_rate_per_mac": 100}
    lac.start()
    subscriber, interface, _ = connect(access, lac, "chap-md5")

    # The LNS has room for one.
    assert_refused(access, lac, "bob@example.net", "LCP terminated by peer")
    (refusal,) = [message for message in control(access.pcap, LNS) if message.type == "CDN"]
    assert refusal.result[0] == 4
    # No tunnel leads to his realm: he is to end here, where nobody knows him.
    assert_refused(access, lac, "carol@example.org", "CHAP authentication failed")
    assert_carries_data(access.subscriber, interface)

    subscriber.process.stop()
    lns.wait_until_idle()
    # Now there is room, and the LNS does not know him.
    assert_refused(access, lac, "bob@example.net", "CHAP authentication failed")
    lns.wait_until_idle()
    assert_nothing_left(access, lac)
