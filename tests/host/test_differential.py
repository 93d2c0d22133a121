"""Debian's engine (2.14, specs up to 3.3) and ours make the same machine of the same config."""

import dataclasses
import json

import pytest

import cases
import engine
import tree
from systemd_socket import SystemdSocket

ROWS = [
    pytest.param(case, id=f"{group}: {label}")
    for group, table in cases.GROUPS.items()
    for label, case in table.items()
]

PRESETS = "/etc/systemd/system-preset/20-ignition.preset"
# Members that are newer than the oracle's newest spec, 3.4.0-experimental.
NEWER_STATE = ("luksPersistVolumeKeyFiles", "providerOutputFiles")


def comparable_cache(cache) -> str | None:
    """The cache with its order of members, which is part of the contract; its version is not."""
    if cache is None:
        return None
    cache["ignition"]["version"] = "newest"
    for volume in cache.get("storage", {}).get("luks", []):
        if volume.get("cex") == {}:
            del volume["cex"]
    return json.dumps(cache, indent=1)


def comparable_state(state) -> dict | None:
    if state is None:
        return None
    return {key: value for key, value in state.items() if key not in NEWER_STATE}


def comparable_result(result) -> dict | None:
    """Keys and what the run decided; the day and the boot are another's."""
    if result is None:
        return None
    return {key: value for key, value in result.items() if key != "provisioningDate"}


def presets(outcome: engine.Outcome) -> list[str]:
    """Sorted: 2.14 writes the lines of one run in the order of a hash table."""
    place = outcome.root / PRESETS.lstrip("/")
    return sorted(place.read_text().splitlines()) if place.exists() else []


def picture(outcome: engine.Outcome) -> dict:
    nodes = outcome.picture()
    if PRESETS in nodes:
        nodes[PRESETS] = dataclasses.replace(nodes[PRESETS], content=str(presets(outcome)))
    return nodes


def both(make_engine, case: engine.Case) -> tuple[engine.Outcome, engine.Outcome]:
    outcomes = []
    for which in (engine.OURS, engine.THEIRS):
        runner = make_engine(case, which)
        socket = runner.outcome.place / "systemd.sock"
        runner.world.mounts.append(
            f"mkdir -p /run/systemd; ln -s '{socket}' /run/systemd/private"
        )
        with SystemdSocket(socket):
            outcomes.append(runner.run())
    return outcomes[0], outcomes[1]


def pairs(ours: engine.Outcome, theirs: engine.Outcome):
    """(what, ours, theirs) of all that must be equal."""
    for what, look in {
        "presets": presets,
        "need for the network": lambda outcome: outcome.needs_network,
        "cache": lambda outcome: comparable_cache(outcome.cache),
        "state": lambda outcome: comparable_state(outcome.state),
        "result": lambda outcome: comparable_result(outcome.result),
        "CRITICAL in the log": lambda outcome: "CRITICAL" in outcome.log,
    }.items():
        yield what, look(ours), look(theirs)


def differences(ours: engine.Outcome, theirs: engine.Outcome) -> list[str]:
    if ours.exits != theirs.exits:
        return [f"exit codes: ours {ours.exits}, theirs {theirs.exits}"]
    found = [
        f"{what}:\n  ours   {mine}\n  theirs {other}"
        for what, mine, other in pairs(ours, theirs)
        if mine != other
    ]
    if ours.verdict == 0:  # what a failed run leaves half done is not promised to be equal
        found += tree.difference(picture(ours), picture(theirs))
    return found


@pytest.mark.parametrize("case", ROWS)
def test_same_machine(make_engine, case):
    ours, theirs = both(make_engine, case)
    found = differences(ours, theirs)
    if found:
        pytest.fail(
            "\n".join(found) + f"\n--- ours\n{ours.log}--- theirs\n{theirs.log}", pytrace=False)
