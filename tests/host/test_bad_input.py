"""Bad configs and bad machines: one clear message with its cause, the right exit code, and a rerun
after the mend ends where a run without the trouble would have ended."""

import fcntl
import json
import os
import re
import shutil
from pathlib import Path

import pytest

import engine
import machine
import tree
from configs import data, file, files, passwd, verified
from engine import Case
from tree import File

GIB = 1 << 30
VALID = files(file("/etc/a", "x"))
VERSION = '{"ignition": {"version": "3.3.0"}'

# text of the config, line:column of the first complaint, words of it
TEXTS = {
    "an empty file": (b"", None, "empty"),
    "an HTML page": (b"<!DOCTYPE html>\n<html></html>\n", "1:1", "HTML"),
    "YAML of no dialect": (b"kind: fcos\nversion: 1.5.0\n", "1:1", "this is YAML"),
    "YAML that begins with a comment": (b"# mine\nfoo: flatcar\n", "1:1", "this is YAML"),
    "cloud-init's config": (b"#cloud-config\nruncmd: [a]\n", "1:1", "config of cloud-init"),
    "plain text": (b"hello\n", "1:1", "invalid character 'h'"),
    "an unknown version": (b'{"ignition": {"version": "9.0.0"}}', "1:26", "9.0.0"),
    "a version of spec 2": (b'{"ignition": {"version": "2.3.0"}}', "1:26", "2.3.0"),
    "no version": (b"{}", None, "version"),
    "a wrong type": (
        VERSION.encode() + b',\n "storage": {"files": [{"path": "/a", "mode": "0644"}]}}', "2:47", "mode"),
    "an object for a list": (VERSION.encode() + b',\n "storage": {"files": {}}}', "2:23", "files"),
    "cut off": (VERSION.encode() + b',\n "storage": {"files": [', "2:", "unexpected end of JSON input"),
    "text after the end": (VERSION.encode() + b"}\n}", "2:1", "after top-level value"),
    "a NUL": (VERSION.encode() + b',\n "a": "\0"}', "2:8", "in string literal"),
    "a NUL outside of strings": (VERSION.encode() + b'}\0', "1:35", "after top-level value"),
    "a path with ..": (
        VERSION.encode() + b',\n "storage": {"files": [{"path": "/etc/../a"}]}}', "2:33", "fully simplified"),
    "a byte order mark": (b"\xef\xbb\xbf" + VERSION.encode() + b"}", "1:1", "invalid character"),
}
texts = pytest.mark.parametrize("text, position, words", TEXTS.values(), ids=TEXTS.keys())
# The human's command takes Butane; no boot does without being told.
OURS = {label: row for label, row in TEXTS.items() if "YAML" not in label}


@pytest.mark.parametrize("text, position, words", OURS.values(), ids=OURS.keys())
def test_slipway_validate(slipway, tmp_path, text, position, words):
    place = tmp_path / "c.ign"
    place.write_bytes(text)
    done = slipway("validate", place)
    assert done.returncode == 1
    first = (done.stdout + done.stderr).splitlines()[0]
    assert words in done.stdout + done.stderr
    assert str(place) in first
    if position:
        assert f"{place}:{position}" in first
    assert "Sanitizer" not in done.stderr


@texts
def test_engine_leaves_nothing(make_engine, text, position, words):
    """A config that is none provisions nothing; an empty one is no config, as upstream has it."""
    runner = make_engine(Case(text))
    before = tree.picture(runner.outcome.root)
    code = runner.stage("fetch-offline").returncode
    assert code == (0 if text == b"" else 1)
    assert not tree.difference(before, tree.picture(runner.outcome.root))
    if code:
        critical = [line for line in runner.outcome.log.splitlines() if line.startswith("CRITICAL")]
        assert any("Ignition failed: " in line for line in critical)
        assert not (runner.outcome.place / "ignition.json").exists()
        rerun = repair(runner, VALID)
        assert rerun == [0, 0]


def repair(runner: engine.Engine, good) -> list[int]:
    """Put a good config in place and go on as the next boot would."""
    (runner.outcome.place / "config.ign").write_bytes(engine.as_text(good))
    return [runner.stage(stage).returncode for stage in engine.STAGES]


