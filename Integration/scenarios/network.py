"""Network namespaces joined by one veth pair, and the processes that run in them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

LNS = "192.0.2.1"
CLIENT = "192.0.2.2"
LNS6 = "2001:db8::1"
CLIENT6 = "2001:db8::2"
OWN_DEVICES = {"lo", "eth0", "eth1", "access0"}
# What the kernel lists in every new namespace once the module is there.
FALLBACK_DEVICES = {"sit0", "ip6tnl0", "tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6gre0"}

Found = TypeVar("Found")


def wait_until(what: str, look: Callable[[], Found], seconds: float = 60) -> Found:
    """Looks until it sees something true, and returns that. Emulation is slow: the limits are generous."""
    end = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(0.2)


class Process:
    """A running program and the file that its output goes to."""

    def __init__(self, command: list[str], log: Path, environment: dict[str, str] | None = None):
        self.log = log
        with log.open("ab") as output:
            self.popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, **(environment or {})},
            )

    @property
    def pid(self) -> int:
        return self.popen.pid

    def running(self) -> bool:
        return self.popen.poll() is None

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def send(self, number: int) -> None:
        self.popen.send_signal(number)

    def stop(self, number: int = signal.SIGTERM, seconds: float = 60) -> int:
        """Ends the program and returns its status; one that has ended already is fine."""
        if self.running():
            self.send(signal.SIGCONT)
            self.send(number)
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
            raise AssertionError(f"{self.popen.args} did not end within {seconds:g} s") from None


class Namespace:
    """One network namespace; `run` and `start` put programs into it."""

    def __init__(self, name: str, directory: Path):
        self.name = name
        self.directory = directory
        self.processes: list[Process] = []
        subprocess.run(["ip", "netns", "add", name], check=True)

    def _inside(self, command: tuple[str | Path, ...]) -> list[str]:
        return ["nsenter", f"--net=/run/netns/{self.name}", *map(str, command)]

    def run(self, *command: str | Path, check: bool = True, seconds: float = 120) -> str:
        """Runs a program to its end and returns what it printed, errors included."""
        done = subprocess.run(
            self._inside(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout}")
        return done.stdout

    def start(self, log: str, *command: str | Path, environment: dict[str, str] | None = None) -> Process:
        process = Process(self._inside(command), self.directory / f"{self.name}-{log}.log", environment)
        self.processes.append(process)
        return process

    def join(self, device: str, other: Namespace, its: str = "eth0") -> None:
        """A link from a new device here to a new one of the other namespace, both up and without addresses."""
        self.run("ip", "link", "add", device, "type", "veth", "peer", "name", its, "netns", other.name)
        self.run("ip", "link", "set", device, "up")
        other.run("ip", "link", "set", its, "up")

    def pids(self) -> list[int]:
        listed = subprocess.run(["ip", "netns", "pids", self.name], stdout=subprocess.PIPE, text=True, check=True)
        return [int(pid) for pid in listed.stdout.split()]

    def links(self) -> dict[str, dict[str, Any]]:
        """Every interface by name, as `ip -details -statistics -json link` has it."""

        def look() -> str | None:
            said = self.run("ip", "-d", "-s", "-j", "link")
            # Before the list ip may say that it changed meanwhile ("Dump was interrupted"): then it is asked again.
            return said if said.startswith("[") else None

        return {link["ifname"]: link for link in json.loads(wait_until("ip lists the interfaces", look))}

    def ping(self, address: str, source: str | None = None, count: int = 5) -> None:
        """Pings, and fails on one lost packet."""
        origin = ("-I", source) if source else ()
        report = self.run("ping", "-n", "-c", str(count), "-i", "0.3", "-W", "10", *origin, address, check=False)
        assert " 0% packet loss" in report, f"ping {address} in {self.name}:\n{report}"

    def impair(self, *netem: str) -> None:
        """Puts netem on what this namespace sends; without arguments: takes it away."""
        if netem:
            self.run("tc", "qdisc", "replace", "dev", "eth0", "root", "netem", *netem)
        else:
            self.run("tc", "qdisc", "del", "dev", "eth0", "root")

    def dropped(self) -> int:
        """Packets that netem has lost here."""
        (qdisc,) = json.loads(self.run("tc", "-s", "-j", "qdisc", "show", "dev", "eth0", "root"))
        return qdisc["drops"]

    def leftovers(self) -> list[str]:
        """What nobody cleaned up: processes, interfaces, and the kernel's L2TP tunnels and sessions."""
        left = [f"process {pid}: {_command_line(pid)}" for pid in self.pids()]
        left += [f"interface {name}" for name in self.links().keys() - OWN_DEVICES - FALLBACK_DEVICES]
        left += self.run("sh", "-c", "ip l2tp show tunnel && ip l2tp show session").splitlines()
        return [f"{self.name}: {line}" for line in left]

    def kill_all(self, names: tuple[str, ...] = ()) -> None:
        """SIGKILL for every process in the namespace, or for those of these names."""
        for pid in self.pids():
            if not names or _command_line(pid).split(" ")[0].rpartition("/")[2] in names:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        self.kill_all()
        subprocess.run(["ip", "netns", "del", self.name], check=True)


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except FileNotFoundError:
        return "(ended)"


class Network:
    """`lns` and `client`, each with an `eth0` on the link between them, and a capture of that link."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.lns = Namespace("lns", directory)
        self.client = Namespace("client", directory)
        self.lns.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", self.client.name)
        for namespace, address, address6 in ((self.lns, LNS, LNS6), (self.client, CLIENT, CLIENT6)):
            setup = directory / f"{namespace.name}.ip"
            setup.write_text(
                f"link set lo up\naddress add {address}/24 dev eth0\n"
                f"address add {address6}/64 dev eth0 nodad\nlink set eth0 up\n"
            )
            namespace.run("ip", "-batch", setup)
        # Small packets only: control messages and PPP negotiation, not the bulk of a throughput test.
        self.pcap = directory / "link.pcap"
        capture = self.lns.start(
            *("tcpdump", "tcpdump", "-Z", "root", "-n", "-U", "--immediate-mode"),
            *("-i", "eth0", "-w", self.pcap, "udp and less 600"),
        )
        wait_until("tcpdump listens", lambda: "listening on" in capture.output())

    def __iter__(self):
        """From who dials to who serves: the order in which they are ended."""
        return iter((self.client, self.lns))

    def settled(self) -> bool:
        """Whether both ends are as they were made: used to wait for the end of a teardown."""
        expected = {process.pid for namespace in self for process in namespace.processes}
        return not [line for line in self._leftovers() if not any(f"process {pid}:" in line for pid in expected)]

    def _leftovers(self) -> list[str]:
        return [line for namespace in self for line in namespace.leftovers()]

    def close(self) -> list[str]:
        """Ends every program, waits for the kernel to settle, and returns what is left over all the same."""
        problems = []
        for namespace in self:
            for process in reversed(namespace.processes):
                try:
                    process.stop()
                except AssertionError as problem:
                    problems.append(str(problem))
        try:
            wait_until("nothing is left over", lambda: not self._leftovers())
        except AssertionError:
            problems += self._leftovers()
        for namespace in self:
            namespace.close()
        return problems
