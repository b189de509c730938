"""xl2tpd with pppd, in kernel mode, as a client or as an LNS."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from network import CLIENT, LNS, Namespace, Process, wait_until

PASSWORDS = Path("/etc/ppp/chap-secrets")  # the lab mounts its own /etc/ppp
PAP_PASSWORDS = Path("/etc/ppp/pap-secrets")
REFUSE = {
    "chap-md5": ["refuse-pap", "refuse-mschap", "refuse-mschap-v2", "refuse-eap"],
    "ms-chap-v2": ["refuse-pap", "refuse-mschap", "refuse-chap", "refuse-eap"],
    "pap": ["refuse-chap", "refuse-mschap", "refuse-mschap-v2", "refuse-eap"],
}


@dataclass
class Call:
    """One [lac] section: a tunnel of its own with one call in it."""

    user: str = "alice"
    password: str = "sesame-of-alice"
    authentication: str = "chap-md5"
    name: str = "call"
    port: int = 1701
    redial: bool = False
    ppp: list[str] = field(default_factory=list)

    def ppp_options(self, log: Path) -> str:
        options = ["noauth", "noccp", "nodefaultroute", "mtu 1400", "mru 1400", "lcp-echo-interval 0", "debug"]
        options += [f"name {self.user}", f"password {self.password}", f"logfile {log}"]
        return "\n".join(options + REFUSE[self.authentication] + self.ppp) + "\n"


class XL2TPD:
    """xl2tpd in a namespace. Its log is on standard error; each pppd's log lies beside it."""

    def __init__(
        self,
        namespace: Namespace,
        secret: str | None = None,
        challenge: bool | None = None,
        host_name: str | None = None,
    ):
        self.namespace = namespace
        self.directory = namespace.directory / f"{namespace.name}-xl2tpd"
        self.directory.mkdir()
        self.control = self.directory / "control"
        self.secret = secret
        self.host_name = host_name
        self.challenge = bool(secret) if challenge is None else challenge
        self.sections: list[str] = []
        self.process: Process

    def _section(self, title: str, lines: list[str], ppp_options: str) -> None:
        file = self.directory / f"{title.replace(' ', '-')}.ppp"
        file.write_text(ppp_options)
        lines += [f"challenge = {_yes(self.challenge)}", "length bit = yes"]
        lines += [f"hostname = {self.host_name}"] if self.host_name else []
        self.sections.append("\n".join([f"[{title}]", *lines, f"pppoptfile = {file}", "ppp debug = yes", ""]))

    def _start(self, listen: str, options: list[str] = []) -> XL2TPD:
        secrets = self.directory / "secrets"
        secrets.touch(mode=0o600)
        secrets.write_text(f"* * {self.secret}\n" if self.secret else "")
        options = [f"listen-addr = {listen}", f"auth file = {secrets}", "access control = no", *options]
        options += ["force userspace = no", "debug tunnel = yes", "debug avp = yes", "debug state = yes"]
        file = self.directory / "xl2tpd.conf"
        file.write_text("\n".join(["[global]", *options, "", *self.sections]))
        return self.start_again()

    def dial(self, *calls: Call, server: str = LNS, address: str = CLIENT) -> XL2TPD:
        """Starts as a client that makes all of these calls at once."""
        for call in calls:
            lines = [f"lns = {server}:{call.port}", "autodial = yes", f"redial = {_yes(call.redial)}"]
            lines += ["redial timeout = 3", "max redials = 20"] if call.redial else []
            self._section(f"lac {call.name}", lines, call.ppp_options(self.ppp_log(call.name)))
        return self._start(address)

    def serve(self, users: dict[str, str], authentication: str = "chap-md5") -> XL2TPD:
        """Starts as an LNS with a pool of its own."""
        for file in (PASSWORDS, PAP_PASSWORDS):
            file.write_text("".join(f'"{user}" * "{password}" *\n' for user, password in users.items()))
        require = {"chap-md5": "require-chap", "ms-chap-v2": "require-mschap-v2", "pap": "require-pap"}
        options = ["auth", require[authentication], "noccp", "mtu 1400", "mru 1400", "debug"]
        lines = ["ip range = 100.64.0.2-100.64.0.200", "local ip = 100.64.0.1"]
        self._section("lns default", lines, "\n".join([*options, f"logfile {self.ppp_log('lns')}", ""]))
        return self._start(LNS)

    def ask(self, number: str, users: dict[str, str], server: str) -> XL2TPD:
        """Starts, and has the LAC at `server` place a call, whose LNS it is."""
        PASSWORDS.write_text("".join(f'"{user}" * "{password}" *\n' for user, password in users.items()))
        self._section("lac call", [f"lns = {server}"], "debug\n")
        self._start(LNS)
        self.control.write_text(f"o call {number}\n")
        return self

    def start_again(self) -> XL2TPD:
        """Starts with the files that are there: a client that comes back after a crash."""
        self.control.unlink(missing_ok=True)
        arguments = ["-D", "-c", self.directory / "xl2tpd.conf", "-s", self.directory / "secrets"]
        arguments += ["-p", self.directory / "pid", "-C", self.control]
        self.process = self.namespace.start("xl2tpd", "xl2tpd", *arguments)
        wait_until("xl2tpd listens", lambda: self.control.exists() or not self.process.running())
        assert self.process.running(), self.process.output()
        assert "Using l2tp kernel support" in self.process.output(), self.process.output()
        return self

    def ppp_log(self, name: str = "call") -> Path:
        return self.directory / f"{name}.pppd.log"

    def ppp_output(self, name: str = "call") -> str:
        log = self.ppp_log(name)
        return log.read_text(errors="replace") if log.exists() else ""

    def disconnect(self, name: str = "call") -> None:
        """Closes a [lac] section's call and tunnel."""
        self.control.write_text(f"d {name}\n")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
