"""Issue 3's scenario 8: 100 subscribers of our own up and down ten times, and nobody holds more than before."""

import signal

from access import AccessNetwork
from held import Held, held_when_idle, leaked
from kernel import ppp_interfaces, sessions, tunnels
from l2tpd import L2TPD
from lac import assert_kernel_clean, crowd
from peer import Peer

COUNT = 100
TIMES = 10


def pppoe_sessions(access: AccessNetwork) -> list[str]:
    """What the kernel lists of the subscribers' side: at the LAC, and nothing ever at lab-peer's."""
    assert not access.subscriber.run("sh", "-c", "tail -n +2 /proc/net/pppoe").strip()
    return access.lac.run("sh", "-c", "tail -n +2 /proc/net/pppoe").splitlines()


def held_when_clean(access: AccessNetwork, daemon: L2TPD) -> Held:
    """What a daemon holds when it is idle and neither end's kernel has anything left."""
    daemon.wait_until_idle()
    assert_kernel_clean(access)
    return held_when_idle(daemon, seconds=60)


def test_lac_100_subscribers_up_and_down_ten_times(access: AccessNetwork):
    lac, lns = crowd(access, COUNT)
    idle = lac.descriptors(), lns.descriptors()

    peer = Peer(access.subscriber, pppoe="eth0").start("--sessions", COUNT, "--ping", "--hold", 3000)
    peer.wait_until_up()
    found = lns.wait_for_sessions(COUNT)
    assert len({session["address"] for session in found}) == COUNT
    assert {session["user"] for session in found} == {f"user-{number}" for number in range(1, COUNT + 1)}
    (tunnel,) = tunnels(access.lac)
    (mirrored,) = tunnels(access.lns)
    assert (tunnel.id, tunnel.peer_id) == (mirrored.peer_id, mirrored.id)
    bridged = lac.show("sessions")
    assert [each["state"] for each in bridged] == ["bridged"] * COUNT
    assert len(sessions(access.lac)) == len(sessions(access.lns)) == len(pppoe_sessions(access)) == COUNT
    assert len(ppp_interfaces(access.lns)) == COUNT and not ppp_interfaces(access.lac)
    assert lac.show("stats")["pppoe_padt_received"] == 0, "something at the subscribers' end has ended a session"
    peer.process.send(signal.SIGTERM)
    said = peer.good_round()
    assert said["answered"] == COUNT and set(said["addresses"]) == {session["address"] for session in found}

    held = {daemon: [held_when_clean(access, daemon)] for daemon in (lac, lns)}
    assert (held[lac][0].descriptors, held[lns][0].descriptors) == idle

    for half in ("first", "second"):
        opened = lac.show("stats")["tunnels_opened"]
        peer = Peer(access.subscriber, pppoe="eth0").start(
            "--sessions", COUNT, "--ping", "--repeat", TIMES // 2, log=f"lab-peer-{half}-half"
        )
        result = peer.result(seconds=600)
        assert result["ok"], peer.process.output()
        assert [each["answered"] for each in result["rounds"]] == [COUNT] * (TIMES // 2)
        # A LAC keeps a tunnel for a while that has lost its last call.
        assert lac.show("stats")["tunnels_opened"] - opened == 1
        for daemon, measured in held.items():
            measured.append(held_when_clean(access, daemon))
    assert lac.show("stats")["pppoe_padt_received"] == COUNT * (TIMES + 1)

    for daemon, measured in held.items():
        print(daemon.namespace.name, *measured, sep="\n")
        assert len({each.descriptors for each in measured}) == 1
        # In KiB. In each half 500 sessions come and go: a leak of 1 KiB each would be more.
        assert leaked(measured) < 512, measured
