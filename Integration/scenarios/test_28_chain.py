"""Issue 3's scenario 4: stock pppd by PPPoE, our LAC, our switch, an LNS; its end from either end."""

from __future__ import annotations

from access import ACCESS, Subscriber
from capture import control
from kernel import PPPInterface, ppp_interfaces, sessions, tunnels, wait_for_ppp
from l2tpd import L2TPD, Table
from lac import LAC, USER, assert_told, own_lns
from network import CLIENT, LNS, wait_until
from switch import PINGS, SWITCH, ChainNetwork, Switch, switched_call


def connect(
    chain: ChainNetwork, lac: LAC, switch: Switch, lns: L2TPD
) -> tuple[Subscriber, PPPInterface, Table, Table]:
    """A call through all of them: its first session, and its last."""
    subscriber = Subscriber(chain.subscriber).dial()
    (interface,) = wait_for_ppp(chain.subscriber)
    (ended,) = lns.wait_for_sessions(1)
    call = switched_call(switch)
    relayed = wait_until("l2tpctl shows the subscriber's session", lac.subscriber)
    assert (relayed["user"], relayed["peer"]) == (USER, SWITCH)
    assert (call["role"], call["peer"]) == ("switch", "clients")
    assert (ended["user"], ended["address"]) == (USER, interface.local)
    assert ended["proxy_lcp"] and ended["proxy_authentication"], "what the LAC knows has not reached the LNS"
    assert ended["calling_number"] == relayed["mac"]
    assert subscriber.output().count("sent [LCP ConfAck") == 1, "LCP was negotiated anew"
    for between in (chain.lac, chain.switch):
        assert not ppp_interfaces(between), "PPP passes through"
    return subscriber, interface, relayed, ended


def assert_nothing_left(chain: ChainNetwork, lac: LAC, switch: Switch, lns: L2TPD) -> None:
    wait_until("neither has a session", lambda: not lac.show("sessions") and not switch.show("sessions"))
    lns.wait_until_idle()
    # The tunnels linger a little.
    for each in (chain.lac, chain.switch, chain.lns):
        wait_until(f"the kernel of {each.name} knows nothing of it", lambda: not tunnels(each) and not sessions(each))
    assert not ppp_interfaces(chain.lns)
    assert not ppp_interfaces(chain.subscriber)


def disconnections(chain: ChainNetwork) -> list[str]:
    """Who sent a CDN on the link between the switch and the LNS."""
    return [message.source for message in control(chain.pcap) if message.type == "CDN"]


def test_chain_MHP_03_POE_06_lac_and_switch_carry_a_call_and_its_end(chain: ChainNetwork):
    lns = own_lns(chain, "chap-md5")
    switch = Switch(chain)
    switch.start()
    lac = LAC(chain, address=SWITCH)
    lac.start()

    subscriber, interface, _, ended = connect(chain, lac, switch, lns)
    report = chain.subscriber.run(
        *("ping", "-n", "-c", str(PINGS), "-i", "0.02", "-W", "10", "-I", interface.name, interface.remote), check=False
    )
    assert f"{PINGS} received" in report and " 0% packet loss" in report, report
    lns.ctl("session", "close", f"{ended['tunnel_id']}/{ended['session_id']}")
    assert_told(subscriber, "Modem hangup", "LCP terminated by peer")
    assert_nothing_left(chain, lac, switch, lns)
    assert disconnections(chain) == [LNS]

    subscriber, _, relayed, _ = connect(chain, lac, switch, lns)
    subscriber.reset(relayed, chain.lac.links()[ACCESS]["address"])
    assert_nothing_left(chain, lac, switch, lns)
    assert disconnections(chain) == [LNS, CLIENT]
    assert lac.process.stop() == 0 and switch.process.stop() == 0
