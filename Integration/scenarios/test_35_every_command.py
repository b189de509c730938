"""Every command of l2tpctl against a live LNS and a live LAC, each checked by what the kernel itself says.

The program tells its commands: one that has no check here fails the test, and so does a check of no command.
"""

from __future__ import annotations

import json
import re
import signal
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

from access import ACCESS, AccessNetwork, Subscriber
from kernel import Session, Tunnel, ppp_interfaces, sessions, tunnels, wait_for_ppp
from l2tpd import BINARIES, L2TPD, Table, toml
from network import CLIENT, LNS, Namespace, wait_until
from xl2tpd import XL2TPD, Call

L2TPCTL = BINARIES / "l2tpctl"
NUMBER = "5551234"
ALICE, CAROL, OFFICE = "alice@example.net", "carol", "office"
PASSWORD = "sesame-of-all"
# A tunnel of the kernel's own, beside the daemon's.
STATIC = 70_001


class Deployment:
    """An LNS; stock xl2tpd, whose user is carol; and a LAC, which calls alice and has two clients of its own."""

    def __init__(self, access: AccessNetwork):
        self.access = access
        self.lns = L2TPD(access.lns)
        self.lns.ppp |= {"authentication": ["chap-md5"], "mru": 1400, "authentication_failure_delay": 0}
        # A port for each tunnel of one address: before Linux 6.11 that is how they are told apart.
        self.lns.configuration["listener"] = [{"address": LNS, "port": port} for port in (1701, 1702, 1703)]
        self.lns.configuration["peer"] = [
            {**self.lns.peer, "name": name, "host_names": [host]}
            for name, host in (("bras", "bras-1"), ("road", "road-1"))
        ]
        users = (ALICE, CAROL, OFFICE)
        self.lns.configuration["user"] = [{"name": name, "password": PASSWORD} for name in users]
        self.lac = L2TPD(access.lac)
        self.woken = access.directory / "woken"
        hook = access.directory / "wake"
        hook.write_text(f"#!/bin/sh\ntouch {self.woken}\n")
        hook.chmod(0o755)
        self.lac.ppp |= {"authentication": ["chap-md5"]}
        del self.lac.configuration["listener"], self.lac.configuration["peer"]
        client = {"server": LNS, "port": 1703, "password": PASSWORD, "persistent": False, "redial_initial": 60}
        self.lac.configuration |= {
            "daemon": {"control_socket": str(self.lac.socket), "host_name": "bras-1"},
            "pppoe": [{"interface": ACCESS, "ppp": "subscribers"}],
            "tunnel_group": [{"name": "isp", "persistent": True, "lns": [{"address": LNS}]}],
            "callee": [
                {
                    "number": NUMBER,
                    "interface": ACCESS,
                    "hook": str(hook),
                    "timeout": 120,
                    "mac": access.subscriber.links()["eth0"]["address"],
                }
            ],
            "client": [
                {**client, "name": OFFICE, "user": OFFICE},
                {**client, "name": "wrong", "user": OFFICE, "password": "sesame-of-eve"},
            ],
        }
        self.client = XL2TPD(access.lac, host_name="road-1")

    def start(self) -> Deployment:
        self.lns.start()
        self.lac.start()
        self.client.dial(Call(CAROL, PASSWORD, port=1702))
        self.lns.wait_for_sessions(1)
        wait_until("the LAC's tunnel stands", lambda: len(self.lns.show("tunnels")) == 2)
        return self

    def session(self, user: str) -> Table:
        """The LNS's one session of a user."""
        (found,) = [each for each in self.lns.show("sessions") if each.get("user") == user]
        return found

    def interface(self, user: str) -> Table:
        """A user's interface at the LNS, as the kernel has it."""
        return self.lns.namespace.links()[self.session(user)["interface"]]


def name(session: Table) -> str:
    return f"{session['tunnel_id']}/{session['session_id']}"


def record(daemon: L2TPD, *command: str | int) -> Any:
    return json.loads(daemon.ctl(*command, "--json"))


