"""Whoever uses a partition is seen, and the disk is left as it is: holders, mounts, swap."""

import pytest

import boots
import disks
import engine
import scenarios

# What is done with $a2, and what the refusal says of it.
USES = {
    "dm": ("printf '0 8192 linear %s 0' $a2 | dmsetup create held", "held by dm-0 (held)"),
    "LVM": ("pvcreate -qq -ff -y $a2; vgcreate -qq vg $a2; lvcreate -qq -y -L 16M -n lv vg",
            "held by dm-0 (vg-lv)"),
    "LUKS": ("echo key | cryptsetup -q luksFormat --pbkdf pbkdf2 --pbkdf-force-iterations 1000 $a2\n"
             "echo key | cryptsetup open $a2 secret", "held by dm-0 (secret)"),
    "md": ("mdadm --create /dev/md/held --force --run --level 1 --raid-devices 1 $a2", "held by md127"),
    "ext4": ("mount $a2 /mnt", "mounted on /mnt"),
    "vfat": ("mkfs.vfat $a2; mount $a2 /mnt", "mounted on /mnt"),
    "xfs": ("mkfs.xfs -q -f -d size=100m -l size=10m --unsupported $a2; mount $a2 /mnt", "mounted on /mnt"),
    "btrfs": ("mkfs.btrfs -q -f $a2; mount $a2 /mnt", "mounted on /mnt"),
    "swap": ("mkswap -q $a2; swapon $a2", "used as swap"),
}
REPLACED = scenarios.entry(2, 65, 64, wipePartitionEntry=True)
DELETED = scenarios.entry(2, shouldExist=False, wipePartitionEntry=True)
BESIDE = scenarios.entry(3, shouldExist=False, wipePartitionEntry=True)


@pytest.fixture
def used(blank, sh, programs, tmp_path):
    """used("LVM", entry …) boots with those partitions asked of a disk whose second is in use."""

    def run(use: str, *entries: dict, wipe: bool = False):
        disk = blank("disk-a")
        names = {"$a": disk.node, **{f"$a{n}": disk.partition(n) for n in range(1, 4)}}
        wanted = scenarios.Scenario({"disks": [scenarios.disk(*entries, wipe=wipe)]},
                                    scenarios.DATA + scenarios.SETTLE + "\n" + USES[use][0])
        sh(wanted.preparation(names))
        disks.settle()
        before = disk.read(0, 34 * 512), disk.partitions()
        try:
            outcome = boots.Boot(programs, engine.OURS, tmp_path, wanted.config(names)).run(wanted.stages)
            return disk, outcome, (disk.read(0, 34 * 512), disk.partitions()) == before
        finally:
            if use == "LVM":
                disks.call("vgchange", "-qq", "-an", "vg")

    return run


@pytest.mark.parametrize("use", USES)
def test_a_partition_in_use_is_not_replaced(used, use):
    disk, outcome, is_unchanged = used(use, REPLACED)
    assert outcome.exits["disks"] == 1
    assert f'refusing to modify active partition 2 on "{disk}"' in outcome.log
    assert USES[use][1] in outcome.log
    assert is_unchanged


@pytest.mark.parametrize("use", ["dm", "md"])
def test_a_partition_in_use_is_not_deleted(used, use):
    _, outcome, is_unchanged = used(use, DELETED)
    assert outcome.exits["disks"] == 1 and "refusing to modify active partition 2" in outcome.log
    assert is_unchanged


@pytest.mark.parametrize("use", ["dm", "md", "ext4"])
def test_the_table_of_a_disk_in_use_is_not_wiped(used, use):
    disk, outcome, is_unchanged = used(use, wipe=True)
    assert outcome.exits["disks"] == 1 and f'refusing to wipe active disk "{disk}"' in outcome.log
    assert is_unchanged


@pytest.mark.parametrize("use", ["dm", "md", "swap"])
def test_beside_a_partition_in_use_others_change(used, use):
    disk, outcome, _ = used(use, BESIDE)
    assert outcome.verdict == 0, outcome.log
    assert set(disk.partitions()) == {1, 2}
