"""Fixtures: a network a test, its logs and capture kept when the test fails, and nothing left behind.

The scenarios run inside the lab, in one boot; one of them, with its logs and capture kept in .build/lab:

    Integration/lab /usr/bin/python3 -m pytest Integration/scenarios -k scenario_04 --keep
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from access import AccessNetwork, GroupNetwork
from l2tpd import L2TPD
from network import Network
from switch import ChainNetwork, SwitchNetwork
from systemd import Systemd
from xl2tpd import XL2TPD

RESULTS = Path(os.environ.get("LAB_RESULTS", "/tmp/lab-results"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep", action="store_true", help="keep every test's logs and capture, not only a failed one's")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    outcome = yield
    report = outcome.get_result()
    if report.when == "call":
        item.stash[FAILED] = report.failed


FAILED = pytest.StashKey[bool]()


@contextlib.contextmanager
def watched(request: pytest.FixtureRequest, network: Network):
    """The network for one test; when that ends, all of it must be gone."""
    try:
        yield network
    finally:
        problems = network.close()
        if problems or request.node.stash.get(FAILED, True) or request.config.getoption("--keep"):
            kept = RESULTS / request.node.name
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(
                network.directory, kept, ignore=lambda at, names: [n for n in names if not _copyable(Path(at, n))]
            )
            print(f"logs and capture: {kept}")
    assert not problems, "left behind:\n" + "\n".join(problems)


@pytest.fixture
def network(request: pytest.FixtureRequest, tmp_path: Path):
    """`network.lns` and `network.client`."""
    with watched(request, Network(tmp_path)) as network:
        yield network


@pytest.fixture
def access(request: pytest.FixtureRequest, tmp_path: Path):
    """`access.subscriber`, `access.lac` and `access.lns`."""
    with watched(request, AccessNetwork(tmp_path)) as network:
        yield network


@pytest.fixture
def switched(request: pytest.FixtureRequest, tmp_path: Path):
    """`switched.subscriber`, `switched.switch` and `switched.lns`."""
    with watched(request, SwitchNetwork(tmp_path)) as network:
        yield network


@pytest.fixture
def group(request: pytest.FixtureRequest, tmp_path: Path):
    """`group.subscriber`, `group.lac`, `group.lns` and `group.second`."""
    with watched(request, GroupNetwork(tmp_path)) as network:
        yield network


@pytest.fixture
def chain(request: pytest.FixtureRequest, tmp_path: Path):
    """`chain.subscriber`, `chain.lac`, `chain.switch` and `chain.lns`."""
    with watched(request, ChainNetwork(tmp_path)) as network:
        yield network


def _copyable(path: Path) -> bool:
    return path.is_dir() or path.is_file()


@pytest.fixture
def client(network: Network) -> XL2TPD:
    """A stock client, not started: tell it what to dial."""
    return XL2TPD(network.client)


@pytest.fixture
def lns(network: Network) -> L2TPD:
    """The daemon under test, not started: change its configuration, then start it."""
    return L2TPD(network.lns)


@pytest.fixture
def systemd(network: Network):
    """A service manager in the LNS's namespace, not booted: give it its units."""
    systemd = Systemd(network.lns)
    try:
        yield systemd
    finally:
        systemd.close()


@pytest.fixture(scope="session", autouse=True)
def nothing_left():
    """After the last test of a file its part of the lab holds no namespace, PPP interface or peer's process."""
    yield
    left = subprocess.run(["ip", "netns", "list"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    links = subprocess.run(["ip", "-j", "link"], stdout=subprocess.PIPE, text=True, check=True).stdout
    left += [link["ifname"] for link in json.loads(links) if link["ifname"].startswith(("ppp", "l2tpeth"))]
    for status in Path("/proc").glob("[0-9]*/comm"):
        try:
            name = status.read_text().strip()
        except FileNotFoundError:
            continue
        if name in ("xl2tpd", "pppd", "l2tpd", "iperf3", "tcpdump", "lab-peer", "l2tpns", "freeradius"):
            left.append(name)
    assert not left, f"left behind by the whole run: {left}"
