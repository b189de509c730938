"""Some minutes in the life of an LNS, watched by a real Prometheus. Runs inside the lab, for Integration/monitoring/render.

A stock client with traffic, two LACs whose calls come and go, PPPoE subscribers, and somebody with a wrong password. What Prometheus
answers to the dashboard's expressions goes to dashboard.json in the folder of results.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from kernel import wait_for_ppp
from l2tpd import L2TPD
from network import Namespace, Network, wait_until
from peer import Peer, admit
from xl2tpd import XL2TPD, Call

PROMETHEUS = "127.0.0.1:9090"
PORT = 9701
STEP = 2  # seconds, between scrapes
LACS = {"bras-1": "192.0.2.11", "bras-2": "192.0.2.12"}
CONFIGURATION = f"""
global: {{scrape_interval: {STEP}s, scrape_timeout: {STEP}s}}
scrape_configs:
  - {{job_name: l2tpd, static_configs: [{{targets: ["127.0.0.1:{PORT}"]}}]}}
"""


def configure(lns: L2TPD) -> None:
    admit(lns, 60)
    users = [{"name": "alice", "password": "sesame-of-alice"}]
    lns.configuration["user"] = lns.configuration["user"] + users
    lns.configuration["metrics"] = {"port": PORT}
    peers = [{"name": name, "addresses": [f"{address}/32"], "ppp": "subscribers"} for name, address in LACS.items()]
    lns.configuration["peer"] = [lns.peer | {"hello_interval": 5}, *peers]
    lns.configuration["pool"] = [{"name": "subscribers", "ranges": ["100.64.0.2-100.64.0.61"]}]
    rates = {name: 1000 for name in ("max_sessions_per_mac", "padi_rate_per_mac", "padr_rate_per_mac")}
    lns.configuration["pppoe"] = [{"interface": "access0", "ppp": "subscribers", **rates}]


def ask(namespace: Namespace, path: str, **arguments: str | float) -> str:
    """What Prometheus answers."""
    address, port = PROMETHEUS.split(":")
    request = f"GET {path}?{urlencode(arguments)} HTTP/1.0\\r\\n\\r\\n".replace("%", "%%")
    said = namespace.run("bash", "-c", f"exec 3<>/dev/tcp/{address}/{port}; printf '{request}' >&3; cat <&3", check=False)
    return said.partition("\r\n\r\n")[2] or said.partition("\n\n")[2]


def live(network: Network, seconds: float) -> None:
    """What happens meanwhile."""
    client = network.client
    XL2TPD(client).dial(Call())
    (interface,) = wait_for_ppp(client)
    client.start("ping", "ping", "-q", "-i", "0.01", "-s", "1200", interface.remote)
    runs = {
        "bras-1": ("--sessions", 24, "--rate", 3, "--hold", 12, "--repeat", 50, "--ipv6", "--close", "terminate"),
        "bras-2": ("--sessions", 12, "--rate", 1, "--hold", 30, "--repeat", 50, "--close", "cdn"),
    }
    for name, options in runs.items():
        Peer(client).start("--bind", LACS[name], *options, log=name)
    Peer(client, pppoe="eth1").start("--sessions", 8, "--rate", 1, "--hold", 10, "--repeat", 50, log="subscribers")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        wrong = Peer(client).start("--bind", LACS["bras-2"], "--timeout", 20, user="user-1", password="guess", log="eve")
        time.sleep(7)
        wrong.process.stop()


def main(expressions: list[str], seconds: float, results: Path) -> None:
    with tempfile.TemporaryDirectory() as directory:
        network = Network(Path(directory))
        try:
            network.lns.join("access0", network.client, "eth1")
            for address in LACS.values():
                network.client.run("ip", "address", "add", f"{address}/24", "dev", "eth0")
            lns = L2TPD(network.lns)
            configure(lns)
            lns.start()
            file = Path(directory, "prometheus.yml")
            file.write_text(CONFIGURATION)
            options = (f"--storage.tsdb.path={directory}/tsdb", f"--web.listen-address={PROMETHEUS}")
            network.lns.start("prometheus", "prometheus", f"--config.file={file}", *options)
            wait_until("Prometheus is ready", lambda: "Ready" in ask(network.lns, "/-/ready"), 120)
            began = time.time()
            live(network, seconds)
            end = time.time()
            answers = {}
            for expression in expressions:
                said = ask(network.lns, "/api/v1/query_range", query=expression, start=began, end=end, step=STEP)
                answers[expression] = json.loads(said)["data"]["result"]
            Path(results, "dashboard.json").write_text(json.dumps({"began": began, "end": end, "answers": answers}))
            print(f"{len(answers)} expressions, {sum(map(bool, answers.values()))} with an answer", flush=True)
        finally:
            network.close()


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()), float(sys.argv[2]), Path(os.environ["LAB_RESULTS"]))
