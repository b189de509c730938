"""The demonstration: what an operator types and sees, in two acts. Runs inside the lab.

First a stock client dials our LNS; then a stock PPPoE subscriber reaches our LNS through our LAC, and the LNS is killed.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from access import AccessNetwork, Subscriber
from kernel import PPPInterface, ppp_interfaces, wait_for_ppp
from l2tpd import L2TPD, Table
from network import CLIENT, LNS, Namespace, Network, wait_until
from xl2tpd import XL2TPD, Call

SECRET = "tunnel-secret"
USER, PASSWORD = "alice@example.net", "sesame-of-alice"


def title(text: str) -> None:
    print(f"\n== {text}", flush=True)


def show(who: str, namespace: Namespace, *command: str) -> None:
    print(f"{who}# {' '.join(command)}", flush=True)
    print(namespace.run(*command), end="", flush=True)


def control(who: str, daemon: L2TPD, *arguments: str) -> None:
    print(f"{who}# l2tpctl {' '.join(arguments)}", flush=True)
    print(daemon.ctl(*arguments), end="", flush=True)


def configuration(daemon: L2TPD) -> None:
    """What the daemon was started with, but for what only this demonstration needs."""
    text = re.sub(r"control_socket = .*\n|\[log\]\nlevel = .*\n", "", daemon.file.read_text())
    print(text.strip(), flush=True)


def throughput(client: Namespace, server: Namespace) -> None:
    """iperf3 both ways, to the LNS's end of the session."""
    listening = server.start("iperf3", "iperf3", "--server", "--bind", "100.64.0.1", "--forceflush")
    wait_until("iperf3 listens", lambda: "Server listening" in listening.output())
    for direction in ([], ["--reverse"]):
        command = ["iperf3", "-c", "100.64.0.1", "-t", "3", *direction]
        print(f"{client.name}# {' '.join(command)}", flush=True)
        for line in client.run(*command).splitlines():
            if line.endswith(("sender", "receiver")):
                print(line, flush=True)
    listening.stop()


@contextlib.contextmanager
def closed(network: Network) -> Iterator[None]:
    """Ends all of it, and fails if anything is left."""
    try:
        yield
    finally:
        problems = network.close()
    assert not problems, problems


# MARK: First act


def stock_client_and_lns(directory: Path) -> None:
    network = Network(directory)
    with closed(network):
        title("l2tpd starts as an LNS on 192.0.2.1, with this configuration")
        lns = L2TPD(network.lns)
        lns.peer["secret"] = SECRET
        lns.start()
        configuration(lns)
        control("lns", lns)

        title("xl2tpd and pppd, as Debian packages them, dial from 192.0.2.2")
        client = XL2TPD(network.client, secret=SECRET).dial(Call(authentication="ms-chap-v2"))
        wait_for_ppp(network.client)
        lns.wait_for_sessions(1)
        control("lns", lns, "show", "tunnels")
        control("lns", lns, "show", "sessions")
        show("lns", network.lns, "ip", "l2tp", "show", "session")

        title("Packets cross, in the kernel of both ends")
        show("client", network.client, "ping", "-n", "-c", "3", "100.64.0.1")
        throughput(network.client, network.lns)
        control("lns", lns, "show", "sessions")

        title("The session is closed from our side, and nothing stays")
        (session,) = lns.show("sessions")
        control("lns", lns, "session", "close", f"{session['tunnel_id']}/{session['session_id']}")
        client.process.stop()
        lns.wait_until_idle()
        control("lns", lns, "show", "sessions")
        show("lns", network.lns, "ip", "l2tp", "show", "session")
        show("lns", network.lns, "ip", "-brief", "link")


# MARK: Second act


def lns_of(network: AccessNetwork) -> L2TPD:
    lns = L2TPD(network.lns)
    lns.peer.update(
        {"name": "bras-1", "addresses": [f"{CLIENT}/32"], "secret": SECRET}
        | {"proxy_lcp": "accept", "proxy_authentication": "accept"}
    )
    lns.configuration["user"] = [{"name": USER, "password": PASSWORD}]
    return lns


