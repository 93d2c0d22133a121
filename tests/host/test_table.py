"""disk/table, disk/gpt and disk/table_write: labels read without a write, and written once."""

import struct
import subprocess
import uuid

import pytest

import block
import gpt

MIB = 2048
SECTORS = 40 * MIB
# Container Linux's root, which libfdisk has no name for.
COREOS_ROOT = uuid.UUID("3884DD41-8582-4404-B9A8-E9B84F2DF50E")
HYBRID = "its MBR is a hybrid one, which is kept"
PRIMARY_DAMAGED = "its primary GPT is damaged and the backup is used"
BACKUP_DAMAGED = "its backup GPT is damaged"
NOT_AT_END = "its backup GPT is not at the end of the disk"


class Image:
    """A disk as a file, and what our reader says of it."""

    def __init__(self, tool, path, sectors=SECTORS, sector_bytes=512):
        self.tool, self.path, self.sector_bytes = tool, path, sector_bytes
        with open(path, "wb") as file:
            file.truncate(sectors * sector_bytes)

    def put(self, offset: int, data: bytes):
        with open(self.path, "r+b") as file:
            file.seek(offset if offset >= 0 else self.path.stat().st_size + offset)
            file.write(data)

    def write(self, table: gpt.Table):
        with open(self.path, "r+b") as file:
            table.write(file)

    def run(self, *words, script="") -> subprocess.CompletedProcess:
        return subprocess.run([self.tool, *words], input=script, capture_output=True, text=True,
                              check=False, timeout=60)

    def read(self) -> list[str]:
        """Lines of the reader, which must leave the image as it is."""
        before = block.contents(self.path)
        result = self.run("table", self.path, str(self.sector_bytes))
        assert block.contents(self.path) == before
        assert result.returncode == 0, result.stderr
        return result.stdout.splitlines()

    def refusal(self) -> str:
        result = self.run("table", self.path, str(self.sector_bytes))
        assert result.returncode == 1, result.stdout
        return result.stderr.strip()

    def edit(self, mode: str, *lines: str) -> subprocess.CompletedProcess:
        return self.run("write", mode, self.path, str(self.sector_bytes),
                        script="\n".join(lines) + "\n")


@pytest.fixture
def image(disk_tool, tmp_path):
    return Image(disk_tool, tmp_path / "disk")


def three() -> gpt.Table:
    return gpt.Table(SECTORS, partitions=[
        gpt.Partition(1, MIB, 4 * MIB, "EFI-SYSTEM"),
        gpt.Partition(3, 8 * MIB, 7, "Wurzel ä€", COREOS_ROOT, attributes=(1 << 56) | 4),
        gpt.Partition(9, 20 * MIB, 3 * MIB)])


def line(p: gpt.Partition) -> str:
    return "|".join((str(p.number), str(p.start), str(p.size), str(p.type_guid).upper(),
                     str(p.guid).upper(), hex(p.attributes) if p.attributes else "0", p.name))


def put(p: gpt.Partition) -> str:
    return f"put {p.number} {p.start} {p.size} {p.type_guid} {p.guid} {p.attributes} {p.name}"


def label(table: gpt.Table) -> str:
    return f"gpt|{table.first_usable}|{table.last_usable}|{table.entries}"


def lines(table: gpt.Table) -> list[str]:
    return [label(table), *map(line, table.partitions)]


def test_a_blank_disk_has_no_label(image):
    assert image.read() == ["none|0|0|0"]


def test_a_gpt_is_read_with_names_types_and_attributes(image):
    table = three()
    image.write(table)
    assert image.read() == lines(table)


@pytest.mark.parametrize("entries", [4, 16, 256])
def test_tables_of_other_sizes_are_read(image, entries):
    table = three()
    table.partitions = table.partitions[:2]
    table.entries = entries
    image.write(table)
    assert image.read() == lines(table)


def test_sectors_of_4096_bytes(disk_tool, tmp_path):
    image = Image(disk_tool, tmp_path / "disk", 4096, 4096)
    table = gpt.Table(4096, 4096, partitions=[gpt.Partition(2, 256, 256, "x")])
    image.write(table)
    assert image.read() == lines(table)
    image.sector_bytes = 512
    assert image.read()[0].split("|")[0] in ("PMBR", "none")


# What is broken: (offset, bytes) -> what the reader says.
HEADER = 512
DAMAGES = [
    ("header of the primary", [(HEADER + 40, b"\xff")], [PRIMARY_DAMAGED]),
    ("entries of the primary", [(1024 + 100, b"\xff")], [PRIMARY_DAMAGED]),
    ("signature of the primary", [(HEADER, b"X")], [PRIMARY_DAMAGED]),
    ("header of the backup", [(-512 + 40, b"\xff")], [BACKUP_DAMAGED]),
    ("entries of the backup", [(-33 * 512 + 100, b"\xff")], [BACKUP_DAMAGED]),
    ("all of the backup", [(-33 * 512, bytes(33 * 512))], [BACKUP_DAMAGED]),
    ("hybrid MBR", [(446 + 16 + 4, b"\x83")], [HYBRID]),
]


