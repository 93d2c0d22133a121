"""Where the programs are, what can run here, and the fixtures that the suites share."""

import os
import subprocess
from pathlib import Path

import pytest

import block
import engine
import machine

TOP = Path(__file__).resolve().parents[2]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def pytest_collection_modifyitems(items):
    """A test that provisions needs root; asking for one of these fixtures marks it."""
    for item in items:
        if {"provision", "world", "make_engine", "attach"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(needs_root)


@pytest.fixture(scope="session")
def programs() -> engine.Programs:
    """Programs of the build that SLIPWAY_BIN names; each is there, or the suite fails."""
    ours = Path(os.environ.get("SLIPWAY_BIN", TOP / "build/release/install/usr/bin"))
    oracle = Path(os.environ.get("SLIPWAY_ORACLE", TOP / "build/oracle"))
    found = engine.Programs(ours, oracle)
    for program in (found.engine("theirs"), found.validate("theirs")):
        if not program.exists():
            pytest.fail(f"{program} is missing: run ./check, or set SLIPWAY_ORACLE", pytrace=False)
    return found


@pytest.fixture
def world() -> machine.World:
    return machine.World()


@pytest.fixture
def make_engine(programs, tmp_path):
    """make_engine(case, which="ours", name=which) lays a case out without running it."""
    # Debian's engine writes keys as the user they are for, who must be able to get there.
    for place in (tmp_path, tmp_path.parent):
        place.chmod(0o755)

    def make(case: engine.Case, which: str = engine.OURS, name: str = "") -> engine.Engine:
        return engine.Engine(programs, which, tmp_path / (name or which), case)

    return make


@pytest.fixture
def provision(make_engine):
    """provision(case, which="ours") runs every stage of a case and hands back the outcome."""

    def run(case: engine.Case, which: str = engine.OURS, name: str = "") -> engine.Outcome:
        return make_engine(case, which, name).run()

    return run


@pytest.fixture
def slipway(programs, world):
    """slipway("plan", …) runs the human's command."""

    def run(*words, **options) -> subprocess.CompletedProcess:
        return world.run([programs.slipway, *words], **options)

    return run


@pytest.fixture(scope="session")
def disk_tool() -> Path:
    """The disk room by the command line."""
    tool = Path(os.environ.get("SLIPWAY_BUILD", TOP / "build/release")) / "tests/host/disk_tool"
    if not tool.exists():
        pytest.fail(f"{tool} is missing: run ./check, or set SLIPWAY_BUILD", pytrace=False)
    return tool


@pytest.fixture
def loops():
    attached = block.Loops()
    yield attached
    attached.release()


@pytest.fixture
def attach(loops):
    """attach(image, sector_bytes=512) makes a loop device that goes with the test."""
    return loops.attach
