"""slipway resize on random tables: only the end of one partition moves, and never back."""

import json
import os
import random
import re
import subprocess
from pathlib import Path

import pytest

import block
import conftest
import gpt
import growing
from growing import MIB

pytestmark = conftest.needs_root
GPT_TABLES, DOS_TABLES = 200, 80
MINIMUM_BYTES = 2 * MIB


@pytest.fixture
def resize(programs):
    def run(path: Path, number: int, sector_bytes: int = 512) -> str:
        done = subprocess.run([programs.ours / "slipway-resize", "--json", f"--partition={number}",
                               f"--sector-size={sector_bytes}", path],
                              capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        (item,) = json.loads(done.stdout)["items"]
        return item["result"]

    return run


def mark(path: Path, extents, sector_bytes: int):
    """A word in the first and the last sector of each partition."""
    with open(path, "r+b") as file:
        for number, (start, size) in extents.items():
            for at in (start, start + size - 1):
                file.seek(at * sector_bytes)
                file.write(f"partition {number}, sector {at}".encode())


def between(path: Path, first: int, end: int) -> list:
    """What is in the image from byte @first to @end."""
    return [(at, data) for at, data in block.contents(path) if first <= at < end]


def wanted(start: int, size: int, limit: int, sector_bytes: int) -> int:
    """The size to be: up to @limit, rounded down to a MiB, unless that is hardly more than it is."""
    grain = MIB // sector_bytes
    more = limit // grain * grain - (start + size)
    return size + more if more * sector_bytes >= MINIMUM_BYTES else size


def grown(rng: random.Random, sectors: int, sector_bytes: int) -> int:
    return sectors + rng.choice((0, 0, rng.randint(1, 100), rng.randint(1, 200) * MIB // sector_bytes))


def test_of_random_gpts_one_entry_changes_in_one_field(resize, tmp_path):
    rng = random.Random(8)
    path = tmp_path / "disk"
    changed = 0
    for index in range(GPT_TABLES):
        sector_bytes = rng.choice((512, 4096))
        sectors = rng.randint(2, 400) * MIB // sector_bytes + rng.randint(0, 50)
        table = gpt.draw(rng, sectors, sector_bytes, fullness=(0.2, 0.6, 0.95)[index % 3])
        for partition in table.partitions:
            partition.name, partition.attributes = f"ö {partition.number}", rng.getrandbits(64)
            partition.type_guid = rng.choice((gpt.LINUX, growing.RESIZE))
        if not table.partitions:
            continue
        self = rng.choice(table.partitions)
        path.unlink(missing_ok=True)
        with open(path, "w+b") as file:
            file.truncate(sectors * sector_bytes)
            table.write(file)
        mark(path, {p.number: (p.start, p.size) for p in table.partitions}, sector_bytes)
        after_sectors = grown(rng, sectors, sector_bytes)
        os.truncate(path, after_sectors * sector_bytes)
        before = growing.read(path, sector_bytes)
        everything = block.contents(path)

        result = resize(path, self.number, sector_bytes)

        last_usable = (after_sectors - 2 - table.entry_sectors if after_sectors > sectors
                       else table.last_usable)
        limit = min([p.start for p in table.partitions if p.start > self.start] + [last_usable + 1])
        size = wanted(self.start, self.size, limit, sector_bytes)
        where = f"table {index}: partition {self.number} of {table}"
        assert result == ("changed" if size != self.size else "unchanged"), where
        if result == "unchanged":
            assert block.contents(path) == everything, where
            continue
        changed += 1
        after = growing.read(path, sector_bytes)
        assert after["guid"] == before["guid"] and set(after["entries"]) == set(before["entries"]), where
        for number, entry in before["entries"].items():
            if number == self.number:
                entry = entry[:40] + (self.start + size - 1).to_bytes(8, "little") + entry[48:]
            assert after["entries"][number] == entry, where
        assert after["backup"] == after_sectors - 1 and after["backup_is_sound"], where
        # Partitions lie between the first usable sector and the last one that was.
        area = (table.first_usable * sector_bytes, (table.last_usable + 1) * sector_bytes)
        area = (-(-area[0] // block.CHUNK) * block.CHUNK, area[1] // block.CHUNK * block.CHUNK)
        assert between(path, *area) == [c for c in everything if area[0] <= c[0] < area[1]], where
        assert resize(path, self.number, sector_bytes) == "unchanged", where
    assert changed > GPT_TABLES // 4


# --- DOS, with logical partitions


def draw_dos(rng: random.Random, mib: int) -> list[str]:
    """Lines of a script for sfdisk: up to three primary partitions, then an extended one with some."""
    lines, at = [], 1
    for _ in range(rng.randint(0, 3)):
        at += rng.randint(0, 6)
        size = rng.randint(1, 8)
        lines.append(f"start={at}MiB, size={size}MiB, type={rng.choice(('83', '7', '82', 'b'))}"
                     + rng.choice(("", ", bootable")))
        at += size
    if rng.random() < 0.6 and at < mib - 20:
        at += rng.randint(0, 4)
        size = rng.randint(12, mib - at - 1)
        lines.append(f"start={at}MiB, size={size}MiB, type=5")
        end, logical = at + size, []
        while at + 4 < end and len(logical) < 5:
            at += rng.randint(1, 3)
            part = min(rng.randint(1, 6), end - at)
            if part < 1:
                break
            logical.append(f"start={at}MiB, size={part}MiB, type=83")
            at += part
        lines += logical
    return lines


def dump(path: Path) -> dict[int, tuple[int, int, str]]:
    """number -> (start, size, all else that sfdisk says)."""
    found = {}
    for line in growing.run("sfdisk", "--dump", path).splitlines():
        match = re.match(rf"{re.escape(str(path))}(\d+) : start= *(\d+), size= *(\d+), (.*)", line)
        if match:
            found[int(match[1])] = (int(match[2]), int(match[3]), match[4])
    return found


def dos_limit(entries, number: int, sectors: int) -> int:
    """Where partition @number must end: at its container's end, or its neighbour's start."""
    start = entries[number][0]
    containers = {n for n, entry in entries.items() if entry[2].startswith("type=5")}
    if number < 5:
        return min([e[0] for n, e in entries.items() if n < 5 and e[0] > start] + [sectors - 33])
    (container,) = containers
    if any(n > 4 and e[0] > start for n, e in entries.items()):
        # The record of the next one is somewhere between.
        return start + entries[number][1]
    return min(entries[container][0] + entries[container][1], sectors - 33)


def test_of_random_dos_labels_one_size_changes(resize, tmp_path):
    rng = random.Random(9)
    path = tmp_path / "disk"
    changed = 0
    for index in range(DOS_TABLES):
        mib = rng.randint(40, 120)
        lines = draw_dos(rng, mib)
        if not lines:
            continue
        path.unlink(missing_ok=True)
        growing.make(path, mib)
        growing.run("sfdisk", "--quiet", path, input="label: dos\n" + "\n".join(lines) + "\n")
        growing.resized(path, mib + rng.choice((0, 0, 1, 30)))
        before = dump(path)
        numbers = [n for n, entry in before.items() if not entry[2].startswith("type=5")]
        if not numbers:
            continue
        number = rng.choice(numbers)
        mark(path, {n: before[n][:2] for n in numbers}, 512)
        everything = block.contents(path)
        where = f"label {index}: partition {number} of {before}"

        result = resize(path, number)

        start, size, rest = before[number]
        limit = dos_limit(before, number, path.stat().st_size // 512)
        want = wanted(start, size, max(limit, start + size), 512)
        assert result == ("changed" if want != size else "unchanged"), where
        assert dump(path) == before | {number: (start, want, rest)}, where
        if result == "unchanged":
            assert block.contents(path) == everything, where
            continue
        changed += 1
        # One record is another, in the first sector or in front of a logical partition.
        different = [a for a, b in zip(everything, block.contents(path)) if a != b]
        assert len(different) == 1, where
        assert resize(path, number) == "unchanged", where
    assert changed > DOS_TABLES // 5