@pytest.mark.parametrize("changes, flags", [d[1:] for d in DAMAGES], ids=[d[0] for d in DAMAGES])
def test_damage_is_told_and_the_other_copy_used(image, changes, flags):
    table = three()
    image.write(table)
    for change in changes:
        image.put(*change)
    assert image.read() == [label(table), *flags, *map(line, table.partitions)]


def test_two_damaged_copies_are_refused(image):
    image.write(three())
    image.put(HEADER + 40, b"\xff")
    image.put(-512 + 40, b"\xff")
    assert image.refusal() == (f"input: {image.path}: both copies of its GPT are damaged; repair "
                               "it with gdisk, or wipe it")


def test_a_partition_that_ends_before_it_starts_is_refused(image):
    table = three()
    table.partitions[0].size = -5
    image.write(table)
    assert image.refusal() == (f"input: {image.path}: partition 1 has the sectors 2048 to 2042, "
                               "which cannot be; repair the table with gdisk, or wipe it")


def test_a_grown_disk_has_more_usable_sectors(image):
    table = three()
    image.write(table)
    with open(image.path, "r+b") as file:
        file.truncate((SECTORS + 8 * MIB) * 512)
    table.sectors += 8 * MIB
    assert image.read() == [label(table), NOT_AT_END, *map(line, table.partitions)]


def test_a_dos_label_is_no_gpt(image):
    entry = struct.pack("<B3sB3sII", 0, b"", 0x83, b"", 2048, 4096)
    image.put(446, entry.ljust(64, b"\0") + b"\x55\xaa")
    assert image.read()[0].split("|")[0] == "dos"


def test_a_dos_label_over_an_old_gpt_counts(image):
    image.write(three())
    image.put(HEADER, bytes(512))
    image.put(446, struct.pack("<B3sB3sII", 0, b"", 0x83, b"", 2048, 4096).ljust(64, b"\0"))
    assert image.read()[0].split("|")[0] == "dos"


def test_a_gpt_without_its_protective_mbr_is_named(image):
    image.write(three())
    image.put(0, bytes(512))
    assert image.read()[0].split("|")[0] == "GPT without its protective MBR"


def test_an_old_backup_alone_is_nothing(image):
    image.write(three())
    image.put(0, bytes(1 << 20))
    assert image.read()[0] == "none|0|0|0"


@pytest.mark.parametrize("size", [512, 1024, 34 * 512])
def test_tiny_images_are_read_as_nothing(image, size):
    with open(image.path, "wb") as file:
        file.truncate(size)
    assert image.read() == ["none|0|0|0"]


# --- writing


def verify_with_sgdisk(path):
    result = subprocess.run(["sgdisk", "--verify", path], capture_output=True, text=True,
                            check=True, timeout=60)
    assert "No problems found" in result.stdout, result.stdout + result.stderr


def test_a_new_label_says_what_was_asked_for(image):
    table = three()
    result = image.edit("make", *map(put, table.partitions))
    assert result.returncode == 0, result.stderr
    assert result.stdout + result.stderr == ""
    assert image.read() == lines(table)
    verify_with_sgdisk(image.path)


def test_a_new_label_replaces_a_dos_label(image):
    image.put(446, struct.pack("<B3sB3sII", 0, b"", 0x83, b"", 2048, 4096).ljust(64, b"\0")
              + b"\x55\xaa")
    table = three()
    assert image.edit("make", *map(put, table.partitions)).returncode == 0
    assert image.read() == lines(table)


def test_a_new_label_over_a_gpt_keeps_nothing_of_it(image):
    image.write(three())
    only = gpt.Partition(2, 2 * MIB, MIB, "only")
    assert image.edit("make", put(only)).returncode == 0
    assert image.read() == [label(three()), line(only)]


@pytest.mark.parametrize("start, size", [(34, 1), (35, 2047), (SECTORS - 34, 1), (2049, 33)])
def test_sectors_are_written_as_given_aligned_or_not(image, start, size):
    only = gpt.Partition(128, start, size, "odd")
    result = image.edit("make", put(only))
    assert result.returncode == 0, result.stderr
    assert image.read()[1] == line(only)


def test_an_edit_leaves_other_entries_byte_for_byte(image):
    table = three()
    image.write(table)
    before = image.path.read_bytes()[1024:1024 + 128 * 128]
    new = gpt.Partition(2, 30 * MIB, MIB, "new")
    assert image.edit("edit", "remove 9", put(new)).returncode == 0
    after = image.path.read_bytes()[1024:1024 + 128 * 128]
    table.partitions = [table.partitions[0], new, table.partitions[1]]
    assert image.read() == lines(table)
    for number in (1, 3):
        at = slice((number - 1) * 128, number * 128)
        assert after[at] == before[at]
    assert after[8 * 128:9 * 128] == bytes(128)
    verify_with_sgdisk(image.path)


