"""Verdicts: what ours says of every file of validate/ is what is wanted, and what upstream's says.

A .want file has all that is printed, in the words of the newest upstream.  Debian's oracle is
2.14: it knows specs up to 3.3, words three messages otherwise, and lacks the rules of 2.15.
"""

import json
import re
from pathlib import Path

import pytest

import engine

CORPUS = sorted(Path(__file__).with_name("validate").glob("*.ign"))
EXAMPLES = sorted((Path(__file__).parents[2] / "configs/examples").glob("*.ign"))
ORACLE_KNOWS = re.compile(r"3\.[0-3]\.0")
REWORDED = (
    ("Unused key ", "unused key "),
    ("Unused keys may not be reported.", "Unused keys may not be reported"),
    ("are not supported in spec versions older than 3.4.0",
     "are not supported or functional in spec versions older than 3.6.0"),
)
RULES_OF_2_15 = re.compile(
    "path conflicts with systemd unit or dropin|user/group ignored for hard link|"
    "filesystem overwrites partitioned device|device matches disk with wipeTable enabled|"
    "template unit .* doesn't have Install section"
)


def verdict(programs, world, which: str, place: Path) -> tuple[int, list[str]]:
    """Exit code, and the lines of both streams, of which only one is ever used."""
    done = world.run([programs.validate(which), place])
    assert not (done.stdout and done.stderr)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def code_of(lines: list[str]) -> int:
    """Only warnings leave a config valid."""
    return int(any(not line.startswith("warning") for line in lines))


def is_known_to_oracle(place: Path) -> bool:
    """Whether the version is one that 2.14 has; text that is no JSON it knows to refuse."""
    try:
        version = json.loads(place.read_bytes())["ignition"]["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return True
    return not isinstance(version, str) or bool(ORACLE_KNOWS.fullmatch(version))


def comparable(lines: list[str]) -> list[str]:
    """Entries in order; of what nobody uses upstream promises none."""
    def is_unused(line):
        return "unused key" in line or "context tree" in line

    return [line for line in lines if not is_unused(line)] + sorted(filter(is_unused, lines))


def reworded(line: str) -> str:
    for old, new in REWORDED:
        line = line.replace(old, new)
    return line


@pytest.mark.parametrize("place", CORPUS, ids=lambda place: place.stem)
def test_verdict(programs, world, place):
    code, lines = verdict(programs, world, engine.OURS, place)
    assert comparable(lines) == comparable(place.with_suffix(".want").read_text().splitlines())
    assert code == code_of(lines)
    if is_known_to_oracle(place):
        their_code, their_lines = verdict(programs, world, engine.THEIRS, place)
        shared = [line for line in lines if not RULES_OF_2_15.search(line)]
        assert comparable(shared) == comparable([reworded(line) for line in their_lines])
        assert code_of(shared) == their_code


@pytest.mark.parametrize("place", EXAMPLES, ids=lambda place: place.stem)
def test_examples_are_valid_and_silent(programs, world, place):
    assert verdict(programs, world, engine.OURS, place) == (0, [])


def test_there_is_a_corpus():
    assert CORPUS and EXAMPLES
    wanted = Path(__file__).with_name("validate").glob("*.want")
    assert {place.stem for place in CORPUS} == {place.stem for place in wanted}
