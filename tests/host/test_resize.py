"""slipway resize: on loop devices whose files grow, mounted and not."""

import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import threading
import time

import pytest

import conftest
import gpt
import growing
from growing import MIB, RESIZE

pytestmark = conftest.needs_root
# XFS wants 300 MiB; ends are multiples of 1 MiB in front of the backup GPT.
SMALL, LARGE = 400, 900
ROOT_MIB = 320
GROWN_MIB = LARGE - 1 - 1
UNCHANGED, CHANGED, SKIPPED, FAILED = "unchanged", "changed", "skipped", "failed"


@pytest.fixture
def resize(programs):
    """resize(operands …) runs it; .items are what it says, as JSON."""

    def run(*words, status=0, enter=(), path=None):
        environment = os.environ | ({"PATH": f"{path}:{os.environ['PATH']}"} if path else {})
        done = subprocess.run([*enter, programs.ours / "slipway-resize", "--json", *map(str, words)],
                              capture_output=True, text=True, check=False, timeout=120,
                              env=environment)
        assert done.returncode == status, done.stdout + done.stderr
        done.items = json.loads(done.stdout)["items"] if done.stdout else []
        return done

    return run


@pytest.fixture
def mounts():
    held = growing.Mounts()
    yield held
    held.release()


@pytest.fixture
def make_disk(loops, mounts, tmp_path):
    """make_disk(sector_bytes, mib, name) is a loop device; mounts go before it does."""

    def make(sector_bytes=512, mib=SMALL, name="disk"):
        path = growing.make(tmp_path / name, mib)
        return growing.Disk(path, loops.attach(path, sector_bytes), sector_bytes)

    return make


@pytest.fixture
def root(make_disk, mounts, tmp_path):
    """root(kind) is a disk whose partition 9 is mounted with that filesystem, and has grown."""

    def make(kind="xfs", sector_bytes=512, grown=LARGE):
        disk = make_disk(sector_bytes)
        disk.label((1, 1, 4), (9, 8, ROOT_MIB))
        growing.make_filesystem(kind, disk.partition(9))
        disk.place = mounts.mount(disk.partition(9), tmp_path / "root")
        if grown:
            disk.grow(grown)
        return disk

    return make


def one(done) -> dict:
    assert len(done.items) == 1, done.stdout
    return done.items[0]


# --- growth


@pytest.mark.parametrize("sector_bytes", [512, 4096])
@pytest.mark.parametrize("kind", ["xfs", "btrfs"])
def test_a_mounted_root_fills_its_disk(root, resize, kind, sector_bytes):
    disk = root(kind, sector_bytes)
    before = growing.read(disk.path, sector_bytes)
    (disk.place / "file").write_text("kept")

    item = one(resize(disk.place))

    assert item["result"] == CHANGED
    after = growing.read(disk.path, sector_bytes)
    first, last = growing.extent(after["entries"][9])
    assert first == disk.sectors(8) and last + 1 == disk.sectors(LARGE - 1)
    assert disk.kernel(9) == (first, last + 1 - first)
    assert growing.filesystem_bytes(kind, disk.partition(9), disk.place) == \
        (LARGE - 1 - 8) * MIB
    assert (disk.place / "file").read_text() == "kept"
    assert after["backup"] == disk.sectors(LARGE) - 1 and after["backup_is_sound"]
    # All but the last sector is as it was, of the neighbour all.
    assert after["guid"] == before["guid"] and after["entries"][1] == before["entries"][1]
    for part in (slice(0, 40), slice(48, 128)):
        assert after["entries"][9][part] == before["entries"][9][part]
    assert one(resize(disk.place))["result"] == UNCHANGED


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs"])
def test_one_that_is_not_mounted_grows_too(make_disk, resize, kind):
    disk = make_disk()
    disk.label((9, 8, ROOT_MIB))
    growing.make_filesystem(kind, disk.partition(9))
    disk.grow(LARGE)
    item = one(resize(disk.node))
    assert item["result"] == CHANGED and item["name"] == disk.partition(9)
    assert growing.filesystem_bytes(kind, disk.partition(9)) == (LARGE - 1 - 8) * MIB
    assert one(resize(disk.node))["result"] == UNCHANGED
    if kind == "ext4":
        growing.run("e2fsck", "-fn", disk.partition(9))


