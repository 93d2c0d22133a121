"""disk/probe and disk/loop: what is on a device or a part of one, and images as devices."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

MIB = 1 << 20
UUID = "2f4bd0a5-1b2c-4a57-9c6e-0f0e7c7b1a11"
MAKERS = {
    "ext4": ["mkfs.ext4", "-q", "-F", "-L", "data", "-U", UUID],
    "xfs": ["mkfs.xfs", "-q", "-f", "-L", "data", "-m", f"uuid={UUID}"],
    "btrfs": ["mkfs.btrfs", "-q", "-f", "-L", "data", "-U", UUID],
    "vfat": ["mkfs.fat", "-n", "DATA", "-i", "2F4BD0A5"],
    "swap": ["mkswap", "-q", "-L", "data", "-U", UUID],
}
EXPECTED = {
    "ext4": f"an ext4 filesystem labelled data|ext4|data|{UUID}|",
    "xfs": f"an xfs filesystem labelled data|xfs|data|{UUID}|",
    "btrfs": f"a btrfs filesystem labelled data|btrfs|data|{UUID}|",
    "vfat": "a vfat filesystem labelled DATA|vfat|DATA|2F4B-D0A5|",
    "swap": f"a swap signature labelled data|swap|data|{UUID}|",
}


def make(kind: str, path: Path, size: int = 320 * MIB):
    with open(path, "wb") as file:
        file.truncate(size)
    subprocess.run([*MAKERS[kind], path], check=True, capture_output=True, timeout=60)


@pytest.fixture
def tool(disk_tool):
    def run(*words, status=0) -> str:
        result = subprocess.run([disk_tool, *map(str, words)], capture_output=True, text=True,
                                check=False, timeout=60)
        assert result.returncode == status, result.stdout + result.stderr
        return (result.stderr if status else result.stdout).strip()
    return run


@pytest.mark.parametrize("kind", MAKERS)
def test_a_filesystem_is_told_with_label_and_uuid(tool, tmp_path, kind):
    image = tmp_path / "fs"
    make(kind, image)
    assert tool("probe", image) == EXPECTED[kind]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_future_partition_is_probed_by_its_bytes(tool, tmp_path, kind):
    """Copied into the middle of a disk, and looked at there; neighbours are not its business."""
    image, disk = tmp_path / "fs", tmp_path / "disk"
    make(kind, image)
    with open(disk, "wb") as file:
        file.truncate(400 * MIB)
        file.seek(8 * MIB)
        file.write(image.read_bytes())
    assert tool("probe", disk) == "nothing||||"
    assert tool("probe", disk, 8 * MIB, 320 * MIB) == EXPECTED[kind]
    assert tool("probe", disk, 340 * MIB, 8 * MIB) == "nothing||||"


@pytest.mark.parametrize("kind", MAKERS)
def test_a_wipe_removes_what_is_in_its_range_only(tool, tmp_path, kind):
    image = tmp_path / "fs"
    make(kind, image)
    tool("wipe", image, 328 * MIB - 8 * MIB - 4096, 4096)
    assert tool("probe", image) == EXPECTED[kind]
    tool("wipe", image)
    assert tool("probe", image) == "nothing||||"


def test_two_signatures_are_ambiguous_until_wiped(tool, tmp_path):
    image = tmp_path / "fs"
    make("xfs", image)
    with open(image, "rb") as file:
        kept = file.read(512)
    make("ext4", image)
    with open(image, "r+b") as file:
        file.write(kept)
    assert tool("probe", image).endswith("|ambiguous")
    tool("wipe", image)
    assert tool("probe", image) == "nothing||||"


def test_a_missing_device_is_told(tool):
    assert tool("probe", "/dev/no-such", status=1) == \
        "not found: open /dev/no-such: No such file or directory"


# --- loop devices


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
class TestLoop:
    @pytest.mark.parametrize("sector_bytes", [512, 4096])
    def test_sector_size_and_partition_scan(self, tool, tmp_path, loops, sector_bytes):
        image = tmp_path / "disk"
        with open(image, "wb") as file:
            file.truncate(8 * MIB)
        node = loops.adopt(tool("attach", image, sector_bytes))
        sysfs = Path("/sys/class/block", os.path.basename(node))
        assert (sysfs / "queue/logical_block_size").read_text().strip() == str(sector_bytes)
        assert (sysfs / "loop/partscan").read_text().strip() == "1"
        assert (sysfs / "loop/backing_file").read_text().strip() == str(image)
        tool("detach", node)
        assert not (sysfs / "loop/backing_file").exists()

    def test_read_only(self, tool, tmp_path, loops):
        image = tmp_path / "disk"
        image.write_bytes(bytes(MIB))
        node = loops.adopt(tool("attach", image, 512, "ro"))
        assert Path("/sys/class/block", os.path.basename(node), "ro").read_text() == "1\n"

    def test_many_at_once_get_a_device_each(self, tool, tmp_path, loops):
        images = [tmp_path / f"disk{n}" for n in range(8)]
        for image in images:
            image.write_bytes(bytes(MIB))
        with ThreadPoolExecutor(len(images)) as pool:
            nodes = list(pool.map(lambda image: loops.adopt(tool("attach", image, 512)), images))
        assert len(set(nodes)) == len(images)

    def test_a_missing_image_is_told(self, tool, tmp_path):
        assert tool("attach", tmp_path / "none", 512, status=1) == \
            f"not found: open image {tmp_path}/none: No such file or directory"

    def test_detaching_twice_is_fine(self, tool, tmp_path, loops):
        image = tmp_path / "disk"
        image.write_bytes(bytes(MIB))
        node = loops.adopt(tool("attach", image, 512))
        tool("detach", node)
        tool("detach", node)
