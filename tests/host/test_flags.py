"""Every flag, variable and kernel argument of the engine does what it says (spec 1.2, 1.6, 7.2)."""

import json
import re
import socket
import time

import pytest

import cases
from configs import data, file, files, passwd
from engine import Case

VALID = files(file("/etc/a", "x"))
KEYS = passwd(users=[{"name": "app", "sshAuthorizedKeys": [cases.KEY]}])


@pytest.fixture
def lay_out(make_engine):
    """lay_out(case) with the flags that keep an engine from the real places."""

    def make(case=Case(VALID)):
        runner = make_engine(case)
        place = runner.outcome.place
        runner.flags = {"-platform": "file", "-stage": "fetch-offline", "-root": runner.outcome.root,
                        "-config-cache": place / "cache", "-neednet": place / "net",
                        "-state-file": place / "st", "-log-to-stdout": None}

        def call(**changed):
            words = [str(word) for pair in {**runner.flags, **changed.get("flags", {})}.items()
                     for word in pair if word is not None]
            return runner.world.run([runner.program, *words], cwd=place)

        runner.call = call
        return runner

    return make


def cached(runner) -> list[str]:
    cache = json.loads((runner.outcome.place / "cache").read_text())
    return [entry["path"] for entry in cache.get("storage", {}).get("files", [])]


# --- flags: each row says what of the surroundings shows that it counts

FLAGS = {
    "-config-cache": lambda place, done: (place / "cache").exists(),
    "-log-to-stdout": lambda place, done: "Stage: fetch-offline" in done.stdout,
    "-neednet": lambda place, done: not (place / "net").exists(),
    "-platform": lambda place, done: "config.ign" not in done.stderr,
    "-stage": lambda place, done: "fetch-offline passed" in done.stdout,
    "-state-file": lambda place, done: (place / "st").exists(),
    "-root": lambda place, done: done.returncode == 0,
}


@pytest.mark.parametrize("flag", FLAGS)
def test_flag_counts(lay_out, flag):
    runner = lay_out()
    done = runner.call()
    assert done.returncode == 0
    assert FLAGS[flag](runner.outcome.place, done)


def test_neednet_is_made(lay_out):
    runner = lay_out(Case(cmdline="ignition.config.url=http://127.0.0.1:1/"))
    assert runner.call().returncode == 0
    assert (runner.outcome.place / "net").read_bytes() == b""
    assert not (runner.outcome.place / "cache").exists()


def test_every_flag_of_help_is_in_a_row(lay_out):
    known = set(FLAGS) | {"-clear-cache", "-fetch-timeout", "-oem", "-help", "-version"}
    text = lay_out().call(flags={"-help": None}).stderr
    assert set(re.findall(r"(?m)^  (-[a-z-]+)", text)) == known


def test_syslog_that_is_not_there(lay_out):
    runner = lay_out()
    del runner.flags["-log-to-stdout"]
    runner.world.mounts.append("mount -t tmpfs dev /dev; mknod -m 666 /dev/null c 1 3; "
                               "mount -t tmpfs none /var/run 2>/dev/null || true")
    done = runner.call()
    assert "ERROR    : unable to open syslog: " in done.stdout
    assert "INFO     : Stage: fetch-offline" in done.stdout


def test_clear_cache(lay_out):
    runner = lay_out()
    cache = runner.outcome.place / "cache"
    cache.write_text("old")
    done = runner.call(flags={"-stage": "files", "-clear-cache": None})
    assert done.returncode == 1 and not cache.exists()
    cache.mkdir()
    done = runner.call(flags={"-clear-cache": None})
    assert done.returncode == 3
    assert "CRITICAL : unable to clear cache: " in done.stdout


@pytest.mark.parametrize("name, code", [("pxe", 0), ("rackspace", 0), ("file", 0), ("qemu", 0), ("ec9", 2)])
def test_oem(lay_out, name, code):
    runner = lay_out()
    del runner.flags["-platform"]
    done = runner.call(flags={"-oem": name, "-fetch-timeout": "5s"})
    assert done.returncode == code
    if code:
        assert "ec9 is not a valid oem" in done.stderr


