"""What l2tpctl shows and keeps of a connection's messages: `trace` for people, `capture` for Wireshark."""

from __future__ import annotations

import json
import signal
import stat
import subprocess

from kernel import wait_for_ppp
from l2tpd import BINARIES, L2TPD
from network import Network, Process, wait_until
from xl2tpd import XL2TPD, Call

PASSWORD = "sesame-of-alice"


def watch(lns: L2TPD, name: str, *arguments: str) -> Process:
    process = lns.namespace.start(name, BINARIES / "l2tpctl", "--socket", lns.socket, *arguments)
    wait_until(f"{name} watches", lambda: "watching" in process.output() or not process.running())
    assert process.running(), process.output()
    return process


def tshark(file: str, *fields: str) -> list[list[str]]:
    command = ["tshark", "-n", "-r", file, "-T", "fields", *(word for field in fields for word in ("-e", field))]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_a_connection_is_traced_and_captured(network: Network, lns: L2TPD, client: XL2TPD):
    lns.ppp["authentication"] = ["pap"]  # the one whose secret is a password that can be looked for
    lns.start()
    file = network.directory / "capture.pcapng"
    everything = watch(lns, "trace", "trace")
    objects = watch(lns, "trace-json", "trace", "--user", "alice", "--json")
    others = watch(lns, "trace-bob", "trace", "--user", "bob")
    keeping = watch(lns, "capture", "capture", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    refused = lns.ctl("capture", str(file), check=False)
    assert "it is there already" in refused and "--force" in refused

    client.dial(Call(authentication="pap"))
    wait_for_ppp(network.client)
    (session,) = lns.wait_for_sessions(1)
    name = f"{session['tunnel_id']}/{session['session_id']}"
    lns.ctl("session", "close", name)
    wait_until("the end is traced", lambda: "  CDN  " in everything.output() and '"CDN"' in objects.output())

    # People: from the first message to the last, in their order, with AVPs and options by name.
    text = everything.output()
    steps = ["SCCRQ", "SCCRP", "SCCCN", "ICRQ", "ICRP", "ICCN", "LCP Configure-Request", "PAP Authenticate-Request",
             "PAP Authenticate-Ack", "IPCP Configure-Request", "IPCP Configure-Ack", "LCP Terminate-Request",
             "CDN"]  # fmt: skip
    places = [text.find(f"  {step}") for step in steps]
    assert -1 not in places and places == sorted(places), list(zip(steps, places))
    for words in ['Host Name "lns-1"', "Framing Capabilities ", "MRU 1400", f"  {name}  ", "Assigned Session ID"]:
        assert words in text, words
    assert 'Peer-ID "alice", Password (redacted)' in text

    # Programs: one user's, with what came before her name was known.
    packets = [json.loads(line) for line in objects.output().splitlines() if line.startswith("{")]
    messages = [packet["message"] for packet in packets]
    assert messages[0] == "SCCRQ" and {"ICRQ", "ICCN", "LCP Configure-Request", "CDN"} <= set(messages)
    assert "ZLB" not in messages
    assert {packet["user"] for packet in packets if packet["message"].startswith("IPCP")} == {"alice"}
    assert "SCCRQ" not in others.output()
    for each in (everything, objects, others):
        assert PASSWORD not in each.output(), "a password is shown"
        assert each.stop(signal.SIGINT) == 0

    # Wireshark: all of it decoded, and nothing malformed.
    assert keeping.stop(signal.SIGINT) == 0
    assert "packets written, 0 missed" in keeping.output()
    rows = tshark(str(file), "l2tp.avp.message_type", "ppp.protocol", "_ws.malformed", "udp.srcport")
    assert all(row[3] and not row[2] for row in rows), rows
    types = [int(row[0].split(",")[0]) for row in rows if row[0]]
    assert [kind for kind in dict.fromkeys(types) if kind in (1, 2, 3, 10, 11, 12)] == [1, 2, 3, 10, 11, 12]
    protocols = {int(row[1], 16) for row in rows if row[1]}
    assert {0xC021, 0xC023, 0x8021} <= protocols, protocols
    assert PASSWORD.encode() in file.read_bytes(), "a capture is what was on the wire"
