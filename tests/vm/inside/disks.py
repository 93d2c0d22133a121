"""The guest's disks: made blank, and looked at in every way that two engines could differ in.

A process takes a tenth of a second in the guest, so that what can be read is read, and what can be
asked once is asked once.
"""

import errno
import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import time
import uuid
from pathlib import Path

SECONDS = 120
LINKS = ("virtio-{}", "scsi-0QEMU_QEMU_HARDDISK_{}", "nvme-QEMU_NVMe_Ctrl_{}")
# Of what blkid says of a device: a fact of the moment, and what is read from the table anyway.
LEFT_OUT = ("PART_ENTRY_DISK", "PART_ENTRY_FLAGS")
GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# In the device mapper's table it has no dashes, vfat's is short.
IDENTITY = re.compile(rf'{GUID}|\b[0-9a-f]{{32}}\b|(?<="UUID": ")[0-9a-f]{{4}}-[0-9a-f]{{4}}',
                      re.IGNORECASE)
KERNEL_SECTOR_BYTES = 512  # of sysfs, whatever the disk's are
GPT_ENTRIES, GPT_ENTRY_BYTES = 128, 128
MBR_BYTES, MBR_ENTRY_BYTES, MBR_SIGNATURE = 512, 16, b"\x55\xaa"
MBR_ENTRIES = 446  # before them is an identity, which mkfs.fat draws of the time
BLKRRPART, BLKZEROOUT = 0x125F, 0x127F  # linux/fs.h
NETLINK_KOBJECT_UEVENT, UDEV_GROUP = 15, 2  # linux/netlink.h; the group is libudev's
SO_RCVBUFFORCE = 33  # asm-generic/socket.h; the usual room is too small for a burst of events
RECEIVE_BYTES = 1 << 20
ARRAY_ATTRIBUTES = ("level", "raid_disks", "chunk_size", "layout", "metadata_version", "component_size")
DM_KEY = re.compile(r"(?<=crypt )(\S+) \S+")
# There while udev has something to do.
UDEV_QUEUE = Path("/run/udev/queue")
# Whose events are of no consequence.
NO_DEVICE = Path("/sys/class/mem/null/uevent")


def call(*words, check: bool = True) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False,
                          timeout=SECONDS)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(map(str, words))}: {done.stdout}{done.stderr}")
    return done.stdout


def settle() -> None:
    """What "udevadm settle" does, without a process: udev is through with all that was announced
    before when it is through with an event of our own, and has none left."""
    mark = str(uuid.uuid4())
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_KOBJECT_UEVENT) as monitor:
        monitor.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BYTES)
        monitor.bind((0, UDEV_GROUP))
        monitor.settimeout(SECONDS)
        NO_DEVICE.write_text(f"change {mark}")
        while mark.encode() not in monitor.recv(RECEIVE_BYTES):
            pass
    deadline = time.monotonic() + SECONDS
    while UDEV_QUEUE.exists():
        assert time.monotonic() < deadline, "udev does not settle"
        time.sleep(0.01)


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
    if _blocks("dm-"):
        call("dmsetup", "remove_all", "--retry", check=False)
    deadline = time.monotonic() + SECONDS
    while _blocks("md"):
        assert time.monotonic() < deadline, f"cannot stop {_blocks('md')}"
        # udev may put together again what was just stopped.
        call("mdadm", "--stop", "--scan", check=False)
        settle()


def _blocks(prefix: str) -> list[Path]:
    return sorted(Path("/sys/class/block").glob(f"{prefix}*"))


def _attributes(place: Path, *names: str) -> dict[str, str]:
    return {name: (place / name).read_text().strip() for name in names if (place / name).exists()}


def stacks() -> dict:
    """Arrays that run, by their names in /dev/md, and what the device mapper maps."""
    found = {}
    for link in sorted(Path("/dev/md").glob("*")) if _blocks("md") else []:
        place = Path("/sys/class/block", link.resolve().name, "md")
        members = {member.name.removeprefix("dev-"): _attributes(member, "slot", "offset", "size")
                   for member in place.glob("dev-*")}
        found[f"{link}"] = _attributes(place, *ARRAY_ATTRIBUTES) | members
    for place in _blocks("dm-"):
        name = (place / "dm/name").read_text().strip()
        found[f"/dev/mapper/{name}"] = DM_KEY.sub("", call("dmsetup", "table", name))
    return found | {f"{node}: contents": probed for node, probed in probe(*found).items()}


def luks(node: str) -> dict:
    """The header of a LUKS 2 volume without what is random or measured in it."""
    header = json.loads(call("cryptsetup", "luksDump", "--dump-json-metadata", node))
    header["config"].setdefault("flags", [])
    for slot in header["keyslots"].values():
        slot["kdf"] = {key: slot["kdf"][key] for key in ("type", "hash") if key in slot["kdf"]}
        slot["af"].pop("digest", None)
    for token in header["tokens"].values():
        token.pop("jwe", None)
    for digest in header["digests"].values():
        for drawn in ("salt", "digest", "iterations"):
            digest.pop(drawn)
    return header


