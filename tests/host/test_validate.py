"""Verdicts: upstream's ignition-validate (2.14) and ours say the same of every file of validate/.

A .want file beside a config holds the lines that ours prints where the oracle cannot be asked
(a newer spec) or words it by its Go release.
"""

import json
import re
from pathlib import Path

import pytest

import engine


def stem(place) -> str:
    return getattr(place, "stem", "none")


CORPUS = sorted(Path(__file__).with_name("validate").glob("*.ign"))


EXAMPLES = sorted((Path(__file__).parents[2] / "configs/examples").glob("*.ign"))
ORACLE_KNOWS = re.compile(r"3\.[0-3]\.0")


def verdict(programs, world, which: str, place: Path) -> tuple[int, list[str], str]:
    done = world.run([programs.validate(which), place])
    return done.returncode, done.stdout.splitlines(), done.stderr


def is_known_to_oracle(place: Path) -> bool:
    """Whether the version is one that 2.14 has; text that is no JSON it knows to refuse."""
    try:
        version = json.loads(place.read_bytes())["ignition"]["version"]
    except (ValueError, KeyError, TypeError):
        return True
    return not isinstance(version, str) or bool(ORACLE_KNOWS.fullmatch(version))


def comparable(lines: list[str]) -> list[str]:
    """Keys of one object are reported in no promised order."""
    return sorted(lines)


@pytest.mark.parametrize("place", CORPUS, ids=stem)
def test_same_verdict(programs, world, place):
    code, lines, stderr = verdict(programs, world, engine.OURS, place)
    want = place.with_suffix(".want")
    if want.exists():
        assert comparable(lines) == comparable(want.read_text().splitlines())
    if not is_known_to_oracle(place):
        assert want.exists(), f"{place.name}: neither the oracle nor a .want file can judge it"
        assert code == int(any(line.startswith("error") for line in lines))
        return
    their_code, their_lines, their_stderr = verdict(programs, world, engine.THEIRS, place)
    assert code == their_code
    if not want.exists():
        assert comparable(lines) == comparable(their_lines)
        assert stderr == their_stderr


@pytest.mark.parametrize("place", EXAMPLES, ids=stem)
def test_examples_are_valid_and_silent(programs, world, place):
    assert verdict(programs, world, engine.OURS, place) == (0, [], "")


def test_there_is_a_corpus():
    assert CORPUS and EXAMPLES