@pytest.mark.parametrize("was_mounted", [False, True])
def test_an_unmounted_ext4_is_checked_where_resize2fs_wants_it(make_disk, mounts, programs, tmp_path,
                                                               was_mounted):
    """Where the kernel may not grow it; a check reads all of the metadata."""
    disk = make_disk()
    disk.label((9, 8, ROOT_MIB))
    growing.make_filesystem("ext4", disk.partition(9))
    if was_mounted:
        # Times are whole seconds.
        growing.run("debugfs", "-w", "-R", "set_super_value lastcheck 20200101000000",
                    disk.partition(9))
        mounts.mount(disk.partition(9), tmp_path / "root")
        mounts.release()
    disk.grow(LARGE)
    log = tmp_path / "trace"
    growing.run("setpriv", "--bounding-set=-sys_resource", "strace", "-f", "-o", log, "-e", "trace=execve",
                programs.ours / "slipway-resize", disk.node)
    ran = re.findall(r'execve\("[^"]*/([^"/]+)".* = 0', log.read_text())
    assert ran == ["slipway-resize", *(["e2fsck"] if was_mounted else []), "resize2fs"]
    assert growing.filesystem_bytes("ext4", disk.partition(9)) == (LARGE - 1 - 8) * MIB
    growing.run("e2fsck", "-fn", disk.partition(9))


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs"])
@pytest.mark.parametrize("sector_bytes", [512, 4096])
def test_an_image_file_grows_as_a_disk_does(make_disk, loops, resize, kind, sector_bytes):
    disk = make_disk(sector_bytes)
    disk.label((9, 8, ROOT_MIB))
    growing.make_filesystem(kind, disk.partition(9))
    loops.release()
    growing.resized(disk.path, LARGE)
    words = (f"--sector-size={sector_bytes}", disk.path)
    assert one(resize(*words))["result"] == CHANGED
    last = growing.extent(growing.read(disk.path, sector_bytes)["entries"][9])[1]
    assert last + 1 == disk.sectors(LARGE - 1)
    assert one(resize(*words))["result"] == UNCHANGED
    node = loops.attach(disk.path, sector_bytes)
    growing.run("addpart", node, 9, 8 * 2048, (LARGE - 1 - 8) * 2048)
    assert growing.filesystem_bytes(kind, f"{node}p9") == (LARGE - 1 - 8) * MIB


def test_what_asks_is_found_without_being_named(root, resize):
    disk = root()
    mine = [item for item in resize().items if item["name"] == str(disk.place)]
    assert [item["result"] for item in mine] == [CHANGED]
    assert disk.kernel(9)[1] == disk.sectors(LARGE - 1 - 8)


def test_what_does_not_ask_is_left_alone(make_disk, mounts, resize, tmp_path):
    disk = make_disk()
    disk.label((9, 8, ROOT_MIB, gpt.LINUX))
    growing.make_filesystem("xfs", disk.partition(9))
    place = mounts.mount(disk.partition(9), tmp_path / "root")
    disk.grow(LARGE)
    before = disk.head()
    assert str(place) not in [item["name"] for item in resize().items]
    assert disk.head() == before
    assert one(resize(place))["result"] == CHANGED


def test_a_neighbour_ends_the_growth(make_disk, resize):
    disk = make_disk()
    disk.label((9, 8, 100), (2, 200, 50))
    growing.make_filesystem("ext4", disk.partition(9))
    before = growing.read(disk.path)["entries"][2]
    disk.grow(LARGE)
    assert one(resize("--partition=9", disk.node))["result"] == CHANGED
    after = growing.read(disk.path)["entries"]
    assert growing.extent(after[9])[1] + 1 == disk.sectors(200) and after[2] == before
    assert disk.kernel(2) == (disk.sectors(200), disk.sectors(50))


def test_an_unaligned_end_is_never_moved_back(make_disk, resize):
    disk = make_disk(mib=100)
    disk.label((9, 8, 90))
    table = gpt.Table(disk.sectors(100), partitions=[
        gpt.Partition(9, disk.sectors(8), disk.table.last_usable + 1 - disk.sectors(8), "", RESIZE)])
    with open(disk.node, "r+b") as file:
        table.write(file)
    growing.run("resizepart", disk.node, 9, table.partitions[0].size)
    before = disk.head()
    assert one(resize(disk.partition(9)))["result"] == UNCHANGED
    assert disk.head() == before