def by_kernel(namespace: Namespace, kind: str) -> Table:
    """What `ip l2tp` tells of the static tunnel, or of the session in it."""
    (found,) = [
        each
        for each in json.loads(namespace.run("ip", "-j", "l2tp", "show", kind) or "[]")
        if each["tunnel_id"] == STATIC
    ]
    return found


def kernel_sessions(listed: list[Table]) -> set[Session]:
    """Listed sessions in the words of `kernel.sessions`."""
    return {
        Session(each["session_id"], each["peer_session_id"], each["tunnel_id"], each["peer_tunnel_id"])
        for each in listed
    }


def kernel_tunnels(listed: list[Table]) -> set[Tunnel]:
    return {
        Tunnel(
            *(each["tunnel_id"], each["peer_tunnel_id"]),
            *(each[end].rpartition(":")[0] for end in ("local_address", "peer_address")),
        )
        for each in listed
    }


# MARK: - The checks, in the order in which they are run

Check = Callable[[Deployment], None]
CHECKS: dict[str, Check] = {}


def checks(command: str) -> Callable[[Check], Check]:
    def add(check: Check) -> Check:
        assert command not in CHECKS, command
        CHECKS[command] = check
        return check

    return add


@checks("call open")
def call_open(live: Deployment) -> None:
    before = set(sessions(live.lns.namespace))
    command = ("call", "open", "bras", NUMBER, "--timeout", "120", "--json")
    calling = live.lns.namespace.start("call", L2TPCTL, "--socket", live.lns.socket, *command)
    wait_until("the LAC wakes alice", lambda: live.woken.exists() or not calling.running())
    assert calling.running(), calling.output()
    Subscriber(live.access.subscriber, ALICE, PASSWORD).dial()
    wait_until("the call is connected", lambda: not calling.running())
    opened = json.loads(calling.output().splitlines()[0])["session"]
    (new,) = set(sessions(live.lns.namespace)) - before
    assert opened == f"{new.tunnel}/{new.id}"
    (there,) = [each for each in sessions(live.lac.namespace) if each.tunnel == new.peer_tunnel]
    assert (there.id, there.peer_id) == (new.peer_id, new.id)
    wait_for_ppp(live.access.subscriber)
    live.lns.wait_for_sessions(2)


@checks("summary")
def summary(live: Deployment) -> None:
    shown = record(live.lns, "summary")
    namespace = live.lns.namespace
    assert shown["tunnels"]["established"] == len(tunnels(namespace)) == 2
    assert shown["sessions"]["established"] == len(sessions(namespace)) == 2
    assert shown["process_id"] in namespace.pids()
    listening = namespace.run("ss", "-Hlnu")
    assert all(each in listening for each in shown["listeners"]) and len(shown["listeners"]) == 3
    assert shown["version"] in live.lns.ctl()


@checks("show tunnels")
def show_tunnels(live: Deployment) -> None:
    for daemon in (live.lns, live.lac):
        ours = [each for each in daemon.show("tunnels") if each["state"] == "established"]
        # Beside the LAC xl2tpd has a tunnel of its own.
        stock = {each for each in tunnels(daemon.namespace) if daemon is live.lac and each.id not in ids(ours)}
        assert kernel_tunnels(ours) == set(tunnels(daemon.namespace)) - stock
        assert len(stock) == (daemon is live.lac)


def ids(listed: list[Table]) -> set[int]:
    return {each["tunnel_id"] for each in listed}


@checks("show sessions")
def show_sessions(live: Deployment) -> None:
    listed = live.lns.show("sessions")
    assert kernel_sessions(listed) == set(sessions(live.lns.namespace)) and len(listed) == 2
    interfaces = {each.name: each for each in ppp_interfaces(live.lns.namespace)}
    for each in listed:
        interface = interfaces.pop(each["interface"])
        assert (each["local_address"], each["address"]) == (interface.local, interface.remote)
        assert each["mtu"] == interface.mtu
    assert not interfaces


