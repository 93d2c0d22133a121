"""Fixtures of the suites that run in the guest: those of tests/host, and the guest's own disks."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

HOST = Path(__file__).resolve().parents[2] / "host"
sys.path.insert(0, str(HOST))


def _load(name: str, path: Path):
    """A module by its path: both suites have a conftest."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_host = _load("host_conftest", HOST / "conftest.py")
programs, disk_tool, loops, attach = _host.programs, _host.disk_tool, _host.loops, _host.attach

_load("host_differential", HOST / "test_differential.py")

import disks  # noqa: E402: found by the path above


def pytest_addoption(parser):
    parser.addoption("--share", default="0/1", help="I/N: run every Nth test, from the Ith on")


def pytest_collection_modifyitems(config, items):
    share, count = map(int, config.getoption("--share").split("/"))
    items[:] = items[share::count]


def pytest_runtest_logreport(report):
    """On the console at once: a guest that does not come to its end has no other results."""
    if report.failed:
        print(f"\n{report.longreprtext}", flush=True)


@pytest.fixture
def blank():
    """blank("disk-a") is the guest's disk of that serial; each leaves it as blank as it was."""
    used = []

    def take(serial: str) -> disks.Disk:
        used.append(disks.Disk(serial))
        return used[-1]

    yield take
    disks.release()
    for disk in used:
        disk.wipe()


@pytest.fixture
def sh():
    """sh("script") runs one as a test's preparation; it must succeed."""

    def run(script: str) -> str:
        done = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, timeout=120,
                              check=False)
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    return run
