"""Debian's engine (2.14, specs up to 3.3) and ours make the same machine of the same config."""

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


def presets(outcome: engine.Outcome) -> str | None:
    place = outcome.root / "etc/systemd/system-preset/20-ignition.preset"
    return place.read_text() if place.exists() else None


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


@pytest.mark.parametrize("case", ROWS)
def test_same_machine(make_engine, case):
    ours, theirs = both(make_engine, case)
    logs = f"--- ours\n{ours.log}{ours.stderr}\n--- theirs\n{theirs.log}{theirs.stderr}"
    assert ours.exits == theirs.exits, logs
    assert presets(ours) == presets(theirs), logs
    assert ours.needs_network == theirs.needs_network, logs
    assert comparable_cache(ours.cache) == comparable_cache(theirs.cache), logs
    assert comparable_state(ours.state) == comparable_state(theirs.state), logs
    assert comparable_result(ours.result) == comparable_result(theirs.result), logs
    if ours.verdict == 0:  # what a failed run leaves half done is not promised to be equal
        assert not tree.difference(ours.picture(), theirs.picture()), logs
        assert ("CRITICAL" in ours.log) == ("CRITICAL" in theirs.log), logs
