"""Scenario 8, second half: 50 times up and down in each way, and the daemon holds no more than before."""

from dataclasses import dataclass

import pytest

from kernel import tunnels
from l2tpd import L2TPD
from network import Network, wait_until
from peer import Peer, admit, ask, resident

SESSIONS = 2
# Threads and their memory are there when they were needed once.
WARM_UP = 10
TIMES = 50


@dataclass
class Held:
    descriptors: int
    resident: int


def held_when_idle(network: Network, lns: L2TPD) -> Held:
    """What the daemon holds when all is down, closed tunnels' late acknowledgements included."""
    lns.wait_until_idle()
    wait_until("closed tunnels are forgotten", lambda: not ask(lns, "show_tunnels"), seconds=120)
    wait_until("no kernel tunnel", lambda: not tunnels(network.lns))
    assert [line for line in network.lns.leftovers() if "process" not in line] == []
    return Held(lns.descriptors(), resident(lns.process))


def assert_grew_little(before: Held, after: Held) -> None:
    print(f"{before} -> {after}")
    assert after.descriptors == before.descriptors
    # 100 sessions have come and gone: the smallest leak of each would be more.
    assert after.resident - before.resident < 1024, f"{before} -> {after}"


@pytest.mark.parametrize("way", ["stopccn", "cdn", "terminate"])
def test_scenario_08_50_times_up_and_down_by_the_peer(network: Network, lns: L2TPD, way: str):
    admit(lns, SESSIONS)
    lns.start()

    def go(times: int) -> Held:
        peer = Peer(network.client).start(
            "--sessions", SESSIONS, "--ping", "--repeat", times, "--close", way, log=f"lab-peer-{times}"
        )
        result = peer.result(seconds=600)
        assert result["ok"], peer.process.output()
        assert [each["opened"] for each in result["rounds"]] == [SESSIONS] * times
        return held_when_idle(network, lns)

    before = go(WARM_UP)
    assert_grew_little(before, go(TIMES))


@pytest.mark.parametrize("what", ["session", "tunnel"])
def test_scenario_08_50_times_closed_by_l2tpctl(network: Network, lns: L2TPD, what: str):
    admit(lns, SESSIONS)
    lns.start()

    def close_all() -> None:
        def look() -> list[dict]:
            found = ask(lns, "show_sessions")
            return found if len(found) == SESSIONS and all(each["state"] == "open" for each in found) else []

        found = wait_until(f"{SESSIONS} open sessions", look)
        if what == "tunnel":
            lns.ctl("tunnel", "close", found[0]["tunnel_id"])
        else:
            lns.ctl("session", "close", *(f"{each['tunnel_id']}/{each['session_id']}" for each in found))

    def go(times: int) -> Held:
        peer = Peer(network.client).start(
            *("--sessions", SESSIONS, "--ping", "--repeat", times, "--close", "server", "--hold", 300),
            log=f"lab-peer-{times}",
        )
        for _ in range(times):
            close_all()
        result = peer.result()
        assert result["ok"], peer.process.output()
        assert [each["opened"] for each in result["rounds"]] == [SESSIONS] * times
        return held_when_idle(network, lns)

    before = go(WARM_UP)
    assert_grew_little(before, go(TIMES))


def test_scenario_08_a_peer_that_is_killed_leaves_nothing_once_it_is_missed(network: Network, lns: L2TPD):
    admit(lns, SESSIONS)
    lns.peer |= {"hello_interval": 3, "retransmit_limit": 3}
    lns.start()
    idle = lns.descriptors()
    peer = Peer(network.client).start("--sessions", SESSIONS, "--ping", "--close", "kill")
    assert peer.good_round()["opened"] == SESSIONS
    wait_until("the daemon has noticed", lambda: not ask(lns, "show_sessions"), seconds=120)
    wait_until("the tunnel is forgotten", lambda: not ask(lns, "show_tunnels"), seconds=120)
    wait_until("no kernel tunnel", lambda: not tunnels(network.lns))
    assert lns.descriptors() == idle
