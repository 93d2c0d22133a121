"""Power cuts: what a disk may hold when the power goes, by the log of what was written to it.

Owns: the log's format, which QEMU's blklogwrites and the kernel's dm-log-writes share, and which states of
the disk a log allows.
Leaves to others: recording (Machine.add_drive(log=...)), and what must hold in each state.

    log = power_cut.read(path)
    for cut in power_cut.cuts(log, base, place, seed=1):
        check(cut.image, cut.what)                   # the image is another one at the next turn

A write is sure to be on the disk when a flush that came after it is done, or when it was forced (FUA).  Of
those since the last flush any block may be there or not: drives reorder, and tear what is larger than the
physical block that they promise to write as one.
"""

import os
import random
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Of the drives that Machine adds.  Filesystems live on that promise: their superblocks have several sectors.
BLOCK_BYTES = 4096
# The first sector: magic, version, number of entries, sector size (dm-log-writes, log-writes.rst).
_HEAD = struct.Struct("<QQQI")
_MAGIC, _VERSION = 0x6A736677736872, 1
# The sector before each write: sector, sectors, flags, bytes of data behind it.
_ENTRY = struct.Struct("<QQQQ")
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8


class LogError(Exception):
    """The file is no log, or ends within an entry."""


@dataclass(frozen=True)
class Entry:
    """One request, in bytes of the disk."""

    offset: int
    length: int
    flags: int
    data: bytes

    @property
    def is_flush(self) -> bool:
        return bool(self.flags & FLUSH)

    @property
    def is_write(self) -> bool:
        return self.length > 0 and not self.flags & MARK


def read(path: Path) -> list[Entry]:
    """All entries that the log counts; those after the last flush may be missing."""
    with open(path, "rb") as file:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise LogError(f"{path} is empty")
        magic, version, count, sector_bytes = _HEAD.unpack(head)
        if (magic, version) != (_MAGIC, _VERSION):
            raise LogError(f"{path} is no log of writes")
        file.seek(sector_bytes)
        return [_read_entry(file, sector_bytes) for _ in range(count)]


def _read_entry(file, sector_bytes: int) -> Entry:
    head = file.read(sector_bytes)
    if len(head) < sector_bytes:
        raise LogError("the log ends before an entry")
    sector, sectors, flags, data_bytes = _ENTRY.unpack_from(head)
    length = sectors * sector_bytes
    data = b"" if flags & (DISCARD | MARK) else file.read(length)
    if not flags & (DISCARD | MARK) and len(data) < length:
        raise LogError("the log ends within an entry")
    if flags & MARK:
        file.seek(-(-data_bytes // sector_bytes) * sector_bytes, os.SEEK_CUR)
    return Entry(sector * sector_bytes, length, flags, data)


@dataclass(frozen=True)
class Cut:
    what: str
    image: Path


def epochs(entries: list[Entry]) -> list[list[Entry]]:
    """The writes before each flush; those of the last epoch were never flushed."""
    found: list[list[Entry]] = [[]]
    for entry in entries:
        # A flush that carries data flushes what came before it, and writes then.
        if entry.is_flush:
            found.append([])
        if entry.is_write:
            found[-1].append(entry)
    return found


def cuts(entries: list[Entry], base: Path, place: Path, seed: int = 0,
         block_bytes: int = BLOCK_BYTES) -> Iterator[Cut]:
    """Each state right after a flush, and in between one in which some of the writes since are there.

    @base: the disk before the first entry; it is not changed.  @place: a directory for the images.
    """
    generator = random.Random(seed)
    sure, image = place / "sure", place / "cut"
    clone(base, sure)
    every = epochs(entries)
    for number, writes in enumerate(every):
        clone(sure, image)
        yield Cut(f"after flush {number} of {len(every) - 1}", image)
        if writes:
            clone(sure, image)
            kept = tear(writes, block_bytes, generator)
            apply(kept, image)
            yield Cut(f"after flush {number} of {len(every) - 1}, with {len(kept)} parts of the "
                      f"{len(writes)} writes behind it", image)
        apply(writes, sure)
    clone(sure, image)
    yield Cut("after all of it", image)


def tear(writes: list[Entry], block_bytes: int, generator: random.Random) -> list[Entry]:
    """What may be left of writes that were not flushed: each block by itself, in any order."""
    forced = [write for write in writes if write.flags & FUA]
    parts = [part for write in writes if not write.flags & FUA
             for part in _blocks(write, block_bytes)]
    chance = generator.choice((0.1, 0.5, 0.9))
    kept = [part for part in parts if generator.random() < chance]
    return forced + kept


def _blocks(write: Entry, block_bytes: int) -> Iterator[Entry]:
    """Parts that end where blocks of the disk do."""
    at = write.offset
    while at < write.offset + write.length:
        end = min(write.offset + write.length, (at // block_bytes + 1) * block_bytes)
        yield Entry(at, end - at, write.flags, write.data[at - write.offset:end - write.offset])
        at = end


def apply(writes: list[Entry], image: Path) -> None:
    """Discarded ranges read as zeros, which is what the drive that logs them does."""
    with open(image, "r+b", buffering=0) as file:
        for write in writes:
            os.pwrite(file.fileno(), write.data or bytes(write.length), write.offset)


def clone(source: Path, target: Path) -> None:
    """With its holes."""
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", source, target], check=True, timeout=120)
