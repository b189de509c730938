"""What programs and other users find at the control socket: JSON as its schema says, and a door that is shut."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import jsonschema

from kernel import wait_for_ppp
from l2tpd import BINARIES, L2TPD
from network import Network, wait_until
from xl2tpd import XL2TPD, Call

SCHEMA = json.loads((Path(__file__).parents[1] / "schema/l2tpctl.schema.json").read_text())
NOBODY, GROUP = 65534, 12345


def assert_valid(definition: str, value: Any) -> None:
    schema = {"$schema": SCHEMA["$schema"], "$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]}
    jsonschema.Draft202012Validator(schema).validate(value)


def assert_all_valid(definition: str, values: list[Any]) -> None:
    assert values, definition
    for value in values:
        assert_valid(definition, value)


def ask(lns: L2TPD, request: dict[str, Any]) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(lns.socket))
        assert_valid("request", request)
        connection.sendall(json.dumps(request).encode() + b"\n")
        reply = json.loads(connection.makefile().readline())
        assert_valid("reply", reply)
        return reply


def test_json_is_what_the_schema_says(network: Network, lns: L2TPD, client: XL2TPD):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    lns.start()
    client.dial(Call())
    wait_for_ppp(network.client)
    (session,) = lns.wait_for_sessions(1)
    name = f"{session['tunnel_id']}/{session['session_id']}"

    def said(*arguments: str) -> Any:
        return json.loads(lns.ctl(*arguments, "--json"))

    assert_valid("summary", said("summary"))
    for what, definition in [("tunnels", "tunnel"), ("sessions", "session"), ("peers", "peer"), ("pools", "pool")]:
        assert_all_valid(definition, said("show", what))
    assert_all_valid("lease", said("pool", "show", "subscribers"))
    assert_valid("statistics", {"counters": said("show", "stats")})
    assert_valid("session_story", said("show", "session", name))
    assert_valid("tunnel_story", said("show", "tunnel", str(session["tunnel_id"])))
    assert_all_valid("kernel_tunnel", said("kernel", "show", "tunnels"))
    assert_all_valid("kernel_session", said("kernel", "show", "sessions"))

    for request in ({"request": "version"}, {"request": "show_stats"}, {"request": "log_level", "level": "info"}):
        assert ask(lns, request)["reply"] != "error"
    assert ask(lns, {"request": "show_session", "session": "1/1"})["code"] == "not_found"
    assert ask(lns, {"request": "open_tunnel", "tunnel_group": "none"})["code"] == "not_found"
    # What is in force can be read, and would do as a file.
    shown = lns.ctl("config", "show")
    assert "sesame" not in shown and 'password = "<redacted>"' in shown
    copy = network.directory / "shown.toml"
    copy.write_text(shown)
    network.lns.run(BINARIES / "l2tpctl", "config", "check", copy)

    # A filter says how many, and closes them when one is sure.
    assert "1 session would be closed" in lns.ctl("session", "close", "--peer", "client", check=False)
    assert len(lns.show("sessions")) == 1
    assert lns.ctl("session", "close", "--peer", "client", "--yes").strip() == f"closing {name}"
    wait_until("the session has gone", lambda: not lns.show("sessions"))
    client.process.stop()
    lns.wait_until_idle()


def as_nobody(lns: L2TPD, *groups: str) -> subprocess.CompletedProcess[str]:
    identity = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", *(groups or ("--clear-groups",))]
    command = [*identity, BINARIES / "l2tpctl", "--socket", lns.socket, "summary"]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_the_socket_is_for_root_and_its_group(network: Network, lns: L2TPD):
    # Others must be able to come to the socket, so that it is the socket that refuses them.
    folder = Path("/run/test-control")
    folder.mkdir(mode=0o755)
    try:
        lns.socket = folder / "control.sock"
        lns.configuration["daemon"] |= {"control_socket": str(lns.socket), "control_group": str(GROUP)}
        lns.start()
        status = lns.socket.stat()
        assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (0, GROUP, 0o660)
        refused = as_nobody(lns)
        assert refused.returncode == 1 and "cannot be used" in refused.stdout, refused.stdout
        admitted = as_nobody(lns, f"--groups={GROUP}")
        assert admitted.returncode == 0, admitted.stdout
        lns.process.stop()
    finally:
        lns.socket.unlink(missing_ok=True)
        folder.rmdir()
