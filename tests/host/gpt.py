"""GPTs as bytes: written here field by field, so that a test can also write damaged ones."""

import random
import struct
import uuid
import zlib
from dataclasses import dataclass, field

LINUX = uuid.UUID("0FC63DAF-8483-4772-8E79-3D69D8477DE4")
ENTRY_BYTES = 128


@dataclass
class Partition:
    number: int
    start: int
    size: int
    name: str = ""
    type_guid: uuid.UUID = LINUX
    guid: uuid.UUID = field(default_factory=uuid.uuid4)
    attributes: int = 0

    def entry(self) -> bytes:
        return struct.pack("<16s16sQQQ72s", self.type_guid.bytes_le, self.guid.bytes_le, self.start,
                           self.start + self.size - 1, self.attributes,
                           self.name.encode("utf-16-le"))


@dataclass
class Table:
    sectors: int
    sector_bytes: int = 512
    entries: int = 128
    partitions: list[Partition] = field(default_factory=list)
    guid: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def entry_sectors(self) -> int:
        return -(-self.entries * ENTRY_BYTES // self.sector_bytes)

    @property
    def first_usable(self) -> int:
        return 2 + self.entry_sectors

    @property
    def last_usable(self) -> int:
        return self.sectors - 2 - self.entry_sectors

    def _array(self) -> bytes:
        array = bytearray(self.entries * ENTRY_BYTES)
        for partition in self.partitions:
            at = (partition.number - 1) * ENTRY_BYTES
            array[at:at + ENTRY_BYTES] = partition.entry()
        return bytes(array)

    def _header(self, lba: int, other: int, array_lba: int) -> bytes:
        def pack(crc: int) -> bytes:
            return struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, crc, 0, lba, other,
                               self.first_usable, self.last_usable, self.guid.bytes_le, array_lba,
                               self.entries, ENTRY_BYTES, zlib.crc32(self._array()))
        return pack(zlib.crc32(pack(0)))

    def write(self, file):
        """MBR and both copies into an open binary file or device."""
        size = min(self.sectors - 1, 0xFFFFFFFF)
        mbr = bytes(446) + struct.pack("<B3sB3sII", 0, b"\0\2\0", 0xEE, b"\xff\xff\xff", 1, size)
        last = self.sectors - 1
        for lba, data in (
            (0, mbr.ljust(510, b"\0") + b"\x55\xaa"),
            (1, self._header(1, last, 2).ljust(self.sector_bytes, b"\0")),
            (2, self._array()),
            (last - self.entry_sectors, self._array()),
            (last, self._header(last, 1, last - self.entry_sectors).ljust(self.sector_bytes, b"\0")),
        ):
            file.seek(lba * self.sector_bytes)
            file.write(data)
        file.flush()


def draw(rng: random.Random, sectors: int, sector_bytes: int, fullness: float) -> Table:
    """A random table: aligned or not, sparse to nearly full, numbers with gaps."""
    table = Table(sectors, sector_bytes, rng.choice((128, 128, 128, 16 * sector_bytes // 512)))
    grain = rng.choice((1, 8, 64, (1 << 20) // sector_bytes, (1 << 20) // sector_bytes))
    at = table.first_usable
    numbers = rng.sample(range(1, table.entries + 1), min(table.entries, rng.randint(0, 24)))
    for number in numbers:
        if rng.random() > fullness:
            at += rng.randint(1, max(1, (table.last_usable - at) // 8))
        at = -(-at // grain) * grain
        size = rng.randint(1, max(1, (table.last_usable - at) // rng.choice((1, 2, 4, 16))))
        if rng.random() < fullness:
            size = max(1, size // grain * grain)
        if at + size - 1 > table.last_usable:
            break
        table.partitions.append(Partition(number, at, size))
        at += size
    return table
