"""The power goes while a mounted root grows: whatever was on the disk then, the next boot finishes it."""

import json
import os
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

import gpt
import growing
import power_cut
from growing import MIB

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
ROOT, NEIGHBOUR = 2, 1
START_MIB, ROOT_MIB, OLD_MIB, NEW_MIB = 8, 320, 400, 512
END_MIB = NEW_MIB - 1
GUEST_SECONDS = 300
KEPT = b"kept" * 4096
SEED = 7


@dataclass(frozen=True)
class Case:
    name: str
    kind: str
    sector_bytes: int = 512
    # Of a disk that did not grow but has room: its backup table is where the new one goes.
    has_grown: bool = True
    label: str = "gpt"


CASES = (Case("ext4", "ext4"), Case("ext4-4k", "ext4", 4096), Case("xfs", "xfs", 4096),
         Case("btrfs", "btrfs"), Case("same-end", "ext4", has_grown=False),
         Case("hybrid", "xfs", label="hybrid"), Case("dos", "ext4", label="dos"))
GROW = """
mkdir /tmp/{0.name}
mount /dev/disk/by-id/virtio-{0.name}-part2 /tmp/{0.name}
/input/bin/slipway-resize /tmp/{0.name}
echo more >/tmp/{0.name}/more
umount /tmp/{0.name}
"""


def make_disk(case: Case, path: Path, loops):
    growing.make(path, OLD_MIB if case.has_grown else NEW_MIB)
    disk = growing.Disk(path, loops.attach(path, case.sector_bytes), case.sector_bytes)
    # Of a type that asks for nothing: another run on this machine may grow all that does.
    disk.label((NEIGHBOUR, 1, 4, gpt.LINUX), (ROOT, START_MIB, ROOT_MIB, gpt.LINUX))
    if case.label != "gpt":
        write_records(disk, case.label)
    growing.make_filesystem(case.kind, disk.partition(ROOT))
    held = growing.Mounts()
    try:
        place = held.mount(disk.partition(ROOT), path.with_suffix(".mount"))
        (place / "kept").write_bytes(KEPT)
    finally:
        held.release()
    loops.release()
    growing.resized(path, NEW_MIB)


def record(disk: growing.Disk, start: float, mib: float, kind: int = 0x83) -> bytes:
    return struct.pack("<B3sB3sII", 0, bytes(3), kind, bytes(3), disk.sectors(start), disk.sectors(mib))


def head(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(512)


def write_records(disk: growing.Disk, label: str):
    """Beside the GPT, or instead of it."""
    with open(disk.node, "r+b") as file:
        protective = file.read(512)[446:462]
        first = protective if label == "hybrid" else record(disk, 1, 4)
        file.seek(0)
        file.write((bytes(446) + first + record(disk, START_MIB, ROOT_MIB)).ljust(510, b"\0") + b"\x55\xaa")
        if label == "dos":
            file.write(bytes(34 * 512))
            file.seek(-33 * 512, os.SEEK_END)
            file.write(bytes(33 * 512))


@pytest.fixture(scope="module")
def recorded(make_guest, tmp_path_factory):
    """Case -> the disk as it was before, and the log of all that was written to it."""
    place = tmp_path_factory.mktemp("power-cut")
    loops = growing.block.Loops()
    machine = make_guest(place, "".join(GROW.format(case) for case in CASES))
    found = {}
    for case in CASES:
        path, log = place / case.name, place / f"{case.name}.log"
        make_disk(case, path, loops)
        base = place / f"{case.name}.base"
        power_cut.clone(path, base)
        machine.add_logged_drive(path, log, case.name, case.sector_bytes)
        found[case] = base, log
    ran = machine.run(GUEST_SECONDS)
    machine.collect(place / "results")
    assert (place / "results/status").read_text().strip() == "0", ran.console
    return found


def extents(node: str, sector_bytes: int) -> dict[int, tuple[float, float]]:
    """number -> (start, end) in MiB, as sfdisk reads them from a copy that is sound."""
    table = json.loads(growing.run("sfdisk", "--json", node))["partitiontable"]
    return {int(entry["node"].removeprefix(f"{node}p")):
            tuple(at * sector_bytes / MIB for at in (entry["start"], entry["start"] + entry["size"]))
            for entry in table["partitions"]}


def mend(kind: str, node: str, place: Path) -> None:
    """As a boot does: the journal is replayed, and what was kept is read.

    Copies of its superblock that an xfs does not mount by may be old still; growing it again mends them.
    """
    if kind == "ext4":
        done = subprocess.run(["e2fsck", "-fp", node], capture_output=True, text=True, check=False,
                              timeout=60)
        assert done.returncode in (0, 1), done.stdout + done.stderr
    held = growing.Mounts()
    try:
        assert (held.mount(node, place) / "kept").read_bytes() == KEPT
    finally:
        held.release()


def check(kind: str, node: str) -> None:
    growing.run(*{"ext4": ("e2fsck", "-fn"), "xfs": ("xfs_repair", "-n"),
                  "btrfs": ("btrfs", "check")}[kind], node)


def resize(programs, node: str) -> dict:
    done = subprocess.run([programs.ours / "slipway-resize", "--json", f"--partition={ROOT}", node],
                          capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    (item,) = json.loads(done.stdout)["items"]
    return item


def finish(programs, loops, case: Case, cut: power_cut.Cut, place: Path) -> None:
    """What the machine finds when it starts again, and what comes of it."""
    disk = growing.Disk(cut.image, loops.attach(cut.image, case.sector_bytes), case.sector_bytes)
    found = extents(disk.node, case.sector_bytes)
    assert set(found) == {NEIGHBOUR, ROOT} and found[NEIGHBOUR] == (1, 5)
    assert found[ROOT] in ((START_MIB, START_MIB + ROOT_MIB), (START_MIB, END_MIB))
    for number, (start, end) in found.items():
        growing.run("addpart", disk.node, number, int(start * 2048), int((end - start) * 2048))
    root = disk.partition(ROOT)
    mend(case.kind, root, place / "mount")
    resize(programs, disk.node)
    assert extents(disk.node, case.sector_bytes) == {NEIGHBOUR: (1, 5), ROOT: (START_MIB, END_MIB)}
    assert growing.filesystem_bytes(case.kind, root) == (END_MIB - START_MIB) * MIB
    check(case.kind, root)
    if case.label != "dos":
        table = growing.read(cut.image, case.sector_bytes)
        assert table["backup"] == disk.sectors(NEW_MIB) - 1 and table["backup_is_sound"]
    if case.label == "hybrid":
        assert head(cut.image)[462:478] == record(disk, START_MIB, END_MIB - START_MIB)
    assert resize(programs, disk.node)["result"] == "unchanged"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_next_boot_finishes_it(recorded, programs, loops, tmp_path, case):
    base, path = recorded[case]
    log = power_cut.read(path)
    assert sum(entry.is_flush for entry in log) > 3 and sum(entry.is_write for entry in log) > 8
    count = 0
    for count, cut in enumerate(power_cut.cuts(log, base, tmp_path, SEED), 1):
        try:
            finish(programs, loops, case, cut, tmp_path)
        except (AssertionError, subprocess.CalledProcessError) as error:
            output = getattr(error, "stderr", "")
            raise AssertionError(f"{cut.what}: {error}\n{output}") from error
        finally:
            loops.release()
    print(f"{case.name}: {count} states")
