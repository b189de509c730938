"""The packaged unit as it is, under a systemd of its own: the hardening leaves the daemon what it needs and no more.

systemd is process 1 of new namespaces (see systemd.py) and hardens as on a whole machine, the control group's device
filter too. The targets that the unit is ordered after are stubs; modprobe@.service and the journal are not there.
"""

import json
import os
import re
import time
from pathlib import Path

import capture
from kernel import assert_carries_data, assert_mirrored, ppp_interfaces, wait_for_ppp
from l2tpd import L2TPD, toml
from network import LNS, Network, wait_until
from systemd import Systemd
from xl2tpd import XL2TPD, Call

UNIT = Path(__file__).parents[1] / "packaging/l2tpd.service"
CAPABILITIES = {"cap_net_admin": 12, "cap_net_raw": 13}
# Each attempt, and what the unit answers.
ATTEMPTS = {
    "os.open('/dev/ppp', os.O_RDWR)": "done",
    "os.open('/dev/other', os.O_WRONLY)": "EPERM",
    "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)": "done",
    "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)": "done",
    "socket.socket(44, socket.SOCK_RAW)": "EAFNOSUPPORT",  # AF_XDP
    "open('/run/l2tpd/mine', 'w')": "done",
    "open('/etc/l2tpd/mine', 'w')": "EROFS",
    "os.listdir('/home')": "EACCES",
    "socket.sethostname('other')": "EPERM",
}
PROBE = """
import errno, json, os, socket
answers = {}
for attempt in %r:
    try:
        eval(attempt)
        answers[attempt] = "done"
    except OSError as problem:
        answers[attempt] = errno.errorcode[problem.errno]
print("answers", json.dumps(answers), flush=True)
"""
PROBING = "Type=oneshot\nRestart=no\nExecStart=\nExecStart=/usr/bin/python3 /run/units/probe.py\n"


def test_the_units_hardening_refuses_what_the_daemon_does_not_need(systemd: Systemd):
    bare = "[Service]\nRuntimeDirectory=l2tpd\nConfigurationDirectory=l2tpd\n" + PROBING
    hardened = UNIT.read_text() + "[Service]\n" + PROBING
    systemd.boot({"probe.py": PROBE % list(ATTEMPTS), "bare.service": bare, "hardened.service": hardened})

    def answers() -> list[str]:
        found = re.findall("^answers (.*)", systemd.process.output(), re.MULTILINE)
        return found if len(found) == 2 else []

    systemd.systemctl("start", "bare")
    systemd.systemctl("start", "hardened")
    unhindered, hindered = map(json.loads, wait_until("both have answered", answers))
    assert set(unhindered.values()) == {"done"}, "it is not the unit that refuses"
    assert hindered == ATTEMPTS


def writer(fifo: Path) -> int | None:
    """A descriptor to write to a FIFO that somebody reads."""
    try:
        return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


def test_the_unit_starts_serves_reloads_and_stops(network: Network, lns: L2TPD, client: XL2TPD, systemd: Systemd):
    systemd.boot({UNIT.name: UNIT.read_text()})
    del lns.configuration["daemon"]["control_socket"]
    lns.socket = systemd.root / "run/l2tpd/control.sock"
    file = systemd.root / "etc/l2tpd/l2tpd.toml"
    file.parent.mkdir(mode=0o700)

    # The daemon cannot be ready before it has read its configuration.
    os.mkfifo(file)
    systemd.systemctl("start", "--no-block", "l2tpd")
    pipe = wait_until("the daemon reads its configuration", lambda: writer(file))
    assert systemd.show("l2tpd")["ActiveState"] == "activating"
    with open(pipe, "w") as configuration:
        configuration.write(toml(lns.configuration))
    wait_until("the unit is active", lambda: systemd.show("l2tpd")["ActiveState"] == "active")
    assert lns.show("tunnels") == []

    unit = systemd.show("l2tpd")
    status = (systemd.root / "proc" / unit["MainPID"] / "status").read_text()
    process = dict(line.split(":\t", 1) for line in status.splitlines())
    allowed = sum(1 << CAPABILITIES[name] for name in unit["CapabilityBoundingSet"].split())
    assert {int(process[name], 16) for name in ("CapPrm", "CapEff", "CapBnd")} == {allowed}
    assert unit["WatchdogUSec"] == "30s"
    assert int(process["CapInh"], 16) == int(process["CapAmb"], 16) == 0
    assert (process["NoNewPrivs"], process["Seccomp"]) == ("1", "2")

    client.dial(Call())
    (interface,) = wait_for_ppp(network.client)
    lns.wait_for_sessions(1)
    assert_mirrored(network.lns, network.client, count=1)
    assert_carries_data(network.client, interface)

    file.unlink()
    lns.configuration["pool"][0]["ranges"] = ["100.64.0.2-100.64.0.99"]
    file.write_text(toml(lns.configuration))
    systemd.systemctl("reload", "l2tpd")
    wait_until("the pool is the new one", lambda: lns.show("pools")[0]["addresses"] == 98)
    assert_carries_data(network.client, interface)

    systemd.systemctl("stop", "l2tpd")
    after = systemd.show("l2tpd")
    ended = {"ActiveState": "inactive", "Result": "success", "ExecMainCode": "1", "ExecMainStatus": "0"}
    ended |= {"ExecMainPID": unit["MainPID"], "NRestarts": "0"}  # code 1: it exited by itself
    assert {name: after[name] for name in ended} == ended
    wait_until("our StopCCN", lambda: "StopCCN" in {each.type for each in capture.control(network.pcap, source=LNS)})
    wait_until("the client noticed", lambda: not ppp_interfaces(network.client))
    assert [line for line in network.lns.leftovers() if "process" not in line] == []
    assert not (systemd.root / "run/l2tpd").exists()


