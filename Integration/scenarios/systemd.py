"""systemd as the first process of namespaces of its own, for units as they are packaged."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from l2tpd import BINARIES
from network import Namespace, Process, wait_until

# What a unit's default dependencies and the packaged unit ask for, without what that would start on a whole machine.
TARGETS = ("sysinit", "basic", "network-online", "multi-user", "shutdown")
STUB = "[Unit]\nDefaultDependencies=no\n"
# "other" is one that no unit asks for: the kernel's log, which anybody may open to write.
DEVICES = {"null": "c 1 3", "zero": "c 1 5", "full": "c 1 7", "random": "c 1 8", "urandom": "c 1 9", "tty": "c 5 0"}
DEVICES |= {"ptmx": "c 5 2", "ppp": "c 108 0", "other": "c 1 11"}

# Nothing that systemd does may reach the host's files, /dev or sysctls: the lab may run on a user's own machine. /etc
# and /usr/sbin are the host's beneath a layer that dies with the namespace. What systemd itself says goes to the
# kernel's log, here a FIFO, and what units say to the journal's socket, here socat's.
BOOT = """
set -e
echo 0 >{cgroup}/cgroup.procs
exec unshare --cgroup bash -ec '
mount -t sysfs -o ro sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mount -t tmpfs -o mode=755 run /run
for directory in /etc /usr/sbin; do
    mkdir -p /run/layers$directory/upper /run/layers$directory/work
    mount -t overlay -o lowerdir=$directory,upperdir=/run/layers$directory/upper,workdir=/run/layers$directory/work \\
        overlay $directory
done
mount -t tmpfs -o mode=755 dev /dev
{devices}
mkfifo /dev/kmsg
cat <>/dev/kmsg &
mkdir -p /run/systemd/journal /run/units
socat -u UNIX-LISTEN:/run/systemd/journal/stdout,fork STDOUT &
cp {units}/* /run/units/
cp {binaries}/l2tpd /usr/sbin/
mount -t tmpfs tmp /tmp
mount -t tmpfs tmp /var/tmp
exec env -i PATH="$PATH" container=lab SYSTEMD_UNIT_PATH=/run/units SYSTEMD_GENERATOR_PATH=/run/none \\
    SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/run/none SYSTEMD_LOG_TARGET=kmsg /lib/systemd/systemd --system
'
"""


class Systemd:
    """A service manager for a network namespace, and all that it started until it is closed."""

    def __init__(self, namespace: Namespace):
        self.namespace = namespace
        self.process: Process | None = None
        # A part of the tree of control groups of its own, below the one that we are in.
        self.mounted = namespace.directory / "cgroup"
        self.mounted.mkdir()
        subprocess.run(["mount", "-t", "cgroup2", "cgroup2", self.mounted], check=True)
        (ours,) = (line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::"))
        self.cgroup = self.mounted / ours.lstrip("/") / "l2tpd-scenario"
        self.cgroup.mkdir(exist_ok=True)

    def boot(self, units: dict[str, str]) -> None:
        """Starts with these units, and other files that lie beside them in /run/units."""
        directory = self.namespace.directory / "units"
        directory.mkdir()
        files = {f"{target}.target": STUB for target in TARGETS} | units
        # systemd forgets a unit that nothing refers to, and how it ended.
        files["default.target"] = STUB + "After=" + " ".join(name for name in units if name.endswith(".service")) + "\n"
        for name, text in files.items():
            (directory / name).write_text(text)
        nodes = "\n".join(f"mknod -m 600 /dev/{name} {node}" for name, node in DEVICES.items())
        script = BOOT.format(devices=nodes, units=directory, cgroup=self.cgroup, binaries=BINARIES)
        unshare = ("unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "--uts", "--ipc")
        self.process = self.namespace.start("systemd", *unshare, "bash", "-c", script)
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")

        def listens() -> bool:
            assert self.process.running(), self.process.output()
            self.pid = int(children.read_text() or 0)
            self.root = Path(f"/proc/{self.pid}/root")  # its files, seen from here
            return (self.root / "run/systemd/private").exists()

        wait_until("systemd listens", listens)

    def run(self, *command: str, check: bool = True) -> str:
        enter = ("nsenter", f"--target={self.pid}", "--mount", "--pid", "--uts", "--cgroup")
        return self.namespace.run(*enter, *command, check=check)

    def systemctl(self, *arguments: str, check: bool = True) -> str:
        return self.run("systemctl", *arguments, check=check)

    def show(self, unit: str) -> dict[str, str]:
        """Every property of a unit."""
        return dict(line.split("=", 1) for line in self.systemctl("show", unit).splitlines() if "=" in line)

    def close(self) -> None:
        """Ends it with all that runs under it; unshare passes nothing on but its own death."""
        if self.process:
            self.process.stop(signal.SIGKILL)

        def emptied() -> bool:
            try:
                for directory in sorted(self.cgroup.rglob("*/"), reverse=True):
                    directory.rmdir()
                self.cgroup.rmdir()
            except OSError:
                return False
            return True

        wait_until("the control groups are empty", emptied)
        subprocess.run(["umount", self.mounted], check=True)
