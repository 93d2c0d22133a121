"""Command lines: help, usage errors, exit codes; the manual knows every option."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import engine
from configs import config, data, file, files

MAN = Path(__file__).parents[2] / "man"
# Program words -> manual page.
PROGRAMS = {
    ("ignition",): "ignition.8",
    ("ignition-apply",): "ignition-apply.8",
    ("ignition-rmcfg",): "ignition-rmcfg.8",
    ("ignition-validate",): "ignition-validate.1",
    ("butane",): "butane.1",
    ("coreos-cloudinit",): "coreos-cloudinit.1",
    ("ct",): "ct.1",
    ("slipway",): "slipway.1",
    ("slipway", "validate"): "slipway-validate.1",
    ("slipway", "convert"): "slipway-convert.1",
    ("slipway", "schema"): "slipway-schema.1",
    ("slipway", "detect"): "slipway-detect.1",
    ("slipway", "metadata"): "slipway-metadata.1",
    ("slipway", "plan"): "slipway-plan.1",
    ("slipway", "rehearse"): "slipway-rehearse.1",
    ("slipway-generator",): "slipway-generator.8",
    ("slipway", "install"): "slipway-install.8",
    ("slipway", "resize"): "slipway-resize.8",
}
VALID = files(file("/etc/a", "x"))


@pytest.fixture
def call(programs, world):
    """call("slipway", "plan", …) runs a program of ours."""

    def run(name, *words, **options) -> subprocess.CompletedProcess:
        return world.run([programs.ours_named(name), *words], **options)

    return run


# --- ignition, as upstream's flag package behaves (spec 1.2)

USAGE = {
    "no platform": ((), 2, "'--platform' must be provided"),
    "no stage": (("-platform", "file"), 2, "'--stage' must be provided"),
    "platform is checked before stage": (("--log-to-stdout",), 2, "'--platform' must be provided"),
    "bad platform": (
        ("-platform", "nocloud9", "-stage", "files"), 2,
        'invalid value "nocloud9" for flag -platform: nocloud9 is not a valid platform'),
    "bad stage": (
        ("-platform", "file", "-stage", "lunch"), 2,
        'invalid value "lunch" for flag -stage: lunch is not a valid stage'),
    "unknown flag": (("-colour",), 2, "flag provided but not defined: -colour"),
    "flag without its value": (("-platform",), 2, "flag needs an argument: -platform"),
    "bad truth value": (("-log-to-stdout=maybe",), 2, 'invalid boolean value "maybe" for -log-to-stdout'),
    "bad duration": (("-fetch-timeout", "5"), 2, 'invalid value "5" for flag -fetch-timeout'),
    "help": (("-h",), 0, "-config-cache"),
    "long help": (("--help",), 0, "-state-file"),
}


@pytest.mark.parametrize("which", [engine.OURS, engine.THEIRS])
@pytest.mark.parametrize("words, code, text", USAGE.values(), ids=USAGE.keys())
def test_ignition_usage(programs, world, which, words, code, text):
    done = world.run([programs.engine(which), *words])
    assert done.returncode == code
    assert text in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("words", [("-version",), ("--version",), ("-version=true",)])
def test_ignition_version(call, words):
    done = call("ignition", *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"Ignition \S+\n", done.stdout)


SPELLINGS = {
    "one dash": lambda name, value: [f"-{name}", value],
    "two dashes": lambda name, value: [f"--{name}", value],
    "equals": lambda name, value: [f"-{name}={value}"],
    "two dashes, equals": lambda name, value: [f"--{name}={value}"],
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_ignition_flag_spellings(make_engine, spell):
    runner = make_engine(engine.Case(VALID))
    place = runner.outcome.place
    flags = {"platform": "file", "stage": "fetch-offline", "root": runner.outcome.root,
             "config-cache": place / "cache", "neednet": place / "neednet", "state-file": place / "st",
             "fetch-timeout": "1m30s"}
    words = [word for name, value in flags.items() for word in spell(name, str(value))]
    done = runner.world.run([runner.program, *words, "-log-to-stdout", "ignored", "-colour"], cwd=place)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (place / "cache").exists() and (place / "st").exists()


def test_config_is_looked_for_in_the_working_directory(make_engine):
    runner = make_engine(engine.Case(VALID, stages=("fetch-offline",)))
    runner.world.environment["IGNITION_CONFIG_FILE"] = ""
    assert runner.run().verdict == 0
    assert runner.outcome.cache["storage"]["files"][0]["path"] == "/etc/a"


def test_modes_of_what_stages_hand_over(provision):
    outcome = provision(engine.Case(VALID))
    modes = {name: oct((outcome.place / name).stat().st_mode & 0o7777)
             for name in ("ignition.json", "state", "root" + engine.RESULT)}
    assert modes == {"ignition.json": "0o640", "state": "0o600", "root" + engine.RESULT: "0o600"}


BROKEN_FILES = {
    "files without a cache": ((), "files", 1, "failed to acquire config"),
    "a cache that is no JSON": ((("ignition.json", "nonsense"),), "files", 1, "failed to acquire config"),
    "a state that is no JSON": ((("state", "nonsense"),), "fetch-offline", 3, "reading state"),
}


@pytest.mark.parametrize("which", [engine.OURS, engine.THEIRS])
@pytest.mark.parametrize("broken, stage, code, text", BROKEN_FILES.values(), ids=BROKEN_FILES.keys())
def test_exit_codes_of_the_engine(make_engine, which, broken, stage, code, text):
    runner = make_engine(engine.Case(VALID), which)
    for name, content in broken:
        (runner.outcome.place / name).write_text(content)
    done = runner.stage(stage)
    assert done.returncode == code
    assert "CRITICAL" in done.stdout and text in done.stdout


def test_root_that_is_not_there(make_engine):
    runner = make_engine(engine.Case(VALID))
    shutil.rmtree(runner.outcome.root)
    assert runner.run().verdict != 0
    assert "CRITICAL" in runner.outcome.log


def test_failed_stage_says_so_on_stderr(provision):
    outcome = provision(engine.Case(files(file("/srv", "x")), {"/srv/a": engine.tree.File()}))
    assert outcome.verdict == 1
    assert outcome.stderr.startswith("files failed\nFull config:\n{\n")


# --- ignition-validate (spec 1.5)

def test_validate_usage(programs, world, tmp_path):
    place = tmp_path / "config.ign"
    place.write_bytes(engine.as_text(VALID))
    for which in (engine.OURS, engine.THEIRS):
        program = programs.validate(which)
        assert world.run([program]).returncode == 1
        assert world.run([program, place, place]).returncode == 1
        assert world.run([program, "-colour", place]).returncode == 2
        assert world.run([program, "-h"]).returncode == 0
        assert world.run([program, "-version"]).returncode == 0
        assert world.run([program, tmp_path / "nothing"]).returncode == 1
        done = world.run([program, place])
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        done = world.run([program, "-"], input=place.read_text())
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_validate_without_operand_shows_usage(call):
    done = call("ignition-validate")
    assert done.stdout == "" and done.stderr.startswith("Usage")


def test_validate_names_what_it_cannot_read(call, tmp_path):
    done = call("ignition-validate", tmp_path / "nothing")
    assert done.stdout == "" and done.stderr.startswith("couldn't read config: ")
    assert "nothing" in done.stderr


def test_validate_percent_signs_are_kept(call, tmp_path):
    place = tmp_path / "config.ign"
    place.write_bytes(engine.as_text({**VALID, "100%d": 1}))
    assert "unused key 100%d" in call("ignition-validate", place).stdout


# --- slipway

@pytest.mark.parametrize("words", [(), ("dance",), ("../plan",), ("--colour",)])
def test_slipway_refuses(call, words):
    done = call("slipway", *words)
    assert done.returncode == 2 and done.stdout == "" and "Commands:" in done.stderr


REFUSED = {
    "validate without a config": ("validate",),
    "validate with an unknown option": ("validate", "--colour", "a"),
    "validate with an unknown form": ("validate", "--format=xml", "a"),
    "convert with two": ("convert", "a", "b"),
    "convert to an unknown version": ("convert", "--to", "2.0.0", "a"),
    "schema with three words": ("schema", "a", "b", "c"),
    "plan without a config": ("plan",),
    "plan with two": ("plan", "a", "b"),
    "plan with an unknown option": ("plan", "--colour", "a"),
    "rehearse without a config": ("rehearse", "--root", "/nonexistent"),
    "rehearse without a root": ("rehearse", "a"),
    "rehearse with a root that has no value": ("rehearse", "a", "--root"),
}


@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED.keys())
def test_slipway_usage_errors(call, words):
    done = call("slipway", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--help" in done.stderr


def test_slipway_validate_shows_every_mistake_with_its_place(call, tmp_path):
    place = tmp_path / "c.ign"
    place.write_text(
        '{"ignition": {"version": "3.3.0"},\n'
        ' "storage": {"files": [\n'
        '  {"path": "etc/a"},\n'
        '  {"path": "/etc/b", "mode": 99999, "colour": 1}]}}\n')
    done = call("slipway", "validate", place)
    assert done.returncode == 1
    for position, text in (("3:12", "path not absolute"), ("4:30", "illegal file mode"),
                           ("4:37", "unused key colour")):
        assert re.search(rf"(?m)^{re.escape(str(place))}:{position}: \w+: .*{text}", done.stdout)
    assert re.search(r"(?m)^[ |]*\^", done.stdout), "a caret below the source line"


def test_slipway_validate_strict(call, tmp_path):
    place = tmp_path / "c.ign"
    place.write_bytes(engine.as_text({**VALID, "colour": 1}))
    assert call("slipway", "validate", place).returncode == 0
    assert call("slipway", "validate", "--strict", place).returncode == 1


def test_slipway_validate_several(call, tmp_path):
    good, bad = tmp_path / "good.ign", tmp_path / "bad.ign"
    good.write_bytes(engine.as_text(VALID))
    bad.write_text("{")
    done = call("slipway", "validate", good, bad)
    assert done.returncode == 1 and str(good) in done.stdout and str(bad) in done.stdout


def test_rehearse_needs_root(programs, tmp_path):
    if not shutil.which("setpriv"):
        pytest.skip("setpriv is not installed")
    place = tmp_path / "c.ign"
    place.write_bytes(engine.as_text(config()))
    argv = ["setpriv", "--reuid=65534", "--clear-groups", programs.slipway, "rehearse", place,
            "--root", tmp_path / "root"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and not (tmp_path / "root").exists()


# --- help and the manual

def help_of(call, words) -> str:
    done = call(words[0], *words[1:], "--help")
    assert done.returncode == 0
    return done.stdout + done.stderr


@pytest.mark.parametrize("words, page", PROGRAMS.items(), ids=PROGRAMS.values())
def test_manual_has_every_option(call, words, page):
    manual = (MAN / page).read_text().replace("\\-", "-")
    options = re.findall(r"(?m)^ +(?:-\w, )?(--?[a-z][a-z-]+)", help_of(call, words))
    assert options or words == ("slipway",)
    assert [option for option in options if option not in manual] == []


def test_help_of_slipway_lists_every_command(call, programs):
    commands = re.findall(r"(?m)^  (\w+) ", help_of(call, ("slipway",)))
    installed = sorted(place.name for place in programs.ours.glob("slipway-*"))
    assert sorted(f"slipway-{name}" for name in commands) == [
        name for name in installed if "." not in name]


@pytest.mark.parametrize("page", PROGRAMS.values())
def test_manual_is_well_formed(page):
    if not shutil.which("mandoc"):
        pytest.skip("mandoc is not installed")
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", MAN / page],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
