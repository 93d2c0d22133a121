"""Our own search for /dev/disk/by-* finds what the real udev linked, on every kind of disk."""

import contextlib
import os
import re
import subprocess
import threading
from pathlib import Path

import pytest

import boots
import disks
import engine
import scenarios

# What disk/device_name does not promise: a count of udev's own, and what takes questions to the disk.
NOT_OURS = re.compile(r"/by-diskseq/|/by-id/(scsi-|nvme-QEMU)|/by-path/.*-scsi-")
SERIALS = ("disk-a", "disk-4k", "disk-512e", "disk-scsi", "disk-nvme")
# Hides what udev made, as in a machine whose udev has not come that far, and asks for all names at once.
HIDE = 'mount -t tmpfs none /dev/disk; tool=$1; shift; for name; do "$tool" wait "$name" 0 || :; done'


@pytest.mark.parametrize("serial", SERIALS)
def test_names_are_found_that_udev_has_made(disk_tool, blank, sh, serial):
    disk = blank(serial)
    sh(f"sgdisk -n 1:0:+300M -c 1:'first one' -n 2:0:+100M -c 2:two {disk} >/dev/null\n"
       f"udevadm settle; mkfs.ext4 -q -L 'label a' {disk.partition(1)}\n"
       f"mkfs.vfat -n VF {disk.partition(2)}; udevadm settle")
    made = links(disk)
    assert len(made) > 6
    found = subprocess.run(["unshare", "--mount", "sh", "-c", HIDE, "sh", disk_tool, *made],
                           capture_output=True, text=True, check=True, timeout=60)
    nodes = [line.split("|")[0] for line in found.stdout.splitlines()]
    assert dict(zip(made, nodes)) == made, found.stderr


def links(disk: disks.Disk) -> dict[str, str]:
    """Link -> node of the disk and its partitions."""
    found = {}
    for directory in Path("/dev/disk").iterdir():
        for link in sorted(directory.iterdir()):
            node = os.path.realpath(link)
            if node.startswith(disk.node) and not NOT_OURS.search(str(link)):
                found[str(link)] = node
    return found


def machine_of(disk: disks.Disk) -> dict:
    """Names of udev's wherever one can stand, on a disk that is blank at first."""
    return {
        "ignition": {"version": "3.4.0"},
        "storage": {
            "disks": [{"device": str(disk.link), "wipeTable": True, "partitions": [
                scenarios.entry(1, size=64, label="EFI-SYSTEM", typeGuid=scenarios.ESP),
                scenarios.entry(2, size=110, label="btr"), scenarios.entry(3, label="ROOT")]}],
            "filesystems": [
                {"device": "/dev/disk/by-partlabel/EFI-SYSTEM", "format": "vfat", "label": "EFI"},
                {"device": "/dev/disk/by-partlabel/btr", "format": "btrfs", "path": "/var/lib",
                 "label": "pool"},
                {"device": "/dev/disk/by-partlabel/ROOT", "format": "ext4", "path": "/var",
                 "label": "state"}],
            "files": [{"path": "/var/lib/a", "contents": {"source": "data:,here"}}],
        },
    }


@pytest.mark.parametrize("serial", SERIALS)
def test_a_whole_machine_on_each_kind_of_disk(programs, blank, tmp_path, serial):
    disk = blank(serial)
    disks.settle()
    boot = boots.Boot(programs, engine.OURS, tmp_path, machine_of(disk))
    outcome = boot.run()
    assert outcome.verdict == 0, outcome.log
    assert outcome.tree["/var/lib/a"].content == b"here"
    assert [mount.split()[0] for mount in outcome.mounts] == ["/var", "/var/lib"]
    probed = disks.probe(*map(disk.partition, (1, 2, 3)))
    assert [(found["TYPE"], found["LABEL"]) for found in probed.values()] == \
        [("vfat", "EFI"), ("btrfs", "pool"), ("ext4", "state")]


def test_udev_has_seen_all_of_it_when_the_stage_ends(programs, blank, tmp_path):
    """Units that wait for these links must not wait for what nobody will announce."""
    disk = blank("disk-a")
    boot = boots.Boot(programs, engine.OURS, tmp_path, machine_of(disk))
    outcome = boot.run(("fetch-offline", "disks"))
    assert outcome.verdict == 0, outcome.log
    disks.settle()
    for link, number in (("by-partlabel/ROOT", 3), ("by-label/state", 3), ("by-label/pool", 2),
                         ("by-label/EFI", 1)):
        assert os.path.realpath(f"/dev/disk/{link}") == disk.partition(number)


