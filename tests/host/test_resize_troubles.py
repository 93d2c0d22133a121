"""Everything that is known to go wrong with growing: one test for each row of the error catalogue.

Rows that a loop device can show are here; those that need a device mapper, RAID, or a kernel that may grow
a mounted ext4 are in tests/vm/inside/test_resize.py, and the power cuts in tests/vm/outside.  ROWS names
the test of each.
"""

import ast
import json
import os
import subprocess
from pathlib import Path

import pytest

import conftest
import gpt
import growing
from growing import MIB

pytestmark = conftest.needs_root
TESTS = Path(__file__).resolve().parents[1]
HERE, RESIZE = "host/test_resize_troubles.py", "host/test_resize.py"
GUEST, POWER = "vm/inside/test_resize.py", "vm/outside/test_resize_power_cut.py"
SMALL, LARGE, ROOT_MIB = 400, 900, 320
ROWS = {
    # What was seen in the field.
    "ext4 with the error flag": (RESIZE, "test_an_ext4_with_errors_is_reported_and_left_alone"),
    "xfs with very many groups": (HERE, "test_an_xfs_made_for_a_far_smaller_disk_is_warned_of"),
    "a DOS label on more than 2 TiB": (HERE, "test_a_dos_label_ends_at_two_tib"),
    "read-only media": (HERE, "test_a_read_only_disk_is_left_alone"),
    "a GPT without its protective MBR": (HERE, "test_a_gpt_without_its_protective_mbr_is_named"),
    "a disk that grows while it runs": (HERE, "test_a_disk_that_grows_again_and_again"),
    "a partition behind the root": (RESIZE, "test_a_neighbour_ends_the_growth"),
    "a stale GPT at the new end": (RESIZE, "test_a_stale_label_at_the_new_end_is_not_believed"),
    # The catalogue of growing.
    "G1 nothing to grow": (RESIZE, "test_nothing_to_do_writes_nothing_and_runs_nothing"),
    "G1 at every boot": (HERE, "test_a_hundred_boots_write_nothing"),
    "G2 backup at the old end": (RESIZE, "test_a_mounted_root_fills_its_disk"),
    "G3 a disk that shrank": (RESIZE, "test_a_disk_that_shrank_is_reported_and_left_alone"),
    "G4 only the backup is valid": (RESIZE, "test_only_the_backup_is_valid"),
    "G5 the kernel refuses": (RESIZE, "test_a_kernel_that_refuses_has_the_table_put_back"),
    "G6 cut short before the filesystem": (RESIZE, "test_a_partition_that_grew_alone_is_finished"),
    "G6 by a power cut": (POWER, "test_the_next_boot_finishes_it"),
    "G7 mounted read-only": (RESIZE, "test_a_read_only_mount_is_left_alone"),
    "G7 errors while it is mounted": (GUEST, "test_an_ext4_that_records_an_error_while_mounted_is_reported"),
    "G7 another type": (RESIZE, "test_another_filesystem_is_named"),
    "G8 LVM": (GUEST, "test_a_logical_volume_is_reported"),
    "G8 md": (GUEST, "test_a_mirror_grows_with_its_members"),
    "G8 md of other kinds": (GUEST, "test_an_array_that_is_not_grown_keeps_its_members"),
    "G8 LUKS": (GUEST, "test_an_encrypted_root_grows_from_its_partition_up"),
    "G8 LUKS without a key": (GUEST, "test_without_a_key_an_encrypted_root_says_so_and_is_finished_later"),
    "G8 multipath, verity": (GUEST, "test_other_mappings_are_reported"),
    "G9 tmpfs, overlay": (RESIZE, "test_a_root_without_a_device_is_fine"),
    "G10 a DOS label": (HERE, "test_a_mounted_root_of_a_dos_label_grows"),
    "G11 another type of partition": (RESIZE, "test_what_does_not_ask_is_left_alone"),
    "G11 a size of its user's": (HERE, "test_a_partition_smaller_than_its_filesystem_is_not_made_to_fit"),
    # What a new implementation should try besides.
    "equal labels on a second disk": (HERE, "test_a_second_disk_with_the_same_table_is_left_alone"),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_has_its_test(row):
    path, name = ROWS[row]
    tree = ast.parse((TESTS / path).read_text())
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.fixture
def resize(programs):
    """resize(operands …): the only item, with what was said beside it."""

    def run(*words, status=0) -> dict:
        done = subprocess.run([programs.ours / "slipway-resize", "--json", *map(str, words)],
                              capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == status, done.stdout + done.stderr
        (item,) = json.loads(done.stdout)["items"]
        return item | {"said": done.stderr}

    return run


@pytest.fixture
def mounts():
    held = growing.Mounts()
    yield held
    held.release()


@pytest.fixture
def disk(loops, mounts, tmp_path):  # pylint: disable=unused-argument
    """disk(name, kind) has a root of that filesystem, and has not grown; mounts go before it does."""

    def make(name="disk", kind="xfs", sector_bytes=512):
        path = growing.make(tmp_path / name, SMALL)
        made = growing.Disk(path, loops.attach(path, sector_bytes), sector_bytes)
        made.label((1, 1, 4, gpt.LINUX), (9, 8, ROOT_MIB))
        growing.make_filesystem(kind, made.partition(9))
        return made

    return make


def end_mib(made: growing.Disk, number: int = 9) -> float:
    return (growing.extent(growing.read(made.path, made.sector_bytes)["entries"][number])[1] + 1) \
        * made.sector_bytes / MIB


def test_an_xfs_made_for_a_far_smaller_disk_is_warned_of(disk, mounts, resize, tmp_path):
    made = disk()
    growing.run("mkfs.xfs", "-q", "-f", "-d", "agsize=16m", "-l", "size=8m", "--unsupported",
                made.partition(9))
    place = mounts.mount(made.partition(9), tmp_path / "root")
    made.grow(7000)
    item = resize(place)
    assert item["result"] == "changed"
    assert "allocation groups" in item["said"] and str(place) in item["said"]
    made.grow(7100)
    assert "allocation groups" in resize(place)["said"]
    assert resize(place)["said"] == ""


def test_a_dos_label_ends_at_two_tib(resize, loops, tmp_path):
    path = growing.make(tmp_path / "disk", 64)
    growing.run("sfdisk", "--quiet", path, input="label: dos\nstart=2048, size=40960, type=83\n")
    growing.resized(path, 3 << 20)
    item = resize("--partition=1", path)
    assert item["result"] == "changed"
    size = int(growing.run("sfdisk", "--dump", path).split("size=")[1].split(",")[0])
    assert 2048 + size == (1 << 32) - 2048
    assert resize("--partition=1", path)["result"] == "unchanged"


def test_a_mounted_root_of_a_dos_label_grows(resize, loops, mounts, tmp_path):
    path = growing.make(tmp_path / "disk", SMALL)
    made = growing.Disk(path, loops.attach(path))
    growing.run("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", made.node,
                input=f"label: dos\nstart=2048, size={ROOT_MIB * 2048}, type=83, bootable\n")
    growing.run("addpart", made.node, 1, 2048, ROOT_MIB * 2048)
    growing.make_filesystem("xfs", made.partition(1))
    place = mounts.mount(made.partition(1), tmp_path / "root")
    made.grow(LARGE)
    assert resize(place)["result"] == "changed"
    # 33 sectors stay free for the backup of a GPT to come.
    assert made.kernel(1) == (2048, (LARGE - 2) * 2048)
    assert growing.filesystem_bytes("xfs", made.partition(1), place) == (LARGE - 2) * MIB
    assert "bootable" in growing.run("sfdisk", "--dump", made.node)
    assert resize(place)["result"] == "unchanged"


def test_a_read_only_disk_is_left_alone(disk, resize):
    made = disk()
    made.grow(LARGE)
    before = made.head()
    growing.run("blockdev", "--setro", made.node)
    try:
        item = resize(made.node)
    finally:
        growing.run("blockdev", "--setrw", made.node)
    assert (item["result"], item["reason"]) == ("skipped", f"{made.partition(9)} is read-only")
    assert made.head() == before


def test_a_gpt_without_its_protective_mbr_is_named(disk, resize):
    made = disk()
    with open(made.node, "r+b") as file:
        file.write(bytes(512))
    made.grow(LARGE)
    before = made.head()
    item = resize(made.partition(9), status=1)
    assert item["result"] == "failed" and "GPT without its protective MBR" in item["reason"]
    assert made.head() == before


def test_a_disk_that_grows_again_and_again(disk, mounts, resize, tmp_path):
    made = disk()
    place = mounts.mount(made.partition(9), tmp_path / "root")
    for mib in (500, 501, 502, 600, 601.5, 900):
        made.grow(mib)
        before = end_mib(made)
        resize(place)
        # The last whole MiB in front of the backup, once there are two to gain.
        want = int(mib - 33 / 2048)
        assert end_mib(made) == (want if want - before >= 2 else before)
        assert growing.filesystem_bytes("xfs", made.partition(9), place) == (end_mib(made) - 8) * MIB
        assert resize(place)["result"] == "unchanged"


def test_a_hundred_boots_write_nothing(disk, mounts, resize, tmp_path):
    made = disk()
    place = mounts.mount(made.partition(9), tmp_path / "root")
    made.grow(LARGE)
    assert resize(place)["result"] == "changed"
    before = made.head(), made.path.stat().st_mtime_ns
    growing.run("sync", "-f", place)
    stamp = made.path.stat().st_mtime_ns
    for _ in range(100):
        assert resize(place)["result"] == "unchanged"
    assert made.head() == before[0] and made.path.stat().st_mtime_ns == stamp


def test_a_partition_smaller_than_its_filesystem_is_not_made_to_fit(disk, resize):
    """Somebody cut the partition: it takes what is free behind it, the filesystem is not touched."""
    made = disk(kind="ext4")
    table = gpt.Table(made.sectors(SMALL), guid=made.table.guid, partitions=[
        made.table.partitions[0],
        gpt.Partition(9, made.sectors(8), made.sectors(100), "cut", growing.RESIZE),
        gpt.Partition(2, made.sectors(150), made.sectors(4), "between")])
    with open(made.node, "r+b") as file:
        table.write(file)
        file.seek(8 * MIB)
        before = file.read(100 * MIB)
    growing.run("resizepart", made.node, 9, made.sectors(100))
    growing.run("addpart", made.node, 2, made.sectors(150), made.sectors(4))
    item = resize(made.partition(9))
    assert [operation["operation"] for operation in item["operations"]] == ["partition.grow"]
    assert end_mib(made) == 150
    with open(made.partition(9), "rb") as file:
        assert file.read(100 * MIB) == before
    assert resize(made.partition(9))["result"] == "unchanged"


def test_a_second_disk_with_the_same_table_is_left_alone(disk, loops, mounts, resize, tmp_path):
    one = disk()
    growing.copy(one.path, tmp_path / "two")
    two = growing.Disk(tmp_path / "two", loops.attach(tmp_path / "two"))
    for number, start, size in ((1, 1, 4), (9, 8, ROOT_MIB)):
        growing.run("addpart", two.node, number, start * 2048, size * 2048)
    place = mounts.mount(one.partition(9), tmp_path / "root")
    for made in (one, two):
        made.grow(LARGE)
    before = two.head()
    assert resize(place)["result"] == "changed"
    assert end_mib(one) == LARGE - 1
    assert two.head() == before and two.kernel(9)[1] == ROOT_MIB * 2048
