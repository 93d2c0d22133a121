"""Disks that become larger below a partition, for the tests of slipway resize and growpart."""

import os
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import block
import gpt

MIB = 1 << 20
UMOUNT_ATTEMPTS = 25
# coreos-resize: what asks to be grown at every boot.
RESIZE = uuid.UUID("3884DD41-8582-4404-B9A8-E9B84F2DF50E")
NAMES = {"ext4": ("mkfs.ext4", "-q", "-F"), "xfs": ("mkfs.xfs", "-q", "-f"),
         "btrfs": ("mkfs.btrfs", "-q", "-f"), "swap": ("mkswap",)}


def run(*words, **options) -> str:
    return subprocess.run([str(w) for w in words], check=True, capture_output=True, text=True,
                          timeout=120, **options).stdout


def make(path: Path, mib: float) -> Path:
    """A sparse file."""
    with open(path, "wb") as file:
        file.truncate(int(mib * MIB))
    return path


def resized(path: Path, mib: float):
    os.truncate(path, int(mib * MIB))


def copy(source: Path, target: Path):
    """Another image with the same data, whose holes are neither read nor written."""
    with open(target, "wb") as file:
        file.truncate(source.stat().st_size)
        for offset, data in block.contents(source):
            file.seek(offset)
            file.write(data)


def read(path: Path, sector_bytes: int = 512) -> dict:
    """The primary copy of a GPT, and whether there is a backup where it says."""
    with open(path, "rb") as file:
        file.seek(sector_bytes)
        header = file.read(92)
        assert header[:8] == b"EFI PART"
        number = lambda at, size=8: int.from_bytes(header[at:at + size], "little")
        file.seek(number(72) * sector_bytes)
        array = file.read(number(80, 4) * gpt.ENTRY_BYTES)
        file.seek(number(32) * sector_bytes)
        backup = file.read(92)
    entries = {i // gpt.ENTRY_BYTES + 1: array[i:i + gpt.ENTRY_BYTES]
               for i in range(0, len(array), gpt.ENTRY_BYTES) if any(array[i:i + 16])}
    return {"guid": header[56:72], "backup": number(32), "last_usable": number(48),
            "entries": entries, "backup_is_sound": backup[:8] == b"EFI PART"}


def extent(entry: bytes) -> tuple[int, int]:
    """start and last sector of an entry."""
    return int.from_bytes(entry[32:40], "little"), int.from_bytes(entry[40:48], "little")


@dataclass
class Disk:
    """A loop device whose file grows; partitions are known to the kernel by BLKPG."""

    path: Path
    node: str
    sector_bytes: int = 512
    table: gpt.Table = field(default=None)

    @property
    def name(self) -> str:
        return os.path.basename(self.node)

    def partition(self, number: int) -> str:
        return f"{self.node}p{number}"

    def sectors(self, mib: float) -> int:
        return int(mib * MIB) // self.sector_bytes

    def label(self, *rows, at_mib: int = 0):
        """Rows of (number, start, size) in MiB, and a type where it is not coreos-resize."""
        size = (at_mib * MIB) or self.path.stat().st_size
        self.table = gpt.Table(size // self.sector_bytes, self.sector_bytes, partitions=[
            gpt.Partition(number, self.sectors(start), self.sectors(length), f"P{number} ä",
                          *(kind or [RESIZE]), attributes=5 << 48)
            for number, start, length, *kind in rows])
        with open(self.node, "r+b") as file:
            self.table.write(file)
        for number, start, length, *_ in rows:
            run("addpart", self.node, number, start * 2048, length * 2048)

    def grow(self, mib: float):
        """As a cloud does: the disk is larger, its backup GPT where it was."""
        resized(self.path, mib)
        run("losetup", "--set-capacity", self.node)

    def kernel(self, number: int) -> tuple[int, int]:
        """start and size in sectors of the disk."""
        start, size = block.partitions(self.node)[number]
        return start * 512 // self.sector_bytes, size * 512 // self.sector_bytes

    def bytes(self) -> list:
        run("blockdev", "--flushbufs", self.node)
        os.sync()
        return block.contents(self.path)

    def head(self) -> bytes:
        """The label: what is in front of the first partition, and the last MiB."""
        with open(self.path, "rb") as file:
            head = file.read(MIB)
            file.seek(-MIB, os.SEEK_END)
            return head + file.read()


def make_filesystem(kind: str, node: str):
    run(*NAMES[kind], node)


def filesystem_bytes(kind: str, node: str, mount_point=None) -> int:
    """As its own tools say it."""
    if kind == "ext4":
        lines = dict(line.split(":", 1) for line in run("dumpe2fs", "-h", node).splitlines()
                     if ":" in line)
        return int(lines["Block count"]) * int(lines["Block size"])
    if kind == "xfs":
        words = run("xfs_info", mount_point or node).replace("=", " ").split()
        data = words.index("data")
        return int(words[words.index("blocks", data) + 1].rstrip(",")) * \
            int(words[words.index("bsize", data) + 1])
    for line in run("btrfs", "filesystem", "show", "--raw", mount_point or node).splitlines():
        words = line.split()
        if words[:1] == ["devid"] and words[-1] == node:
            return int(words[3])
    raise AssertionError(f"{node} is no device of this btrfs")


class Mounts:
    """What a test mounted."""

    def __init__(self):
        self._places: list[Path] = []

    def mount(self, source: str, place: Path, *options: str) -> Path:
        place.mkdir(exist_ok=True)
        run("mount", *options, source, place)
        self._places.append(place)
        return place

    def release(self):
        for place in reversed(self._places):
            # Whoever looks at all mounts of this machine keeps it busy for a moment.
            for _ in range(UMOUNT_ATTEMPTS):
                done = subprocess.run(["umount", place], check=False, capture_output=True, text=True,
                                      timeout=60)
                if "busy" not in done.stderr:
                    break
                time.sleep(0.2)
        self._places.clear()