@pytest.mark.parametrize("budget, low, high", [("1900ms", 0.9, 1.8), ("2s", 1.9, 3.5)])
def test_fetch_timeout_is_whole_seconds(lay_out, budget, low, high):
    with socket.create_server(("127.0.0.1", 0)) as server:
        runner = lay_out(Case(cmdline=f"ignition.config.url=http://127.0.0.1:{server.getsockname()[1]}/"))
        begin = time.monotonic()
        done = runner.call(flags={"-stage": "fetch", "-fetch-timeout": budget})
        took = time.monotonic() - begin
    assert done.returncode == 1
    assert "unable to fetch resource in time" in done.stdout
    assert low < took < high


# --- variables

@pytest.mark.parametrize("value", ["", None], ids=["empty", "unset"])
def test_empty_variable_is_unset(lay_out, value):
    runner = lay_out()
    for name in list(runner.world.environment):
        if name.startswith("IGNITION_"):
            runner.world.environment[name] = value
            if value is None:
                del runner.world.environment[name]
    assert runner.call().returncode == 0
    assert cached(runner) == ["/etc/a"]


DIRECTORIES = {
    "IGNITION_SYSTEM_RUNTIME_CONFIG_DIR": ("runtime", "/run/ignition"),
    "IGNITION_SYSTEM_LOCAL_CONFIG_DIR": ("local", "/etc/ignition"),
    "IGNITION_SYSTEM_CONFIG_DIR": ("vendor/ignition", "/usr/lib/ignition"),
}


def test_config_directories_in_their_order(lay_out):
    """Each of the three is asked, and the one before it wins."""
    runner = lay_out()
    for name, (directory, _) in reversed(DIRECTORIES.items()):
        place = runner.outcome.place / directory
        place.mkdir(parents=True, exist_ok=True)
        (place / "user.ign").write_text(json.dumps(files(file(f"/etc/{directory[:5]}", "x"))))
        assert runner.call().returncode == 0
        assert cached(runner) == [f"/etc/{directory[:5]}"], name


KEYS_FILES = {"true": ".ssh/authorized_keys.d/ignition", "1": ".ssh/authorized_keys.d/ignition",
              "false": ".ssh/authorized_keys", "0": ".ssh/authorized_keys",
              "": ".ssh/authorized_keys.d/ignition"}


@pytest.mark.parametrize("value, path", KEYS_FILES.items())
def test_keys_fragment(lay_out, value, path):
    runner = lay_out(Case(KEYS))
    runner.world.environment["IGNITION_WRITE_AUTHORIZED_KEYS_FRAGMENT"] = value
    assert runner.call().returncode == 0
    assert runner.call(flags={"-stage": "files"}).returncode == 0
    assert (runner.outcome.root / "home/app" / path).exists()


def test_keys_fragment_that_is_no_truth(lay_out):
    runner = lay_out()
    runner.world.environment["IGNITION_WRITE_AUTHORIZED_KEYS_FRAGMENT"] = "maybe"
    assert runner.call().returncode != 0


# --- kernel arguments

URL = {name: data(json.dumps(files(file(f"/etc/{name}", "x")))) for name in ("a", "b", "c")}
ARGUMENTS = {
    "url": ("ignition.config.url=" + URL["a"], ["/etc/a"]),
    "flatcar's": ("flatcar.config.url=" + URL["a"], ["/etc/a"]),
    "coreos'": ("coreos.config.url=" + URL["a"], ["/etc/a"]),
    "the last one wins": (f"flatcar.config.url={URL['a']} ignition.config.url={URL['b']} "
                          f"coreos.config.url={URL['c']}", ["/etc/c"]),
    "an empty one is none": (f"ignition.config.url={URL['a']} ignition.config.url=", ["/etc/a"]),
    "a bare word is none": ("ignition.config.url", ["/etc/a"]),
    "no others": (f"xignition.config.url={URL['b']} ignition.config.urls={URL['b']}", ["/etc/a"]),
}


@pytest.mark.parametrize("line, paths", ARGUMENTS.values(), ids=ARGUMENTS.keys())
def test_kernel_argument(lay_out, line, paths):
    runner = lay_out(Case(VALID, cmdline="quiet " + line + " ro"))
    done = runner.call()
    assert done.returncode == 0, done.stdout
    assert cached(runner) == paths


@pytest.mark.parametrize("line", ["ignition.config.device=x", "ignition.config.path=/x"])
def test_half_a_device(lay_out, line):
    done = lay_out(Case(VALID, cmdline=line)).call()
    assert done.returncode == 1
    assert ('both "ignition.config.device" and "ignition.config.path" must be provided together'
            in done.stdout)