@pytest.mark.parametrize("more,result", [(1, UNCHANGED), (2, CHANGED)])
def test_less_than_two_mib_is_not_worth_a_write(make_disk, resize, more, result):
    disk = make_disk(mib=100 + more)
    disk.label((9, 8, 100 - 8 - 1))
    before = disk.head()
    assert one(resize(disk.partition(9)))["result"] == result
    assert (disk.head() == before) == (result == UNCHANGED)


def test_a_filesystem_without_a_partition_grows_with_its_disk(make_disk, mounts, resize, tmp_path):
    disk = make_disk()
    growing.make_filesystem("xfs", disk.node)
    place = mounts.mount(disk.node, tmp_path / "root")
    disk.grow(LARGE)
    assert one(resize(place))["result"] == CHANGED
    assert growing.filesystem_bytes("xfs", disk.node, place) == LARGE * MIB


def test_each_device_of_a_btrfs_grows(make_disk, mounts, resize, tmp_path):
    disks = [make_disk(name=name) for name in ("one", "two")]
    for disk in disks:
        disk.label((9, 8, ROOT_MIB))
    growing.run("mkfs.btrfs", "-q", "-f", *(disk.partition(9) for disk in disks))
    growing.run("btrfs", "device", "scan", *(disk.partition(9) for disk in disks))
    place = mounts.mount(disks[0].partition(9), tmp_path / "root")
    for disk, mib in zip(disks, (LARGE, 700)):
        disk.grow(mib)
    # One that is named is grown alone.
    assert one(resize(disks[1].partition(9)))["result"] == CHANGED
    sizes = [growing.filesystem_bytes("btrfs", disk.partition(9), place) for disk in disks]
    assert sizes == [ROOT_MIB * MIB, (700 - 1 - 8) * MIB]
    assert one(resize(place))["result"] == CHANGED
    assert growing.filesystem_bytes("btrfs", disks[0].partition(9), place) == (LARGE - 9) * MIB
    assert one(resize(place))["result"] == UNCHANGED


@pytest.mark.parametrize("block_bytes", [1024, 4096])
def test_what_resize2fs_leaves_over_is_no_growth(resize, tmp_path, block_bytes):
    """The rule for a last group that is too small: also where it was cut, nothing is planned."""
    for mib in range(130, 150, 2):
        path = growing.make(tmp_path / "fs", 100)
        growing.run("mkfs.ext4", "-q", "-F", "-b", block_bytes, path)
        kib = mib * 1024 + (mib % 8) * 4
        os.truncate(path, kib * 1024)
        growing.run("e2fsck", "-f", "-p", path)
        growing.run("resize2fs", path)
        node = growing.run("losetup", "-f", "--show", path).strip()
        try:
            assert one(resize("--plan", node))["result"] == UNCHANGED, kib
        finally:
            growing.run("losetup", "-d", node)


# --- nothing to do


def uevents(node: str, act) -> list[str]:
    """What the kernel tells udev of the device while @act runs."""
    name = os.path.basename(node)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 15) as listener:
        listener.bind((0, 1))
        listener.settimeout(0.3)
        act()
        heard = []
        while True:
            try:
                message = listener.recv(65536).decode(errors="replace").split("\0")
            except (TimeoutError, OSError):
                return heard
            if any(word.startswith(f"DEVNAME={name}") for word in message):
                heard.append(message[0])


def traced(programs, tmp_path, *words) -> list[str]:
    log = tmp_path / "trace"
    subprocess.run(["strace", "-f", "-o", log, "-e", "trace=openat,open,execve,ioctl,pwrite64,write",
                    programs.ours / "slipway-resize", *words], check=True, capture_output=True,
                   timeout=60)
    return log.read_text().splitlines()


@pytest.mark.parametrize("named", [True, False])
def test_nothing_to_do_writes_nothing_and_runs_nothing(root, programs, resize, tmp_path, named):
    disk = root()
    assert one(resize(disk.place))["result"] == CHANGED
    time.sleep(0.2)
    before = disk.head()
    calls = []
    words = [disk.place] if named else ["--plan"]
    heard = uevents(disk.node, lambda: calls.extend(traced(programs, tmp_path, *words)))
    assert heard == []
    assert disk.head() == before
    assert sum("execve(" in call for call in calls) == 1
    assert [c for c in calls if re.search(r"/dev/.*O_(RDWR|WRONLY)", c)] == []
    assert [c for c in calls if re.search(r"BLKPG|FSGROWFS|0x40086610|0x50009403", c)] == []


