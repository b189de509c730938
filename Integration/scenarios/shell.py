"""A shell at a terminal, with l2tpctl's completions as a user has them."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path

from l2tpd import BINARIES
from network import wait_until

# How each is started without the files of whoever runs this, the script's place in its folder, and how it takes it up.
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "l2tpctl", "source {}/l2tpctl"),
    # Of zsh's own completions only those that ours are made with: to read a thousand files takes long in the lab.
    "zsh": (
        ["zsh", "-f", "-i"], "_l2tpctl",
        "fpath=({} ${{(M)fpath:#*/(functions|Completion|Base)}}) && autoload -Uz compinit && compinit -u -D",
    ),
    "fish": (["fish", "--no-config", "-i"], "l2tpctl.fish", "source {}/l2tpctl.fish"),
}


class Shell:
    def __init__(self, command: list[str], home: Path):
        self.terminal, theirs = pty.openpty()
        environment = os.environ | {
            "PATH": f"{BINARIES}:{os.environ['PATH']}", "TERM": "xterm", "LC_ALL": "C.UTF-8", "HOME": str(home)
        }  # fmt: skip
        # Without a terminal of its own fish does not start.
        self.process = subprocess.Popen(
            ["setsid", "--ctty", *command], stdin=theirs, stdout=theirs, stderr=theirs, cwd=home, env=environment
        )
        os.close(theirs)
        self.seen = ""

    def screen(self) -> str:
        """All that was printed until now."""
        while select.select([self.terminal], [], [], 0)[0]:
            try:
                self.seen += os.read(self.terminal, 65_536).decode(errors="replace")
            except OSError:  # its last process has ended
                break
        return self.seen

    def type(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def run(self, keys: str) -> None:
        """Types a line, and waits until its command has ended well."""
        before = len(self.screen())
        # What is typed is echoed; only what runs puts the halves together.
        self.type(f"{keys} && echo do''ne || echo fai''led\r")
        seen = wait_until(
            f"the shell has run {keys!r}",
            lambda: next((word for word in ("done", "failed") if word in self.screen()[before:]), None),
        )
        assert seen == "done", self.screen()[before:]


@contextlib.contextmanager
def shell(name: str, home: Path) -> Iterator[Shell]:
    """With the completions of l2tpctl; `home` keeps what it writes."""
    command, file, source = SHELLS[name]
    folder = home / name
    # Where this is missing fish sets out, in the background, to read every man page there is.
    (folder / ".local/share/fish/generated_completions").mkdir(parents=True)
    generate = [BINARIES / "l2tpctl", "--generate-completion-script", name]
    (folder / file).write_bytes(subprocess.check_output(generate))
    shell = Shell(command, folder)
    try:
        shell.run(source.format(folder))
        yield shell
    finally:
        shell.process.kill()
        shell.process.wait()
        os.close(shell.terminal)
