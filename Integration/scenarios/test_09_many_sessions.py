"""Scenario 9: 200 sessions in one tunnel, from our own client: all up, each with its own address, all closed."""

import signal

from kernel import ppp_interfaces, sessions, tunnels
from l2tpd import L2TPD
from network import Network, wait_until
from peer import Peer, admit

COUNT = 200


def test_scenario_09_200_sessions_in_one_tunnel(network: Network, lns: L2TPD):
    admit(lns, COUNT)
    lns.start()
    idle = lns.descriptors()
    peer = Peer(network.client).start("--sessions", COUNT, "--ping", "--hold", 3000)
    peer.wait_until_up()

    found = lns.wait_for_sessions(COUNT)
    addresses = {session["address"] for session in found}
    assert len(addresses) == COUNT
    assert {session["user"] for session in found} == {f"user-{number}" for number in range(1, COUNT + 1)}
    (tunnel,) = tunnels(network.lns)
    assert {session["tunnel_id"] for session in found} == {tunnel.id}
    assert {(each.id, each.peer_id) for each in sessions(network.lns)} == {
        (session["session_id"], session["peer_session_id"]) for session in found
    }
    interfaces = ppp_interfaces(network.lns)
    assert {each.name for each in interfaces} == {session["interface"] for session in found}
    assert {each.remote for each in interfaces} == addresses
    # lab-peer's ping came through each.
    assert all(each.rx_packets >= 1 and each.tx_packets >= 1 for each in interfaces)
    assert [session for session in found if not (session["rx_packets"] and session["rx_bytes"])] == []
    for session in found[:: COUNT // 4]:
        network.lns.ping(session["address"], source=session["interface"])

    peer.process.send(signal.SIGTERM)
    said = peer.good_round()
    assert said["opened"] == said["answered"] == COUNT
    assert set(said["addresses"]) == addresses and said["duplicate_addresses"] == []
    assert said["echoes_answered"] >= 4 * 5
    lns.wait_until_idle()
    wait_until("the kernel has none of it", lambda: not (tunnels(network.lns) or ppp_interfaces(network.lns)))
    wait_until("the tunnel is forgotten", lambda: not lns.show("tunnels"))
    assert lns.descriptors() == idle


def test_scenario_09_sessions_spread_over_eight_tunnels(network: Network, lns: L2TPD):
    admit(lns, 40)
    lns.start()
    peer = Peer(network.client).start(
        "--sessions", 40, "--tunnels", 8, "--ping", "--ipv6", "--hold", 3000, "--close", "cdn"
    )
    peer.wait_until_up()
    found = lns.wait_for_sessions(40)
    assert len({session["address"] for session in found}) == 40
    assert len({session["ipv6_link_local"] for session in found}) == 40
    assert sorted(each.tunnel for each in sessions(network.lns)) == sorted(each["tunnel_id"] for each in found)
    assert len(tunnels(network.lns)) == 8
    for session in found[::20]:
        network.lns.ping(f"{session['ipv6_link_local']}%{session['interface']}")
    peer.process.send(signal.SIGTERM)
    assert peer.good_round()["opened"] == 40
    lns.wait_until_idle()
