"""growpart: side by side with the one of cloud-guest-utils, on equal images."""

import os
import subprocess

import pytest

import block
import conftest
import gpt
import growing
import parted
from growing import MIB

pytestmark = conftest.needs_root
OURS, THEIRS = "ours", "theirs"


@pytest.fixture
def growpart(programs):
    """growpart(which, words …) hands back (status, the verdict)."""
    places = {OURS: programs.ours_named("growpart"), THEIRS: programs.oracle / "usr/bin/growpart"}
    assert places[THEIRS].exists(), "unpack cloud-guest-utils as tests/oracles says"

    def run(which, *words, **environment):
        done = subprocess.run([places[which], *map(str, words)], capture_output=True, text=True,
                              check=False, timeout=120, env=os.environ | environment)
        lines = [line for line in done.stdout.splitlines() if line]
        return done.returncode, lines[-1] if lines else ""

    return run


def sfdisk(path, script: str, *words):
    growing.run("sfdisk", "--quiet", *words, path, input=script)


def gpt_disk(path, rows, mib=100, sector_bytes=512):
    growing.make(path, mib)
    sectors = mib * MIB // sector_bytes
    table = gpt.Table(sectors, sector_bytes, partitions=[
        gpt.Partition(n, start * MIB // sector_bytes, size * MIB // sector_bytes, f"p{n}",
                      attributes=1 << 63) for n, start, size in rows])
    with open(path, "r+b") as file:
        table.write(file)


def one_partition(path):
    gpt_disk(path, [(1, 1, 50)])


def neighbours(path):
    gpt_disk(path, [(1, 1, 40), (2, 60, 10)])


def adjacent(path):
    gpt_disk(path, [(1, 1, 40), (2, 41, 10)])


def out_of_order(path):
    gpt_disk(path, [(1, 60, 10), (2, 1, 40)])


def full(path):
    gpt_disk(path, [(1, 1, 98)])


def moved_backup(path):
    one_partition(path)
    growing.resized(path, 300)


def dos(path):
    growing.make(path, 100)
    sfdisk(path, "label: dos\nstart=2048, size=40960, type=83, bootable\n")


def dos_neighbours(path):
    growing.make(path, 100)
    sfdisk(path, "label: dos\nstart=2048, size=40960, type=83\nstart=81920, size=2048, type=83\n")


def dos_logical(path):
    growing.make(path, 100)
    sfdisk(path, "label: dos\nstart=2048, size=120000, type=5\nstart=4096, size=20480, type=83\n"
                 "start=40960, size=20480, type=83\n")


def dos_three_tib(path):
    growing.make(path, 3 << 20)
    sfdisk(path, "label: dos\nstart=2048, size=40960, type=83\n")


def dos_full(path):
    growing.make(path, 100)
    sfdisk(path, "label: dos\nstart=2048, size=202752, type=83\n")


def dos_nearly_full(path):
    growing.make(path, 100)
    sfdisk(path, "label: dos\nstart=2048, size=202700, type=83\n")


def last_number(path):
    gpt_disk(path, [(1, 1, 40), (128, 60, 10)])


def damaged(lba: int, whence: int):
    """One of the two copies."""
    def make(path):
        one_partition(path)
        with open(path, "r+b") as file:
            file.seek(lba * 512, whence)
            file.write(b"x" * 512)
    make.__name__ = f"damaged_at_{lba}"
    return make