def test_a_second_run_changes_nothing(programs, blank, tmp_path):
    disk = blank("disk-a")
    config = machine_of(disk)
    config["storage"]["disks"][0].pop("wipeTable")
    boot = boots.Boot(programs, engine.OURS, tmp_path, config)
    assert boot.run(("fetch-offline", "disks")).verdict == 0
    before = disks.picture(disk)
    again = boot.run(("disks",))
    assert again.verdict == 0, again.log
    assert "executing" not in again.log
    assert disks.picture(disk) == before


# --- names that lie or come and go

@pytest.fixture
def paths(blank):
    """Both nodes of the disk with two paths."""
    disk = blank("disk-twin")
    disks.settle()
    return disk, sorted(f"/dev/{place.parent.name}" for place in Path("/sys/class/block").glob("vd*/serial")
                        if place.read_text() == "disk-twin")


def test_a_disk_with_two_paths_by_the_one_that_udev_chose(programs, paths, tmp_path):
    disk, nodes = paths
    assert len(nodes) == 2 and disk.node in nodes
    outcome = boots.Boot(programs, engine.OURS, tmp_path, {
        "ignition": {"version": "3.4.0"},
        "storage": {"disks": [scenarios.disk(scenarios.entry(1, label="one"), device=str(disk.link))]}}
    ).run(("fetch-offline", "disks"))
    assert outcome.verdict == 0, outcome.log
    assert disk.partitions() and disk.table() == disk.partitions()


def test_a_disk_with_two_paths_is_not_guessed(programs, paths, tmp_path):
    """Without udev's choice there is none to be made."""
    disk, nodes = paths
    target = os.readlink(disk.link)
    os.unlink(disk.link)
    try:
        outcome = boots.Boot(programs, engine.OURS, tmp_path, {
            "ignition": {"version": "3.4.0"},
            "storage": {"disks": [scenarios.disk(scenarios.entry(1), device=str(disk.link))]}}
        ).run(("fetch-offline", "disks"))
    finally:
        os.symlink(target, disk.link)
    assert outcome.exits["disks"] == 1
    assert all(os.path.basename(node) in outcome.log for node in nodes), outcome.log
    assert disk.table() is None


def test_a_copied_disk_is_not_guessed(programs, blank, sh, tmp_path):
    """Two disks with the same table: whose partition "data" is meant?"""
    pair = [blank(serial) for serial in ("disk-a", "disk-b")]
    for disk in pair:
        sh(scenarios.TABLE.replace("$a", disk.node))
    disks.settle()
    link = Path("/dev/disk/by-partlabel/data")
    target = os.readlink(link)
    os.unlink(link)
    before = disks.picture(*pair)
    try:
        outcome = boots.Boot(programs, engine.OURS, tmp_path, {
            "ignition": {"version": "3.4.0"},
            "storage": {"filesystems": [scenarios.filesystem(str(link), wipeFilesystem=True)]}}
        ).run(("fetch-offline", "disks"))
    finally:
        os.symlink(target, link)
    assert outcome.exits["disks"] == 1
    assert all(os.path.basename(disk.partition(2)) in outcome.log for disk in pair), outcome.log
    assert disks.picture(*pair) == before


@contextlib.contextmanager
def churning(disk: disks.Disk):
    """Links of @disk and its partitions that go and come all the time."""
    over = threading.Event()

    def churn() -> None:
        while not over.wait(0.05):
            for name in (disk.name, *(os.path.basename(disk.partition(n)) for n in disk.partitions())):
                with contextlib.suppress(OSError):  # a partition may be gone by now
                    for action in ("remove", "add"):
                        Path("/sys/class/block", name, "uevent").write_text(action)

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_links_that_come_and_go(programs, blank, tmp_path):
    disk = blank("disk-a")
    disks.settle()
    with churning(disk):
        outcome = boots.Boot(programs, engine.OURS, tmp_path, machine_of(disk)).run()
    disks.settle()
    assert outcome.verdict == 0, outcome.log
    assert outcome.tree["/var/lib/a"].content == b"here"
    assert disk.table() == disk.partitions()
