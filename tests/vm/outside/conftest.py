"""Fixtures of the suites that run beside the guest: those of tests/host, and the guest itself."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

import pytest

VM = Path(__file__).resolve().parents[1]
HOST = VM.parent / "host"
sys.path[:0] = [str(VM), str(HOST)]


def _load(name: str, path: Path):
    """A module by its path: both suites have a conftest."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_host = _load("host_conftest", HOST / "conftest.py")
programs, disk_tool, loops = _host.programs, _host.disk_tool, _host.loops

import image  # noqa: E402: found by the path above
import qemu  # noqa: E402


@pytest.fixture(scope="session")
def guest() -> image.Guest:
    """The image of our Debian guest."""
    return image.get(Path(os.environ.get("SLIPWAY_VM_CACHE", VM.parents[1] / "build/vm")))


@pytest.fixture(scope="session")
def make_guest(guest, programs):
    """make_guest(place, script) is a machine that runs the script with our programs in /input/bin."""

    def make(place: Path, script: str) -> qemu.Machine:
        payload = place / "payload"
        payload.mkdir(parents=True)
        shutil.copytree(programs.ours, payload / "bin", symlinks=True)
        start = payload / "start"
        start.write_text(f"#!/bin/sh\nset -eux\n{script}")
        start.chmod(0o755)
        machine = qemu.debian(place / "guest", guest)
        machine.send(payload)
        return machine

    return make