DISKS = [
    # make, partition, further words, environment
    (one_partition, 1, (), {}),
    (one_partition, 1, ("--dry-run",), {}),
    (one_partition, 1, ("-N", "--free-percent=10"), {}),
    (one_partition, 1, ("--free-percent", "20"), {}),
    (one_partition, 1, ("--free-percent=60",), {}),
    (one_partition, 1, ("--fudge", str(60 * MIB)), {}),
    (one_partition, 1, (), {"GROWPART_FUDGE": str(60 * MIB)}),
    (one_partition, 1, ("--update=off",), {}),
    (neighbours, 1, (), {}),
    (neighbours, 2, (), {}),
    (adjacent, 1, (), {}),
    (out_of_order, 2, (), {}),
    (full, 1, (), {}),
    (moved_backup, 1, (), {}),
    (moved_backup, 1, ("--free-percent=30",), {}),
    (dos, 1, (), {}),
    (dos, 1, ("--free-percent=30",), {}),
    (dos_neighbours, 1, (), {}),
    (dos_neighbours, 2, (), {}),
    (neighbours, 1, ("--free-percent=5",), {}),
    # Every option beside a dry run, and every verdict of one.
    (one_partition, 1, ("-N", "-v"), {}),
    (one_partition, 1, ("--verbose",), {}),
    (one_partition, 1, ("-u", "auto"), {}),
    (one_partition, 1, ("-u", "on"), {}),
    (one_partition, 1, ("-u", "force"), {}),
    (one_partition, 1, ("--update=off", "-N"), {}),
    (one_partition, 1, ("-N", "--fudge", str(60 * MIB)), {}),
    (one_partition, 1, ("-N", "--free-percent", "10", "--fudge", str(60 * MIB)), {}),
    (one_partition, 1, ("--free-percent=49",), {}),
    (one_partition, 1, ("--free-percent=1",), {}),
    (full, 1, ("-N",), {}),
    (full, 1, ("--fudge", "0"), {}),
    (moved_backup, 1, ("-N",), {}),
    (neighbours, 1, ("-N",), {}),
    (neighbours, 2, ("-N",), {}),
    (adjacent, 1, ("-N", "--free-percent=10"), {}),
    (last_number, 1, (), {}),
    (last_number, 128, (), {}),
    (damaged(1, os.SEEK_SET), 1, (), {}),
    (damaged(-1, os.SEEK_END), 1, (), {}),
    (dos, 1, ("-N",), {}),
    (dos_full, 1, (), {}),
    (dos_nearly_full, 1, (), {}),
    (dos_nearly_full, 1, ("--fudge", "512"), {}),
    # An extended one, which holds others.
    (dos_logical, 1, (), {}),
    (dos_logical, 1, ("-N",), {}),
]


def label_of(path) -> str:
    """As sfdisk dumps it, without the name of the image."""
    dump = growing.run("sfdisk", "--dump", path)
    return dump.replace(str(path), "DISK")


@pytest.mark.parametrize("make,number,words,environment", DISKS,
                         ids=lambda v: getattr(v, "__name__", None))
def test_verdict_status_and_label_are_the_same(growpart, tmp_path, make, number, words, environment):
    said = {}
    make(tmp_path / OURS)
    growing.copy(tmp_path / OURS, tmp_path / THEIRS)
    for which in (OURS, THEIRS):
        said[which] = growpart(which, *words, tmp_path / which, number, **environment)
    assert said[OURS] == said[THEIRS]
    assert label_of(tmp_path / OURS) == label_of(tmp_path / THEIRS)
    # And once more: nothing is left to do, or as before.
    again = {which: growpart(which, *words, tmp_path / which, number, **environment)
             for which in (OURS, THEIRS)}
    assert again[OURS] == again[THEIRS]


@pytest.mark.parametrize("sector_bytes", [512, 4096])
@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs"])
def test_with_the_tools_of_the_filesystem_it_comes_to_the_same(growpart, programs, loops, tmp_path,
                                                               kind, sector_bytes):
    """growpart and resize2fs, xfs_growfs, btrfs on one disk, slipway resize on the other."""
    sizes, ends = {}, {}
    held = growing.Mounts()
    try:
        for which in (OURS, THEIRS):
            path = growing.make(tmp_path / which, 400)
            disk = growing.Disk(path, loops.attach(path, sector_bytes), sector_bytes)
            disk.label((1, 1, 320))
            node = disk.partition(1)
            growing.make_filesystem(kind, node)
            place = None if kind == "ext4" else held.mount(node, tmp_path / f"{which}-mount")
            disk.grow(1001)
            if which == OURS:
                growing.run(programs.ours / "slipway-resize", place or node)
            else:
                status, line = growpart(THEIRS, disk.node, 1)
                assert status == 0, line
                growing.run(*{"ext4": ("e2fsck", "-fp", node), "xfs": ("true",),
                              "btrfs": ("true",)}[kind])
                growing.run(*{"ext4": ("resize2fs", node), "xfs": ("xfs_growfs", place),
                              "btrfs": ("btrfs", "filesystem", "resize", "max", place)}[kind])
            ends[which] = growing.extent(growing.read(path, sector_bytes)["entries"][1])
            sizes[which] = growing.filesystem_bytes(kind, node, place)
    finally:
        held.release()
    # growpart goes to the last usable sector, slipway resize to the last whole MiB before.
    assert ends[OURS][1] + 1 == 1000 * MIB // sector_bytes
    assert 0 <= ends[THEIRS][1] - ends[OURS][1] < MIB // sector_bytes
    assert sizes[OURS] == ends_bytes(ends[OURS], sector_bytes)
    assert 0 <= sizes[THEIRS] - sizes[OURS] < MIB


def ends_bytes(extent, sector_bytes: int) -> int:
    return (extent[1] + 1 - extent[0]) * sector_bytes


