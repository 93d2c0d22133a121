"""Units: what systemd thinks of them, and that they call programs that are there."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")


@pytest.fixture
def units(programs) -> Path:
    return programs.ours.parent / "lib/systemd/system"


def commands(unit: Path) -> list[str]:
    return re.findall(r"(?m)^Exec\w+=[@-]*(\S+)", unit.read_text())


def test_programs_of_units_are_there(units, programs):
    called = {command for unit in units.iterdir() for command in commands(unit)}
    assert called
    assert [command for command in sorted(called) if not (programs.ours.parent / Path(command).relative_to("/usr")).exists()] == []


@needs_systemd
@pytest.mark.parametrize("name", [
    "afterburn.service", "afterburn-hostname.service", "afterburn-sshkeys@core.service", "afterburn-sshkeys.target",
    "coreos-metadata.service", "coreos-metadata-sshkeys@core.service", "metadata.target", "slipway-resize.service",
    "ignition-delete-config.service",
])
def test_systemd_reads_it(units, programs, tmp_path, name):
    for unit in units.iterdir():
        (tmp_path / unit.name).write_text(unit.read_text().replace("=/usr/", f"={programs.ours.parent}/")
                                          .replace("=@/usr/", f"=@{programs.ours.parent}/"))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--generators=no", "--recursive-errors=no", name],
                          cwd=tmp_path, capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], "SYSTEMD_UNIT_PATH": f"{tmp_path}:"})
    ours = [line for line in done.stderr.splitlines() if name.split("@")[0].split(".")[0] in line]
    assert (done.returncode, ours) == (0, []), done.stderr