def test_the_journal_can_be_asked_for_a_users_events(
    network: Network, lns: L2TPD, client: XL2TPD, systemd: Systemd
):
    journal = "[Service]\nExecStart=/lib/systemd/systemd-journald\nStandardOutput=null\nStandardError=null\n"
    systemd.boot({UNIT.name: UNIT.read_text(), "journal.service": journal})
    systemd.systemctl("start", "journal")
    wait_until("the journal listens", lambda: (systemd.root / "run/systemd/journal/socket").exists())
    lns.socket = systemd.root / "run/l2tpd/control.sock"
    lns.configuration["log"] = {"level": "info", "format": "journal"}
    del lns.configuration["daemon"]["control_socket"]
    file = systemd.root / "etc/l2tpd/l2tpd.toml"
    file.parent.mkdir(mode=0o700)
    file.write_text(toml(lns.configuration))
    systemd.systemctl("start", "l2tpd")
    client.dial(Call())
    wait_for_ppp(network.client)
    (session,) = lns.wait_for_sessions(1)

    def entries() -> list[dict[str, str]]:
        lines = systemd.run("journalctl", "--no-pager", "--output=json", "L2TPD_USER=alice").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    wait_until("the journal has the user's events", lambda: len(entries()) >= 3)
    (authenticated, *_) = entries()
    ids = (authenticated["L2TPD_TUNNEL_ID"], authenticated["L2TPD_SESSION_ID"], authenticated["L2TPD_PEER"])
    assert ids == (str(session["tunnel_id"]), str(session["session_id"]), "client")
    assert (authenticated["L2TPD_EVENT"], authenticated["PRIORITY"]) == ("authenticated", "6")
    assert authenticated["SYSLOG_IDENTIFIER"] == "l2tpd" and authenticated["_SYSTEMD_UNIT"] == "l2tpd.service"
    assert authenticated["MESSAGE"].startswith("authenticated ")
    client.process.stop()
    systemd.systemctl("stop", "l2tpd", "journal")


def test_the_watchdog_restarts_a_daemon_that_is_stuck(lns: L2TPD, systemd: Systemd):
    # SIGABRT does nothing to a process that is stopped.
    quick = "[Service]\nWatchdogSec=8\nTimeoutAbortSec=2\n"
    systemd.boot({UNIT.name: UNIT.read_text() + quick})
    lns.socket = systemd.root / "run/l2tpd/control.sock"
    del lns.configuration["daemon"]["control_socket"]
    file = systemd.root / "etc/l2tpd/l2tpd.toml"
    file.parent.mkdir(mode=0o700)
    file.write_text(toml(lns.configuration))
    systemd.systemctl("start", "l2tpd")
    first = systemd.show("l2tpd")
    assert (first["ActiveState"], first["WatchdogUSec"], first["NRestarts"]) == ("active", "8s", "0")
    time.sleep(12)  # nothing happens: only the loop's own signs keep it alive
    later = systemd.show("l2tpd")
    assert (later["MainPID"], later["NRestarts"]) == (first["MainPID"], "0")

    systemd.systemctl("kill", "--kill-who=main", "--signal=STOP", "l2tpd")
    wait_until("systemd has noticed", lambda: systemd.show("l2tpd")["NRestarts"] == "1")
    wait_until("it runs again", lambda: systemd.show("l2tpd")["ActiveState"] == "active")
    assert systemd.show("l2tpd")["MainPID"] != first["MainPID"]
    assert lns.show("tunnels") == []
    assert "watchdog" in systemd.process.output().lower()
    systemd.systemctl("stop", "l2tpd")
