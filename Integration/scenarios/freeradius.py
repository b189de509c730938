"""FreeRADIUS, with users and no more than it needs to judge their PAP and CHAP."""

from __future__ import annotations

from network import Namespace, Process, wait_until

ADDRESS = "127.0.0.1"
SECRET = "sesame-of-radius"


class FreeRADIUS:
    """FreeRADIUS in a namespace, for clients on its loopback. Its log tells every request and answer."""

    def __init__(self, namespace: Namespace):
        self.namespace = namespace
        self.directory = namespace.directory / f"{namespace.name}-freeradius"
        self.directory.mkdir()
        self.process: Process

    def start(self, users: dict[str, str]) -> FreeRADIUS:
        (self.directory / "users").write_text(
            "".join(f'"{user}" Cleartext-Password := "{password}"\n' for user, password in users.items())
        )
        (self.directory / "radiusd.conf").write_text(f"""
libdir = /usr/lib/freeradius
logdir = {self.directory}
run_dir = {self.directory}
security {{
    reject_delay = 0
}}
client loopback {{
    ipaddr = {ADDRESS}
    secret = {SECRET}
}}
modules {{
    pap {{
    }}
    chap {{
    }}
    files {{
        filename = {self.directory}/users
    }}
}}
server default {{
    listen {{
        type = auth
        ipaddr = {ADDRESS}
    }}
    authorize {{
        chap
        files
        pap
    }}
    authenticate {{
        Auth-Type PAP {{
            pap
        }}
        Auth-Type CHAP {{
            chap
        }}
    }}
}}
""")
        self.namespace.run("ip", "link", "set", "lo", "up")
        self.process = self.namespace.start("freeradius", "freeradius", "-X", "-d", self.directory)
        ready = "Ready to process requests"
        wait_until("FreeRADIUS is ready", lambda: ready in self.process.output() or not self.process.running())
        assert self.process.running(), self.process.output()
        return self