# --- damaged and moved labels


def damage(disk, lba: int):
    with open(disk.node, "r+b") as file:
        file.seek(lba * disk.sector_bytes)
        file.write(b"\xff" * disk.sector_bytes)


def test_only_the_backup_is_valid(root, resize):
    disk = root(grown=None)
    damage(disk, 1)
    item = one(resize(disk.place))
    assert item["result"] == CHANGED and "damaged copy" in item["operations"][0]["summary"]
    assert growing.extent(growing.read(disk.path)["entries"][9])[1] + 1 == disk.sectors(SMALL - 1)


def test_only_the_primary_is_valid(root, resize):
    disk = root(grown=None)
    damage(disk, disk.sectors(SMALL) - 1)
    assert one(resize(disk.place))["result"] == CHANGED
    assert growing.read(disk.path)["backup_is_sound"]


@pytest.mark.parametrize("grown", [None, LARGE])
def test_without_a_valid_copy_nothing_is_written(root, resize, grown):
    """Of a disk that grew the backup is not at the end: it is not searched for."""
    disk = root(grown=grown)
    damage(disk, 1)
    if not grown:
        damage(disk, disk.sectors(SMALL) - 1)
    before = disk.head()
    item = one(resize(disk.place, status=1))
    assert item["result"] == FAILED and disk.node in item["reason"]
    assert disk.head() == before


def test_a_stale_label_at_the_new_end_is_not_believed(root, resize):
    disk = root()
    stale = gpt.Table(disk.sectors(LARGE), partitions=[gpt.Partition(9, 2048, 4096, "stale")])
    with open(disk.node, "r+b") as file:
        head = file.read(MIB)
        stale.write(file)
        file.seek(0)
        file.write(head)
    guid = growing.read(disk.path)["guid"]
    assert one(resize(disk.place))["result"] == CHANGED
    after = growing.read(disk.path)
    assert after["guid"] == guid != stale.guid.bytes_le
    assert growing.extent(after["entries"][9]) == (disk.sectors(8), disk.sectors(LARGE - 1) - 1)


def test_a_disk_that_shrank_is_reported_and_left_alone(make_disk, resize):
    disk = make_disk()
    disk.label((9, 8, ROOT_MIB))
    disk.grow(200)
    before = disk.head()
    item = one(resize("--partition=9", disk.node, status=1))
    assert item["result"] == FAILED and "made smaller" in item["reason"]
    assert disk.head() == before


def test_a_hybrid_mbr_is_kept_in_step(make_disk, resize):
    disk = make_disk()
    disk.label((1, 1, 4), (9, 8, ROOT_MIB))
    record = struct.pack("<B3sB3sII", 0x80, b"\1\2\3", 0x83, b"\4\5\6", disk.sectors(8),
                         disk.sectors(ROOT_MIB))
    boot = b"\xfabootcode" + b"\x90" * 431
    with open(disk.node, "r+b") as file:
        mbr = bytearray(file.read(512))
        mbr[:440], mbr[462:478] = boot, record
        file.seek(0)
        file.write(mbr)
    disk.grow(LARGE)
    assert one(resize(disk.partition(9)))["result"] == CHANGED
    with open(disk.node, "rb") as file:
        mbr = file.read(512)
    assert mbr[:440] == boot and mbr[462:463] == b"\x80" and mbr[466] == 0x83
    assert struct.unpack("<II", mbr[470:478]) == (disk.sectors(8), disk.sectors(LARGE - 9))


# --- runs that were cut short


def test_a_kernel_that_lags_behind_is_told(root, resize):
    """Killed between the table and the kernel: nothing is written, the rest is done."""
    disk = root()
    table = gpt.Table(disk.sectors(LARGE), partitions=disk.table.partitions, guid=disk.table.guid)
    table.partitions[1].size = disk.sectors(LARGE - 9)
    with open(disk.node, "r+b") as file:
        table.write(file)
    before = disk.head()
    item = one(resize(disk.place))
    assert [op["operation"] for op in item["operations"]] == ["partition.grow", "filesystem.grow"]
    assert disk.kernel(9)[1] == disk.sectors(LARGE - 9) and disk.head() == before
    assert growing.filesystem_bytes("xfs", disk.partition(9), disk.place) == (LARGE - 9) * MIB