@checks("show session")
def show_session(live: Deployment) -> None:
    shown = live.session(CAROL)
    story = record(live.lns, "show", "session", name(shown))
    (there,) = wait_for_ppp(live.client.namespace)
    assert (story["session"]["address"], story["session"]["local_address"]) == (there.local, there.remote)
    assert story["networks"] and story["ppp_phase"] == "network"
    # The kernel counts on: once they are equal nothing but what was shown has passed.
    wait_until(
        "the counters are the kernel's", lambda: _counters(live, shown) == _story_counters(live, shown), seconds=60
    )
    assert story["events"][0]["time"] <= story["events"][-1]["time"]
    assert shown["interface"] in live.lns.ctl("show", "session", name(shown))


def _story_counters(live: Deployment, session: Table) -> tuple[int, int]:
    shown = record(live.lns, "show", "session", name(session))["session"]
    return shown["rx_packets"], shown["tx_packets"]


def _counters(live: Deployment, session: Table) -> tuple[int, int]:
    (kernel,) = json.loads(live.lns.namespace.run(L2TPCTL, "kernel", "show", "sessions", name(session), "--json"))
    return kernel["counters"]["rx_packets"], kernel["counters"]["tx_packets"]


@checks("show tunnel")
def show_tunnel(live: Deployment) -> None:
    for tunnel in tunnels(live.lns.namespace):
        story = record(live.lns, "show", "tunnel", tunnel.id)
        assert story["kernel"] == "ready" and kernel_tunnels([story["tunnel"]]) == {tunnel}
        inside = [f"{each.tunnel}/{each.id}" for each in sessions(live.lns.namespace) if each.tunnel == tunnel.id]
        assert story["sessions"] == inside and len(inside) == 1


@checks("show peers")
def show_peers(live: Deployment) -> None:
    peers = {each["name"]: each for each in live.lns.show("peers")}
    assert peers.keys() == {"bras", "road"}
    assert sum(each["tunnels"] for each in peers.values()) == len(tunnels(live.lns.namespace))
    assert sum(each["sessions"] for each in peers.values()) == len(sessions(live.lns.namespace))
    assert peers["road"]["sessions"] == 1


@checks("show pools")
def show_pools(live: Deployment) -> None:
    (pool,) = live.lns.show("pools")
    assert pool["leased"] == len(ppp_interfaces(live.lns.namespace)) == 2
    assert pool["leased"] + pool["reserved"] + pool["free"] == pool["addresses"]


@checks("pool show")
def pool_show(live: Deployment) -> None:
    leases = {each["address"]: each for each in record(live.lns, "pool", "show", "subscribers")}
    interfaces = {each.remote: each for each in ppp_interfaces(live.lns.namespace)}
    assert leases.keys() == interfaces.keys() and len(leases) == 2
    assert {each["user"] for each in leases.values()} == {ALICE, CAROL}


@checks("show stats")
def show_statistics(live: Deployment) -> None:
    counted = live.lns.show("stats")
    assert counted["sessions_opened"] - counted["sessions_closed"] == len(sessions(live.lns.namespace))
    assert counted["tunnels_opened"] - counted["tunnels_closed"] == len(tunnels(live.lns.namespace))


@checks("show pppoe")
def show_pppoe(live: Deployment) -> None:
    (access,) = live.lac.show("pppoe")
    kernel = _pppoe(live).split()
    assert access["interface"] == ACCESS == kernel[2] and access["sessions"] == 1
    (alice,) = [each for each in live.lac.show("sessions") if each.get("mac")]
    assert (int(kernel[0], 16), kernel[1].lower()) == (_network_order(alice["pppoe_session_id"]), alice["mac"])


def _pppoe(live: Deployment) -> str:
    """The kernel's PPPoE sessions at the LAC: id, address and interface."""
    return live.lac.namespace.run("sh", "-c", "tail -n +2 /proc/net/pppoe").strip()


def _network_order(number: int) -> int:
    return int.from_bytes(number.to_bytes(2, "little"), "big")


@checks("show clients")
def show_clients(live: Deployment) -> None:
    clients = {each["name"]: each for each in live.lac.show("clients")}
    assert {each: clients[each]["state"] for each in clients} == {OFFICE: "down", "wrong": "down"}
    assert {each.name for each in ppp_interfaces(live.lac.namespace)} == {_stock_interface(live)}


