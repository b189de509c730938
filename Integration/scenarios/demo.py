"""The demonstration: what a person would type at an LNS while a stock client dials in. Runs inside the lab."""

import tempfile
from pathlib import Path

from kernel import wait_for_ppp
from l2tpd import L2TPD
from network import Namespace, Network, wait_until
from xl2tpd import XL2TPD, Call


def title(text: str) -> None:
    print(f"\n== {text}", flush=True)


def show(namespace: Namespace, *command: str) -> None:
    print(f"{namespace.name}# {' '.join(command)}", flush=True)
    print(namespace.run(*command), end="", flush=True)


def control(lns: L2TPD, *arguments: str) -> None:
    print(f"lns# l2tpctl {' '.join(arguments)}", flush=True)
    print(lns.ctl(*arguments), end="", flush=True)


with tempfile.TemporaryDirectory() as directory:
    network = Network(Path(directory))
    try:
        title("l2tpd starts as an LNS on 192.0.2.1, with this configuration")
        lns = L2TPD(network.lns)
        lns.peer["secret"] = "tunnel-secret"
        lns.start()
        print(lns.file.read_text())
        control(lns)
        control(lns, "show", "sessions")

        title("xl2tpd and pppd, as Debian packages them, dial from 192.0.2.2")
        client = XL2TPD(network.client, secret="tunnel-secret").dial(Call(authentication="ms-chap-v2"))
        (interface,) = wait_for_ppp(network.client)
        lns.wait_for_sessions(1)
        control(lns, "show", "tunnels")
        control(lns, "show", "sessions")
        show(network.lns, "ip", "l2tp", "show", "session")

        title("Packets cross, in the kernel of both ends")
        show(network.client, "ping", "-n", "-c", "3", "100.64.0.1")
        server = network.lns.start("iperf3", "iperf3", "--server", "--bind", "100.64.0.1", "--forceflush")
        wait_until("iperf3 listens", lambda: "Server listening" in server.output())
        show(network.client, "iperf3", "-c", "100.64.0.1", "-t", "3")
        show(network.client, "iperf3", "-c", "100.64.0.1", "-t", "3", "--reverse")
        server.stop()
        control(lns, "show", "sessions")

        title("The session is closed from our side, and nothing stays")
        (session,) = lns.show("sessions")
        control(lns, "session", "close", f"{session['tunnel_id']}/{session['session_id']}")
        client.process.stop()
        lns.wait_until_idle()
        control(lns)
        control(lns, "show", "sessions")
        show(network.lns, "ip", "l2tp", "show", "session")
        show(network.lns, "ip", "-brief", "link")
    finally:
        problems = network.close()
    assert not problems, problems
    title("Done: l2tpd has ended, no interface, session, tunnel or process is left")
