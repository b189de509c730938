"""Scenario 33: what /metrics and health say is what happened, and what the kernel counts."""

import importlib.machinery
import importlib.util
import json
import re
from pathlib import Path

from kernel import assert_carries_data, ppp_interfaces, wait_for_ppp
from l2tpd import L2TPD
from network import LNS, Network, wait_until
from xl2tpd import XL2TPD, Call

CHECK = Path(__file__).parents[1] / "monitoring/check"
LISTENER = "127.0.0.1:9701"


def page(lns: L2TPD, path: str) -> tuple[int, str]:
    """The status and the body of what the daemon answers over HTTP."""
    address, port = LISTENER.split(":")
    ask = f"exec 3<>/dev/tcp/{address}/{port}; printf 'GET {path} HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
    head, body = lns.namespace.run("bash", "-c", ask).split("\n\n", 1)
    return int(head.split()[1]), body


def samples(lns: L2TPD) -> dict[str, float]:
    """Each series with its value; promtool finds nothing wrong with the text."""
    status, text = page(lns, "/metrics")
    assert status == 200
    file = lns.namespace.directory / "metrics.txt"
    file.write_text(text)
    said = lns.namespace.run("sh", "-c", f"promtool check metrics <{file}")
    assert said == "", f"promtool: {said}"
    return {series: float(value) for series, value in re.findall(r"^([a-z].*) (\S+)$", text, re.MULTILINE)}


def health(lns: L2TPD) -> tuple[int, list[str]]:
    """The exit status of `l2tpctl health`, and its reasons."""
    command = " ".join(map(str, lns.command()))
    *said, status = lns.namespace.run("sh", "-c", f"{command} health --json; echo $?").splitlines()
    checks = json.loads("".join(said))["checks"] if status != "2" else []
    return int(status), [reason for check in checks for reason in check.get("reasons", [])]


def metrics_in_use() -> set[str]:
    loader = importlib.machinery.SourceFileLoader("check", str(CHECK))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("check", loader))
    loader.exec_module(module)
    return module.all_named()


def test_scenario_33_metrics_agree_with_what_happened_and_with_the_kernel(network: Network, lns: L2TPD, client: XL2TPD):
    lns.configuration["metrics"] = {}
    lns.start()
    first = samples(lns)
    assert first["l2tpd_healthy"] == 1 and not [series for series in first if series.startswith("l2tpd_sessions{")]
    _, text = page(lns, "/metrics")
    assert metrics_in_use() <= set(re.findall(r"^# HELP (\S+)", text, re.MULTILINE)), "alerts and dashboard name others"

    client.dial(Call(password="sesame-of-eve"))
    wait_until("pppd is told", lambda: "CHAP authentication failed" in client.ppp_output())
    wait_until("no session stays", lambda: not lns.show("sessions"))
    client.process.stop()
    lns.wait_until_idle()
    refused = samples(lns)
    assert refused['l2tpd_authentications_total{method="chap-md5",outcome="wrong_password"}'] == 1
    (ended,) = [
        value
        for series, value in refused.items()
        if series.startswith('l2tpd_call_ends_total{peer="client",stage="setup",cause="cdn_')
    ]
    assert ended == 1
    assert refused['l2tpd_control_messages_total{direction="received",type="ICRQ"}'] >= 1

    client.sections = []
    client.dial(Call())
    (interface,) = wait_for_ppp(network.client)
    lns.wait_for_sessions(1)
    assert_carries_data(network.client, interface, count=20)

    def agrees() -> bool:
        """Nothing but our own asking moves in the meantime, and that is not in the session."""
        (ours,) = ppp_interfaces(network.lns)
        kernel = network.lns.links()[ours.name]["stats64"]
        told = samples(lns)
        series = {
            direction: told[f'l2tpd_traffic_packets_total{{peer="client",direction="{direction}"}}']
            - refused.get(f'l2tpd_traffic_packets_total{{peer="client",direction="{direction}"}}', 0)
            for direction in ("received", "sent")
        }
        # The kernel's session counts control frames of PPP too, which no interface sees.
        more = {"received": series["received"] - kernel["rx"]["packets"], "sent": series["sent"] - kernel["tx"]["packets"]}
        return all(0 <= count <= 20 for count in more.values()) and kernel["rx"]["packets"] >= 20

    wait_until("the counters agree with ip -s link", agrees)
    session = lns.show("sessions")[0]
    told = samples(lns)
    for direction, key in (("received", "rx"), ("sent", "tx")):
        for what, name in (("packets", "packets"), ("bytes", "bytes")):
            series = f'l2tpd_traffic_{what}_total{{peer="client",direction="{direction}"}}'
            assert told[series] - refused.get(series, 0) >= session[f"{key}_{name}"] > 0
    assert told['l2tpd_sessions{peer="client",role="lns",state="open"}'] == 1
    assert told['l2tpd_tunnels{peer="client",role="responder",state="established"}'] == 1
    assert told['l2tpd_authentications_total{method="chap-md5",outcome="accepted"}'] == 1
    assert told['l2tpd_session_setup_seconds_count{role="lns"}'] == 1
    assert told['l2tpd_pool_leased_addresses{pool="subscribers"}'] == 1
    # Perhaps with the connection that asks; an older kernel's are those of the last time.
    wait_until("the descriptors are counted", lambda: samples(lns)["process_open_fds"] - lns.descriptors() in (0, 1))

    client.process.stop()
    lns.wait_until_idle()
    gone = samples(lns)
    for series, value in told.items():
        if re.match(r"\w+_(total|count|bucket)\b", series):
            assert gone.get(series, 0) >= value, f"{series} went down"
    assert gone["l2tpd_session_teardown_seconds_count"] == 2


def test_scenario_33_health_says_what_is_wrong(network: Network, lns: L2TPD):
    lns.configuration["metrics"] = {}
    lns.start()
    assert health(lns) == (0, []) and page(lns, "/healthz") == (200, "good\n")
    lns.namespace.run("ip", "address", "del", f"{LNS}/24", "dev", "eth0")
    reason = f"{LNS}:1701 is no address of this host any more"
    assert health(lns) == (1, [reason])
    assert page(lns, "/healthz") == (503, f"degraded\n  degraded  listeners: {reason}\n")
    lns.namespace.run("ip", "address", "add", f"{LNS}/24", "dev", "eth0")
    assert health(lns) == (0, []) and page(lns, "/healthz")[0] == 200
    assert lns.process.stop() == 0
    assert health(lns) == (2, [])
