"""disk/device: names without udev, facts, users, and the bounded wait; disk/filesystem's mkfs."""

import os
import subprocess
import threading
import time
import uuid

import pytest

import gpt

MIB = 2048


@pytest.fixture
def tool(disk_tool):
    def run(*words, status=0) -> str:
        result = subprocess.run([disk_tool, *map(str, words)], capture_output=True, text=True,
                                check=False, timeout=60)
        assert result.returncode == status, result.stdout + result.stderr
        return (result.stderr if status else result.stdout).strip()
    return run


@pytest.fixture
def make_disk(tool, attach, tmp_path):
    """make_disk(name, partitions…) is a node whose kernel partitions are the table's."""

    def make(name, *partitions: gpt.Partition, mib=512, sector_bytes=512) -> str:
        image = tmp_path / name
        table = gpt.Table(mib * MIB * 512 // sector_bytes, sector_bytes,
                          partitions=list(partitions))
        with open(image, "wb") as file:
            file.truncate(mib << 20)
            if partitions:
                table.write(file)
        node = attach(image, sector_bytes)
        if partitions:
            tool("tell", os.path.basename(node))
        return node

    return make


def unique(prefix: str) -> str:
    """A label that no other test on this machine has."""
    return f"{prefix}{uuid.uuid4().hex[:6]}"


class TestNames:
    def test_a_node_is_found_with_its_facts(self, tool, make_disk):
        node = make_disk("disk", gpt.Partition(3, 256, 512), sector_bytes=4096)
        name = os.path.basename(node)
        assert tool("wait", node, 0) == f"{node}|{name}|{512 << 20}|4096|rw||0|"
        assert tool("wait", f"{node}p3", 0) == f"{node}p3|{name}p3|{2 << 20}|4096|rw|{name}|3|"

    def test_a_link_is_followed(self, tool, make_disk, tmp_path):
        node = make_disk("disk")
        (tmp_path / "link").symlink_to(node)
        assert tool("wait", tmp_path / "link", 0).startswith(node + "|")

    def test_partlabel_and_partuuid_come_from_the_table(self, tool, make_disk):
        label = unique("my root ")
        root = gpt.Partition(2, 4 * MIB, MIB, label)
        node = make_disk("disk", gpt.Partition(1, MIB, MIB, "other"), root)
        escaped = label.replace(" ", "\\x20")
        for name in (f"by-partlabel/{escaped}", f"by-partuuid/{root.guid}",
                     f"by-partuuid/{str(root.guid).upper()}"):
            assert tool("wait", f"/dev/disk/{name}", 0).startswith(f"{node}p2|")

    @pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "vfat", "swap"])
    def test_label_and_uuid_come_from_the_filesystem(self, tool, make_disk, kind):
        label = unique("X").upper()
        given = str(uuid.uuid4())[:8] if kind == "vfat" else str(uuid.uuid4())
        wanted = f"{given[:4]}-{given[4:]}".upper() if kind == "vfat" else given
        node = make_disk("disk", gpt.Partition(1, MIB, 400 * MIB))
        tool("mkfs", f"{node}p1", kind, label, given)
        assert tool("wait", f"/dev/disk/by-label/{label}", 0).startswith(f"{node}p1|")
        assert tool("wait", f"/dev/disk/by-uuid/{wanted}", 0).startswith(f"{node}p1|")

    def test_two_devices_with_one_label_are_refused(self, tool, make_disk):
        label = unique("twice")
        nodes = sorted([make_disk("one"), make_disk("two")])
        for node in nodes:
            tool("mkfs", node, "ext4", label, "")
        said = tool("wait", f"/dev/disk/by-label/{label}", 0, status=1)
        assert said.startswith(f"input: /dev/disk/by-label/{label} may be ")
        assert all(node in said for node in nodes)
        assert said.endswith("; use a name that only one of them has")

    def test_members_of_one_btrfs_are_one(self, tool, make_disk):
        label = unique("pool")
        nodes = [make_disk("one"), make_disk("two")]
        subprocess.run(["mkfs.btrfs", "-q", "-f", "-L", label, *nodes], check=True, timeout=60)
        assert tool("wait", f"/dev/disk/by-label/{label}", 0).split("|")[0] in nodes

    def test_a_file_is_no_block_device(self, tool, tmp_path):
        (tmp_path / "file").touch()
        assert tool("wait", tmp_path / "file", 0, status=1) == \
            f"input: {tmp_path}/file is no block device"

    def test_a_relative_name_is_refused(self, tool):
        assert tool("wait", "sda", 0, status=1) == 'input: device "sda" is no absolute path'


