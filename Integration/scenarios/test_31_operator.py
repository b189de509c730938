"""What an operator asks: what happens, what became of one session, and why somebody cannot connect."""

from __future__ import annotations

import json
import re
import signal

from access import AccessNetwork, Subscriber
from kernel import sessions, wait_for_ppp
from l2tpd import BINARIES, L2TPD, Table
from lac import LAC, USER
from network import Network, wait_until
from xl2tpd import XL2TPD, Call

L2TPCTL = BINARIES / "l2tpctl"


def failures(daemon: L2TPD, user: str) -> list[Table]:
    return json.loads(daemon.ctl("show", "failures", "--user", user, "--json"))


def answer(daemon: L2TPD, user: str, *words: str) -> None:
    """One command tells why the user cannot connect, to people and to programs."""
    wait_until(f"it is known why {user} cannot", lambda: has(failures(daemon, user), words))
    text = daemon.ctl("show", "failures", "--user", user)
    assert all(word in text for word in words), text
    assert user in text


def has(events: list[Table], words: tuple[str, ...]) -> bool:
    told = json.dumps(events)
    return all(word in told for word in words)


def test_alice_cannot_connect_for_her_password(network: Network, lns: L2TPD, client: XL2TPD):
    lns.start()
    assert lns.ctl("show", "failures", "--user", "alice").strip() == "no failures"
    client.dial(Call(password="sesame-of-eve"))
    answer(lns, "alice", "authentication refused", "wrong password", "session not opened")
    assert "sesame" not in lns.ctl("show", "failures")
    client.process.stop()
    lns.wait_until_idle()


def test_alice_cannot_connect_for_want_of_an_address(network: Network, lns: L2TPD, client: XL2TPD):
    # The only address is bob's.
    lns.configuration["pool"] = [{"name": "subscribers", "ranges": ["100.64.0.2-100.64.0.2"]}]
    lns.configuration["user"].append({"name": "bob", "password": "sesame-of-bob", "address": "100.64.0.2"})
    lns.start()
    client.dial(Call())
    answer(lns, "alice", "no address", "has no free address", "session not opened")
    client.process.stop()
    lns.wait_until_idle()


def test_alice_cannot_connect_because_no_lns_answers(access: AccessNetwork):
    lac = LAC(access, retransmit_limit=2)
    lac.start()
    subscriber = Subscriber(access.subscriber).dial()
    answer(lac, USER, "no LNS took the call", "the peer does not answer")
    wait_until("pppd has ended", lambda: not subscriber.process.running())
    tunnels = json.loads(lac.ctl("show", "failures", "--json"))
    assert any(each["event"] == "tunnel not opened" for each in tunnels), tunnels


def test_the_monitor_tells_the_daemons_and_the_kernels_events_in_one_line_of_time(
    network: Network, lns: L2TPD, client: XL2TPD
):
    monitor = network.lns.start("monitor", L2TPCTL, "--socket", lns.socket, "monitor", "--json")

    def events() -> list[Table]:
        return [json.loads(line) for line in monitor.output().splitlines(keepends=True) if line.endswith("\n")]

    def told(source: str) -> list[str]:
        return [each["event"] for each in events() if each["source"] == source]

    wait_until("both are followed", lambda: "watching" in told("kernel") and "no daemon" in told("daemon"))
    lns.start()
    wait_until("the daemon is found when it is there", lambda: "following" in told("daemon"))
    client.dial(Call())
    wait_for_ppp(network.client)
    (session,) = lns.wait_for_sessions(1)
    wait_until("the daemon's part is told", lambda: told("daemon").count("network up") == 2)
    ours = [each for each in events() if each["source"] == "daemon"]
    happened = [each["event"] for each in ours]
    assert happened[:3] == ["no daemon", "following", "tunnel open"], happened
    up = [each for each in ours if each["event"] == "network up"]
    assert {each["details"]["network"] for each in up} == {"ipv4", "ipv6"}
    for each in up:
        ids = (each["tunnel_id"], each["session_id"], each["user"], each["interface"])
        assert ids == (session["tunnel_id"], session["session_id"], "alice", session["interface"])
    # The kernel's view of the same, checked by asking it.
    (kernel_session,) = sessions(network.lns)
    made = [each["session"] for each in events() if each["event"] == "session_created"]
    assert [(each["tunnel_id"], each["session_id"]) for each in made] == [(kernel_session.tunnel, kernel_session.id)]

    assert_story(lns, session)
    name = f"{session['tunnel_id']}/{session['session_id']}"
    lns.ctl("session", "close", name)
    wait_until("its end is told", lambda: "session closed" in told("daemon"))
    (closed,) = [each for each in events() if each["event"] == "session closed"]
    assert (closed["user"], closed["details"]["reason"]) == ("alice", "closed by administration"), closed
    wait_until("and that the kernel has it no more", lambda: "session_deleted" in told("kernel"))
    lns.process.stop()
    wait_until("that the daemon went", lambda: "daemon gone" in told("daemon"))
    assert monitor.stop(signal.SIGINT) == 0
    client.process.stop()


def assert_story(lns: L2TPD, session: Table) -> None:
    """`show session` and `show tunnel` agree with the kernel and with the lists."""
    name = f"{session['tunnel_id']}/{session['session_id']}"
    story = json.loads(lns.ctl("show", "session", name, "--json"))
    same = [key for key in session if not key.startswith(("rx_", "tx_", "uptime"))]
    assert {key: story["session"][key] for key in same} == {key: session[key] for key in same}
    assert [each["event"] for each in story["events"]] == ["authenticated", "network up", "network up"]
    assert (story["local_lcp"]["mru"], story["local_lcp"]["authentication"]) == (1460, "chap-md5")
    assert story["peer_lcp"]["mru"] == 1400, "as pppd has asked"
    assert story["networks"] == ["ipv4", "ipv6"] and story["dns"] == ["192.0.2.53"]
    text = lns.ctl("show", "session", str(session["session_id"]))
    assert re.search(rf"^session {name}  alice  open  {session['interface']}$", text, re.MULTILINE), text
    assert "MRU 1400" in text and "authenticated" in text and "192.0.2.53" in text
    tunnel = json.loads(lns.ctl("show", "tunnel", session["tunnel_id"], "--json"))
    assert tunnel["sessions"] == [name] and tunnel["kernel"] == "ready"
    assert [each["event"] for each in tunnel["events"]] == ["tunnel open"]
    missing = lns.ctl("show", "session", "65535/65535", check=False)
    assert missing.strip() == "l2tpctl: no session has the local id 65535/65535"


def test_the_log_is_json_where_it_is_asked_for(network: Network, lns: L2TPD, client: XL2TPD):
    lns.configuration["log"] = {"level": "info", "format": "json"}
    lns.start()
    client.dial(Call())
    wait_for_ppp(network.client)
    (session,) = lns.wait_for_sessions(1)
    client.process.stop()
    lns.wait_until_idle()
    lns.process.stop()
    lines = [json.loads(line) for line in lns.process.output().splitlines()]
    events = [each["event"] for each in lines]
    assert events[0] == "ready" and events[-1] == "ended", events
    for event in ["authenticated", "network up", "session closed"]:
        (each, *_) = [line for line in lines if line["event"] == event]
        ids = (each["tunnel_id"], each["session_id"], each["peer"], each["user"])
        assert ids == (session["tunnel_id"], session["session_id"], "client", "alice"), each
    assert "sesame" not in lns.process.output()
