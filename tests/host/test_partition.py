"""disk/partition_plan: what a request makes of a disk, and what is refused before any write."""

import os
import subprocess

import pytest

import block
import gpt

MIB = 2048
SECTORS = 512 * MIB
ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"


class Disk:
    def __init__(self, tool, node, path):
        self.tool, self.node, self.path = tool, str(node), path

    def run(self, what, *entries, wipe=False) -> subprocess.CompletedProcess:
        return subprocess.run(
            [self.tool, "partitions", what, "wipe" if wipe else "keep", self.node],
            input="".join(entry + "\n" for entry in entries), capture_output=True, text=True,
            check=False, timeout=60)

    def plan(self, *entries, wipe=False) -> list[str]:
        """Lines of the plan without their beginning, after a look that must change nothing."""
        before = block.contents(self.path)
        result = self.run("show", *entries, wipe=wipe)
        assert result.returncode == 0, result.stderr
        assert block.contents(self.path) == before
        return [line.removeprefix(f"disk {self.node}: ") for line in result.stdout.splitlines()]

    def apply(self, *entries, wipe=False):
        result = self.run("apply", *entries, wipe=wipe)
        assert result.returncode == 0, result.stderr

    def refusal(self, *entries, wipe=False) -> str:
        """The message, after a try that must change nothing."""
        before = block.contents(self.path)
        result = self.run("apply", *entries, wipe=wipe)
        assert result.returncode == 1, result.stdout
        assert block.contents(self.path) == before
        return result.stderr.strip()

    def table(self) -> list[str]:
        return subprocess.run([self.tool, "table", self.node], capture_output=True, text=True,
                              check=True, timeout=30).stdout.splitlines()

    def places(self) -> dict:
        return {int(p[0]): (int(p[1]), int(p[2]))
                for p in (line.split("|") for line in self.table()[1:])}


def make(tool, node, path, table=None):
    with open(path, "wb") as file:
        file.truncate(SECTORS * 512)
        if table:
            table.write(file)
    return Disk(tool, node or path, path)


@pytest.fixture
def image(disk_tool, tmp_path):
    return make(disk_tool, None, tmp_path / "disk")


@pytest.fixture
def loop(disk_tool, tmp_path, attach):
    """A disk with three partitions that the kernel knows."""
    path = tmp_path / "disk"
    table = gpt.Table(SECTORS, partitions=[
        gpt.Partition(1, MIB, 4 * MIB, "EFI-SYSTEM"), gpt.Partition(2, 8 * MIB, 64 * MIB, "data"),
        gpt.Partition(3, 80 * MIB, 64 * MIB, "ROOT", attributes=4)])
    make(disk_tool, None, path, table)
    disk = Disk(disk_tool, attach(path), path)
    subprocess.run([disk_tool, "tell", os.path.basename(disk.node)], check=True, timeout=30)
    return disk


TWO = ("1 - 16 e - - ROOT", "0 - 0 e - - -")


def test_a_blank_image_is_partitioned_and_then_as_asked(image):
    assert image.plan(*TWO) == [
        'create partition 1 "ROOT" 16 MiB at 1 MiB', "create partition 2 495 MiB at 17 MiB",
        "write the table, 2 partitions"]
    image.apply(*TWO)
    assert image.places() == {1: (MIB, 16 * MIB), 2: (17 * MIB, SECTORS - 33 - 17 * MIB)}
    assert image.plan("1 - 16 e - - ROOT") == []


def test_no_entries_and_no_wipe_is_nothing_to_do(image):
    assert image.plan() == []


