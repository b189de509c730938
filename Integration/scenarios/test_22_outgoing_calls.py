"""Outgoing calls: an LNS, ours and a stock one, has our LAC call a subscriber, whom a hook wakes: stock pppd by PPPoE."""

from __future__ import annotations

import json
from pathlib import Path

from access import ACCESS, AccessNetwork, Subscriber
from kernel import assert_carries_data, ppp_interfaces, sessions, tunnels, wait_for_ppp
from l2tpd import BINARIES, L2TPD, Table
from network import CLIENT, LNS, Process, wait_until
from xl2tpd import XL2TPD

NUMBER = "5551234"
USER = "alice@example.net"
PASSWORD = "sesame-of-alice"
INVALID_DESTINATION, BUSY = 6, 8


class CallingLAC(L2TPD):
    """Our daemon, which calls the subscriber for whoever asks for `NUMBER`."""

    def __init__(self, network: AccessNetwork):
        super().__init__(network.lac)
        self.woken = network.directory / "woken"
        hook = network.directory / "wake"
        hook.write_text(f'#!/bin/sh\necho "$L2TPD_EVENT $L2TPD_NUMBER $L2TPD_INTERFACE $L2TPD_MAC" >> {self.woken}\n')
        hook.chmod(0o755)
        self.mac = network.subscriber.links()["eth0"]["address"]
        self.configuration["daemon"] = {"control_socket": str(self.socket), "host_name": "bras-1"}
        self.configuration["listener"] = [{"address": CLIENT}]
        self.peer.update({"name": "lns", "addresses": [f"{LNS}/32"]})
        self.configuration["pppoe"] = [{"interface": ACCESS, "ppp": "subscribers"}]
        self.configuration["callee"] = [
            {"number": NUMBER, "interface": ACCESS, "mac": self.mac, "hook": str(hook), "timeout": 120}
        ]

    def wait_for_hook(self) -> None:
        wait_until("the hook was run", self.woken.exists)
        assert self.woken.read_text() == f"call {NUMBER} {ACCESS} {self.mac}\n"

    def callee(self) -> Table:
        """The session of the subscriber who has answered."""

        def look() -> Table | None:
            found = [each for each in self.show("sessions") if each["state"] == "bridged"]
            return found[0] if found else None

        return wait_until("l2tpctl shows the called subscriber", look)

    def stop_clean(self, network: AccessNetwork) -> None:
        """Without a session the daemon ends, and the kernel has nothing of it."""
        wait_until("the LAC has no session", lambda: not self.show("sessions"))
        wait_until("the subscriber has no interface", lambda: not ppp_interfaces(network.subscriber))
        wait_until("the kernel has no session", lambda: not sessions(self.namespace))
        pppoe = self.namespace.run("sh", "-c", "tail -n +2 /proc/net/pppoe")
        assert not pppoe.strip(), pppoe
        assert self.process.stop() == 0
        wait_until("the kernel has no tunnel", lambda: not tunnels(self.namespace))


def order(lns: L2TPD, number: str, log: str) -> Process:
    """`l2tpctl call open`, which waits for the answer."""
    command = (BINARIES / "l2tpctl", "--socket", lns.socket, "call", "open", "client", number)
    return lns.namespace.start(log, *command, "--timeout", "120", "--json")


def outcome(process: Process, status: int) -> Table:
    wait_until("l2tpctl has its answer", lambda: not process.running())
    assert process.popen.returncode == status, process.output()
    return json.loads(process.output().splitlines()[0])


def test_outgoing_calls_SSF_03_SSF_04_MSG_06_between_our_lns_and_our_lac(access: AccessNetwork):
    lns = L2TPD(access.lns)
    lns.ppp.update({"authentication": ["chap-md5"], "mru": 1452})
    lns.configuration["user"] = [{"name": USER, "password": PASSWORD}]
    lns.start()
    lac = CallingLAC(access)
    lac.configuration["tunnel_group"] = [{"name": "isp", "persistent": True, "lns": [{"address": LNS}]}]
    lac.start()
    wait_until("the LAC's tunnel stands", lambda: [each["state"] for each in lns.show("tunnels")] == ["established"])

    refused = outcome(order(lns, "5550000", "unknown"), status=1)
    assert refused["result_code"] == INVALID_DESTINATION, refused

    calling = order(lns, NUMBER, "call")
    lac.wait_for_hook()
    assert calling.running(), calling.output()
    assert [each["state"] for each in lns.show("sessions")] == ["wait-connect"]
    assert outcome(order(lns, NUMBER, "ringing"), status=1)["result_code"] == BUSY
    subscriber = Subscriber(access.subscriber, USER, PASSWORD).dial()
    (interface,) = wait_for_ppp(access.subscriber)
    (session,) = lns.wait_for_sessions(1)
    name = f"{session['tunnel_id']}/{session['session_id']}"
    assert outcome(calling, status=0)["session"] == name
    assert (session["role"], session["direction"], session["called_number"]) == ("lns", "outgoing", NUMBER)
    assert (session["user"], session["peer"], session["address"]) == (USER, "client", interface.local)
    callee = lac.callee()
    assert (callee["role"], callee["direction"], callee["called_number"]) == ("lac", "outgoing", NUMBER)
    assert (callee["mac"], callee["access_interface"]) == (lac.mac, ACCESS)
    assert callee["call_serial_number"] == session["call_serial_number"]
    assert not ppp_interfaces(access.lac), "PPP ended at the LAC"
    assert subscriber.output().count("sent [LCP ConfAck") == 1, "somebody else has negotiated LCP before the LNS"
    assert_carries_data(access.subscriber, interface, count=10)
    assert outcome(order(lns, NUMBER, "online"), status=1)["result_code"] == BUSY

    lns.ctl("session", "close", name)
    wait_until("pppd has ended", lambda: not subscriber.process.running())
    wait_until("the LNS has no session", lambda: not lns.show("sessions"))
    assert [each["state"] for each in lns.show("tunnels")] == ["established"], "the tunnel is persistent"
    lac.stop_clean(access)
    lns.wait_until_idle()


def test_outgoing_calls_SSF_03_for_stock_xl2tpd(access: AccessNetwork):
    """xl2tpd's one way to ask for a call: `o` and a [lac] section, in which it then is the LNS."""
    options = Path("/var/l2tp") / f"{NUMBER}.options"  # where xl2tpd looks, and nowhere else
    options.parent.mkdir(exist_ok=True)
    lns = XL2TPD(access.lns)
    log = lns.ppp_log("outgoing")
    lines = ["100.64.0.1:100.64.0.2", "auth", "require-chap", "noccp", "mtu 1400", "mru 1400", "debug"]
    options.write_text("\n".join([*lines, f"logfile {log}", ""]))
    try:
        lac = CallingLAC(access)
        lac.start()
        lns.ask(NUMBER, {USER: PASSWORD}, server=CLIENT)
        lac.wait_for_hook()
        subscriber = Subscriber(access.subscriber, USER, PASSWORD).dial()
        (interface,) = wait_for_ppp(access.subscriber)
        assert (interface.local, interface.remote) == ("100.64.0.2", "100.64.0.1")
        callee = lac.callee()
        assert (callee["direction"], callee["called_number"], callee["mac"]) == ("outgoing", NUMBER, lac.mac)
        assert_carries_data(access.subscriber, interface, count=10)

        lns.disconnect()
        wait_until("pppd has ended", lambda: not subscriber.process.running())
        lac.stop_clean(access)
    finally:
        options.unlink()
