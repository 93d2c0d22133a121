"""The model of a power cut: which states of a disk a log of its writes allows."""

import random
import struct

import pytest

import power_cut
from power_cut import DISCARD, FLUSH, FUA, MARK

SECTOR = 512
BLOCK = power_cut.BLOCK_BYTES
DISK_BYTES = 16 * BLOCK


def entry(block: int, letter: str = "", blocks: int = 1, flags: int = 0):
    return block * BLOCK // SECTOR, blocks * BLOCK // SECTOR, flags, letter.encode() * BLOCK * blocks


FLUSHED = (0, 0, FLUSH, b"")


def write_log(path, entries, count=None, magic=0x6A736677736872):
    """As blklogwrites lays it out."""
    with open(path, "wb") as file:
        file.write(struct.pack("<QQQI", magic, 1, len(entries) if count is None else count,
                               SECTOR).ljust(SECTOR, b"\0"))
        for sector, sectors, flags, data in entries:
            file.write(struct.pack("<QQQQ", sector, sectors, flags, len(data)).ljust(SECTOR, b"\0"))
            file.write(data)
    return path


@pytest.fixture
def states(tmp_path):
    """states(entries …) are (what, letters of the blocks) of every cut."""

    def run(entries, seed=0):
        log = power_cut.read(write_log(tmp_path / "log", entries))
        base = tmp_path / "base"
        base.write_bytes(b"." * DISK_BYTES)
        found = []
        for cut in power_cut.cuts(log, base, tmp_path, seed):
            data = cut.image.read_bytes()
            assert len(data) == DISK_BYTES
            found.append((cut.what, "".join(chr(data[at]) for at in range(0, DISK_BYTES, BLOCK))))
        assert base.read_bytes() == b"." * DISK_BYTES
        return found

    return run


def test_what_was_flushed_is_there(states):
    found = dict(states([entry(0, "a"), FLUSHED, entry(1, "b"), FLUSHED]))
    assert found["after flush 0 of 2"] == "." * 16
    assert found["after flush 1 of 2"].startswith("a.")
    assert found["after flush 2 of 2"].startswith("ab")
    assert found["after all of it"].startswith("ab")


def test_what_was_not_may_be_there_in_any_part(states):
    """Of a write of four blocks behind a flush each may be missing, and what came before never is."""
    seen = set()
    for seed in range(60):
        for what, letters in states([entry(0, "a"), FLUSHED, entry(1, "b", blocks=4)], seed):
            if what.startswith("after flush 1 of 1, with"):
                assert letters[0] == "a" and set(letters[1:5]) <= {"b", "."} and letters[5:] == "." * 11
                seen.add(letters[1:5])
    assert len(seen) > 8 and "b..." in seen and ".b.." in seen


def test_a_forced_write_is_never_lost(states):
    for seed in range(20):
        for what, letters in states([entry(2, "f", flags=FUA), entry(3, "w")], seed):
            assert letters[2] == ("." if what == "after flush 0 of 0" else "f")


def test_the_last_write_to_a_block_wins(states):
    assert dict(states([entry(0, "a"), entry(0, "b"), FLUSHED]))["after flush 1 of 1"][0] == "b"


def test_discarded_blocks_are_zeros_and_marks_are_nothing(states):
    discard = (0, 2 * BLOCK // SECTOR, DISCARD, b"")
    mark = (0, 0, MARK, b"name".ljust(SECTOR, b"\0"))
    found = dict(states([entry(0, "a"), mark, discard, FLUSHED]))
    assert found["after flush 1 of 1"].startswith("\0\0.")


def test_blocks_end_where_those_of_the_disk_do():
    write = power_cut.Entry(BLOCK - SECTOR, BLOCK, 0, b"x" * BLOCK)
    always = random.Random()
    always.random = lambda: 0.0
    assert [(part.offset, part.length) for part in power_cut.tear([write], BLOCK, always)] == [
        (BLOCK - SECTOR, SECTOR), (BLOCK, BLOCK - SECTOR)]


@pytest.mark.parametrize("entries,more,text", [
    ([], {"magic": 1}, "no log of writes"),
    ([entry(0, "a")], {"count": 2}, "before an entry"),
    ([(0, 8, 0, b"short")], {}, "within an entry"),
])
def test_what_is_no_log_is_refused(tmp_path, entries, more, text):
    with pytest.raises(power_cut.LogError, match=text):
        power_cut.read(write_log(tmp_path / "log", entries, **more))
    (tmp_path / "log").write_bytes(b"")
    with pytest.raises(power_cut.LogError, match="empty"):
        power_cut.read(tmp_path / "log")