def _stock_interface(live: Deployment) -> str:
    (interface,) = [each for each in ppp_interfaces(live.lac.namespace) if each.local == live.session(CAROL)["address"]]
    return interface.name


@checks("client up")
def client_up(live: Deployment) -> None:
    live.lac.ctl("client", "up", OFFICE)
    wait_for_ppp(live.lac.namespace, 2)
    (office,) = [each for each in live.lac.show("clients") if each["name"] == OFFICE]
    interfaces = {each.name: each for each in ppp_interfaces(live.lac.namespace)}
    interface = interfaces[office["interface"]]
    assert (office["address"], office["peer_ppp_address"]) == (interface.local, interface.remote)
    assert live.session(OFFICE)["address"] == interface.local


@checks("client down")
def client_down(live: Deployment) -> None:
    live.lac.ctl("client", "down", OFFICE)
    wait_until("its interface is gone", lambda: len(ppp_interfaces(live.lac.namespace)) == 1)
    wait_until("the LNS's kernel has two sessions", lambda: len(sessions(live.lns.namespace)) == 2)


@checks("monitor")
def monitor(live: Deployment) -> None:
    watching = live.lns.namespace.start("monitor", L2TPCTL, "--socket", live.lns.socket, "monitor", "--json")

    def told() -> list[Table]:
        return [json.loads(line) for line in watching.output().splitlines(keepends=True) if line.endswith("\n")]

    def has(source: str, about: Callable[[Table], bool]) -> None:
        wait_until(
            f"the {source}'s events tell it", lambda: any(each["source"] == source and about(each) for each in told())
        )

    has("kernel", lambda event: event["event"] == "watching")
    has("daemon", lambda event: event["event"] == "following")
    client_up(live)
    session = live.session(OFFICE)
    ids, interface = (session["tunnel_id"], session["session_id"]), session["interface"]

    def of_session(event: Table) -> bool:
        return (event.get("tunnel_id"), event.get("session_id")) == ids

    has("daemon", lambda event: of_session(event) and event.get("user") == OFFICE)
    has("kernel", lambda event: event["event"] == "session_created" and of_session(event["session"]))
    has("kernel", lambda event: event["event"] == "link_created" and event["link"]["name"] == interface)
    client_down(live)
    has("daemon", lambda event: of_session(event) and event["event"] == "session closed")
    has("kernel", lambda event: event["event"] == "link_deleted" and event["link"]["name"] == interface)
    assert watching.stop(signal.SIGINT) == 0


@checks("top")
def top(live: Deployment) -> None:
    text = live.lns.ctl("top", "--batch", "-n", "1", "--interval", "1")
    for session in sessions(live.lns.namespace):
        assert f"\n{session.tunnel}/{session.id} " in text, text


@checks("trace")
def trace(live: Deployment) -> None:
    _watch(live, "trace", lambda said: "  ICRQ" in said() and "  CDN" in said())


@checks("capture")
def capture_packets(live: Deployment) -> None:
    file = live.access.directory / "kept.pcapng"
    _watch(live, "capture", lambda said: file.stat().st_size > 0, file)
    names = live.lns.namespace.run("capinfos", "-T", "-r", "-c", file)
    assert int(names.split()[-1]) > 0, names


def _watch(live: Deployment, command: str, saw: Callable[[Callable[[], str]], bool], *arguments: Any) -> None:
    """Runs a command that watches while a call comes and goes."""
    full = (L2TPCTL, "--socket", live.lns.socket, command, *map(str, arguments))
    watching = live.lns.namespace.start(command, *full)
    wait_until(f"{command} watches", lambda: "watching" in watching.output())
    client_up(live)
    client_down(live)
    wait_until(f"{command} has seen it", lambda: saw(watching.output))
    assert watching.stop(signal.SIGINT) == 0


@checks("health")
def health(live: Deployment) -> None:
    # A process that the kernel holds still gives no answer, which is no health either.
    assert record(live.lns, "health")["status"] == "good"
    live.lns.process.send(signal.SIGSTOP)
    said = live.lns.namespace.run("sh", "-c", '"$0" --socket "$1" health; echo $?', L2TPCTL, live.lns.socket)
    live.lns.process.send(signal.SIGCONT)
    assert said.split()[-1] == "2", said


