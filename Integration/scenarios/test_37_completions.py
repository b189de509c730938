"""Completions at the prompts of three shells: what a TAB puts there is the daemon's, and the line does as it says."""

from __future__ import annotations

import json

from kernel import wait_for_ppp
from l2tpd import L2TPD
from network import Network, wait_until
from shell import SHELLS, shell
from xl2tpd import XL2TPD, Call


def test_a_tab_completes_the_ids_of_now(network: Network, lns: L2TPD, client: XL2TPD):
    lns.start()
    client.dial(Call())
    wait_for_ppp(network.client)
    (session,) = lns.wait_for_sessions(1)
    ctl = f"l2tpctl --socket {lns.socket}"

    for name in SHELLS:
        with shell(name, network.directory) as prompt:
            # With one name to offer a TAB puts it there, and a space.
            prompt.run(f"{ctl} show session \t--json >session.json")
            prompt.run(f"{ctl} show tunnel \t--json >tunnel.json")
            prompt.run(f"{ctl} show sessions --user a\t--json >sessions.json")
            shown = {each: json.loads((network.directory / name / f"{each}.json").read_text())
                     for each in ("session", "tunnel", "sessions")}  # fmt: skip
            assert shown["session"]["session"]["session_id"] == session["session_id"], name
            assert shown["tunnel"]["tunnel"]["tunnel_id"] == session["tunnel_id"], name
            assert [each["user"] for each in shown["sessions"]] == ["alice"], name

    with shell("bash", network.directory / "bash") as prompt:
        prompt.run(f"{ctl} session close \t")
    wait_until("the session has gone", lambda: not lns.show("sessions"))
    client.process.stop()
    lns.wait_until_idle()