class TestNamesOfHardware:
    """by-id and by-path, on a /sys drawn here."""

    @pytest.fixture
    def host(self, tmp_path):
        host = tmp_path / "host"
        devices = {
            "devices/pci0000:00/0000:00:05.0/virtio2/block/vdb":
                {"dev": "254:16", "size": "2048", "serial": "disk-7"},
            "devices/pci0000:00/0000:00:05.0/virtio2/block/vdb/vdb3":
                {"dev": "254:19", "size": "1024", "partition": "3"},
            "devices/pci0000:00/0000:00:04.0/nvme/nvme0/nvme0n1":
                {"dev": "259:0", "size": "4096", "nsid": "1", "wwid": "eui.0025388b710116a1"},
            "devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda":
                {"dev": "8:0", "size": "4096", "device/wwid": "naa.5000c500a1b2c3d4"},
            "devices/virtual/block/dm-0":
                {"dev": "253:0", "size": "64", "dm/name": "vg-root", "dm/uuid": "LVM-abc"},
        }
        links = host / "sys/class/block"
        links.mkdir(parents=True)
        for path, attributes in devices.items():
            directory = host / "sys" / path
            for attribute, value in attributes.items():
                (directory / attribute).parent.mkdir(parents=True, exist_ok=True)
                (directory / attribute).write_text(value + "\n")
            (links / directory.name).symlink_to(f"../../{path}")
        (host / "proc").mkdir()
        return host

    @pytest.mark.parametrize("name, device", [
        ("by-id/virtio-disk-7", "vdb"),
        ("by-id/virtio-disk-7-part3", "vdb3"),
        ("by-id/nvme-eui.0025388b710116a1", "nvme0n1"),
        ("by-id/wwn-0x5000c500a1b2c3d4", "sda"),
        ("by-id/dm-name-vg-root", "dm-0"),
        ("by-id/dm-uuid-LVM-abc", "dm-0"),
        ("by-path/pci-0000:00:05.0", "vdb"),
        ("by-path/pci-0000:00:05.0-part3", "vdb3"),
        ("by-path/virtio-pci-0000:00:05.0-part3", "vdb3"),
        ("by-path/pci-0000:00:04.0-nvme-1", "nvme0n1"),
    ])
    def test_found(self, tool, host, name, device):
        assert tool("wait", f"/dev/disk/{name}", 0, host).split("|")[1] == device

    @pytest.mark.parametrize("name", ["by-id/virtio-disk-70", "by-id/virtio-disk-7-part4",
                                      "by-id/dm-name-vg", "by-path/pci-0000:00:04.0",
                                      "by-path/virtio-pci-0000:00:04.0-nvme-1"])
    def test_not_found(self, tool, host, name):
        assert "did not appear within 0 s" in tool("wait", f"/dev/disk/{name}", 0, host, status=1)


class TestWait:
    def test_it_ends_with_a_name_and_a_reason(self, tool):
        start = time.monotonic()
        assert tool("wait", "/dev/no-such", 700, status=1) == \
            ("timeout: device /dev/no-such did not appear within 0 s; check its name, or attach "
             "it")
        assert 0.6 < time.monotonic() - start < 5

    def test_a_partition_that_appears_ends_it(self, tool, make_disk):
        label = unique("late")
        node = make_disk("disk", gpt.Partition(1, MIB, MIB, label))
        subprocess.run(["delpart", node, "1"], check=True, timeout=30)
        timer = threading.Timer(0.7, tool, ["tell", os.path.basename(node)])
        timer.start()
        lines = tool("wait", f"/dev/disk/by-partlabel/{label}", 20000).splitlines()
        timer.join()
        assert lines[0] == f"waiting for device /dev/disk/by-partlabel/{label}"
        assert lines[-1].startswith(f"{node}p1|")


