"""Where the programs are, and the one fixture: cloud(…) makes a machine that goes with the test."""

import os
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/host"))

import block  # noqa: E402
import cloud as clouds  # noqa: E402


def pytest_collection_modifyitems(items):
    for item in items:
        if "cloud" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skipif(not clouds.has_root(), reason="needs root"))


@pytest.fixture(scope="session")
def programs() -> dict:
    ours = Path(os.environ.get("SLIPWAY_BIN", TOP / "build/release/install/usr/bin"))
    oracle = Path(os.environ.get("SLIPWAY_CLOUD_INIT", os.environ.get("SLIPWAY_ORACLE", TOP / "build/oracle")))
    if not (ours / "ignition").exists():
        pytest.fail(f"{ours}/ignition is missing: run ./check, or set SLIPWAY_BIN", pytrace=False)
    return {"ignition": ours / "ignition", "slipway": ours / "slipway", "bin": ours, "oracle": oracle}


@pytest.fixture
def cloud(programs, tmp_path):
    loops = block.Loops()
    made = []

    def make(*words, **options) -> clouds.Machine:
        place = tmp_path / f"machine{len(made)}"
        made.append(clouds.Machine(place, programs, *words, attach=loops.attach, **options))
        return made[-1]

    yield make
    for machine in made:
        machine.close()
    loops.release()