@pytest.mark.parametrize("sector_bytes", [512, 4096])
def test_the_kernel_of_a_disk_is_told(growpart, loops, tmp_path, sector_bytes):
    said, known = {}, {}
    for which in (OURS, THEIRS):
        path = growing.make(tmp_path / which, 100)
        disk = growing.Disk(path, loops.attach(path, sector_bytes), sector_bytes)
        disk.label((1, 1, 20), (2, 60, 4))
        said[which] = growpart(which, disk.node, 1)
        known[which] = block.partitions(disk.node)
    assert said[OURS] == said[THEIRS]
    # sfdisk takes the neighbour from the kernel, where a loop device is read again without a parser.
    assert known[OURS] == {1: (2048, 59 * 2048), 2: (60 * 2048, 4 * 2048)}
    assert known[THEIRS][1] == known[OURS][1]


@pytest.mark.parametrize("make,number,verdict", [
    (dos_logical, 6, "start=40960 old: size=20480 end=61439 new: size=81088 end=122047"),
    (dos_logical, 5, None),  # the record of the next one lies behind it
    (dos_three_tib, 1, "start=2048 old: size=40960 end=43007 new: size=4294965247 end=4294967294"),
])
def test_where_debians_fails(growpart, tmp_path, make, number, verdict):
    """sfdisk refuses its script: logical partitions, and a DOS label on more than 2 TiB."""
    make(tmp_path / OURS)
    growing.copy(tmp_path / OURS, tmp_path / THEIRS)
    before = label_of(tmp_path / OURS)
    status, line = growpart(OURS, tmp_path / OURS, number)
    if verdict:
        assert (status, line) == (0, f"CHANGED: partition={number} {verdict}")
        changed = [a for a, b in zip(before.splitlines(), label_of(tmp_path / OURS).splitlines())
                   if a != b]
        assert len(changed) == 1
    else:
        assert status == 1 and label_of(tmp_path / OURS) == before
    assert growpart(OURS, tmp_path / OURS, number)[0] == 1
    assert growpart(THEIRS, tmp_path / THEIRS, number)[0] == 2


def test_an_extended_partition_grows_before_its_last_logical_one(growpart, loops, tmp_path):
    """The kernel has two sectors of it, as of every extended one, and is told nothing."""
    dos_logical(tmp_path / "disk")
    disk = growing.Disk(tmp_path / "disk", loops.attach(tmp_path / "disk"))
    for number, start, size in ((1, 2048, 2), (5, 4096, 20480), (6, 40960, 20480)):
        growing.run("addpart", disk.node, number, start, size)
    assert growpart(OURS, disk.node, 1)[0] == 0
    assert growpart(OURS, disk.node, 6)[0] == 0
    assert block.partitions(disk.node) == {1: (2048, 2), 5: (4096, 20480), 6: (40960, 163807)}
    assert growpart(OURS, disk.node, 1)[0] == growpart(OURS, disk.node, 6)[0] == 1


def test_a_disk_that_shrank_is_a_failure(growpart, tmp_path):
    """Debian's says that nothing changes, and that the partition could grow by less than nothing."""
    gpt_disk(tmp_path / "disk", [(1, 1, 60)])
    growing.resized(tmp_path / "disk", 50)
    before = block.contents(tmp_path / "disk")
    status, line = growpart(OURS, tmp_path / "disk", 1)
    assert status == 2 and line.startswith("FAILED: ") and "made smaller" in line
    assert growpart(THEIRS, tmp_path / "disk", 1)[0] == 1
    assert block.contents(tmp_path / "disk") == before


def test_update_off_leaves_the_kernel_alone(growpart, loops, tmp_path):
    path = growing.make(tmp_path / "disk", 100)
    disk = growing.Disk(path, loops.attach(path))
    disk.label((1, 1, 20))
    status, line = growpart(OURS, "-u", "off", disk.node, 1)
    assert status == 0 and line.startswith("CHANGED: partition=1 start=2048 old: size=40960")
    assert disk.kernel(1)[1] == 40960


@pytest.mark.parametrize("kind,numbers", [
    ("amiga", (1, 2)), ("atari", (1, 2)), ("bsd", (1, 2)), ("dvh", (1, 2)), ("mac", (2, 3)),
    ("pc98", (1, 2)), ("sun", (1, 2)),
])
def test_labels_of_libparted(growpart, programs, loops, tmp_path, kind, numbers):
    """The first grows to the second, which nobody touches; then that to the end of the disk."""
    path = growing.make(tmp_path / "disk", 64)
    label = parted.Label(path, kind)
    assert (label.add(4096, 20479), label.add(81920, 99967)) == numbers
    label.write()

    status, line = growpart(OURS, path, numbers[0])
    assert (status, line) == (0, f"CHANGED: partition={numbers[0]} start=4096 old: size=16384 "
                                 "end=20479 new: size=77824 end=81919")
    label = parted.Label(path)
    assert [label.extent(number) for number in numbers] == [(4096, 81919), (81920, 99967)]
    label.close()
    assert growpart(OURS, path, numbers[0])[0] == 1

    status, line = growpart(OURS, path, numbers[1])
    end = int(line.rsplit("end=", 1)[1])
    assert status == 0 and 130000 < end < 64 * 2048 - 33
    label = parted.Label(path)
    assert [label.extent(number) for number in numbers] == [(4096, 81919), (81920, end)]
    label.close()
    assert growpart(OURS, path, numbers[1])[0] == 1


