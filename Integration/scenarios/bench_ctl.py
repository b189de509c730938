"""What the control socket costs with many sessions: l2tpctl's lists, one session, /metrics, and who asks meanwhile. No kernel is
needed: lab-crowd is the daemon over a data plane in memory.

A ratio is to the time of a list that is empty, which is that of starting l2tpctl and being answered. How long others wait
has the machine's own delays in it: the empty list's line shows them. How long the loop's turns took the daemon itself tells.
"""

from __future__ import annotations

import json
import math
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

BINARIES = Path(os.environ.get("LAB_BINARIES", Path(__file__).parents[2] / ".build/release"))
ROUNDS = 5
COMMANDS = (
    "summary",
    "show sessions",
    "show sessions --json",
    "show sessions --sort -rx",
    "show sessions --user nobody",
    "show tunnels",
    "show pools",
    "pool show",
)


class Connection:
    """The control socket, a request at a time."""

    def __init__(self, path: Path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile()

    def ask(self, request: str) -> dict:
        self.socket.sendall(json.dumps({"request": request}).encode() + b"\n")
        return json.loads(self.lines.readline())


class Bystander(threading.Thread):
    """Another client, who asks for the version all the time: nobody's answer takes longer than the loop's longest turn."""

    def __init__(self, path: Path):
        super().__init__(daemon=True)
        self.connection = Connection(path)
        self.waits: list[float] = []
        self.is_over = False

    def run(self) -> None:
        while not self.is_over:
            began = time.perf_counter()
            self.connection.ask("version")
            self.waits.append(time.perf_counter() - began)
            time.sleep(0.001)

    def stop(self) -> list[float]:
        self.is_over = True
        self.join()
        self.connection.socket.close()
        return sorted(self.waits)


def timed(path: Path, *arguments: str) -> tuple[float, float, int]:
    """Seconds until the first row of a command's output (the second line) and until its end, and its lines."""
    began = time.perf_counter()
    command = [BINARIES / "l2tpctl", "--socket", path, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    first, lines = None, 0
    for _ in process.stdout:
        lines += 1
        if lines == 2:
            first = time.perf_counter() - began
    assert process.wait() == 0, arguments
    whole = time.perf_counter() - began
    return first or whole, whole, lines


def scraped(port: int) -> tuple[float, float, int]:
    """Seconds until the answer to a scrape begins and until its end, and its lines."""
    # A scrape is answered from memory for a second after the last one.
    time.sleep(1.1)
    began = time.perf_counter()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        first = time.perf_counter() - began
        lines = answer.read().count(b"\n")
    return first, time.perf_counter() - began, lines


def turns(port: int) -> dict[float, int]:
    """How many turns of the loop took no longer than so many seconds, since the daemon began."""
    time.sleep(1.1)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        found = re.findall(r'event_loop_turn_seconds_bucket{le="(.*)"} (.*)', answer.read().decode())
    return {float(bound): int(count) for bound, count in found}


def longest(before: dict[float, int], after: dict[float, int], share: float) -> float:
    """Seconds within which this share of the turns between was over."""
    count = after[math.inf] - before[math.inf]
    return min(bound for bound in after if after[bound] - before[bound] >= share * count)


def compare(path: Path, port: int, base: float, name: str, measure: Callable[[], tuple[float, float, int]]) -> None:
    before = turns(port)
    bystander = Bystander(path)
    bystander.start()
    rounds = [measure() for _ in range(ROUNDS)]
    waits = bystander.stop()
    after = turns(port)
    first, whole = (statistics.median(each[index] for each in rounds) for index in (0, 1))
    print(
        f"  {name:34} first row {1000 * first:6.0f} ms ({first / base:4.1f} x)   all {1000 * whole:6.0f} ms"
        f" ({whole / base:5.1f} x), {rounds[0][2]} lines   others wait {1000 * statistics.median(waits):.1f} ms,"
        f" 99 % {1000 * waits[len(waits) * 99 // 100]:.1f} ms, at most {1000 * waits[-1]:.1f} ms"
        f"   turns 99 % within {1000 * longest(before, after, 0.99):g} ms, all within {1000 * longest(before, after, 1):g} ms",
        flush=True,
    )


def main(sessions: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "control.sock"
        port = free_port()
        options = ("--sessions", str(sessions), "--metrics", str(port))
        crowd = subprocess.Popen([BINARIES / "lab-crowd", "--socket", path, *options])
        try:
            began = time.monotonic()
            while not path.exists():
                assert crowd.poll() is None and time.monotonic() - began < 60
                time.sleep(0.01)
            control = Connection(path)
            while control.ask("summary")["sessions"]["established"] < sessions:
                assert crowd.poll() is None and time.monotonic() - began < 1800, "the sessions are not up"
                time.sleep(0.2)
            print(f"{sessions} sessions in memory, up in {time.monotonic() - began:.1f} s", flush=True)
            base = statistics.median(timed(path, "show", "clients")[1] for _ in range(ROUNDS))
            last = last_session(path)
            compare(path, port, base, "show clients (there are none)", lambda: timed(path, "show", "clients"))
            for command in COMMANDS:
                compare(path, port, base, command, lambda: timed(path, *command.split()))
            compare(path, port, base, "show session ID", lambda: timed(path, "show", "session", last))
            compare(path, port, base, "/metrics", lambda: scraped(port))
        finally:
            crowd.send_signal(signal.SIGTERM)
            try:
                crowd.wait(60)
            except subprocess.TimeoutExpired:
                crowd.kill()


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def last_session(path: Path) -> str:
    """The name of the last session."""
    command = [BINARIES / "l2tpctl", "--socket", path, "show", "sessions", "--columns", "session"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()[-1]


main(int(sys.argv[1]))
