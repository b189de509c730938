"""Issue 3's scenario 7: a stock client's call, switched by us into a tunnel to a stock LNS and to our own."""

from __future__ import annotations

from kernel import PPPInterface, assert_carries_data, ppp_interfaces, sessions, tunnels, wait_for_ppp
from l2tpd import L2TPD, Table
from network import CLIENT, wait_until
from switch import PINGS, SUBSCRIBER, SWITCH, Switch, SwitchNetwork, switched_call
from xl2tpd import XL2TPD, Call


def dial(network: SwitchNetwork, **secret: str) -> XL2TPD:
    # All namespaces have one host name, and calls do not go back to the Host Name that they came from.
    client = XL2TPD(network.subscriber, host_name="client-1", **secret)
    return client.dial(Call(), server=SWITCH, address=SUBSCRIBER)


def own_lns(network: SwitchNetwork) -> L2TPD:
    lns = L2TPD(network.lns)
    lns.peer["addresses"] = [f"{CLIENT}/32"]
    return lns


def assert_passes_through(network: SwitchNetwork, switch: Switch) -> Table:
    """Data crosses the switch's kernel and nothing else of it; returns the call as l2tpctl shows it."""
    (interface,) = wait_for_ppp(network.subscriber)
    call = switched_call(switch)
    assert call["role"] == "switch" and call["peer"] == "clients"
    assert len(tunnels(network.switch)) == 2 and len(sessions(network.switch)) == 2
    assert not ppp_interfaces(network.switch), "PPP passes through"
    names = {f"{each.tunnel}/{each.id}" for each in sessions(network.switch)}
    assert {f"{call['tunnel_id']}/{call['session_id']}", call["bridged_to"]} == names

    before = packets(network.subscriber)
    wake_ups = switch.wake_ups()
    report = network.subscriber.run(
        *("ping", "-n", "-c", str(PINGS), "-i", "0.02", "-W", "10", "-I", interface.name, interface.remote), check=False
    )
    wake_ups = switch.wake_ups() - wake_ups
    assert f"{PINGS} received" in report and " 0% packet loss" in report, report
    assert packets(network.subscriber) - before >= 2 * PINGS
    print(f"{PINGS} pings, {wake_ups} wake-ups of the switch")
    assert wake_ups < 40, "the switch woke up with the traffic"
    (counted,) = switch.show("sessions")
    assert counted["rx_packets"] - call["rx_packets"] >= PINGS
    return call


def packets(namespace) -> int:
    interface: PPPInterface
    (interface,) = ppp_interfaces(namespace)
    return interface.rx_packets + interface.tx_packets


def assert_nothing_left(network: SwitchNetwork, switch: Switch) -> None:
    wait_until("the switch has no session", lambda: not switch.show("sessions"))
    wait_until(
        "no end has an interface",
        lambda: not ppp_interfaces(network.subscriber) and not ppp_interfaces(network.lns),
    )
    wait_until("the kernel has no session", lambda: not sessions(network.switch))
    wait_until("the outgoing tunnel has gone after its linger time", lambda: len(tunnels(network.switch)) <= 1)


def test_switch_passes_a_stock_client_on_to_a_stock_lns(switched: SwitchNetwork):
    XL2TPD(switched.lns, secret="next-sesame", host_name="lns-1").serve({"alice": "sesame-of-alice"})
    switch = Switch(switched, secret="next-sesame")
    switch.peer["secret"] = "first-sesame"
    switch.start()
    client = dial(switched, secret="first-sesame")
    assert_passes_through(switched, switch)
    assert "sesame" not in switch.process.output(), "a password or secret is in the log"

    client.disconnect()
    assert_nothing_left(switched, switch)
    assert switch.process.stop() == 0
    assert not tunnels(switched.switch)


def test_switch_passes_on_what_either_end_says_of_the_end(switched: SwitchNetwork):
    lns = own_lns(switched)
    lns.start()
    switch = Switch(switched).start()
    dial(switched)
    assert_passes_through(switched, switch)
    (session,) = lns.wait_for_sessions(1)
    assert session["role"] == "lns" and session["user"] == "alice"

    lns.ctl("session", "close", f"{session['tunnel_id']}/{session['session_id']}")
    assert_nothing_left(switched, switch)
    lns.wait_until_idle()


def test_switch_MHP_02_goes_by_the_users_realm(switched: SwitchNetwork):
    """alice@example.net goes on to a stock LNS; bob, who has no realm, ends at the same daemon."""
    XL2TPD(switched.lns, host_name="lns-1").serve({"alice@example.net": "sesame-of-alice"})
    switch = Switch(switched)
    switch.goes_by_realm("example.net", users={"bob": "sesame-of-bob"})
    # Linux before 6.11 serves one tunnel between two pairs of address and port.
    switch.configuration["listener"] = [{"address": SWITCH}, {"address": SWITCH, "port": 1702}]
    switch.start()
    client = XL2TPD(switched.subscriber, host_name="client-1")
    alice = Call(user="alice@example.net")
    bob = Call(name="bob", user="bob", password="sesame-of-bob", port=1702)
    client.dial(alice, bob, server=SWITCH, address=SUBSCRIBER)

    interfaces = {each.remote: each for each in wait_for_ppp(switched.subscriber, 2)}
    assert set(interfaces) == {"100.64.0.1", "100.65.0.1"}
    call = switched_call(switch)
    assert (call["role"], call["user"], call["realm"]) == ("switch", "alice@example.net", "example.net")
    (ended,) = [each for each in switch.show("sessions") if each["state"] == "open"]
    assert (ended["role"], ended["user"], ended["address"]) == ("lns", "bob", interfaces["100.65.0.1"].local)
    assert [each.name for each in ppp_interfaces(switched.switch)] == [ended["interface"]], "alice's PPP passes through"
    for interface in interfaces.values():
        assert_carries_data(switched.subscriber, interface, count=10)
    assert "sesame" not in switch.process.output(), "a password is in the log"

    client.disconnect("call")
    wait_until("alice's call has ended", lambda: [each["user"] for each in switch.show("sessions")] == ["bob"])
    wait_until("the LNS has no interface", lambda: not ppp_interfaces(switched.lns))
    assert_carries_data(switched.subscriber, *ppp_interfaces(switched.subscriber))
    client.disconnect("bob")
    assert_nothing_left(switched, switch)


def test_switch_refuses_a_loop(switched: SwitchNetwork):
    switch = Switch(switched, address=SUBSCRIBER).start()
    dial(switched)
    wait_until("the call is refused", lambda: "loop" in switch.process.output())
    wait_until("no session is left", lambda: not switch.show("sessions"))
    assert not sessions(switched.switch) and not ppp_interfaces(switched.subscriber)
    assert len(tunnels(switched.switch)) <= 1, "no tunnel was opened"
