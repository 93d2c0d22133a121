"""Debian's engine (2.14, specs up to 3.3) and ours make the same disks of the same config."""

import json

import pytest

import boots
import disks
import engine
import scenarios
import tree
from host_differential import comparable_cache, comparable_state

ROWS = [
    pytest.param(scenario, id=f"{group}: {label}")
    for group, table in scenarios.GROUPS.items()
    for label, scenario in table.items()
]

# Types that nobody draws: an engine's own choice of one must show.
ALWAYS_SHOWN = f"{scenarios.LINUX} {scenarios.ESP} {scenarios.ROOT}"
# What udevadm says now and then on a machine under load; Debian's engine takes it for a failure.
UDEV_HUNG_UP = "Failed to wait for daemon to reply"
# Debian's engine resizes by making the partition anew, and its attributes are lost; ours keeps them.
LOST_ATTRIBUTE = f'{scenarios.GUIDS[2]}", 0, "data"', f'{scenarios.GUIDS[2]}", {1 << 60}, "data"'


def boot(programs, which, place, scenario, pair, sh):
    """One engine from the prepared disks on: its outcome, and a picture of both disks."""
    names = {"$a": pair[0].node, "$b": pair[-1].node,
             **{f"$a{n}": pair[0].partition(n) for n in range(1, 10)}}
    for disk in pair:
        disk.wipe()
    disks.settle()
    preparation, config = scenario.preparation(names), scenario.config(names)
    sh(preparation)
    before = str(disks.picture(*pair)) if preparation else ""
    place.mkdir()
    outcome = boots.Boot(programs, which, place, config).run(scenario.stages)
    if which == engine.OURS and outcome.verdict == 0:
        assert all(disk.table() in (None, disk.partitions()) for disk in pair), outcome.log
    disks.settle()
    return outcome, disks.anonymous(disks.picture(*pair), ALWAYS_SHOWN + preparation + config, before)


def differences(scenario, ours, theirs) -> list[str]:
    (mine, my_disks), (other, other_disks) = ours, theirs
    if mine.exits != other.exits:
        return [f"exit codes: ours {mine.exits}, theirs {other.exits}"]
    if scenario.keeps_attributes:
        other_disks = json.loads(json.dumps(other_disks).replace(*LOST_ATTRIBUTE))
    pairs = [("CRITICAL in the log", "CRITICAL" in mine.log, "CRITICAL" in other.log),
             ("cache", comparable_cache(mine.cache), comparable_cache(other.cache))]
    if mine.verdict == 0:  # what a failed run leaves half done is not promised to be equal
        pairs += [("state", comparable_state(mine.state), comparable_state(other.state)),
                  ("mounts", mine.mounts, other.mounts)]
        pairs += [(what, my_disks.get(what), other_disks.get(what)) for what in my_disks | other_disks]
    found = [f"{what}:\n  ours   {a}\n  theirs {b}" for what, a, b in pairs if a != b]
    return found + (tree.difference(mine.tree, other.tree) if mine.verdict == 0 else [])


@pytest.mark.parametrize("scenario", ROWS)
def test_same_disks(programs, tmp_path, blank, sh, scenario):
    serials = ["disk-a", "disk-b"] if "$b" in repr(scenario) else ["disk-a"]
    pair = [blank(serial) for serial in serials]
    ours = boot(programs, engine.OURS, tmp_path / "ours", scenario, pair, sh)
    theirs = boot(programs, engine.THEIRS, tmp_path / "theirs", scenario, pair, sh)
    if UDEV_HUNG_UP in theirs[0].log:
        theirs = boot(programs, engine.THEIRS, tmp_path / "again", scenario, pair, sh)
    found = differences(scenario, ours, theirs)
    if not found and (ours[0].verdict != 0) != scenario.fails:
        found = ["both engines fail" if ours[0].verdict else "neither engine fails"]
    if found:
        pytest.fail("\n".join(found) + f"\n--- ours\n{ours[0].log}--- theirs\n{theirs[0].log}",
                    pytrace=False)
