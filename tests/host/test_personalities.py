"""ignition-apply and ignition-rmcfg: the engine by other names (spec 1.3, 1.4)."""

import json
import os

import pytest

import cases
import engine
import machine
import tree
from configs import config, data, file, files
from engine import Case

UNSUPPORTED = {
    "kargs": ({"kernelArguments": {"shouldExist": ["quiet"]}},
              "running stage 'kargs': cannot apply kargs modifications live"),
    "kargs that shall go": ({"kernelArguments": {"shouldNotExist": ["quiet"]}},
                            "running stage 'kargs': cannot apply kargs modifications live"),
    "disks": ({"storage": {"disks": [{"device": "/dev/x"}]}},
              "running stage 'disks': cannot apply disk modifications live"),
    "arrays": ({"storage": {"raid": [{"name": "r", "level": "raid0", "devices": ["/dev/x"]}]}},
               "running stage 'disks': cannot apply disk modifications live"),
    "volumes": ({"storage": {"luks": [{"name": "l", "device": "/dev/x", "keyFile": {"source": "data:,k"}}]}},
                "running stage 'disks': cannot apply disk modifications live"),
    "filesystems": ({"storage": {"filesystems": [{"device": "/dev/x", "format": "ext4", "path": "/var"}]}},
                    "running stage 'disks': cannot apply disk modifications live"),
    "users": ({"passwd": {"users": [{"name": "kim"}]}}, "running stage 'files': cannot apply passwd live"),
    "groups": ({"passwd": {"groups": [{"name": "ops"}]}}, "running stage 'files': cannot apply passwd live"),
}


@pytest.fixture
def apply(programs, world, tmp_path):
    """apply(config, *words, which=…): the program in a container, on a root of its own."""

    def run(what, *words, which=engine.OURS, container="podman", **options):
        root = tmp_path / which
        if not root.exists():
            machine.make_root(root)
        place = tmp_path / "config.ign"
        place.write_bytes(engine.as_text(what))
        program = programs.ours_named("ignition-apply")
        if which == engine.THEIRS:
            program = tmp_path / "ignition-apply"
            program.unlink(missing_ok=True)
            program.symlink_to(programs.engine(which))
        world.environment["container"] = container
        done = world.run([program, "--root", root, *words] + ([] if "input" in options else [place]), **options)
        done.root = root
        return done

    return run


WHOLE = config(
    storage={"directories": [{"path": "/srv/d", "mode": 0o750}],
             "files": [file("/etc/a", "x", mode=0o600),
                       file("/etc/issue", None, append=[{"source": data("more\n")}])],
             "links": [{"path": "/etc/l", "target": "a"}]},
    systemd={"units": [{"name": "a.service", "contents": cases.SERVICE, "enabled": True},
                       {"name": "b.service", "mask": True}]},
)


def test_same_tree_as_debians(apply):
    ours = apply(WHOLE)
    theirs = apply(WHOLE, which=engine.THEIRS)
    assert (ours.returncode, theirs.returncode) == (0, 0), ours.stdout + theirs.stdout
    assert tree.picture(ours.root) == tree.picture(theirs.root)
    assert not (ours.root / "etc/.ignition-result.json").exists()
    assert not (ours.root / "etc/.slipway-journal").exists()
    assert ours.stderr == "" and "INFO     : " in ours.stdout


@pytest.mark.parametrize("which", [engine.OURS, engine.THEIRS])
@pytest.mark.parametrize("what, why", UNSUPPORTED.values(), ids=UNSUPPORTED.keys())
def test_unsupported(apply, which, what, why):
    what = config(**what)
    what["ignition"]["version"] = "3.3.0"
    refused = apply(what, which=which)
    assert refused.returncode == 1
    assert f"CRITICAL : failed to apply: {why}" in refused.stdout
    what.setdefault("storage", {})["files"] = [file("/etc/a", "x")]
    passwd = (refused.root / "etc/passwd").read_text()
    assert apply(what, "--ignore-unsupported", which=which).returncode == 0
    assert (refused.root / "etc/a").read_text() == "x"
    assert (refused.root / "etc/passwd").read_text() == passwd


def test_standard_input(apply):
    done = apply(b"", "-", input=json.dumps(files(file("/etc/a", "x"))))
    assert done.returncode == 0 and (done.root / "etc/a").exists()


@pytest.mark.parametrize("container, marker, code", [
    ("", None, 1), ("lxc", None, 0), ("", "/run/.containerenv", 0),
], ids=["host", "variable", "marker"])
def test_only_in_a_container(apply, world, container, marker, code):
    if os.path.exists("/.dockerenv"):
        pytest.skip("this is one")
    if marker:
        world.mounts.append(f"touch {marker}")
    done = apply(files(file("/etc/a", "x")), container=container)
    assert done.returncode == code
    assert (done.root / "etc/a").exists() == (code == 0)
    if code:
        assert ("failed to apply: this tool is not designed to run on a host system; reprovision the "
                "machine instead") in done.stdout


