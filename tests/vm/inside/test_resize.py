"""slipway resize on disks that a kernel of its own has, with udev beside it: mounted, written to, stacked.

Disks do not become larger in the guest (but for a loop device); a table that was made for a smaller disk
is the same to whoever reads it.
"""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

import disks
import gpt
import growing
from disks import call
from growing import MIB, RESIZE

ROOT, NEIGHBOUR = 9, 2
START_MIB, ROOT_MIB = 8, 320
# Where the disk ended when its table was made.
OLD_MIB = 400
CHANGED, UNCHANGED, SKIPPED, FAILED = "changed", "unchanged", "skipped", "failed"
KINDS = ("ext4", "xfs", "btrfs")
BUSES = ("disk-a", "disk-4k", "disk-scsi", "disk-nvme", "loop")
CHECKS = {"ext4": ("e2fsck", "-fn"), "xfs": ("xfs_repair", "-n"), "btrfs": ("btrfs", "check")}
# Deriving a key as slowly as a default would have it takes a minute on this machine.
FAST = ("--batch-mode", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000")


class Loop(disks.Disk):
    """A loop device that a test attached."""

    def __init__(self, node: str):  # pylint: disable=super-init-not-called
        self.node = node
        self.name = os.path.basename(node)


class Spare:
    """A disk with a table that was made when it was smaller."""

    def __init__(self, disk: disks.Disk, sector_bytes: int, grow=None):
        self.disk, self.sector_bytes, self.grow = disk, sector_bytes, grow

    @property
    def root(self) -> str:
        return self.disk.partition(ROOT)

    @property
    def mib(self) -> int:
        return int(Path("/sys/class/block", self.disk.name, "size").read_text()) // 2048

    def sectors(self, mib: int) -> int:
        return mib * MIB // self.sector_bytes

    def label(self, *rows, at_mib=OLD_MIB):
        """(number, start, size) in MiB, and a type where it does not ask to be grown."""
        table = gpt.Table(self.sectors(at_mib), self.sector_bytes, partitions=[
            gpt.Partition(number, self.sectors(start), self.sectors(size), f"P{number}",
                          *(kind or [RESIZE])) for number, start, size, *kind in rows])
        with open(self.disk.node, "r+b") as file:
            table.write(file)
        self.disk.reread()
        disks.settle()

    def table(self) -> dict:
        with open(self.disk.node, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return growing.read(self.disk.node, self.sector_bytes)

    def extent(self, number: int = ROOT) -> tuple[int, int]:
        """start and end in MiB, as the table and the kernel say it."""
        first, last = growing.extent(self.table()["entries"][number])
        start, size = self.disk.partitions()[number]
        assert (start, size) == tuple(n * self.sector_bytes // 512 for n in (first, last + 1 - first))
        return first * self.sector_bytes // MIB, (last + 1) * self.sector_bytes // MIB


def writes(name: str) -> int:
    """Sectors that were written to a disk."""
    return int(Path("/sys/class/block", name, "stat").read_text().split()[6])


@pytest.fixture
def spare(blank, loops, tmp_path):
    """spare("disk-4k") is a Spare; "loop" one whose file grows."""

    def make(serial: str = "disk-a") -> Spare:
        if serial != "loop":
            return Spare(blank(serial), 4096 if serial == "disk-4k" else 512)
        path = growing.make(tmp_path / "disk", OLD_MIB)
        node = loops.attach(path)

        def grow():
            growing.resized(path, 500)
            call("losetup", "--set-capacity", node)
            disks.settle()

        return Spare(Loop(node), 512, grow)

    yield make
    disks.release()


@pytest.fixture
def resize(programs):
    """resize(operands …): the only item of what it says."""

    def run(*words, status=0) -> dict:
        done = subprocess.run([programs.ours / "slipway-resize", "--json", *map(str, words)],
                              capture_output=True, text=True, check=False, timeout=240)
        assert done.returncode == status, done.stdout + done.stderr
        (item,) = json.loads(done.stdout)["items"]
        item["steps"] = [operation["operation"] for operation in item["operations"]]
        return item

    return run


def mount(node: str, place: Path, *options: str) -> Path:
    place.mkdir(exist_ok=True)
    call("mount", *options, node, place)
    return place


def udev_says(node: str) -> dict[str, str]:
    disks.settle()
    return dict(line.split("=", 1) for line in
                call("udevadm", "info", "--query=property", node).splitlines())


class Writer:
    """A program that writes into a directory all the while."""

    def __init__(self, place: Path):
        self._file = place / "log"
        self._child = subprocess.Popen(
            ["sh", "-c", 'while echo line; do sleep 0.05; done >>"$1"', "sh", self._file])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        assert self._child.poll() is None, "the writer was thrown out"
        self._child.kill()
        self._child.wait()
        assert self._file.read_text().startswith("line\n")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("serial", BUSES)
def test_a_root_in_use_fills_its_disk(spare, resize, tmp_path, serial, kind):
    disk = spare(serial)
    disk.label((1, 1, 4), (ROOT, START_MIB, ROOT_MIB))
    growing.make_filesystem(kind, disk.root)
    place = mount(disk.root, tmp_path / "root")
    if disk.grow:
        disk.grow()
    before = disk.table()
    node_before = os.stat(disk.root)

    with Writer(place):
        item = resize(place)

    assert (item["result"], item["steps"]) == (CHANGED, ["partition.grow", "filesystem.grow"])
    end_mib = disk.mib - 1
    assert disk.extent() == (START_MIB, end_mib)
    assert growing.filesystem_bytes(kind, disk.root, place) == (end_mib - START_MIB) * MIB
    # Nothing else of the table moved, and the nodes never went away.
    after = disk.table()
    assert after["entries"][1] == before["entries"][1] and after["guid"] == before["guid"]
    assert after["backup"] == disk.sectors(disk.mib) - 1 and after["backup_is_sound"]
    assert os.stat(disk.root).st_ino == node_before.st_ino
    assert int(udev_says(disk.root)["ID_PART_ENTRY_SIZE"]) * 512 == (end_mib - START_MIB) * MIB
    assert resize(place)["result"] == UNCHANGED
    call("umount", place)
    call(*CHECKS[kind], disk.root)


@pytest.mark.parametrize("kind", KINDS)
def test_a_boot_with_nothing_to_do_writes_nothing(spare, resize, tmp_path, kind):
    disk = spare()
    disk.label((ROOT, START_MIB, ROOT_MIB))
    growing.make_filesystem(kind, disk.root)
    # Without what the kernel itself does to a new ext4 in the background.
    place = mount(disk.root, tmp_path / "root", *(["-o", "noinit_itable"] if kind == "ext4" else []))
    assert resize()["result"] == CHANGED
    call("sync", "-f", place)
    disks.settle()
    sequence = Path("/sys/kernel/uevent_seqnum").read_text()
    before = writes(disk.disk.name)
    assert resize()["result"] == UNCHANGED
    assert Path("/sys/kernel/uevent_seqnum").read_text() == sequence
    assert writes(disk.disk.name) == before


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_is_not_mounted_grows_without_a_program(spare, programs, tmp_path, kind):
    disk = spare()
    disk.label((ROOT, START_MIB, ROOT_MIB))
    growing.make_filesystem(kind, disk.root)
    (mount(disk.root, tmp_path / "root") / "kept").write_text("kept")
    call("umount", tmp_path / "root")
    log = tmp_path / "trace"
    call("strace", "-f", "-o", log, "-e", "trace=execve", programs.ours / "slipway-resize", disk.disk.node)
    assert log.read_text().count("execve(") == 1
    assert growing.filesystem_bytes(kind, disk.root) == (disk.mib - 1 - START_MIB) * MIB
    call(*CHECKS[kind], disk.root)
    assert (mount(disk.root, tmp_path / "root") / "kept").read_text() == "kept"


def test_an_ext4_that_records_an_error_while_mounted_is_reported(spare, resize, tmp_path):
    disk = spare()
    disk.label((ROOT, START_MIB, ROOT_MIB))
    call("mkfs.ext4", "-q", "-e", "continue", disk.root)
    place = mount(disk.root, tmp_path / "root")
    Path("/sys/fs/ext4", os.path.basename(disk.root), "trigger_fs_error").write_text("1")
    item = resize(place)
    assert (item["result"], item["steps"]) == (SKIPPED, [])
    assert "recorded errors" in item["reason"] and "e2fsck" in item["reason"]
    assert disk.extent() == (START_MIB, START_MIB + ROOT_MIB)


@pytest.mark.parametrize("options", [
    "-O ^resize_inode", "-O ^resize_inode,meta_bg", "-O bigalloc", "-O ^64bit", "-b 1024",
    "-O ^has_journal",
])
def test_each_make_of_ext4_grows_mounted(spare, resize, tmp_path, options):
    disk = spare()
    disk.label((ROOT, START_MIB, ROOT_MIB))
    call("mkfs.ext4", "-q", *options.split(), disk.root)
    place = mount(disk.root, tmp_path / "root")
    assert resize(place)["result"] == CHANGED
    assert resize(place)["result"] == UNCHANGED
    call("umount", place)
    assert growing.filesystem_bytes("ext4", disk.root) == (disk.mib - 1 - START_MIB) * MIB
    call("e2fsck", "-fn", disk.root)


def test_an_ext4_that_the_kernel_cannot_grow_is_grown_unmounted(spare, resize, tmp_path):
    disk = spare()
    disk.label((ROOT, START_MIB, ROOT_MIB))
    call("mkfs.ext4", "-q", "-O", "sparse_super2", disk.root)
    place = mount(disk.root, tmp_path / "root")
    item = resize(place)
    assert item["result"] == SKIPPED and "while it is mounted" in item["reason"]
    call("umount", place)
    assert resize(disk.root)["steps"] == ["filesystem.grow"]
    assert growing.filesystem_bytes("ext4", disk.root) == (disk.mib - 1 - START_MIB) * MIB
    call("e2fsck", "-fn", disk.root)


@pytest.mark.parametrize("serial", ["disk-a", "disk-4k"])
def test_ext4_online_comes_to_what_growpart_and_resize2fs_make(spare, resize, programs, tmp_path, serial):
    disk = spare(serial)
    made = {}
    for which in ("ours", "theirs"):
        disk.disk.wipe()
        disk.label((ROOT, START_MIB, ROOT_MIB))
        growing.make_filesystem("ext4", disk.root)
        place = mount(disk.root, tmp_path / which)
        if which == "ours":
            resize(place)
        else:
            said = call(programs.oracle / "usr/bin/growpart", disk.disk.node, ROOT)
            assert "CHANGED:" in said
            call("resize2fs", disk.root)
        made[which] = (disk.table()["entries"][ROOT], growing.filesystem_bytes("ext4", disk.root))
        call("umount", place)
        call("e2fsck", "-fn", disk.root)
    first, last = zip(*(growing.extent(entry) for entry, _ in made.values()))
    # They go to the last usable sector, we to the last whole MiB.
    assert first[0] == first[1] and 0 <= last[1] - last[0] < MIB // disk.sector_bytes
    assert 0 <= made["theirs"][1] - made["ours"][1] < MIB


def timed(*words) -> float:
    began = time.monotonic()
    call(*words)
    return time.monotonic() - began


def test_ext4_from_4_to_64_gib_is_as_fast_as_resize2fs(loops, programs, tmp_path):
    """The filesystem beside resize2fs alone; all of it beside growpart and resize2fs."""
    path, place = tmp_path / "disk", tmp_path / "root"
    growpart, resize = programs.oracle / "usr/bin/growpart", programs.ours / "slipway-resize"
    seconds = {"all": [], "filesystem": [], "growpart": [], "resize2fs": []}
    for run in ("all", "filesystem", "theirs") * 4:
        growing.make(path, 65536)
        disk = Spare(Loop(loops.attach(path)), 512)
        disk.label((ROOT, START_MIB, 4096), at_mib=4096 + 2 * START_MIB)
        call("mkfs.ext4", "-q", "-E", "lazy_journal_init=1", disk.root)
        mount(disk.root, place, "-o", "noinit_itable")
        call("sync")
        if run != "all":
            seconds["growpart"].append(timed(growpart, disk.disk.node, ROOT))
        if run == "theirs":
            seconds["resize2fs"].append(timed("resize2fs", disk.root))
        else:
            seconds[run].append(timed(resize, place))
        assert growing.filesystem_bytes("ext4", disk.root) > 65500 * MIB
        call("umount", place)
        loops.release()
        path.unlink()
    best = {name: min(of) for name, of in seconds.items()}
    print("4 to 64 GiB, mounted:", {name: f"{time:.2f} s" for name, time in best.items()})
    assert best["filesystem"] <= 1.1 * best["resize2fs"], seconds
    assert best["all"] <= best["growpart"] + best["resize2fs"], seconds


# --- arrays


@pytest.fixture
def array(spare):
    """array("raid1") is a Spare of each member, and the node of the array on their partitions."""

    def make(level: str, *words: str, ends_mib=(200, 200)):
        members = [spare("disk-a"), spare("disk-b")]
        for member, end_mib in zip(members, ends_mib):
            member.label((ROOT, START_MIB, 120), (NEIGHBOUR, end_mib, 4))
        call("mdadm", "--create", "/dev/md/grow", "--run", "--level", level, "--raid-devices", 2,
             *words, *(member.root for member in members))
        disks.settle()
        return members, os.path.realpath("/dev/md/grow")

    return make


def size_mib(node: str) -> int:
    return int(call("blockdev", "--getsize64", node)) // MIB


@pytest.mark.parametrize("kind,end_mib", [("ext4", 200), ("btrfs", 300)])
def test_a_mirror_grows_with_its_members(array, resize, tmp_path, kind, end_mib):
    members, node = array("raid1", "--assume-clean", "--metadata=1.2", ends_mib=(end_mib, end_mib))
    growing.make_filesystem(kind, node)
    place = mount(node, tmp_path / "root")
    before = size_mib(node)
    item = resize(place)
    assert (item["result"], item["steps"]) == (
        CHANGED, ["partition.grow", "partition.grow", "raid.grow", "filesystem.grow"])
    for member in members:
        assert member.extent() == (START_MIB, end_mib)
        assert member.extent(NEIGHBOUR) == (end_mib, end_mib + 4)
    after = size_mib(node)
    assert after - before == end_mib - START_MIB - 120
    filesystem = growing.filesystem_bytes(kind, node, place)
    assert 0 <= int(call("blockdev", "--getsize64", node)) - filesystem < MIB
    call("mdadm", "--wait", node, check=False)
    assert resize(place)["result"] == UNCHANGED


def test_a_mirror_of_which_one_member_has_no_room_stays(array, resize, tmp_path):
    members, node = array("raid1", "--assume-clean", "--metadata=1.2", ends_mib=(200, START_MIB + 120))
    growing.make_filesystem("ext4", node)
    place = mount(node, tmp_path / "root")
    before = size_mib(node)
    # The room of the other is taken, which does no harm, and the array waits.
    assert resize(place)["steps"] == ["partition.grow"]
    assert members[0].extent() == (START_MIB, 200) and size_mib(node) == before
    assert resize(place)["result"] == UNCHANGED


@pytest.mark.parametrize("level,words,text", [
    ("linear", (), "of level linear, which is not grown"),
    ("raid0", (), "of level raid0, which is not grown"),
    ("raid1", ("--assume-clean", "--metadata=1.0"), "metadata 1.0, and is not grown"),
    ("raid1", ("--assume-clean", "--metadata=0.90"), "metadata 0.90, and is not grown"),
])
def test_an_array_that_is_not_grown_keeps_its_members(array, resize, tmp_path, level, words, text):
    members, node = array(level, *words)
    growing.make_filesystem("ext4", node)
    place = mount(node, tmp_path / "root")
    item = resize(place)
    assert (item["result"], item["steps"]) == (SKIPPED, [])
    assert node in item["reason"] and text in item["reason"]
    assert [member.extent() for member in members] == [(START_MIB, START_MIB + 120)] * 2


def test_an_array_that_misses_a_member_waits_for_it(array, resize, tmp_path):
    members, node = array("raid1", "--assume-clean", "--metadata=1.2")
    growing.make_filesystem("ext4", node)
    place = mount(node, tmp_path / "root")
    call("mdadm", node, "--fail", members[1].root)
    call("mdadm", node, "--remove", members[1].root)
    item = resize(place)
    assert item["result"] == SKIPPED and "misses members" in item["reason"]
    assert members[0].extent() == (START_MIB, START_MIB + 120)
    # A member that is named is not taken for a disk of its own.
    item = resize(members[1].root)
    assert item["result"] == SKIPPED and "member of a RAID array" in item["reason"]


# --- encryption


def open_luks(node: str, *words: str, kind="luks2") -> str:
    key = Path("/tmp/key")
    key.write_bytes(b"secret")
    call("cryptsetup", "luksFormat", "--type", kind, *FAST, "--key-file", key, node)
    call("cryptsetup", "open", "--key-file", key, *words, node, "grown")
    disks.settle()
    return "/dev/mapper/grown"


@pytest.mark.parametrize("kind,words", [("luks1", ()), ("luks2", ("--disable-keyring",))])
@pytest.mark.parametrize("filesystem", ["ext4", "xfs"])
def test_an_encrypted_root_grows_from_its_partition_up(spare, resize, tmp_path, kind, words, filesystem):
    disk = spare()
    disk.label((1, 1, 4), (ROOT, START_MIB, ROOT_MIB))
    node = open_luks(disk.root, *words, kind=kind)
    growing.make_filesystem(filesystem, node)
    place = mount(node, tmp_path / "root")
    offset = ROOT_MIB - size_mib(node)
    with Writer(place):
        item = resize(place)
    assert (item["result"], item["steps"]) == (
        CHANGED, ["partition.grow", "luks.grow", "filesystem.grow"])
    assert disk.extent() == (START_MIB, disk.mib - 1)
    assert size_mib(node) == disk.mib - 1 - START_MIB - offset
    assert growing.filesystem_bytes(filesystem, node, place) == size_mib(node) * MIB
    assert resize(place)["result"] == UNCHANGED
    call("umount", place)
    call(*CHECKS[filesystem], node)


def test_an_encrypted_root_asks_by_the_type_of_its_partition(spare, resize, tmp_path):
    disk = spare()
    disk.label((ROOT, START_MIB, ROOT_MIB))
    node = open_luks(disk.root, kind="luks1")
    growing.make_filesystem("ext4", node)
    mount(node, tmp_path / "root")
    assert resize()["steps"] == ["partition.grow", "luks.grow", "filesystem.grow"]


def test_without_a_key_an_encrypted_root_says_so_and_is_finished_later(spare, resize, tmp_path):
    """The key is in no keyring of ours: what is below has grown, and nothing is broken."""
    disk = spare()
    disk.label((ROOT, START_MIB, ROOT_MIB))
    node = open_luks(disk.root)
    growing.make_filesystem("ext4", node)
    place = mount(node, tmp_path / "root")
    before = size_mib(node)
    item = resize(place)
    assert (item["result"], item["done"]) == (SKIPPED, 1) and "passphrase" in item["reason"]
    assert disk.extent() == (START_MIB, disk.mib - 1) and size_mib(node) == before
    call("cryptsetup", "resize", "--key-file", "/tmp/key", "grown")
    assert resize(place)["steps"] == ["filesystem.grow"]
    assert growing.filesystem_bytes("ext4", node, place) == size_mib(node) * MIB


def test_the_key_file_of_its_boot_grows_it(spare, resize, tmp_path):
    disk = spare()
    disk.label((ROOT, START_MIB, ROOT_MIB))
    node = open_luks(disk.root)
    growing.make_filesystem("ext4", node)
    place = mount(node, tmp_path / "root")
    table = Path("/etc/crypttab")
    table.write_text("grown PARTLABEL=P9 /tmp/key luks\n")
    try:
        assert resize(place)["result"] == CHANGED
    finally:
        table.unlink()
    assert growing.filesystem_bytes("ext4", node, place) == size_mib(node) * MIB
    assert resize(place)["result"] == UNCHANGED


def test_the_key_that_clevis_knows_grows_it(spare, resize, tmp_path):
    """Bound to the TPM of the machine."""
    disk = spare()
    disk.label((ROOT, START_MIB, ROOT_MIB))
    node = open_luks(disk.root)
    # clevis is bash, whose <(...) goes by this link; systemd makes it in an initramfs.
    if not os.path.exists("/dev/fd"):
        os.symlink("/proc/self/fd", "/dev/fd")
    call("clevis", "luks", "bind", "-f", "-k", "/tmp/key", "-d", disk.root, "tpm2", "{}")
    os.unlink("/tmp/key")
    growing.make_filesystem("ext4", node)
    place = mount(node, tmp_path / "root")
    assert resize(place)["result"] == CHANGED
    assert growing.filesystem_bytes("ext4", node, place) == size_mib(node) * MIB
    assert size_mib(node) > disk.mib - START_MIB - 1 - 20


def test_encryption_on_a_mirror(array, resize, tmp_path):
    _, node = array("raid1", "--assume-clean", "--metadata=1.2")
    above = open_luks(node, kind="luks1")
    growing.make_filesystem("ext4", above)
    place = mount(above, tmp_path / "root")
    assert resize(place)["steps"] == [
        "partition.grow", "partition.grow", "raid.grow", "luks.grow", "filesystem.grow"]
    assert growing.filesystem_bytes("ext4", above, place) == int(call("blockdev", "--getsize64", above))


# --- what is reported, and left as it is


@pytest.fixture
def volume(spare, sh):
    """The disk, and a logical volume on its partition."""
    disk = spare()
    disk.label((ROOT, START_MIB, ROOT_MIB))
    sh(f"pvcreate -qq -ff -y {disk.root}; vgcreate -qq vg {disk.root}; lvcreate -qq -y -L 64M -n lv vg")
    yield disk, "/dev/vg/lv"
    disks.release()
    call("vgchange", "-qq", "-an", "vg", check=False)


def test_a_logical_volume_is_reported(volume, resize, tmp_path):
    disk, node = volume
    growing.make_filesystem("ext4", node)
    place = mount(node, tmp_path / "root")
    for operand in (place, os.path.realpath(node), disk.root):
        item = resize(operand)
        assert (item["result"], item["steps"]) == (SKIPPED, [])
        assert "how its space is used is your choice" in item["reason"]
    assert disk.extent() == (START_MIB, START_MIB + ROOT_MIB)
    assert size_mib(node) == 64


def test_growpart_tells_the_physical_volume(volume, programs):
    disk, node = volume
    growpart = programs.ours_named("growpart")
    assert call(growpart, disk.disk.node, ROOT).startswith("CHANGED:")
    size = int(call("pvs", "--noheadings", "--nosuffix", "--units", "m", "-o", "pv_size",
                    disk.root).split(".")[0])
    assert size > disk.mib - START_MIB - 16
    assert size_mib(node) == 64


@pytest.mark.parametrize("uuid,text", [
    ("mpath-3600", "is a multipath device"), ("part9-mpath-3600", "is a multipath device"),
    ("CRYPT-VERITY-1-usr", "is a verity device"), ("CRYPT-INTEGRITY-1-x", "is an integrity device"),
    ("OTHER-1", "is a mapped device"),
])
def test_other_mappings_are_reported(spare, resize, sh, tmp_path, uuid, text):
    disk = spare()
    disk.label((ROOT, START_MIB, ROOT_MIB))
    sh(f"printf '0 {ROOT_MIB * 2048} linear {disk.root} 0' | dmsetup create -u {uuid} mapped; udevadm settle")
    growing.make_filesystem("ext4", "/dev/mapper/mapped")
    place = mount("/dev/mapper/mapped", tmp_path / "root")
    item = resize(place)
    assert (item["result"], item["steps"]) == (SKIPPED, [])
    assert text in item["reason"]
    assert disk.extent() == (START_MIB, START_MIB + ROOT_MIB)


# --- cut short, while it is mounted


KILL_POINTS = [(call_name, nth) for call_name, most in (("pwrite64", 5), ("fsync", 2), ("ioctl", 6))
               for nth in range(1, most + 1)]


def test_killed_anywhere_a_mounted_ext4_comes_to_the_same_end(spare, resize, programs, tmp_path):
    disk = spare()
    ended = 0
    for call_name, nth in KILL_POINTS:
        disk.disk.wipe()
        disk.label((ROOT, START_MIB, 64), (NEIGHBOUR, 128, 4))
        growing.make_filesystem("ext4", disk.root)
        place = mount(disk.root, tmp_path / "root")
        done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call_name}",
                               "-e", f"inject={call_name}:signal=KILL:when={nth}",
                               programs.ours / "slipway-resize", place],
                              capture_output=True, check=False, timeout=120)
        ended += done.returncode in (-9, 137)
        item = resize(place)
        where = f"{call_name} {nth}: {item}"
        assert item["result"] in (CHANGED, UNCHANGED), where
        assert disk.extent() == (START_MIB, 128) and disk.extent(NEIGHBOUR) == (128, 132), where
        assert growing.filesystem_bytes("ext4", disk.root) == (128 - START_MIB) * MIB, where
        assert disk.table()["backup_is_sound"], where
        call("umount", place)
        call("e2fsck", "-fn", disk.root)
    assert ended > 5
