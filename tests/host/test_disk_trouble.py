"""Disks and programs that let the disks stage down: what is said, what is left, and the next run."""

import os
import subprocess

import pytest

import block
import gpt
from boot import ROOT_LABEL, Boot
from machine import stub

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="attaches and mounts disks")

MIB = 1 << 20
SIZE = 512 * MIB


def config_for(device, wipe_table=False, **root):
    """Three partitions and filesystems; what is asked for is on line 1 of config.ign, as json.dumps writes it."""
    return {
        "ignition": {"version": "3.4.0"},
        "storage": {
            "disks": [{"device": str(device), "wipeTable": wipe_table, "partitions": [
                {"number": 1, "label": "boot", "sizeMiB": 64}, {"number": 2, "label": "swap", "sizeMiB": 32},
                {"number": 3, "label": ROOT_LABEL, **root}]}],
            "filesystems": [
                {"device": f"{device}p1", "format": "ext4"},
                {"device": f"{device}p2", "format": "swap"},
                {"device": f"/dev/disk/by-partlabel/{ROOT_LABEL}", "format": "ext4"},
            ],
        },
    }


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "disk"
    with path.open("wb") as stream:
        stream.truncate(SIZE)
    return path


@pytest.fixture
def start(programs, tmp_path):
    """start(device) is a boot whose config is fetched."""
    def run(device, config=None):
        boot = Boot(programs, tmp_path, config or config_for(device))
        done = boot.run("fetch-offline")
        assert done.returncode == 0, done.stdout + done.stderr
        return boot
    return run


@pytest.fixture
def refused(start, image):
    """refused(device) runs the stage, which must fail without a byte changed, and says why."""
    def run(device, config=None):
        before = block.contents(image)
        done = start(device, config).run("disks")
        assert done.returncode == 1, done.stdout
        assert block.contents(image) == before
        return reason(done)
    return run


def reason(done):
    return next(line for line in done.stdout.splitlines() if "Ignition failed: " in line)


def kinds(device):
    return [subprocess.run(["blkid", "-p", "-s", "TYPE", "-o", "value", f"{device}p{number}"], check=False,
                           capture_output=True, text=True, timeout=60).stdout.strip() for number in (1, 2, 3)]


# --- refused before anything is written

def test_a_read_only_disk(refused, image, attach):
    why = refused(attach(image, read_only=True))
    assert "config.ign:1:" in why and "it is read-only" in why and "make it writable" in why


def test_a_disk_that_is_too_small(refused, image, attach):
    device = attach(image)
    why = refused(device, config_for(device, sizeMiB=4096))
    assert f"disk {device}: " in why and "config.ign:1:" in why and "partition 3 does not fit" in why


def test_a_dos_label(refused, image, attach):
    subprocess.run(["sfdisk", "--quiet", image], input="label: dos\n- 16M\n", text=True, check=True, timeout=60)
    why = refused(attach(image))
    assert "config.ign:1:" in why and 'does not have a GPT but "dos"; set wipeTable to replace it' in why