class Disk:
    def __init__(self, serial: str):
        self.link = next(link for name in LINKS
                         if (link := Path("/dev/disk/by-id", name.format(serial))).exists())
        self.node = str(self.link.resolve())
        self.name = os.path.basename(self.node)

    def __str__(self) -> str:
        return self.node

    def _attribute(self, name: str) -> str:
        return Path("/sys/class/block", self.name, name).read_text()

    @property
    def sector_bytes(self) -> int:
        return int(self._attribute("queue/logical_block_size"))

    @property
    def size_bytes(self) -> int:
        return int(self._attribute("size")) * KERNEL_SECTOR_BYTES

    def partition(self, number: int) -> str:
        return f"{self.node}{'p' if self.node[-1].isdigit() else ''}{number}"

    def reread(self) -> None:
        """Have the kernel take its partitions from the table."""
        with open(self.node, "rb") as file:
            self._reread(file)

    @staticmethod
    def _reread(file) -> None:
        """More than once when udev has a partition open."""
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
        """Blank for the kernel too; udev follows by itself when the disk is closed."""
        with open(self.node, "r+b", buffering=0) as file:
            fcntl.ioctl(file, BLKZEROOUT, struct.pack("QQ", 0, self.size_bytes))
            if self.partitions():
                self._reread(file)

    def partitions(self) -> dict[int, tuple[int, int]]:
        """number -> (start, size) in 512-byte sectors, as the kernel has them."""
        place = f"/sys/class/block/{self.name}"
        found = {}
        for name in os.listdir(place):
            if name.startswith(self.name):
                number, start, size = (int(Path(place, name, attribute).read_text())
                                       for attribute in ("partition", "start", "size"))
                found[number] = (start, size)
        return dict(sorted(found.items()))

    def table(self) -> dict[int, tuple[int, int]] | None:
        """The same as the first GPT has them; None without one."""
        unit = self.sector_bytes // KERNEL_SECTOR_BYTES
        read = self.gpt(1, 2)
        return read and {number: (entry[0] * unit, (entry[1] - entry[0] + 1) * unit)
                         for number, entry in read["entries"].items()}

    def gpt(self, header: int, entries: int) -> dict | None:
        """The GPT whose header and entries are in these sectors."""
        size = GPT_ENTRIES * GPT_ENTRY_BYTES
        return gpt(self.read(header, self.sector_bytes), self.read(entries, size))

    def last_gpt(self) -> dict | None:
        last = self.size_bytes // self.sector_bytes - 1
        return self.gpt(last, last - GPT_ENTRIES * GPT_ENTRY_BYTES // self.sector_bytes)

    def read(self, sector: int, size: int) -> bytes:
        with open(self.node, "rb") as file:
            file.seek(sector * self.sector_bytes)
            return file.read(size)


def picture(*disks: Disk) -> dict:
    """What is written on the disks, read by what is neither engine's.

    Not whether the kernel was told: it is told here, so that everything has a node.
    """
    for disk in disks:
        if disk.partitions() != (disk.table() or {}):
            disk.reread()
    nodes = [node for disk in disks
             for node in (disk.node, *map(disk.partition, disk.partitions()))]
    found = {}
    for disk in disks:
        found[f"{disk}: first sector"] = mbr(disk.read(0, MBR_BYTES))
        found[f"{disk}: table"] = disk.gpt(1, 2)
        found[f"{disk}: second table"] = disk.last_gpt()
    for node, probed in probe(*nodes).items():
        found[f"{node}: contents"] = probed
        if probed.get("TYPE") == "crypto_LUKS" and probed.get("VERSION") == "2":
            found[f"{node}: header"] = luks(node)
    return found


def mbr(sector: bytes) -> list[str] | None:
    """Its four entries, without where they end in cylinders, which libfdisk never computes."""
    if sector[-2:] != MBR_SIGNATURE:
        return None
    entries = [sector[place:place + MBR_ENTRY_BYTES]
               for place in range(MBR_ENTRIES, MBR_BYTES - 2, MBR_ENTRY_BYTES)]
    return [(entry[:5] + entry[8:]).hex() for entry in entries]


def gpt(header: bytes, array: bytes) -> dict | None:
    """Header and entries of a GPT; checksums are the kernel's to check."""
    if header[:8] != b"EFI PART":
        return None
    here, other, first, last, guid, place = struct.unpack("<QQQQ16sQ", header[24:80])
    entries = {}
    for index in range(GPT_ENTRIES):
        entry = array[index * GPT_ENTRY_BYTES:(index + 1) * GPT_ENTRY_BYTES]
        if any(entry[:16]):
            start, end, attributes = struct.unpack("<QQQ", entry[32:56])
            entries[index + 1] = [start, end, _guid(entry[:16]), _guid(entry[16:32]), attributes,
                                  entry[56:128].decode("utf-16-le", "replace").rstrip("\0")]
    return {"at": [here, other, first, last, place], "guid": _guid(guid), "entries": entries}


def _guid(raw: bytes) -> str:
    a, b, c = struct.unpack("<IHH", raw[:8])
    return f"{a:08x}-{b:04x}-{c:04x}-{raw[8:10].hex()}-{raw[10:].hex()}"


def probe(*nodes: str) -> dict[str, dict[str, str]]:
    """What is on each device as blkid finds it, past every cache."""
    found: dict[str, dict[str, str]] = {}
    if not nodes:
        return found
    for line in call("blkid", "-p", "-o", "export", *nodes, check=False).splitlines():
        key, _, value = line.partition("=")
        if key == "DEVNAME":
            found[value] = {}
            node = value
        elif key and key not in LEFT_OUT:
            found[node][key] = value
    return found


def anonymous(seen: str, given: str, before: str) -> str:
    """A text without identities that an engine drew: only whether it kept or drew them."""
    given, before = given.lower(), before.lower()

    def name(match: re.Match) -> str:
        word = match[0].lower()
        return word if word in given else "kept" if word in before else "drawn"

    return IDENTITY.sub(name, seen)