@checks("show failures")
def show_failures(live: Deployment) -> None:
    before = set(sessions(live.lns.namespace))
    known = len(record(live.lns, "show", "failures", "--user", OFFICE))
    live.lac.ctl("client", "up", "wrong")
    told = wait_until(
        "the LNS tells of it", lambda: record(live.lns, "show", "failures", "--user", OFFICE)[known:], seconds=120
    )
    assert "wrong password" in json.dumps(told)
    live.lac.ctl("client", "down", "wrong")
    wait_until("the kernel is as before", lambda: set(sessions(live.lns.namespace)) == before)


@checks("config check")
def config_check(live: Deployment) -> None:
    assert ": good, with 3 listeners, 2 peers" in live.lns.ctl("config", "check", live.lns.file)
    wrong = live.access.directory / "wrong.toml"
    wrong.write_text(live.lns.file.read_text().replace('pool = "subscribers"', 'pool = "nobody"'))
    said = live.lns.ctl("config", "check", wrong, check=False)
    line = 1 + wrong.read_text().splitlines().index('pool = "nobody"')
    assert f"{wrong}:{line}: " in said and "nobody" in said


@checks("config show")
def config_show(live: Deployment) -> None:
    shown = live.lns.ctl("config", "show")
    listeners = {f"{each['address']}:{each['port']}" for each in tomllib.loads(shown)["listener"]}
    assert listeners == set(re.findall(rf"{LNS}:170\d(?=\s+0\.0\.0\.0:)", live.lns.namespace.run("ss", "-Hlnu")))
    assert PASSWORD not in shown


@checks("config reload")
def config_reload(live: Deployment) -> None:
    before = (set(tunnels(live.lns.namespace)), set(sessions(live.lns.namespace)))
    assert live.lns.ctl("config", "reload").strip() == "nothing changed"
    live.lns.configuration["peer"][1]["max_sessions"] = 7
    live.lns.file.write_text(toml(live.lns.configuration))
    assert 'peer "road" changed' in live.lns.ctl("config", "reload")
    assert {each["name"]: each.get("max_sessions") for each in live.lns.show("peers")} == {"bras": None, "road": 7}
    assert (set(tunnels(live.lns.namespace)), set(sessions(live.lns.namespace))) == before


@checks("log level")
def log_level(live: Deployment) -> None:
    def grows() -> bool:
        before = live.lns.process.log.stat().st_size
        show_failures(live)
        return live.lns.process.log.stat().st_size > before

    live.lns.ctl("log", "level", "error")
    assert not grows(), "a refusal is no error"
    live.lns.ctl("log", "level", "debug")
    assert grows()


@checks("tunnel open")
def tunnel_open(live: Deployment) -> None:
    (opened,) = record(live.lac, "tunnel", "open", "isp")["tunnels"]
    (tunnel,) = [each for each in tunnels(live.lac.namespace) if each.id == opened["tunnel_id"]]
    assert (tunnel.local, tunnel.remote) == (CLIENT, LNS)


@checks("kernel add tunnel")
def kernel_add_tunnel(live: Deployment) -> None:
    command = ("add", "tunnel", STATIC, "--peer-id", 2, "--local", LNS, "--remote", CLIENT, "--encapsulation", "ip")
    live.lns.ctl("kernel", *command)
    made = by_kernel(live.lns.namespace, "tunnel")
    assert (made["peer_tunnel"], made["encap"], made["local"], made["peer"]) == (2, "IP", LNS, CLIENT)


@checks("kernel add session")
def kernel_add_session(live: Deployment) -> None:
    live.lns.ctl("kernel", "add", "session", f"{STATIC}/9", "--peer-id", 8, "--interface", "wire0")
    made = by_kernel(live.lns.namespace, "session")
    assert (made["session_id"], made["peer_session_id"], made["interface"]) == (9, 8, "wire0")
    assert "wire0" in live.lns.namespace.links()