def test_both_copies_of_the_table_are_damaged(refused, image, attach):
    with image.open("r+b") as stream:
        gpt.Table(SIZE // 512, partitions=[gpt.Partition(1, 2048, 2048, "old")]).write(stream)
        for at in (512, SIZE - 512):
            stream.seek(at + 56)
            stream.write(b"damaged")
    why = refused(attach(image))
    assert "config.ign:1:" in why and "both copies of its GPT are damaged; repair it with gdisk, or wipe it" in why


def test_one_copy_of_the_table_is_damaged(start, image, attach):
    """The other one will do, and both are whole afterwards."""
    with image.open("r+b") as stream:
        gpt.Table(SIZE // 512, partitions=[gpt.Partition(9, 2048 * 400, 2048, "old")]).write(stream)
        stream.seek(512 + 56)
        stream.write(b"damaged")
    device = attach(image)
    boot = start(device, config_for(device, sizeMiB=100))
    done = boot.run("disks")
    assert done.returncode == 0, done.stdout
    assert set(block.partitions(device)) == {1, 2, 3, 9}
    verified = subprocess.run(["sgdisk", "--verify", device], capture_output=True, text=True, check=False, timeout=60)
    assert "No problems found" in verified.stdout, verified.stdout


def test_a_mkfs_that_is_missing(refused, image, attach, tmp_path, monkeypatch):
    few = tmp_path / "few"
    few.mkdir()
    for name in ("sh", "mkswap", "unshare"):
        (few / name).symlink_to(subprocess.run(["which", name], capture_output=True, text=True, check=True,
                                               timeout=30).stdout.strip())
    device = attach(image)
    monkeypatch.setenv("PATH", str(few))
    why = refused(device)
    assert "config.ign:1:" in why and "program mkfs.ext4 is not in PATH" in why


def test_a_disk_that_is_a_filesystem_in_use(refused, image, attach, tmp_path):
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True, timeout=60)
    device = attach(image)
    place = tmp_path / "place"
    place.mkdir()
    subprocess.run(["mount", "-o", "ro", device, place], check=True, timeout=60)
    try:
        why = refused(device)
    finally:
        subprocess.run(["umount", place], check=True, timeout=60)
    assert "config.ign:1:" in why and "directly active disk" in why and "unmount or release it first" in why


# --- failing half-way

def test_a_mkfs_that_fails_once(start, image, attach, tmp_path):
    """Those beside it are made and kept; the next run makes the one that is missing."""
    device = attach(image)
    boot = start(device)
    bad = stub(tmp_path / "bad", "mkswap", "echo 'no luck' >&2; exit 4\n")
    path = boot.environment["PATH"]
    boot.environment["PATH"] = f"{bad}:{path}"
    done = boot.run("disks")
    assert done.returncode == 1
    assert "config.ign:1:" in reason(done)
    assert f'device {device}p2: exit status 4: Cmd: "mkswap"' in reason(done)
    assert 'Stderr: "no luck"' in reason(done)
    assert kinds(device) == ["ext4", "", "ext4"]
    boot.environment["PATH"] = path
    done = boot.run("disks")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("executing: ") == 1
    assert kinds(device) == ["ext4", "swap", "ext4"]


def test_a_mkfs_that_is_killed(start, image, attach, tmp_path):
    device = attach(image)
    boot = start(device)
    bad = stub(tmp_path / "bad", "mkfs.ext4", "kill -KILL $$\n")
    boot.environment["PATH"] = f"{bad}:{boot.environment['PATH']}"
    done = boot.run("disks")
    assert done.returncode == 1
    assert "signal: killed" in done.stdout
    assert kinds(device)[1] == "swap"


def test_a_mkfs_that_hangs_holds_up_nobody(start, image, attach, tmp_path):
    """The others are done while it hangs; the run that was ended goes on with the one that is missing."""
    device = attach(image)
    boot = start(device)
    bad = stub(tmp_path / "bad", "mkswap", "exec sleep 1000\n")
    path = boot.environment["PATH"]
    boot.environment["PATH"] = f"{bad}:{path}"
    done = boot.shell("timeout -s KILL 8 " + " ".join(boot.words("disks")) + "\nexit $?")
    assert done.returncode == 137
    assert done.stdout.count("[finished] creating") == 2
    assert kinds(device) == ["ext4", "", "ext4"]
    boot.environment["PATH"] = path
    assert boot.run("disks").returncode == 0
    assert kinds(device) == ["ext4", "swap", "ext4"]


@pytest.fixture
def small(tmp_path):
    """A place that is full before the disk on it is."""
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "small", place], check=True, timeout=60)
    yield place
    subprocess.run(["umount", "-l", place], check=True, timeout=60)


