"""The guest's disks: made blank, and looked at in every way that two engines could differ in.

A process takes a tenth of a second in the guest, so that what can be read is read, and what can be
asked once is asked once.
"""

import errno
import fcntl
import json
import os
import re
import struct
import subprocess
import time
from pathlib import Path

SECONDS = 120
LINKS = ("virtio-{}", "scsi-0QEMU_QEMU_HARDDISK_{}", "nvme-QEMU_NVMe_Ctrl_{}")
# Of what blkid says of a device: a fact of the moment, and what is read from the table anyway.
LEFT_OUT = ("PART_ENTRY_DISK", "PART_ENTRY_FLAGS")
GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
IDENTITY = re.compile(rf'{GUID}|(?<="UUID": ")[0-9a-f]{{4}}-[0-9a-f]{{4}}', re.IGNORECASE)
MBR_ENTRIES = 446  # before them is an identity, which mkfs.fat draws of the time
BLKRRPART, BLKZEROOUT = 0x125F, 0x127F  # linux/fs.h


def call(*words, check: bool = True) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False,
                          timeout=SECONDS)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(map(str, words))}: {done.stdout}{done.stderr}")
    return done.stdout


def settle() -> None:
    """Once more when udev hangs up: it does when it is asked while it goes to sleep."""
    call("sh", "-c", "udevadm settle --timeout=60 || udevadm settle --timeout=60")


def mounts() -> list[tuple[str, str, str, str]]:
    """(source, target, type, options) of all mounts."""
    return [tuple(line.split()[:4]) for line in Path("/proc/mounts").read_text().splitlines()]


def release() -> None:
    """Take mounts, swaps and stacked devices of the tests off."""
    if len(Path("/proc/swaps").read_text().splitlines()) > 1:
        call("swapoff", "--all")
    for source, target, *_ in reversed(mounts()):
        if source.startswith("/dev/") and target not in ("/", "/input"):
            call("umount", "--lazy", target)
    blocks = os.listdir("/sys/class/block")
    if any(name.startswith("dm-") for name in blocks):
        call("dmsetup", "remove_all", "--retry", check=False)
    if any(name.startswith("md") for name in blocks):
        call("mdadm", "--stop", "--scan", check=False)


class Disk:
    def __init__(self, serial: str):
        self.link = next(link for name in LINKS
                         if (link := Path("/dev/disk/by-id", name.format(serial))).exists())
        self.node = str(self.link.resolve())
        self.name = os.path.basename(self.node)

    def __str__(self) -> str:
        return self.node

    def partition(self, number: int) -> str:
        return f"{self.node}{'p' if self.node[-1].isdigit() else ''}{number}"

    def reread(self) -> None:
        """Have the kernel take its partitions from the table; udev may have one open."""
        with open(self.node, "rb") as file:
            for wait_seconds in (0, 0.2, 1, 5, None):
                try:
                    fcntl.ioctl(file, BLKRRPART)
                    return
                except OSError as error:
                    if error.errno != errno.EBUSY or wait_seconds is None:
                        raise
                settle()
                time.sleep(wait_seconds)

    def wipe(self) -> None:
        """Blank for the kernel too; udev follows by itself."""
        sectors = int(Path("/sys/class/block", self.name, "size").read_text())
        with open(self.node, "r+b", buffering=0) as file:
            fcntl.ioctl(file, BLKZEROOUT, struct.pack("QQ", 0, sectors * 512))
        self.reread()

    def partitions(self) -> dict[int, tuple[int, int]]:
        """number -> (start, size) in 512-byte sectors, as the kernel has them."""
        found = {}
        for entry in Path("/sys/class/block", self.name).glob(f"{self.name}*"):
            number, start, size = (int((entry / f).read_text())
                                   for f in ("partition", "start", "size"))
            found[number] = (start, size)
        return dict(sorted(found.items()))

    def table(self) -> dict[int, tuple[int, int]] | None:
        """The same as the first GPT has them; None without one."""
        read = gpt(self.sectors(1, 33))
        return read and {number: (entry[0], entry[1] - entry[0] + 1)
                         for number, entry in read["entries"].items()}

    def sectors(self, start: int, count: int) -> bytes:
        with open(self.node, "rb") as file:
            file.seek(start * 512)
            return file.read(count * 512)


def picture(*disks: Disk) -> dict:
    """What is written on the disks, read by what is neither engine's.

    Not whether the kernel was told: it is told here, so that everything has a node.
    """
    for disk in disks:
        disk.reread()
    nodes = [node for disk in disks
             for node in (disk.node, *map(disk.partition, disk.partitions()))]
    found = {}
    for disk in disks:
        last = int(Path("/sys/class/block", disk.name, "size").read_text()) - 1
        found[f"{disk}: first sector"] = disk.sectors(0, 1)[MBR_ENTRIES:].hex()
        found[f"{disk}: table"] = gpt(disk.sectors(1, 33))
        found[f"{disk}: second table"] = gpt(disk.sectors(last, 1) + disk.sectors(last - 32, 32))
    return found | {f"{node}: contents": probed for node, probed in probe(*nodes).items()}


def gpt(data: bytes) -> dict | None:
    """Header and entries of a GPT of 512-byte sectors; checksums are the kernel's to check."""
    if data[:8] != b"EFI PART":
        return None
    here, other, first, last, guid, array = struct.unpack("<QQQQ16sQ", data[24:80])
    entries = {}
    for number in range(1, 129):
        entry = data[512 + (number - 1) * 128:512 + number * 128]
        if any(entry[:16]):
            start, end, attributes = struct.unpack("<QQQ", entry[32:56])
            entries[number] = [start, end, _guid(entry[:16]), _guid(entry[16:32]), attributes,
                               entry[56:128].decode("utf-16-le", "replace").rstrip("\0")]
    return {"at": [here, other, first, last, array], "guid": _guid(guid), "entries": entries}


def _guid(raw: bytes) -> str:
    a, b, c = struct.unpack("<IHH", raw[:8])
    return f"{a:08x}-{b:04x}-{c:04x}-{raw[8:10].hex()}-{raw[10:].hex()}"


def probe(*nodes: str) -> dict[str, dict[str, str]]:
    """What is on each device as blkid finds it, past every cache."""
    found: dict[str, dict[str, str]] = {}
    for line in call("blkid", "-p", "-o", "export", *nodes, check=False).splitlines():
        key, _, value = line.partition("=")
        if key == "DEVNAME":
            found[value] = {}
            node = value
        elif key and key not in LEFT_OUT:
            found[node][key] = value
    return found


def anonymous(seen, given: str, before: str):
    """The picture without identities that an engine drew: only whether it kept or drew them."""
    given, before = given.lower(), before.lower()

    def name(match: re.Match) -> str:
        word = match[0].lower()
        return word if word in given else "kept" if word in before else "drawn"

    return json.loads(IDENTITY.sub(name, json.dumps(seen)))
