"""disk/kernel: the kernel is told what differs, whatever it knew before."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

import block
import gpt

MIB = 2048
SECTORS = 400 * MIB


class Disk:
    def __init__(self, tool, attach, path, sector_bytes=512):
        self.tool, self.scale = tool, sector_bytes // 512
        with open(path, "wb") as file:
            file.truncate(SECTORS * 512)
        self.node = attach(path, sector_bytes)
        self.name = os.path.basename(self.node)
        self.table = gpt.Table(SECTORS // self.scale, sector_bytes)

    def set(self, *partitions: tuple[int, int, int]):
        """(number, start, size), in 512-byte sectors."""
        self.table.partitions = [gpt.Partition(n, start // self.scale, size // self.scale)
                                 for n, start, size in partitions]
        with open(self.node, "r+b") as file:
            self.table.write(file)

    def tell(self) -> subprocess.CompletedProcess:
        return subprocess.run([self.tool, "tell", self.name], capture_output=True, text=True,
                              check=False, timeout=30)

    def told(self) -> dict:
        result = self.tell()
        assert result.returncode == 0, result.stderr
        return block.partitions(self.node)

    def delpart(self, number: int):
        subprocess.run(["delpart", self.node, str(number)], check=True, timeout=30)

    def addpart(self, number: int, start: int, size: int):
        subprocess.run(["addpart", self.node, str(number), str(start), str(size)], check=True,
                       timeout=30)


@pytest.fixture(params=[512, 4096])
def disk(request, disk_tool, attach, tmp_path):
    return Disk(disk_tool, attach, tmp_path / "disk", request.param)


ONE, TWO, NINE = (1, MIB, 4 * MIB), (2, 8 * MIB, 300 * MIB), (9, 320 * MIB, MIB)


def known(*partitions):
    return {n: (start, size) for n, start, size in partitions}


def test_partitions_appear_with_their_nodes(disk):
    disk.set(ONE, TWO, NINE)
    assert disk.told() == known(ONE, TWO, NINE)
    for number in (1, 2, 9):
        assert Path(f"{disk.node}p{number}").is_block_device()


def test_nothing_to_tell_is_fine(disk):
    disk.set(ONE)
    disk.told()
    assert disk.told() == known(ONE)


def test_a_kernel_that_was_told_half_heals(disk):
    disk.set(ONE, TWO, NINE)
    disk.told()
    disk.delpart(1)
    disk.delpart(9)
    assert disk.told() == known(ONE, TWO, NINE)


def test_stale_partitions_in_the_way_go_first(disk):
    disk.set(ONE)
    disk.addpart(5, 2 * MIB, 100 * MIB)
    assert disk.told() == known(ONE)


def test_deleted_moved_grown_and_shrunk_at_once(disk):
    disk.set((1, MIB, 8 * MIB), (2, 16 * MIB, 8 * MIB), (3, 32 * MIB, 8 * MIB),
             (4, 40 * MIB, 8 * MIB))
    disk.told()
    after = [(1, MIB, 12 * MIB), (3, 32 * MIB, 2 * MIB), (4, 36 * MIB, 8 * MIB),
             (7, 16 * MIB, MIB)]
    disk.set(*after)
    assert disk.told() == known(*after)


@pytest.fixture
def mounted(disk, tmp_path):
    """Partition 2 with a mounted filesystem."""
    disk.set(ONE, TWO)
    disk.told()
    subprocess.run(["mkfs.ext4", "-q", f"{disk.node}p2"], check=True, timeout=60)
    place = tmp_path / "mount"
    place.mkdir()
    subprocess.run(["mount", f"{disk.node}p2", place], check=True, timeout=30)
    yield disk
    subprocess.run(["umount", place], check=True, timeout=30)


def test_a_mounted_partition_is_left_alone(mounted):
    mounted.set(TWO, NINE)
    assert mounted.told() == known(TWO, NINE)


def test_a_mounted_partition_may_grow(mounted):
    grown = (2, TWO[1], TWO[2] + MIB)
    mounted.set(ONE, grown)
    assert mounted.told() == known(ONE, grown)


@pytest.mark.parametrize("after", [(ONE,), (ONE, (2, TWO[1] + MIB, MIB))], ids=["gone", "moved"])
def test_a_mounted_partition_that_must_go_is_an_error(mounted, after):
    mounted.set(*after)
    result = mounted.tell()
    assert result.returncode == 1
    assert result.stderr == (f"busy: have the kernel forget partition 2 of {mounted.node}: Device "
                             "or resource busy\n")
    assert block.partitions(mounted.node) == known(ONE, TWO)


def test_a_foreign_lock_is_waited_for_and_named(disk):
    disk.set(ONE)
    with open(disk.node, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        result = disk.tell()
    assert result.stderr == (f"timeout: {disk.node} is locked by another program (waited 1 s)\n")
    assert disk.told() == known(ONE)