@pytest.mark.parametrize("kind,numbers", [
    ("amiga", (1, 2)), ("atari", (1, 2)), ("bsd", (1, 2)), ("dvh", (1, 2)), ("mac", (2, 3)),
    ("pc98", (1, 2)), ("sun", (1, 2)),
])
def test_labels_of_libparted_by_slipway_resize(programs, tmp_path, kind, numbers):
    """On an image that has grown; what is not worth a write is not written."""
    path = growing.make(tmp_path / "disk", 64)
    label = parted.Label(path, kind)
    assert (label.add(4096, 20479), label.add(81920, 99967)) == numbers
    label.write()
    resize = [programs.ours / "slipway-resize", path, "--partition"]
    for number in numbers:
        assert f"{path}: changed" in growing.run(*resize, number)
        before = block.contents(path)
        assert growing.run(*resize, number) == f"{path}: unchanged\n"
        assert block.contents(path) == before
    label = parted.Label(path)
    first, second = (label.extent(number) for number in numbers)
    label.close()
    assert first == (4096, 81919)
    # Up to the last MiB, or as far as the label's cylinders go.
    assert second[0] == 81920 and 62 * 2048 < second[1] < 64 * 2048


def test_a_label_of_libparted_on_a_disk_in_use_is_left_alone(growpart, loops, tmp_path):
    path = growing.make(tmp_path / "disk", 64)
    label = parted.Label(path, "mac")
    label.add(4096, 20479)
    label.write()
    disk = growing.Disk(path, loops.attach(path))
    growing.run("addpart", disk.node, 2, 4096, 16384)
    growing.run("mkfs.ext2", "-q", disk.partition(2))
    held = growing.Mounts()
    try:
        held.mount(disk.partition(2), tmp_path / "mount")
        before = disk.head()
        status, line = growpart(OURS, disk.node, 2)
        assert status == 2 and "mac label, which is changed only while nothing" in line
        assert disk.head() == before
    finally:
        held.release()
    assert growpart(OURS, disk.node, 2)[0] == 0
    assert disk.kernel(2)[1] > 16384


@pytest.mark.parametrize("words,status,verdict", [
    (("/nonexistent", "1"), 2, "FAILED: /nonexistent: does not exist"),
    (("DISK", "x"), 2, "FAILED: partition-number must be a number"),
    (("DISK", "0"), 2, "FAILED: there is no partition 0"),
    (("DISK", "129"), 2, "FAILED: there is no partition 129"),
    (("DISK", "1", "2"), 2, "FAILED: confused by arg 2"),
    (("--free-percent=0", "DISK", "1"), 2, "FAILED: unknown/invalid --free-percent option: 0"),
    (("--free-percent=100", "DISK", "1"), 2, "FAILED: unknown/invalid --free-percent option: 100"),
    (("--fudge=x", "DISK", "1"), 2, "FAILED: unknown/invalid --fudge option: x"),
    (("--update=maybe", "DISK", "1"), 2, "FAILED: unknown --update option: maybe"),
    (("DISK", "7"), 2, "FAILED: DISK: there is no partition 7"),
    (("EMPTY", "1"), 2, "FAILED: EMPTY has no partition table that can be changed"),
    ((), 2, ""),
    (("DISK",), 2, ""),
    (("--frobnicate", "DISK", "1"), 2, ""),
])
def test_bad_usage(growpart, tmp_path, words, status, verdict):
    one_partition(tmp_path / "disk")
    growing.make(tmp_path / "empty", 4)
    names = {"DISK": str(tmp_path / "disk"), "EMPTY": str(tmp_path / "empty")}
    for name, path in names.items():
        verdict = verdict.replace(name, path)
    assert growpart(OURS, *(names.get(word, word) for word in words)) == (status, verdict)
    # Debian's fails too, with words of its own in places.
    assert growpart(THEIRS, *(names.get(word, word) for word in words))[0] == status


def test_help_and_version(growpart):
    assert growpart(OURS, "--help")[0] == 0
    status, line = growpart(OURS, "--version")
    assert status == 0 and line.startswith("growpart (Slipway ")