def test_a_partition_that_grew_alone_is_finished(make_disk, resize, tmp_path):
    disk = make_disk()
    disk.label((9, 8, ROOT_MIB))
    growing.make_filesystem("ext4", disk.partition(9))
    disk.grow(LARGE)
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "resize2fs").write_text("#!/bin/sh\necho no luck >&2\nexit 1\n")
    (broken / "resize2fs").chmod(0o755)
    item = one(resize(disk.node, status=1, path=broken))
    assert item["result"] == FAILED and "no luck" in item["reason"]
    assert disk.kernel(9)[1] == disk.sectors(LARGE - 9)
    item = one(resize(disk.node))
    assert [op["operation"] for op in item["operations"]] == ["filesystem.grow"]
    assert growing.filesystem_bytes("ext4", disk.partition(9)) == (LARGE - 9) * MIB


KILL_POINTS = [(call, nth) for call, most in (("pwrite64", 6), ("write", 6), ("fsync", 7), ("ioctl", 40))
               for nth in range(1, most + 1)]


def killed_at(programs, point, *words) -> bool:
    """Whether it came that far."""
    call, nth = point
    done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                           f"inject={call}:signal=KILL:when={nth}", programs.ours / "slipway-resize",
                           *words], capture_output=True, check=False, timeout=60)
    assert done.returncode in (0, -9, 137), done.stderr
    return done.returncode != 0


@pytest.mark.parametrize("point", KILL_POINTS, ids=lambda point: f"{point[0]}-{point[1]}")
def test_killed_anywhere_and_run_again_it_comes_to_the_same_end(root, resize, programs, point):
    disk = root()
    before = growing.read(disk.path)
    killed_at(programs, point, disk.place)
    item = one(resize(disk.place))
    assert item["result"] in (CHANGED, UNCHANGED)
    after = growing.read(disk.path)
    assert growing.extent(after["entries"][9]) == (disk.sectors(8), disk.sectors(LARGE - 1) - 1)
    assert after["guid"] == before["guid"] and after["backup_is_sound"]
    assert disk.kernel(9)[1] == disk.sectors(LARGE - 9)
    assert growing.filesystem_bytes("xfs", disk.partition(9), disk.place) == (LARGE - 9) * MIB
    assert one(resize(disk.place))["result"] == UNCHANGED


@pytest.mark.parametrize("point", [("write", 5), ("fsync", 7), ("ioctl", 20)],
                         ids=lambda point: f"{point[0]}-{point[1]}")
def test_the_kill_points_are_reached(root, programs, point):
    """Otherwise the test above kills nothing, and says nothing."""
    assert killed_at(programs, point, root().place)


def test_killed_anywhere_an_image_of_a_dos_label_comes_to_the_same_end(resize, programs, tmp_path):
    original = growing.make(tmp_path / "original", SMALL)
    growing.run("sfdisk", "--quiet", original,
                input=f"label: dos\nstart=2048, size={ROOT_MIB * 2048}, type=83\n")
    growing.resized(original, LARGE)
    ended = 0
    for point in KILL_POINTS:
        path = tmp_path / "disk"
        growing.copy(original, path)
        ended += killed_at(programs, point, "--partition=1", path)
        assert one(resize("--partition=1", path))["result"] in (CHANGED, UNCHANGED)
        assert f"size= {(LARGE - 2) * 2048:>11}" in growing.run("sfdisk", "--dump", path), point
        assert one(resize("--partition=1", path))["result"] == UNCHANGED
    assert ended > 2


# --- what is refused, or left alone


def test_a_kernel_that_refuses_has_the_table_put_back(make_disk, resize):
    """The kernel knows a neighbour that the table does not have."""
    disk = make_disk()
    disk.label((9, 8, 100))
    disk.grow(LARGE)
    growing.run("addpart", disk.node, 3, 200 * 2048, 2048)
    before = growing.extent(growing.read(disk.path)["entries"][9])
    item = one(resize(disk.partition(9), status=1))
    assert item["result"] == FAILED and "was put back" in item["reason"]
    assert growing.extent(growing.read(disk.path)["entries"][9]) == before
    assert disk.kernel(9)[1] == disk.sectors(100)