def test_a_resized_partition_keeps_all_else(image):
    table = three()
    image.write(table)
    table.partitions[1].size = 5 * MIB
    assert image.edit("edit", put(table.partitions[1])).returncode == 0
    assert image.read() == lines(table)


def test_two_partitions_may_swap_places(image):
    table = three()
    image.write(table)
    first, last = table.partitions[0], table.partitions[2]
    first.start, last.start = last.start, first.start
    assert image.edit("edit", put(first), put(last)).returncode == 0
    assert image.read() == lines(table)


@pytest.mark.parametrize("damage", [[(HEADER + 40, b"\xff")], [(-512 + 40, b"\xff")]],
                         ids=["primary", "backup"])
def test_an_edit_heals_a_damaged_copy(image, damage):
    table = three()
    image.write(table)
    for change in damage:
        image.put(*change)
    result = image.edit("edit", "remove 9")
    assert result.returncode == 0, result.stderr
    del table.partitions[2]
    assert image.read() == lines(table)
    verify_with_sgdisk(image.path)


def test_an_edit_moves_the_backup_of_a_grown_disk(image):
    table = three()
    image.write(table)
    with open(image.path, "r+b") as file:
        file.truncate((SECTORS + 8 * MIB) * 512)
    table.sectors += 8 * MIB
    last = table.partitions[2]
    last.size = table.last_usable + 1 - last.start
    result = image.edit("edit", put(last))
    assert result.returncode == 0, result.stderr
    assert image.read() == lines(table)
    verify_with_sgdisk(image.path)


def test_an_edit_keeps_a_hybrid_mbr(image):
    image.write(three())
    image.put(446 + 16, struct.pack("<B3sB3sII", 0, b"", 0x83, b"", 2048, 4 * MIB))
    before = image.path.read_bytes()[:512]
    assert image.edit("edit", "remove 9").returncode == 0
    assert image.path.read_bytes()[:512] == before


def test_an_overlap_is_refused_and_nothing_written(image):
    image.write(three())
    before = block.contents(image.path)
    result = image.edit("edit", put(gpt.Partition(4, 2 * MIB, MIB)))
    assert result.returncode == 1
    assert "partition 4: " in result.stderr and "already used" in result.stderr
    assert block.contents(image.path) == before


def test_a_name_that_libfdisk_cannot_write_is_refused_before_the_write(image):
    table = three()
    table.partitions[0].name = "😀"
    image.write(table)
    before = block.contents(image.path)
    assert image.read() == lines(table)
    result = image.edit("edit", put(gpt.Partition(4, 30 * MIB, MIB, "x😀")))
    assert result.stderr == ("unsupported: partition 4: its label has a character beyond U+FFFF; "
                             "use a label without it\n")
    assert block.contents(image.path) == before
    assert image.edit("edit", "remove 9").returncode == 0
    assert image.read()[1] == line(table.partitions[0])


def test_an_edit_without_a_gpt_is_refused(image):
    result = image.edit("edit", "remove 1")
    assert result.returncode == 1
    assert result.stderr == (f"busy: {image.path}: its GPT is gone since it was looked at; "
                             "run again\n")


def test_sectors_of_4096_bytes_are_written(disk_tool, tmp_path):
    image = Image(disk_tool, tmp_path / "disk", 4096, 4096)
    table = gpt.Table(4096, 4096, partitions=[gpt.Partition(2, 256, 256, "x")])
    assert image.edit("make", put(table.partitions[0])).returncode == 0
    assert image.read() == lines(table)


def test_sectors_of_4096_bytes_are_written_to_a_device(disk_tool, tmp_path, attach):
    image = Image(disk_tool, tmp_path / "disk", 4096, 4096)
    node = attach(image.path, sector_bytes=4096)
    table = gpt.Table(4096, 4096, partitions=[gpt.Partition(2, 256, 256, "x")])
    result = image.run("write", "make", node, script=put(table.partitions[0]) + "\n")
    assert result.returncode == 0, result.stderr
    assert image.read() == lines(table)
    verify_with_sgdisk(node)


def test_a_read_only_device_is_refused(disk_tool, tmp_path, attach):
    image = Image(disk_tool, tmp_path / "disk")
    table = three()
    image.write(table)
    node = attach(image.path, read_only=True)
    result = image.run("write", "edit", node, script="remove 9\n")
    assert result.returncode == 1
    assert result.stderr.startswith("system: ")
    assert image.read() == lines(table)


def test_zap_leaves_no_trace(image):
    image.write(three())
    with open(image.path, "r+b") as file:
        file.truncate((SECTORS + 8 * MIB) * 512)
    assert image.run("zap", image.path).returncode == 0
    assert block.contents(image.path) == []


def test_zap_removes_a_damaged_table(image):
    image.write(three())
    image.put(HEADER + 40, b"\xff")
    image.put(-512 + 40, b"\xff")
    assert image.run("zap", image.path).returncode == 0
    assert image.read() == ["none|0|0|0"]