DEPTH = 200_000
DEEP = {
    "lists": "[" * DEPTH + "]" * DEPTH,
    "objects": '{"a":' * DEPTH + "1" + "}" * DEPTH,
    "lists in an unknown key": VERSION + ', "a": ' + "[" * DEPTH + "]" * DEPTH + "}",
    "never closed": VERSION + ', "a": ' + "[" * DEPTH,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_deep_nesting(programs, slipway, world, tmp_path, text):
    place = tmp_path / "deep.ign"
    place.write_text(text)
    for done in (slipway("validate", place), world.run([programs.validate(engine.OURS), place])):
        assert done.returncode == 1
        assert "exceeded max depth" in done.stdout + done.stderr


def test_deep_but_allowed(programs, world, tmp_path):
    place = tmp_path / "deep.ign"
    place.write_text(VERSION + ', "a": ' + "[" * 9000 + "]" * 9000 + "}")
    done = world.run([programs.validate(engine.OURS), place])
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (
        0, ["warning at $.a, line 1 col 36: unused key a"])


@pytest.fixture
def huge(tmp_path) -> Path:
    place = tmp_path / "huge.ign"
    with place.open("wb") as stream:
        stream.write(VERSION.encode())
        stream.truncate(GIB)
    return place


def test_one_gibibyte(programs, slipway, world, huge):
    """Refused before it is read: memory stays small and the wait short."""
    for argv in ([programs.slipway, "validate", huge], [programs.validate(engine.OURS), huge]):
        done = world.run(["sh", "-c", 'ulimit -v 400000; exec "$@"', "sh", *argv], timeout=20)
        assert done.returncode == 1
        assert re.search(r"too large|exceeds|MiB", done.stdout + done.stderr), done.stderr


def test_one_gibibyte_for_the_engine(make_engine, huge):
    runner = make_engine(Case(b""))
    runner.world.environment["IGNITION_CONFIG_FILE"] = str(huge)
    assert runner.stage("fetch-offline").returncode == 1
    assert "CRITICAL : Ignition failed: " in runner.outcome.log
    assert not (runner.outcome.place / "ignition.json").exists()


ACCEPTED = {
    "a key twice": (
        VERSION + ',\n "storage": {"files": [{"path": "/etc/a", "path": "/etc/b"}]}}', "2:", "path"),
    "an object twice": (
        VERSION + ',\n "storage": {"files": [{"path": "/etc/b"}]},\n "storage": {}}', "3:", "storage"),
    "invalid UTF-8": (
        VERSION.encode() + b',\n "storage": {"files": [{"path": "/etc/b", "contents": {"source": "data:,"},'
        b'\n "x\xff": "\xfe"}]}}', "3:", "UTF-8"),
}


@pytest.mark.parametrize("text, position, words", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted_with_a_warning(slipway, make_engine, tmp_path, text, position, words):
    place = tmp_path / "c.ign"
    place.write_bytes(engine.as_text(text))
    done = slipway("validate", place)
    assert done.returncode == 0, done.stdout
    assert re.search(rf"{re.escape(str(place))}:{position}\d+: warning: .*{words}", done.stdout)
    outcome = make_engine(Case(text)).run()
    assert outcome.verdict == 0
    assert (outcome.root / "etc/b").exists()


# --- machines in trouble

MANY = files(*[file(f"/srv/{number:03}", "x" * 40_000, mode=0o600) for number in range(60)],
             file("/etc/hosts", None, append=[{"source": data("192.0.2.1 a\n")}]))


def reference(make_engine, case: Case) -> dict:
    """What a run without trouble ends with."""
    outcome = make_engine(case, name="reference").run()
    assert outcome.verdict == 0, outcome.log
    return outcome.picture()


def check_mended(runner: engine.Engine, wanted: dict) -> None:
    done = runner.stage("files")
    assert done.returncode == 0, done.stdout
    assert not tree.difference(runner.outcome.picture(), wanted)


def check_refused(done, *words: str) -> None:
    assert done.returncode == 1, done.stdout
    critical = [line for line in done.stdout.splitlines() if "Ignition failed: " in line]
    assert len(critical) == 1
    for word in words:
        assert word in critical[0]


def test_target_read_only(make_engine):
    case = Case(MANY)
    runner = make_engine(case)
    wanted = reference(make_engine, case)
    runner.stage("fetch-offline")
    root = runner.outcome.root
    runner.world.mounts.append(f"mount --bind '{root}' '{root}'; mount -o remount,bind,ro '{root}'")
    before = tree.picture(root)
    check_refused(runner.stage("files"), "Read-only file system")
    assert not tree.difference(before, tree.picture(root))
    runner.world.mounts.pop()
    check_mended(runner, wanted)


def test_disk_full_in_the_middle(make_engine, tmp_path):
    """On a file system of 1 MiB that lives in the namespace only; the rest is copied in and out."""
    case = Case(MANY)
    runner = make_engine(case)
    wanted = reference(make_engine, case)
    runner.stage("fetch-offline")
    root, kept = runner.outcome.root, tmp_path / "kept"
    root.rename(kept)
    root.mkdir()
    runner.world.mounts += [
        f"mount -t tmpfs -o mode=0755,size=1m small '{root}'", f"cp -a '{kept}/.' '{root}'"]
    program = runner.program
    done = run_and_keep(runner, program, root, tmp_path / "after")
    check_refused(done, "No space left on device", "/srv/")
    del runner.world.mounts[-2:]
    runner.program = program
    shutil.rmtree(root)
    (tmp_path / "after").rename(root)
    check_mended(runner, wanted)


def run_and_keep(runner: engine.Engine, program: Path, root: Path, after: Path):
    """Run the stage and copy the root out of the namespace before it goes."""
    script = f"'{program}' \"$@\"; code=$?; cp -a '{root}' '{after}'; exit $code\n"
    runner.program = machine.stub(runner.outcome.place / "bin", "keeper", script) / "keeper"
    return runner.stage("files")


def test_passwd_malformed(make_engine):
    broken = machine.PASSWD + "no colons here\n"
    case = Case(passwd(users=[{"name": "core", "uid": 1500}]), {"/etc/passwd": File(broken)})
    runner = make_engine(case)
    before = tree.picture(runner.outcome.root)
    runner.stage("fetch-offline")
    check_refused(runner.stage("files"), "/etc/passwd", "4")
    assert not tree.difference(before, tree.picture(runner.outcome.root))
    tree.make(runner.outcome.root, {"/etc/passwd": File(machine.PASSWD)})
    check_mended(runner, reference(make_engine, Case(case.config)))


def test_passwd_locked(make_engine):
    """Held by a process that lives, it is named; released, the rerun makes the user."""
    case = Case(passwd(users=[{"name": "core", "uid": 1500}]))
    wanted = reference(make_engine, case)
    runner = make_engine(case)
    runner.stage("fetch-offline")
    place = runner.outcome.root / "etc/.pwd.lock"
    with place.open("w") as lock:
        place.chmod(0o600)
        fcntl.lockf(lock, fcntl.LOCK_EX)
        check_refused(runner.stage("files"), "core", "/etc/.pwd.lock", str(os.getpid()))
    check_mended(runner, wanted)


@pytest.mark.parametrize("pid", [1, 99_999_999])
def test_lock_left_behind(make_engine, pid):
    """A power cut leaves lock files, and their process id may be taken: nobody holds them."""
    case = Case(passwd(users=[{"name": "core", "uid": 1500}]))
    wanted = reference(make_engine, case)
    runner = make_engine(case)
    runner.stage("fetch-offline")
    (runner.outcome.root / "etc/passwd.lock").write_text(f"{pid}\0")
    check_mended(runner, wanted)


def test_useradd_missing(make_engine):
    case = Case(passwd(users=[{"name": "core", "uid": 1500}]))
    wanted = reference(make_engine, case)
    runner = make_engine(case)
    runner.stage("fetch-offline")
    few = runner.outcome.place / "few"
    few.mkdir()
    for name in ("sh", "unshare", "mount", "umount", "env"):
        (few / name).symlink_to(shutil.which(name))
    runner.world.environment["PATH"] = str(few)
    check_refused(runner.stage("files"), "useradd")
    del runner.world.environment["PATH"]
    check_mended(runner, wanted)


def test_hash_mismatch_then_mended(make_engine):
    good = {"path": "/etc/v", "contents": verified("hello")}
    bad = {"path": "/etc/v", "contents": {**good["contents"], "source": data("hullo")}}
    wanted = reference(make_engine, Case(files(file("/etc/a", "x"), good)))
    runner = make_engine(Case(files(file("/etc/a", "x"), bad)))
    assert runner.run().verdict == 1
    assert not (runner.outcome.root / "etc/v").exists()
    assert list((runner.outcome.root / "etc").glob(".*tmp*")) == []
    (runner.outcome.place / "state.journal").unlink(missing_ok=True)
    assert repair(runner, files(file("/etc/a", "x"), good)) == [0, 0]
    assert not tree.difference(runner.outcome.picture(), wanted)


def test_killed_and_run_again(make_engine):
    """Killed at several moments; the next run ends as if nothing had happened."""
    case = Case(MANY)
    wanted = reference(make_engine, case)
    for number, delay in enumerate((0.002, 0.005, 0.01, 0.02)):
        runner = make_engine(case, name=f"killed{number}")
        runner.stage("fetch-offline")
        program = runner.program
        killer = machine.stub(runner.outcome.place / "bin", "killer",
                              f'exec timeout -s KILL {delay} "{program}" "$@"\n')
        runner.program = killer / "killer"
        runner.stage("files")
        runner.program = program
        check_mended(runner, wanted)


def test_a_second_config_after_an_unfinished_first(make_engine):
    """It stops and names what to do rather than mixing two machines."""
    runner = make_engine(Case(MANY))
    runner.stage("fetch-offline")
    (runner.outcome.root / "srv/030").parent.mkdir(exist_ok=True)
    journal = runner.outcome.place / "state.journal"
    journal.write_text('{"slipwayJournal":1,"config":"other","nonce":"0"}\n{"begin":0}\n')
    check_refused(runner.stage("files"), "another config", str(journal))
    journal.unlink()
    assert runner.stage("files").returncode == 0


def test_report_is_json(slipway, tmp_path):
    place = tmp_path / "c.ign"
    place.write_text(VERSION + ', "storage": {"files": [{"path": "a"}]}, "x": 1}')
    done = slipway("validate", "--json", place)
    assert done.returncode == 1
    entries = json.loads(done.stdout)
    assert [entry["severity"] for entry in entries] == ["error", "warning"]


def test_config_is_a_directory(slipway, tmp_path):
    done = slipway("validate", tmp_path)
    assert done.returncode == 1 and str(tmp_path) in done.stdout + done.stderr