class TestUses:
    def test_a_free_device_has_none(self, tool, make_disk):
        assert tool("uses", make_disk("disk")) == ""

    def test_mounted(self, tool, make_disk, tmp_path):
        node = make_disk("disk", gpt.Partition(1, MIB, 400 * MIB))
        tool("mkfs", f"{node}p1", "ext4", "", "")
        place = tmp_path / "with space"
        place.mkdir()
        subprocess.run(["mount", f"{node}p1", place], check=True, timeout=30)
        try:
            assert tool("uses", f"{node}p1") == f"mounted on {place}"
            assert tool("uses", node) == ""
        finally:
            subprocess.run(["umount", place], check=True, timeout=30)

    def test_every_member_of_a_mounted_btrfs(self, tool, make_disk, tmp_path):
        nodes = [make_disk("one"), make_disk("two")]
        subprocess.run(["mkfs.btrfs", "-q", "-f", *nodes], check=True, timeout=60)
        place = tmp_path / "pool"
        place.mkdir()
        subprocess.run(["mount", "-o", ",".join(f"device={n}" for n in nodes), nodes[0], place],
                       check=True, timeout=30)
        try:
            for node in nodes:
                assert tool("uses", node) == f"mounted on {place}"
        finally:
            subprocess.run(["umount", place], check=True, timeout=30)

    def test_swap(self, tool, make_disk):
        node = make_disk("disk")
        tool("mkfs", node, "swap", "", "")
        if subprocess.run(["swapon", node], capture_output=True, timeout=30, check=False).returncode:
            pytest.skip("no swapon here")
        try:
            assert tool("uses", node) == "used as swap"
        finally:
            subprocess.run(["swapoff", node], check=True, timeout=30)

    def test_holders_are_named(self, tool, make_disk, tmp_path):
        """Of a /sys drawn here: this kernel may have neither dm nor md."""
        host = tmp_path / "host"
        node = make_disk("disk")
        number = os.stat(node).st_rdev
        dev = f"{os.major(number)}:{os.minor(number)}"
        for path, text in {"class/block/sdx/dev": dev, "class/block/sdx/size": "8",
                           "class/block/sdx/holders/dm-3": "", "class/block/sdx/holders/md9": "",
                           "class/block/dm-3/dm/name": "vg-root\n"}.items():
            (host / "sys" / path).parent.mkdir(parents=True, exist_ok=True)
            (host / "sys" / path).write_text(text)
        (host / "sys/dev/block").mkdir(parents=True)
        (host / "sys/dev/block" / dev).symlink_to("../../devices/sdx")
        (host / "proc/self").mkdir(parents=True)
        (host / "proc/self/mountinfo").write_text("")
        (host / "dev").mkdir()
        os.mknod(host / "dev/sdx", 0o60600, number)
        assert sorted(tool("uses", "/dev/sdx", host).splitlines()) == \
            ["held by dm-3 (vg-root)", "held by md9"]


class TestMkfs:
    def test_a_missing_program_is_named_before_the_wipe(self, disk_tool, make_disk, tool,
                                                        tmp_path):
        node = make_disk("disk")
        tool("mkfs", node, "ext4", "kept", "")
        result = subprocess.run([disk_tool, "mkfs", node, "xfs", "", ""], capture_output=True,
                                text=True, check=False, env={"PATH": str(tmp_path)}, timeout=30)
        assert result.stderr == "not found: program mkfs.xfs is not in PATH\n"
        assert tool("probe", node).startswith("an ext4 filesystem labelled kept|")

    def test_a_failing_program_is_told_with_its_words(self, tool, make_disk):
        node = make_disk("disk", mib=1)
        said = tool("mkfs", node, "xfs", "", "", status=1)
        assert said.startswith("system: exit status 1: Cmd: \"mkfs.xfs\" \"-f\"")

    def test_none_wipes(self, tool, make_disk):
        node = make_disk("disk")
        tool("mkfs", node, "ext4", "", "")
        tool("mkfs", node, "none", "", "")
        assert tool("probe", node) == "nothing||||"