@checks("kernel modify session")
def kernel_modify_session(live: Deployment) -> None:
    live.lns.ctl("kernel", "modify", "session", f"{STATIC}/9", "--sequence", "send")
    changed = by_kernel(live.lns.namespace, "session")
    assert "send_seq" in changed and "recv_seq" not in changed


@checks("kernel modify tunnel")
def kernel_modify_tunnel(live: Deployment) -> None:
    # Linux changes nothing, and announces it.
    before = by_kernel(live.lns.namespace, "tunnel")
    live.lns.ctl("kernel", "modify", "tunnel", STATIC)
    assert by_kernel(live.lns.namespace, "tunnel") == before


@checks("kernel show tunnels")
def kernel_show_tunnels(live: Deployment) -> None:
    listed = record(live.lns, "kernel", "show", "tunnels")
    udp = [each for each in listed if each["encapsulation"] == "udp"]
    (static,) = [each for each in listed if each not in udp]
    assert kernel_tunnels(udp) | {Tunnel(STATIC, 2, LNS, CLIENT)} == set(tunnels(live.lns.namespace))
    assert (static["tunnel_id"], static["version"], static["peer_address"]) == (STATIC, 3, CLIENT)


@checks("kernel show sessions")
def kernel_show_sessions(live: Deployment) -> None:
    listed = record(live.lns, "kernel", "show", "sessions")
    assert kernel_sessions(listed) == set(sessions(live.lns.namespace)) and len(listed) == 3


@checks("kernel delete session")
def kernel_delete_session(live: Deployment) -> None:
    live.lns.ctl("kernel", "delete", "session", f"{STATIC}/9")
    assert len(sessions(live.lns.namespace)) == 2 and "wire0" not in live.lns.namespace.links()


@checks("kernel delete tunnel")
def kernel_delete_tunnel(live: Deployment) -> None:
    live.lns.ctl("kernel", "delete", "tunnel", STATIC)
    assert STATIC not in {each.id for each in tunnels(live.lns.namespace)}


@checks("session close")
def session_close(live: Deployment) -> None:
    session, left = live.session(ALICE), live.session(CAROL)
    said = live.lns.ctl("session", "close", name(session), "1/1", check=False)
    assert "1/1" in said
    wait_until("the kernel has one session", lambda: len(sessions(live.lns.namespace)) == 1)
    assert kernel_sessions([left]) == set(sessions(live.lns.namespace))
    assert [each.name for each in ppp_interfaces(live.lns.namespace)] == [left["interface"]]
    wait_until("the LAC's kernel has no subscriber", lambda: not _pppoe(live))


@checks("tunnel close")
def tunnel_close(live: Deployment) -> None:
    tunnel = live.session(CAROL)["tunnel_id"]
    live.lns.ctl("tunnel", "close", tunnel)
    wait_until("the kernel has it no more", lambda: tunnel not in {each.id for each in tunnels(live.lns.namespace)})
    assert not sessions(live.lns.namespace) and not ppp_interfaces(live.lns.namespace)
    wait_until("xl2tpd has heard of it", lambda: not ppp_interfaces(live.client.namespace))


# MARK: - The test


def commands(command: Table, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that does something, as the program itself tells."""
    within = [each for each in command.get("subcommands", []) if each["commandName"] != "help"]
    if not within:
        yield " ".join(path)
    for each in within:
        yield from commands(each, (*path, each["commandName"]))


def test_every_command_of_l2tpctl_against_the_kernels_own_view(access: AccessNetwork):
    told = json.loads(access.lns.run(L2TPCTL, "--experimental-dump-help"))
    known = set(commands(told["command"]))
    assert known - CHECKS.keys() == set(), "commands without a check here"
    assert CHECKS.keys() - known == set(), "checks of commands that l2tpctl does not have"
    live = Deployment(access).start()
    for command, check in CHECKS.items():
        print(f"l2tpctl {command}")
        check(live)
    live.client.process.stop()
    assert live.lac.process.stop() == 0
    live.lns.wait_until_idle()
    assert not tunnels(access.lns) and not sessions(access.lns)