def test_an_ext4_with_errors_is_reported_and_left_alone(make_disk, resize):
    disk = make_disk()
    disk.label((9, 8, ROOT_MIB))
    growing.make_filesystem("ext4", disk.partition(9))
    growing.run("debugfs", "-w", "-R", "set_super_value state 3", disk.partition(9))
    disk.grow(LARGE)
    before = disk.head()
    item = one(resize(disk.node))
    assert item["result"] == SKIPPED and "recorded errors" in item["reason"]
    assert "e2fsck" in item["reason"] and disk.head() == before


def test_a_read_only_mount_is_left_alone(make_disk, mounts, resize, tmp_path):
    disk = make_disk()
    disk.label((9, 8, ROOT_MIB))
    growing.make_filesystem("xfs", disk.partition(9))
    place = mounts.mount(disk.partition(9), tmp_path / "root", "-o", "ro")
    disk.grow(LARGE)
    before = disk.head()
    assert one(resize(place)) == {
        "name": str(place), "result": SKIPPED, "operations": [], "done": 0,
        "reason": f"{place} is mounted read-only"}
    mine = [item for item in resize("--plan").items if item["name"] == str(place)]
    assert [item["result"] for item in mine] == [SKIPPED]
    assert disk.head() == before


def test_a_second_writable_mount_is_grown_through(make_disk, mounts, resize, tmp_path):
    disk = make_disk()
    disk.label((9, 8, ROOT_MIB))
    growing.make_filesystem("xfs", disk.partition(9))
    place = mounts.mount(disk.partition(9), tmp_path / "root")
    other = mounts.mount(str(place), tmp_path / "other", "--bind")
    growing.run("mount", "-o", "remount,bind,ro", place)
    disk.grow(LARGE)
    item = one(resize(disk.partition(9)))
    assert (item["name"], item["result"]) == (str(other), CHANGED)


def test_a_covered_mount_does_not_grow_another_filesystem(make_disk, mounts, resize, tmp_path):
    disks = [make_disk(name=name) for name in ("one", "two")]
    for disk in disks:
        disk.label((9, 8, ROOT_MIB))
        growing.make_filesystem("xfs", disk.partition(9))
        place = mounts.mount(disk.partition(9), tmp_path / "root")
    disks[0].grow(LARGE)
    item = one(resize(disks[0].partition(9)))
    assert item["result"] == SKIPPED and "covered" in item["reason"]
    assert growing.filesystem_bytes("xfs", disks[1].partition(9), place) == ROOT_MIB * MIB


@pytest.mark.parametrize("kind,options", [("tmpfs", ()), ("overlay", ("lowerdir=/usr:/etc",))])
def test_a_root_without_a_device_is_fine(resize, mounts, tmp_path, kind, options):
    place = mounts.mount(kind, tmp_path / "root", "-t", kind,
                         *(["-o", *options] if options else []))
    item = one(resize(place))
    assert (item["result"], item["reason"]) == (
        SKIPPED, f"{place} is of type {kind}, which has no device")


def test_swap_is_left_as_it_is(make_disk, resize):
    disk = make_disk()
    disk.label((9, 8, ROOT_MIB))
    growing.make_filesystem("swap", disk.partition(9))
    disk.grow(LARGE)
    before = disk.head()
    item = one(resize(disk.partition(9)))
    assert item["result"] == SKIPPED and "is swap" in item["reason"]
    assert disk.head() == before


def test_another_filesystem_is_named(make_disk, mounts, resize, tmp_path):
    disk = make_disk()
    disk.label((9, 8, ROOT_MIB))
    growing.run("mkfs.ext2", "-q", disk.partition(9))
    place = mounts.mount(disk.partition(9), tmp_path / "root", "-t", "ext2")
    item = one(resize(place))
    assert item["result"] == SKIPPED and "is of type ext2, which is not grown" in item["reason"]


def test_one_that_fails_does_not_keep_the_other_from_growing(make_disk, mounts, resize, tmp_path):
    disks = [make_disk(name=name) for name in ("one", "two")]
    for disk in disks:
        disk.label((9, 8, ROOT_MIB))
        growing.make_filesystem("xfs", disk.partition(9))
        disk.place = mounts.mount(disk.partition(9), tmp_path / f"root-{disk.path.name}")
        disk.grow(LARGE)
    growing.run("addpart", disks[0].node, 3, 500 * 2048, 2048)
    done = resize(status=1)
    results = {item["name"]: item["result"] for item in done.items}
    assert results[str(disks[0].place)] == FAILED
    assert results[str(disks[1].place)] == CHANGED


