"""disk/geometry beside sgdisk: the same sectors, and the same refusals, on random tables."""

import random
import re
import subprocess

import gpt

TABLES = 500
# A seed per test: a failure is the same the next time.
SEED = 20240607
INFO = re.compile(r"^First sector: (\d+) .*\n^Last sector: (\d+) ", re.MULTILINE)


def draw_steps(rng: random.Random, table: gpt.Table) -> list[tuple]:
    """Deletes first, as the engine does, then news with any mix of zeros."""
    there = [p.number for p in table.partitions]
    gone = rng.sample(there, rng.randint(0, min(3, len(there))))
    steps = [("delete", n) for n in gone]
    free = sorted(set(range(1, table.entries + 2)) - set(there) | set(gone))
    numbers = [rng.choice(free) if rng.random() < 0.95 else rng.choice(there or free)
               for _ in range(rng.randint(1, 4))]
    mib = (1 << 20) // table.sector_bytes
    for number in numbers:
        near = rng.choice([0] + [p.start for p in table.partitions]
                          + [p.start + p.size for p in table.partitions])
        start = rng.choice((0, 0, rng.randint(0, table.sectors), rng.randint(0, 80) * mib,
                            max(0, near + rng.randint(-3, 3))))
        size = rng.choice((0, rng.randint(1, table.sectors // 4), rng.randint(1, 16) * mib,
                           rng.randint(1, 3), table.sectors))
        steps.append(("create", number, start, size))
    return steps


def run_sgdisk(device, steps) -> list:
    """(first, last) of every create that succeeded, up to the first refusal, then None."""
    words = ["sgdisk", "--pretend"]
    for step in steps:
        if step[0] == "delete":
            words.append(f"--delete={step[1]}")
        else:
            words.append("--new={}:{}:+{}".format(*step[1:]))
            words.append(f"--info={step[1]}")
    output = subprocess.run([*words, device], capture_output=True, text=True, check=False)
    results = []
    # stderr is not in order with stdout: what a refused create leaves is told by the status and
    # by the partition that --info does not find, or finds where the create was for a used number.
    refused = re.findall(r"Could not create partition (\d+) from (\d+) to (\d+)", output.stderr)
    assert (output.returncode != 0) == bool(refused), output.stdout + output.stderr
    refused_numbers = {int(r[0]) for r in refused}
    found = INFO.findall(output.stdout)
    for step in [s for s in steps if s[0] == "create"]:
        if step[1] in refused_numbers:
            return [*results, None]
        results.append(tuple(map(int, found[len(results)])))
    return results


def run_ours(tool, table, steps) -> list:
    lines = [f"disk {table.sectors} {table.sector_bytes} {table.first_usable} "
             f"{table.last_usable} {table.entries}"]
    lines += [f"there {p.number} {p.start} {p.size}" for p in table.partitions]
    lines += [" ".join(map(str, step)) for step in steps]
    output = subprocess.run([tool, "geometry"], input="\n".join(lines) + "\n", text=True,
                            capture_output=True, check=True).stdout
    return [None if line.startswith("refused") else tuple(map(int, line.split()))
            for line in output.splitlines()]


def up_to_twice_used(steps) -> list:
    """Without creates of a number that comes again: sgdisk's messages name only the number."""
    seen, kept = set(), []
    for step in steps:
        if step[0] == "delete" or step[1] not in seen:
            kept.append(step)
        if step[0] == "create":
            seen.add(step[1])
    return kept


def until_overlap(table, steps, results) -> list:
    """sgdisk overlooks a partition of one sector in one case and lets two overlap: a refusal."""
    gone = {step[1] for step in steps if step[0] == "delete"}
    used = [(p.start, p.start + p.size - 1) for p in table.partitions if p.number not in gone]
    for index, made in enumerate(results):
        if made and any(made[0] <= last and first <= made[1] for first, last in used):
            return [*results[:index], None]
        used.append(made or (0, 0))
    return results


def compare(tool, device, table, rng):
    steps = up_to_twice_used(draw_steps(rng, table))
    theirs = until_overlap(table, steps, run_sgdisk(device, steps))
    assert run_ours(tool, table, steps) == theirs, (table, steps)
    return None in theirs


def test_sectors_of_512_bytes(disk_tool, tmp_path):
    rng = random.Random(SEED)
    image = tmp_path / "disk"
    refused = 0
    for index in range(TABLES):
        sectors = rng.choice((rng.randint(4096, 65536), 131072, rng.randint(131072, 4194304),
                              585937499 + rng.randint(0, 1)))
        table = gpt.draw(rng, sectors, 512, fullness=(0.2, 0.6, 0.95)[index % 3])
        with open(image, "wb") as file:
            file.truncate(sectors * 512)
            table.write(file)
        refused += compare(disk_tool, image, table, rng)
    assert TABLES // 10 < refused < TABLES * 9 // 10, "the tables test too little"


def test_sectors_of_4096_bytes(disk_tool, tmp_path, attach):
    rng = random.Random(SEED + 1)
    for sectors in (8192, 16384 + 3, 1048576, 585937499, 585937500):
        image = tmp_path / f"disk-{sectors}"
        with open(image, "wb") as file:
            file.truncate(sectors * 4096)
        device = attach(image, sector_bytes=4096)
        for index in range(25):
            table = gpt.draw(rng, sectors, 4096, fullness=(0.2, 0.6, 0.95)[index % 3])
            with open(device, "r+b") as file:
                file.write(bytes(40 * 4096))
                table.write(file)
            compare(disk_tool, device, table, rng)


def test_a_blank_disk_is_taken_as_sgdisk_does(disk_tool, tmp_path):
    for size in (40 << 10, (64 << 20) + 512, 3 << 30):
        image = tmp_path / f"blank-{size}"
        with open(image, "wb") as file:
            file.truncate(size)
        steps = [("create", 1, 0, 0)]
        table = gpt.Table(size // 512)
        assert run_ours(disk_tool, table, steps) == run_sgdisk(image, steps)