def test_what_is_there_is_named(disk_tool, image):
    image.apply(*TWO)
    fs = image.path.parent / "fs"
    with open(fs, "wb") as file:
        file.truncate(16 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-L", "keep", fs], check=True, timeout=60)
    with open(image.path, "r+b") as file:
        file.seek(1 << 20)
        file.write(fs.read_bytes())
    assert image.plan("1 - 16 ew - - X") == [
        'delete partition 1 "ROOT" with an ext4 filesystem labelled keep',
        'create partition 1 "X" 16 MiB at 1 MiB, over an ext4 filesystem labelled keep',
        "write the table, 2 partitions"]


def test_a_filesystem_on_the_whole_disk_is_named(image):
    subprocess.run(["mkfs.ext4", "-q", "-F", "-L", "whole", image.path], check=True, timeout=60)
    assert image.plan("1 - 16 e - - -")[-1] == \
        "write the table, 1 partitions, over an ext4 filesystem labelled whole"


def test_nodes_appear_and_the_second_run_does_nothing(loop):
    entries = ("4 - 100 e - - new", "9 400 - e - - -")
    loop.apply(*entries)
    known = block.partitions(loop.node)
    assert known[4] == (144 * MIB, 100 * MIB) and known[9][0] == 400 * MIB
    assert known == loop.places()
    assert loop.plan("4 - 100 e - - new", "9 400 - e - - -") == []


def test_delete_resize_and_create_in_one_write(loop):
    entries = ("2 - - w - - -", "3 - 200 er - - -", "5 8 8 e - - five")
    assert loop.plan(*entries) == [
        'delete partition 2 "data"', 'resize partition 3 "ROOT" from 64 MiB to 200 MiB',
        'create partition 5 "five" 8 MiB at 8 MiB', "write the table, 3 partitions"]
    before = {line.split("|")[0]: line for line in loop.table()[1:]}
    loop.apply(*entries)
    after = {line.split("|")[0]: line for line in loop.table()[1:]}
    assert after["1"] == before["1"]
    assert after["3"] == before["3"].replace(str(64 * MIB), str(200 * MIB))
    assert block.partitions(loop.node) == loop.places() == {
        1: (MIB, 4 * MIB), 3: (80 * MIB, 200 * MIB), 5: (8 * MIB, 8 * MIB)}


def test_a_kernel_that_knows_less_is_told(loop):
    subprocess.run(["delpart", loop.node, "2"], check=True, timeout=30)
    assert loop.plan("3 - - e - - -") == ["tell the kernel its partitions"]
    loop.apply("3 - - e - - -")
    assert block.partitions(loop.node) == loop.places()
    assert loop.plan("3 - - e - - -") == []


def test_wipe_table_starts_anew(loop):
    assert loop.plan("1 - 16 e - - x", wipe=True) == [
        "wipe its label (gpt, 3 partitions)", 'create partition 1 "x" 16 MiB at 1 MiB',
        "write the table, 1 partitions"]
    loop.apply("1 - 16 e - - x", wipe=True)
    assert block.partitions(loop.node) == loop.places() == {1: (MIB, 16 * MIB)}


def test_wipe_table_alone_leaves_no_label(loop):
    loop.apply(wipe=True)
    assert loop.table() == ["none|0|0|0"]
    assert block.partitions(loop.node) == {}


def test_a_grown_disk_is_filled(disk_tool, image):
    image.apply("1 - 0 e - - ROOT")
    with open(image.path, "r+b") as file:
        file.truncate((SECTORS + 64 * MIB) * 512)
    assert image.plan("1 - 0 er - - ROOT")[0] == \
        'resize partition 1 "ROOT" from 511 MiB to 575 MiB'
    image.apply("1 - 0 er - - ROOT")
    assert image.places() == {1: (MIB, SECTORS + 64 * MIB - 33 - MIB)}


# --- refused, and the disk byte for byte as it was


@pytest.fixture
def mounted(loop, tmp_path):
    """Partition 2 of the disk, mounted."""
    place = tmp_path / "place"
    place.mkdir()
    subprocess.run(["mkfs.ext4", "-q", f"{loop.node}p2"], check=True, timeout=60)
    subprocess.run(["mount", "-o", "ro", f"{loop.node}p2", place], check=True, timeout=30)
    subprocess.run(["sync"], check=True, timeout=60)
    loop.place = place
    yield loop
    subprocess.run(["umount", place], check=True, timeout=30)


@pytest.mark.parametrize("entry", ["2 - - w - - -", "2 - 32 ew - - -", "2 - 32 er - - -"],
                         ids=["delete", "replace", "resize"])
def test_a_mounted_partition_is_not_modified(mounted, entry):
    assert mounted.refusal(entry) == (
        f'busy: disk {mounted.node}: refusing to modify active partition 2 on "{mounted.node}": '
        f"it is mounted on {mounted.place}; unmount or release it first")


def test_a_disk_with_a_mounted_partition_is_not_wiped(mounted):
    assert mounted.refusal(wipe=True) == (
        f'busy: disk {mounted.node}: refusing to wipe active disk "{mounted.node}": its '
        "partition 2 is in use; unmount or release it first")


def test_beside_a_mounted_partition_others_change(mounted):
    mounted.apply("1 - - w - - -", "4 - 8 e - - -")
    assert set(block.partitions(mounted.node)) == {2, 3, 4}


def test_a_disk_that_is_mounted_itself_is_left_alone(disk_tool, tmp_path, attach):
    path = tmp_path / "disk"
    disk = make(disk_tool, None, path)
    subprocess.run(["mkfs.ext4", "-q", "-F", path], check=True, timeout=60)
    disk = Disk(disk_tool, attach(path), path)
    subprocess.run(["mount", "-o", "ro", disk.node, tmp_path], check=True, timeout=30)
    try:
        result = disk.run("apply", *TWO)
        assert result.stderr == (f"busy: disk {disk.node}: refusing to operate on directly active "
                                 f'disk "{disk.node}"; unmount or release it first\n')
    finally:
        subprocess.run(["umount", disk.node], check=True, timeout=30)


@pytest.mark.parametrize("entries, reason", [
    (("2 - - - - - -",),
     "partition 2 exists but is specified as nonexistant and wipePartitionEntry is false"),
    (("2 - 1 e - - -",),
     "partition 2 didn't match: size did not match (specified 2048, got 131072); "
     "set resize to resize it, or wipePartitionEntry to replace it"),
    (("1 - 4 w - - -", "4 1 9000 e - - -"),
     "partition 4 does not fit at sectors 2048 to 18434047: it would end outside of the disk"),
])
def test_what_does_not_fit_is_refused(loop, entries, reason):
    assert loop.refusal(*entries) == f"input: disk {loop.node}: {reason}"


def test_a_dos_label_is_refused_until_wiped(image):
    with open(image.path, "r+b") as file:
        file.seek(446)
        file.write(bytes([0, 0, 0, 0, 0x83, 0, 0, 0]) + (2048).to_bytes(4, "little")
                   + (4096).to_bytes(4, "little") + bytes(48) + b"\x55\xaa")
    assert image.refusal(*TWO) == (f"input: disk {image.path}: disk does not have a GPT but "
                                   '"dos"; set wipeTable to replace it')
    image.apply(*TWO, wipe=True)
    assert set(image.places()) == {1, 2}


def test_a_damaged_gpt_is_refused_until_wiped(image):
    image.apply(*TWO)
    with open(image.path, "r+b") as file:
        for offset in (512 + 40, SECTORS * 512 - 512 + 40):
            file.seek(offset)
            file.write(b"\xff")
    assert image.refusal(*TWO).startswith(
        f"input: disk {image.path}: {image.path}: both copies of its GPT are damaged")
    image.apply(*TWO, wipe=True)
    assert set(image.places()) == {1, 2}


def test_a_device_that_is_not_there_is_told(disk_tool, tmp_path):
    disk = Disk(disk_tool, "/dev/no-such", tmp_path)
    assert disk.run("show").stderr == \
        "not found: disk /dev/no-such: device /dev/no-such does not exist\n"