def test_a_locked_disk_is_waited_for_by_name(root, resize):
    disk = root()
    with open(disk.node, "rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        timer = threading.Timer(1.0, fcntl.flock, (other, fcntl.LOCK_UN))
        timer.start()
        done = resize(disk.place)
        timer.join()
    assert one(done)["result"] == CHANGED
    assert disk.node in done.stderr


@pytest.mark.parametrize("kind", ["xfs", "btrfs"])
def test_two_at_once_do_it_once(root, resize, programs, kind):
    """As at boot, where another grower may be at work: who comes second waits, and finds it done."""
    disk = root(kind)
    with open(disk.node, "rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        running = [subprocess.Popen([programs.ours / "slipway-resize", disk.place],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                   for _ in range(2)]
        # Both have planned when they wait.
        for child in running:
            assert "waiting for the lock" in child.stderr.readline()
        fcntl.flock(other, fcntl.LOCK_UN)
    for child in running:
        output, _ = child.communicate(timeout=60)
        assert child.returncode == 0, output
    assert disk.kernel(9)[1] == disk.sectors(LARGE - 9)
    assert growing.filesystem_bytes(kind, disk.partition(9), disk.place) == (LARGE - 9) * MIB
    assert one(resize(disk.place))["result"] == UNCHANGED


def test_a_plan_changes_nothing(root, resize):
    disk = root()
    before = disk.head()
    item = one(resize("--plan", disk.place))
    assert item["result"] == "planned"
    assert [(op["operation"], op["summary"]) for op in item["operations"]] == [
        ("partition.grow", "320 MiB -> 891 MiB"), ("filesystem.grow", "xfs, 320 MiB -> 891 MiB")]
    assert disk.head() == before


@pytest.mark.parametrize("words,status,text", [
    (("--partition", "1"), 2, "--partition needs a disk or image"),
    (("--partition", "x", "/dev/null"), 2, '--partition: "x" is not a number from 1 to 128'),
    (("--partition", "0", "/dev/null"), 2, '--partition: "0" is not a number from 1 to 128'),
    (("--partition", "129", "/dev/null"), 2, '--partition: "129" is not a number from 1 to 128'),
    (("--partition", "1K", "/dev/null"), 2, '--partition: "1K" is not a number from 1 to 128'),
    (("--sector-size", "1000", "/dev/null"), 2, "--sector-size: a power of two from 512 to 65536"),
    (("--sector-size", "x", "/dev/null"), 2, 'invalid value "x" for --sector-size'),
    (("a", "b"), 2, "one operand at most"),
    (("--frobnicate",), 2, "frobnicate"),
    (("/nonexistent",), 1, "look at /nonexistent: No such file"),
    (("/dev/null",), 1, "/dev/null is no mount point, no block device and no image file"),
    (("/usr/share/man",), 1, "nothing is mounted on /usr/share/man"),
    (("--partition", "1", "/proc"), 1, "/proc is a directory"),
])
def test_bad_usage(programs, words, status, text):
    done = subprocess.run([programs.ours / "slipway-resize", *words], capture_output=True, text=True,
                          check=False, timeout=30)
    assert (done.returncode, done.stdout) == (status, "")
    assert text in done.stderr


def test_a_disk_with_no_answer_to_which(make_disk, programs):
    disk = make_disk()
    disk.label((1, 1, 4, gpt.LINUX))
    for rows, text in (([(1, 1, 4, gpt.LINUX)], "no partition of {} asks to be grown"),
                       ([(1, 1, 4), (2, 8, 4)], "partitions 1 and 2 of {} both ask")):
        growing.run("partx", "-d", disk.node)
        disk.label(*rows)
        done = subprocess.run([programs.ours / "slipway-resize", disk.node], capture_output=True,
                              text=True, check=False, timeout=30)
        assert done.returncode == 1 and text.format(disk.node) in done.stderr
    done = subprocess.run([programs.ours / "slipway-resize", "-n", "7", disk.node],
                          capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1 and f"partition 7 of {disk.node}" in done.stderr


def test_slipway_knows_the_command(slipway):
    assert "coreos-resize" in slipway("resize", "--help").stdout