def lac_of(network: AccessNetwork) -> L2TPD:
    lac = L2TPD(network.lac)
    member = {"address": LNS, "secret": SECRET, "hello_interval": 2, "retransmit_limit": 2, "retry_after": 2}
    profile: Table = {"authentication": ["chap-md5"], "mru": 1452}
    lac.configuration = {
        "daemon": {"control_socket": str(lac.socket), "host_name": "bras-1"},
        "log": {"level": "info"},
        "pppoe": [{"interface": "access0", "ppp": "subscribers"}],
        "realm": [{"name": "example.net", "tunnel_group": "isp"}],
        "tunnel_group": [{"name": "isp", "lns": [member]}],
        "ppp": [lac.ppp | profile],
        "pool": lac.configuration["pool"],
    }
    return lac


def subscriber_is_up(network: AccessNetwork, lac: L2TPD) -> PPPInterface:
    (interface,) = wait_for_ppp(network.subscriber)
    wait_until(
        "the LAC has bridged the call", lambda: any(each["state"] == "bridged" for each in lac.show("sessions"))
    )
    return interface


def subscriber_lac_and_lns(directory: Path) -> None:
    network = AccessNetwork(directory)
    with closed(network):
        title("A BRAS: l2tpd as LAC on access0, and l2tpd as LNS behind it; the LAC's configuration")
        lns = lns_of(network).start()
        lac = lac_of(network).start()
        configuration(lac)
        control("lac", lac)

        title("pppd dials by PPPoE; the LAC hears its name, and calls the LNS of its realm")
        pppd = Subscriber(network.subscriber, USER, PASSWORD)
        pppd.dial()
        interface = subscriber_is_up(network, lac)
        control("lac", lac, "show", "tunnels")
        control("lac", lac, "show", "sessions")
        control("lns", lns, "show", "sessions")

        title("The LAC has no interface of the subscriber's: its kernel bridges PPPoE to L2TP, and l2tpd sleeps")
        show("lac", network.lac, "ip", "-brief", "link", "show", "type", "ppp")
        show("lac", network.lac, "cat", "/proc/net/pppoe")
        show("lac", network.lac, "ip", "l2tp", "show", "session")
        wake_ups = lac.wake_ups()
        show("subscriber", network.subscriber, "ping", "-n", "-c", "3", "-I", interface.name, "100.64.0.1")
        throughput(network.subscriber, network.lns)
        packets = ppp_interfaces(network.subscriber)[0].rx_packets + ppp_interfaces(network.subscriber)[0].tx_packets
        print(f"{packets} packets of the subscriber, {lac.wake_ups() - wake_ups} wake-ups of the LAC's l2tpd")
        control("lac", lac, "show", "sessions")
        control("lns", lns, "show", "sessions")

        title("The LNS is killed (SIGKILL): the LAC misses its HELLO, and tells the subscriber")
        lns.process.send(9)
        wait_until("pppd has ended", lambda: not pppd.process.running())
        wait_until("the LAC has no session", lambda: not lac.show("sessions"))
        control("lac", lac, "show", "sessions")
        for line in pppd.output().splitlines()[-3:]:
            print(f"pppd: {line}", flush=True)

        title("The LNS comes back and removes what it had left; the subscriber dials again and is served")
        lns.process.popen.wait()
        lns.start()
        pppd.dial()
        subscriber_is_up(network, lac)
        control("lac", lac, "show", "sessions")
        control("lns", lns, "show", "sessions")

        title("The subscriber hangs up: PPP ends at the LNS, CDN and PADT follow, and nothing stays on either side")
        pppd.process.stop()
        lns.wait_until_idle()
        wait_until("the LAC has no session", lambda: not lac.show("sessions"))
        control("lac", lac)
        control("lns", lns)


for act in (stock_client_and_lns, subscriber_lac_and_lns):
    with tempfile.TemporaryDirectory() as directory:
        act(Path(directory))
title("Done: all daemons have ended, no interface, session, tunnel or process is left")
