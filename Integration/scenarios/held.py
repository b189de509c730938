"""What a daemon holds of the host: compared before and after, nothing may have grown."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from kernel import tunnels
from l2tpd import L2TPD
from network import wait_until
from peer import ask, status

# For the daemon's environment: else each worker has a heap of its own, and what those keep hides what the daemon holds.
ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}
# A worker stays when it was needed once, with its stack: KiB of it that are used. There are at most 32 of each kind.
THREAD = 64


@dataclass(frozen=True)
class Held:
    """Descriptors, threads, and resident KiB."""

    descriptors: int
    threads: int
    resident: int

    @classmethod
    def by(cls, daemon: L2TPD) -> Held:
        return cls(daemon.descriptors(), status(daemon.process, "Threads"), status(daemon.process, "VmRSS"))

    def grown_since(self, before: Held) -> int:
        """KiB, without the stacks of workers that have come."""
        return self.resident - before.resident - THREAD * (self.threads - before.threads)


def held_when_idle(daemon: L2TPD, seconds: float) -> Held:
    """What it holds when all is down, closed tunnels' late acknowledgements included: each wait takes so long at most."""
    daemon.wait_until_idle()
    wait_until("closed tunnels are forgotten", lambda: not ask(daemon, "show_tunnels"), seconds)
    wait_until("no kernel tunnel", lambda: not tunnels(daemon.namespace))
    assert [line for line in daemon.namespace.leftovers() if "process" not in line] == []
    return Held.by(daemon)


def leaked(measured: list[Held]) -> int:
    """KiB that the daemon held more after each of several like parts of the work, at the least.

    A leak grows in all of them. The heap grows for once where more happens at a time than ever before, and stays so.
    """
    return min(after.grown_since(before) for before, after in itertools.pairwise(measured))
