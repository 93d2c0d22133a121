"""disk/filesystem_plan: what is kept, made or refused, also on partitions yet to be made."""

import os
import subprocess
import uuid

import pytest

import block
import gpt

MIB = 2048
SECTORS = 512 * MIB


class Disk:
    def __init__(self, tool, node, path):
        self.tool, self.node, self.path = tool, node, path
        self.part = f"{node}p1"

    def call(self, *words, script="") -> subprocess.CompletedProcess:
        return subprocess.run([self.tool, *map(str, words)], input=script, capture_output=True,
                              text=True, check=False, timeout=120)

    def lines(self, *words, script="") -> list[str]:
        result = self.call(*words, script=script)
        assert result.returncode == 0, result.stderr
        return result.stdout.splitlines()

    def apply(self, *words):
        return self.lines("filesystem", "apply", self.part, *words)

    def show(self, *words):
        return self.lines("filesystem", "show", self.part, *words)

    def refusal(self, *words) -> str:
        before = block.contents(self.path)
        result = self.call("filesystem", "apply", self.part, *words)
        assert result.returncode == 1, result.stdout
        assert block.contents(self.path) == before
        return result.stderr.strip()

    def probe(self) -> str:
        return self.lines("probe", self.part)[0].split("|")[0]


@pytest.fixture
def disk(disk_tool, tmp_path, attach):
    path = tmp_path / "disk"
    table = gpt.Table(SECTORS, partitions=[gpt.Partition(1, MIB, 400 * MIB, "data")])
    with open(path, "wb") as file:
        file.truncate(SECTORS * 512)
        table.write(file)
    disk = Disk(disk_tool, attach(path), path)
    disk.lines("tell", os.path.basename(disk.node))
    return disk


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "vfat", "swap"])
def test_made_once_and_kept_ever_after(disk, kind):
    label = "DATA"
    said = [f'device {disk.part}: create {kind} filesystem "DATA"']
    assert disk.show(kind, "keep", label) == said
    assert disk.apply(kind, "keep", label) == said
    assert disk.probe().endswith("labelled DATA")
    assert disk.show(kind, "keep", label) == []


def test_another_is_refused_and_then_wiped_where_asked(disk):
    disk.apply("ext4", "keep", "old")
    assert disk.refusal("xfs", "keep") == (
        "input: filesystem is not of the correct type: an ext4 filesystem labelled old is on "
        f'"{disk.part}"; set wipeFilesystem to replace it')
    assert disk.apply("xfs", "wipe") == [
        f"device {disk.part}: create xfs filesystem, destroying an ext4 filesystem labelled old"]
    assert disk.probe() == "an xfs filesystem"
    assert disk.apply("none", "wipe") == [
        f"device {disk.part}: wipe, destroying an xfs filesystem"]
    assert disk.probe() == "nothing"


def test_a_mounted_one_is_not_made_anew(disk, tmp_path):
    disk.apply("ext4", "keep")
    place = tmp_path / "place"
    place.mkdir()
    subprocess.run(["mount", "-o", "ro", disk.part, place], check=True, timeout=30)
    try:
        assert disk.show("ext4", "keep") == []
        result = disk.call("filesystem", "show", disk.part, "ext4", "wipe")
        assert result.stderr == \
            f'busy: refusing to format "{disk.part}": it is mounted on {place}\n'
    finally:
        subprocess.run(["umount", place], check=True, timeout=30)


def test_a_device_that_is_yet_to_appear_is_decided_later(disk):
    assert disk.lines("filesystem", "show", "/dev/md/none", "ext4", "keep") == [
        "device /dev/md/none: create ext4 filesystem, unless a matching one is there"]


@pytest.mark.parametrize("by_name", [False, True], ids=["node", "partlabel"])
def test_partition_and_filesystem_in_one_plan(disk, by_name):
    label = f"new{uuid.uuid4().hex[:6]}"
    device = f"/dev/disk/by-partlabel/{label}" if by_name else f"{disk.node}p2"
    words = ("keep", disk.node, device, "ext4", "keep")
    script = f"2 - 64 e - - {label}\n"
    expected = [f'disk {disk.node}: create partition 2 "{label}" 64 MiB at 401 MiB',
                f"disk {disk.node}: write the table, 2 partitions",
                f"device {device}: create ext4 filesystem"]
    assert disk.lines("partitions", "show", *words, script=script) == expected
    assert disk.lines("partitions", "apply", *words, script=script) == expected
    assert disk.lines("partitions", "show", *words, script=script) == []


def test_what_lies_where_a_partition_will_be_is_refused_before_the_write(disk):
    disk.apply("ext4", "keep", "precious")
    before = block.contents(disk.path)
    result = disk.call("partitions", "apply", "wipe", disk.node, f"{disk.node}p7", "xfs", "keep",
                       script="7 1 400 e - - new\n")
    assert result.returncode == 1
    assert result.stderr == (
        "input: filesystem is not of the correct type: an ext4 filesystem labelled precious is on "
        f'"{disk.node}p7"; set wipeFilesystem to replace it\n')
    assert block.contents(disk.path) == before


def test_what_lies_where_a_partition_will_be_is_kept_when_it_matches(disk):
    disk.apply("ext4", "keep", "precious")
    before = disk.lines("probe", disk.part)
    disk.lines("partitions", "apply", "wipe", disk.node, f"{disk.node}p7", "ext4", "keep",
               "precious", script="7 1 400 e - - new\n")
    assert disk.lines("probe", f"{disk.node}p7") == before
