"""Issue 3's scenario 3: two LNSes in a group share the calls by weight; one is killed, and comes back."""

from __future__ import annotations

import signal
import time

from access import SECOND_CLIENT, SECOND_LNS, GroupNetwork, Subscriber
from kernel import assert_all_carry_data, sessions, wait_for_ppp
from l2tpd import L2TPD
from lac import LAC, assert_told
from network import CLIENT, LNS, Namespace, wait_until

RETRY_AFTER = 15
USERS = {f"user-{each}@example.net": f"sesame-of-user-{each}" for each in range(1, 8)}


def serve(namespace: Namespace, address: str, client: str, pool: str) -> L2TPD:
    lns = L2TPD(namespace)
    lns.configuration["daemon"]["host_name"] = namespace.name
    lns.configuration["listener"] = [{"address": address}]
    lns.configuration["pool"] = [{"name": "subscribers", "ranges": [pool]}]
    lns.configuration["user"] = [{"name": user, "password": password} for user, password in USERS.items()]
    lns.peer["addresses"] = [f"{client}/32"]
    lns.ppp["mru"] = 1452
    return lns.start()


def users(lns: L2TPD, count: int) -> set[str]:
    """Who is there, once they are so many."""
    return {each["user"] for each in lns.wait_for_sessions(count)}


def test_lac_spreads_calls_by_weight_and_leaves_a_killed_lns(group: GroupNetwork):
    first = serve(group.lns, LNS, CLIENT, "100.64.0.2-100.64.0.254")
    second = serve(group.second, SECOND_LNS, SECOND_CLIENT, "100.64.1.2-100.64.1.254")
    usual = {"hello_interval": 2, "retransmit_limit": 2, "retry_after": RETRY_AFTER}
    lac = LAC(group, weight=3, **usual)
    (members,) = (each["lns"] for each in lac.configuration["tunnel_group"])
    members.append({"address": SECOND_LNS, "weight": 1, **usual})
    lac.pppoe |= {"padi_rate_per_mac": 100, "padr_rate_per_mac": 100}
    lac.start()
    callers = {user: Subscriber(group.subscriber, user, password) for user, password in USERS.items()}
    one, two, three, four, new, newer, last = USERS

    for user in (one, two, three, four):
        callers[user].dial()
    wait_for_ppp(group.subscriber, count=4)
    lost, kept = users(first, 3), users(second, 1)
    assert lost | kept == {one, two, three, four}

    # The LAC does not know of it yet when the next one calls.
    first.process.send(signal.SIGKILL)
    callers[new].dial()
    for user in lost:
        assert_told(callers[user], "Modem hangup", "LCP terminated by peer")
    noticed = time.monotonic()
    assert users(second, 2) == kept | {new}
    assert len(sessions(group.lac)) == 2
    attempts = lac.process.output().count("tunnel begun")
    callers[newer].dial()
    assert users(second, 3) == kept | {new, newer}
    assert lac.process.output().count("tunnel begun") == attempts, "the dead LNS was asked"
    assert_all_carry_data(group.subscriber, wait_for_ppp(group.subscriber, count=3))

    first.start()
    time.sleep(max(0, noticed + RETRY_AFTER + 1 - time.monotonic()))
    callers[last].dial()
    assert users(first, 1) == {last}
    assert users(second, 3) == kept | {new, newer}
    assert_all_carry_data(group.subscriber, wait_for_ppp(group.subscriber, count=4))

    for user in kept | {new, newer, last}:
        callers[user].process.send(signal.SIGTERM)
    first.wait_until_idle()
    second.wait_until_idle()
    wait_until("the LAC has no session", lambda: not lac.show("sessions") and not sessions(group.lac))
