"""The examples: each valid without a warning, described, planned, and provisioned where a directory
can stand for the machine."""

import json
import re
from pathlib import Path

import pytest

import engine
import machine
import tree

TOP = Path(__file__).parents[2]
EXAMPLES = sorted(place for place in (TOP / "configs/examples").iterdir())
DESCRIPTIONS = (TOP / "docs/examples.md").read_text()
# What a directory cannot stand for; the virtual machines provision these.
NEEDS_DEVICES = {"raid-data.bu", "encrypted-root-tpm.bu"}
# It shows what people had, and the validator says that it is of the past.
DEPRECATED = {"classic-cluster.yaml"}
PAST = re.compile('deprecated key|unit "(etcd2|fleet).service" is started with multi-user.target')
NEEDS_3_4 = {"encrypted-root-tpm.bu"}


def name_of(place: Path) -> str:
    return place.name


each_example = pytest.mark.parametrize("place", EXAMPLES, ids=name_of)


@pytest.fixture
def converted(slipway, tmp_path):
    """converted(place, "--to", …) is the example as Ignition."""

    def convert(place: Path, *words) -> Path:
        out = tmp_path / "example.ign"
        done = slipway("convert", "--json", "--output", out, place, *words)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        report = json.loads(done.stderr)
        if place.name in DEPRECATED:
            assert report
            report = [entry for entry in report if not PAST.search(entry["message"])]
        assert report == []
        return out

    return convert


def test_there_are_enough():
    assert len(EXAMPLES) >= 16
    assert {place.suffix for place in EXAMPLES} == {".ign", ".bu", ".yaml"}


@each_example
def test_described(place):
    assert f"`{place.name}`" in DESCRIPTIONS


def test_nothing_else_is_described():
    named = {word for word in DESCRIPTIONS.split("`")[1::2]
             if word.endswith((".ign", ".bu", ".yaml")) and word[0] != "."}
    assert named == set(map(name_of, EXAMPLES))


@each_example
def test_valid_for_upstream(programs, world, slipway, converted, place):
    """Debian's validator knows specs up to 3.3."""
    if place.name in NEEDS_3_4:
        assert slipway("convert", "--to", "3.3.0", place).returncode == 1
        return
    done = world.run([programs.validate(engine.THEIRS), converted(place, "--to", "3.3.0")])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@each_example
def test_planned(slipway, converted, tmp_path, place):
    root = machine.make_root(tmp_path / "root")
    done = slipway("plan", converted(place), "--root", root, "--json")
    assert done.returncode == 0, done.stderr
    if place.name not in NEEDS_DEVICES:
        assert json.loads(done.stdout)["operations"]


@pytest.mark.parametrize("place", [p for p in EXAMPLES if p.name not in NEEDS_DEVICES], ids=name_of)
def test_rehearsed(slipway, converted, tmp_path, place):
    """It does what it says, and a second time there is nothing left to do."""
    config, root = converted(place), machine.make_root(tmp_path / "root")
    done = slipway("rehearse", config, "--root", root)
    assert done.returncode == 0, done.stdout + done.stderr
    before = tree.picture(root, without=(engine.RESULT,))
    done = slipway("plan", config, "--root", root, "--json")
    assert json.loads(done.stdout)["operations"] == []
    done = slipway("rehearse", config, "--root", root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not tree.difference(before, tree.picture(root, without=(engine.RESULT,)))