def test_a_disk_that_fills_up(start, small, loops):
    image = small / "disk"
    with image.open("wb") as stream:
        stream.truncate(SIZE)
    device = loops.attach(image)
    boot = start(device)
    done = boot.run("disks")
    assert done.returncode == 1
    assert "config.ign:1:" in reason(done) and device in reason(done)
    subprocess.run(["mount", "-o", "remount,size=256M", small], check=True, timeout=60)
    done = boot.run("disks")
    assert done.returncode == 0, done.stdout
    assert kinds(device) == ["ext4", "swap", "ext4"]
    loops.release()


def test_a_disk_that_vanished(start, image, attach):
    """The device is there, and what is behind it is not."""
    device = attach(image)
    boot = start(device)
    os.truncate(image, 0)
    done = boot.run("disks")
    assert done.returncode == 1
    assert f"disk {device}: config.ign:1:" in reason(done).replace(f"{boot.place}/", "")
    assert "Input/output error" in reason(done)


def test_a_disk_that_vanishes(start, image, attach, tmp_path):
    """While its filesystems are made."""
    device = attach(image)
    boot = start(device)
    bad = stub(tmp_path / "bad", "mkswap", f"truncate -s 0 {image}; exec /sbin/mkswap \"$@\"\n")
    boot.environment["PATH"] = f"{bad}:{boot.environment['PATH']}"
    done = boot.run("disks")
    assert done.returncode == 1
    assert f"device {device}p2: " in reason(done) + done.stdout


def test_a_device_that_is_gone_after_the_plan(start, image, attach, tmp_path):
    """A partition that somebody deletes from the kernel while another filesystem is made."""
    device = attach(image)
    boot = start(device)
    boot.run("disks")
    subprocess.run(["delpart", device, "2"], check=True, timeout=60)
    done = boot.run("disks")
    assert done.returncode == 0, done.stdout
    assert set(block.partitions(device)) == {1, 2, 3}


# --- two in one provisioning

def test_wiping_is_done_once_in_one_provisioning(start, image, attach):
    """A second run of the same boot keeps what the first one made; another boot wipes it."""
    device = attach(image)
    config = config_for(device, wipe_table=True)
    for filesystem in config["storage"]["filesystems"]:
        filesystem["wipeFilesystem"] = True
    boot = start(device, config)
    assert boot.run("disks").returncode == 0
    first = subprocess.run(["sfdisk", "--dump", device], capture_output=True, text=True, check=True, timeout=60).stdout
    done = boot.run("disks")
    assert done.returncode == 0 and "[started]" not in done.stdout, done.stdout
    for name in ("state", "state.journal"):
        (boot.place / name).unlink(missing_ok=True)
    done = boot.run("fetch-offline", "disks")
    assert done.returncode == 0 and done.stdout.count("executing: ") == 3, done.stdout
    other = subprocess.run(["sfdisk", "--dump", device], capture_output=True, text=True, check=True, timeout=60).stdout
    assert first != other


def test_the_journal_holds_what_was_drawn(start, image, attach):
    device = attach(image)
    boot = start(device)
    assert boot.run("disks").returncode == 0
    lines = boot.journal()
    planned = [line["operation"] for line in lines if "operation" in line]
    dump = subprocess.run(["sfdisk", "--dump", device], capture_output=True, text=True, check=True, timeout=60).stdout
    drawn = {entry["number"]: entry["uuid"] for entry in planned if entry["operation"] == "partition.create"}
    assert sorted(drawn) == [1, 2, 3] and all(uuid in dump for uuid in drawn.values())
    made = {entry["object"]: entry["uuid"] for entry in planned if entry["operation"] == "filesystem.create"}
    assert len(made) == 3
    found = subprocess.run(["blkid", "-p", "-s", "UUID", "-o", "value", f"{device}p1"], capture_output=True,
                           text=True, check=True, timeout=60).stdout.strip()
    assert made[f"{device}p1"] == found
    assert {line["done"] for line in lines if "done" in line} == {entry["index"] for entry in planned}