REMOTE = "http://127.0.0.1:1/x"


@pytest.mark.parametrize("what", [
    config(storage={"files": [{"path": "/etc/a", "contents": {"source": REMOTE}}]}),
    {"ignition": {"version": "3.3.0", "config": {"merge": [{"source": REMOTE}]}}},
], ids=["a file", "a config"])
def test_offline(apply, what):
    done = apply(what, "--offline")
    assert done.returncode == 1
    assert "failed to apply: " in done.stdout and "network" in done.stdout
    assert not (done.root / "etc/a").exists()


USAGE = {
    "no config": ((), 1, "Usage: ignition-apply [options] config.ign"),
    "two configs": (("a", "b"), 1, "Usage: "),
    "unknown flag": (("--colour", "a"), 2, "colour"),
    "no such file": (("/nowhere/config",), 1, "couldn't read config: "),
}


@pytest.mark.parametrize("words, code, text", USAGE.values(), ids=USAGE.keys())
def test_usage(programs, world, words, code, text):
    world.environment["container"] = "x"
    done = world.run([programs.ours_named("ignition-apply"), *words])
    assert done.returncode == code
    assert text in done.stdout + done.stderr


@pytest.mark.parametrize("text", [b"{", b'{"ignition":{"version":"9.0.0"}}', b""],
                         ids=["cut short", "of the future", "empty"])
def test_bad_config(apply, text):
    done = apply(text)
    assert done.returncode == 1
    assert "CRITICAL : couldn't parse config: " in done.stdout


@pytest.mark.parametrize("name", ["ignition-apply", "ignition-rmcfg"])
def test_version_and_help(programs, world, name):
    program = programs.ours_named(name)
    done = world.run([program, "--version"])
    assert done.returncode == 0 and done.stdout.startswith("Ignition ")
    assert world.run([program, "--help"]).returncode == 0


RMCFG = {
    "no platform": ((), 2, "'--platform' must be provided"),
    "operands": (("--platform=qemu", "x"), 2, "no operands"),
    "unknown platform": (("--platform=nocloud9",), 2, 'invalid platform name "nocloud9" provided'),
    "unknown flag": (("--colour",), 2, "colour"),
    "a platform that keeps it": (("--platform=qemu", "--log-to-stdout"), 1,
                                 "CRITICAL : couldn't delete config: cannot delete config on this platform"),
}


@pytest.mark.parametrize("words, code, text", RMCFG.values(), ids=RMCFG.keys())
def test_rmcfg(programs, world, words, code, text):
    done = world.run([programs.ours_named("ignition-rmcfg"), *words])
    assert done.returncode == code
    assert text in done.stdout + done.stderr


# --- stage kargs, with a helper of the test's own (spec 6.2)

KARGS = {"ignition": {"version": "3.3.0"},
         "kernelArguments": {"shouldExist": ["quiet", "a=b c"], "shouldNotExist": ["nomodeset"]}}


def kargs(make_engine, which, what=KARGS, status=0):
    runner = make_engine(Case(what, stages=("fetch-offline", "kargs")), which)
    place = runner.outcome.place
    runner.world.path_first.append(machine.stub(
        place / "helpers", "ignition-kargs-helper",
        f"for word; do echo \"$word\"; done >{place}/words; echo boom >&2; exit {status}\n"))
    return runner, place / "words"


@pytest.mark.parametrize("which", [engine.OURS, engine.THEIRS])
def test_kargs(make_engine, which):
    runner, words = kargs(make_engine, which)
    assert runner.run().verdict == 0, runner.outcome.log
    assert words.read_text().splitlines() == [
        "--should-exist", "quiet", "--should-exist", "a=b c", "--should-not-exist", "nomodeset"]
    assert "kargs: op(1): [started]  updating kernel arguments" in runner.outcome.log
    assert "kargs: kargs passed" in runner.outcome.log


@pytest.mark.parametrize("which", [engine.OURS, engine.THEIRS])
def test_kargs_helper_that_fails(make_engine, which):
    runner, _ = kargs(make_engine, which, status=1)
    assert runner.run().verdict == 1
    assert "Ignition failed: failed adding kernel arguments: " in runner.outcome.log
    assert "boom" in runner.outcome.log


@pytest.mark.parametrize("which", [engine.OURS, engine.THEIRS])
def test_no_kargs_no_helper(make_engine, which):
    runner, words = kargs(make_engine, which, what=files(file("/etc/a", "x")))
    assert runner.run().verdict == 0
    assert not words.exists()
