"""l2tpctl top on a terminal: what it shows of traffic, and that it leaves the terminal as it was."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios

import pytest

from kernel import wait_for_ppp
from l2tpd import BINARIES, L2TPD
from network import Network, wait_until
from xl2tpd import XL2TPD, Call


class Screen:
    """l2tpctl on a terminal of its own, as ssh would give it one."""

    def __init__(self, lns: L2TPD, *arguments: str):
        self.ours, self.theirs = pty.openpty()
        self.resize(24, 120)
        self.before = termios.tcgetattr(self.theirs)
        command = ["ip", "netns", "exec", lns.namespace.name, BINARIES / "l2tpctl", "--socket", lns.socket]
        self.process = subprocess.Popen(
            [*command, "top", *arguments], stdin=self.theirs, stdout=self.theirs, stderr=self.theirs,
            start_new_session=True,
        )  # fmt: skip
        self.seen = ""

    def resize(self, lines: int, columns: int) -> None:
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self) -> str:
        while select.select([self.ours], [], [], 0)[0]:
            self.seen += os.read(self.ours, 65_536).decode()
        return self.seen

    def lines(self) -> list[str]:
        """The last screen that was drawn whole."""
        drawn = [part for part in self.read().split("\x1b[H")[1:] if part.endswith("\x1b[J")]
        return re.sub(r"\x1b\[[KJ]|\r", "", drawn[-1]).split("\n") if drawn else []

    def press(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def end(self) -> int:
        """Waits for the end; the terminal must be as it was before."""
        wait_until("top ends", lambda: self.read() is not None and self.process.poll() is not None)
        text = self.read()
        assert text.count("\x1b[?1049h") == text.count("\x1b[?1049l") == 1, "the screen of before is not back"
        assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l"), "the cursor is hidden"
        assert termios.tcgetattr(self.theirs) == self.before, "the terminal's modes are changed"
        os.close(self.ours)
        os.close(self.theirs)
        return self.process.returncode


def test_top_shows_rates_and_quits_cleanly(network: Network, lns: L2TPD, client: XL2TPD):
    lns.start()
    client.dial(Call())
    (interface,) = wait_for_ppp(network.client)
    (session,) = lns.wait_for_sessions(1)
    name = f"{session['tunnel_id']}/{session['session_id']}"
    flood = network.client.start("ping", "ping", "-i", "0.05", "-s", "1000", "100.64.0.1")

    def row() -> list[str]:
        return next((line.split() for line in screen.lines() if line.startswith(f"{name} ")), [])

    screen = Screen(lns, "--interval", "1")
    # SESSION USER PEER INTERFACE ADDRESS STATE, bits and packets both ways, UPTIME
    wait_until("the session has a rate", lambda: len(row()) >= 11 and row()[6] not in ("-", "0"))
    assert row()[1:6] == ["alice", "client", session["interface"], interface.local, "open"]
    assert row()[7] not in ("-", "0") and float(row()[8]) > 0

    screen.press("t")
    wait_until("tunnels are shown", lambda: any(line.startswith("TUNNEL ") for line in screen.lines()))
    screen.resize(8, 60)
    screen.process.send_signal(signal.SIGWINCH)  # it has no controlling terminal that would send it
    wait_until("the new size is taken up", lambda: len(screen.lines()) == 8)
    assert all(len(line) <= 60 for line in screen.lines())
    screen.press("q")
    assert screen.end() == 0

    # No terminal: text, and an end by itself.
    text = lns.ctl("top", "--batch", "-n", "1", "--interval", "1", "--sort", "rx")
    assert "\x1b" not in text and f"\n{name} " in text and "by rx" in text
    flood.stop(signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_top_gives_the_terminal_back_when_it_is_ended(network: Network, lns: L2TPD, number: signal.Signals):
    lns.start()
    screen = Screen(lns)
    wait_until("top is there", screen.lines)
    screen.process.send_signal(number)
    assert screen.end() == 0
