"""Debian's engine (2.14, specs up to 3.3) and ours make the same disks of the same config."""

import dataclasses
import json
import re
import urllib.request

import pytest

import boots
import disks
import engine
import scenarios
import tree
import volumes
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


QUESTION = re.compile(r"^.*CRITICAL.*checking if .* is a luks device.*$", re.MULTILINE)
# What engines newer than Debian's add to each line of the crypttab.
NEWER_OPTION = b",x-initrd.attach"
# A key that an engine drew, as the state holds it and as it is written.
DRAWN_KEY_BYTES = 8192


def boot(programs, which, place, scenario, names, pair, sh):
    """One engine from the prepared disks on: its outcome, and a picture of all that it left."""
    disks.settle()
    preparation, config = scenario.preparation(names), scenario.config(names)
    before = ""
    if preparation:
        sh(preparation)
        disks.settle()
        before = str(disks.picture(*pair))
    place.mkdir()
    outcome = boots.Boot(programs, which, place, config).run(scenario.stages)
    if which == engine.OURS and outcome.verdict == 0:
        assert all(disk.table() in (None, disk.partitions()) for disk in pair), outcome.log
    disks.settle()
    picture = disks.picture(*pair) if outcome.verdict == 0 else {}
    seen = {
        "cache": comparable_cache(outcome.cache),
        "states": {stage: comparable_keys(state) for stage, state in outcome.states.items()},
        "mounts": outcome.mounts, "stacks": outcome.stacks, **picture,
        "tree": {path: comparable_node(path, node) for path, node in outcome.tree.items()},
    }
    given = ALWAYS_SHOWN + preparation + config
    return outcome, json.loads(disks.anonymous(json.dumps(seen), given, before))


def comparable_keys(state):
    """Of a drawn key only that there is one of the right size; an empty map of them is none."""
    state = comparable_state(state)
    if state and not state["luksPersistKeyFiles"]:
        state["luksPersistKeyFiles"] = None
    for name, url in ((state or {}).get("luksPersistKeyFiles") or {}).items():
        with urllib.request.urlopen(url) as key:
            state["luksPersistKeyFiles"][name] = without_drawn_key(key.read())
    return state


def comparable_node(path: str, node: tree.Node) -> list:
    content = node.content
    if path == "/etc/crypttab":
        content = content.replace(NEWER_OPTION, b"")
    if path.startswith("/etc/luks/") and isinstance(content, bytes):
        content = without_drawn_key(content)
    return list(map(str, dataclasses.astuple(dataclasses.replace(node, content=content))))


def without_drawn_key(key: bytes) -> str:
    return "drawn" if re.fullmatch(rb"[0-9a-f]{%d}" % DRAWN_KEY_BYTES, key) else key.decode()


def differences(scenario, ours, theirs) -> list[str]:
    (mine, my_seen), (other, other_seen) = ours, theirs
    if mine.exits != other.exits:
        return [f"exit codes: ours {mine.exits}, theirs {other.exits}"]
    if scenario.keeps_attributes:
        other_seen = json.loads(json.dumps(other_seen).replace(*LOST_ATTRIBUTE))
    # What a failed run leaves half done is not promised to be equal.
    compared = {"cache": 0} if mine.verdict else my_seen | other_seen
    # Debian's engine calls it critical that a device is no volume yet.
    asked = QUESTION.sub("", other.log)
    pairs = [("CRITICAL in the log", "CRITICAL" in mine.log, "CRITICAL" in asked)]
    pairs += [(what, my_seen.get(what), other_seen.get(what)) for what in compared]
    return [f"{what}:\n  ours   {a}\n  theirs {b}" for what, a, b in pairs if a != b]


@pytest.fixture
def tang(request, tmp_path):
    """The server that a scenario asks for, or None."""
    if "$tang" not in request.node.callspec.params["scenario"].text:
        yield None
        return
    server = volumes.Tang(tmp_path)
    yield server
    server.close()


@pytest.mark.parametrize("scenario", ROWS)
def test_same_disks(programs, tmp_path, blank, sh, tang, scenario):
    pair = [blank(serial) for serial in scenario.serials]
    names = scenarios.names(pair)
    if tang:
        names |= {"$tang": tang.url, "$thumbprint": tang.thumbprint()}

    def run(which, name):
        found = boot(programs, which, tmp_path / name, scenario, names, pair, sh)
        for disk in pair:
            disk.wipe()
        return found

    ours, theirs = run(engine.OURS, "ours"), run(engine.THEIRS, "theirs")
    if UDEV_HUNG_UP in theirs[0].log:
        theirs = run(engine.THEIRS, "again")
    found = differences(scenario, ours, theirs)
    if not found and (ours[0].verdict != 0) != scenario.fails:
        found = ["both engines fail" if ours[0].verdict else "neither engine fails"]
    if found:
        pytest.fail("\n".join(found) + f"\n--- ours\n{ours[0].log}--- theirs\n{theirs[0].log}",
                    pytrace=False)
