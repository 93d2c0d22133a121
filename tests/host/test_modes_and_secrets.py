"""Secrets stay secret: not in a log, a report, a process list, or a file that others can read.

Also what modes the engine's own files have, and that only what the config opens is open.
"""

import json
import stat
import threading
from pathlib import Path

import pytest

import engine
import machine
from configs import child, config, data, file, verified, zipped
from datagrams import Datagrams
from engine import Case
from tree import File

# Each is a word of its own, so that a search finds it in any encoding that keeps ASCII.
HASH_OF_USER = "$6$rounds=1000$SECRETsaltU$SECRETuserhash"
HASH_OF_APP = "$6$rounds=1000$SECRETsaltA$SECRETapphash"
HASH_OF_GROUP = "$6$rounds=1000$SECRETsaltG$SECRETgrouphash"
KEY = "-----BEGIN PRIVATE KEY-----\nSECRETprivatekey\n-----END PRIVATE KEY-----\n"
TOKEN = "SECRETbearertoken"
FRAGMENT = "SECRETappendedtext"
CHILD = "SECRETofthechild"
PASSWORD_IN_URL = "SECRETurlpassword"
QUERY = "SECRETquerysignature"
OPEN_WORD = "OPENword"  # in a file that the config wants readable
SECRETS = ["SECRET"]

PRIVATE_FILES = [
    file("/etc/ssh/key", KEY, mode=0o600),
    file("/etc/app/token", None, append=[{"source": data(FRAGMENT)}], mode=0o600),
    {"path": "/etc/app/zipped", "contents": zipped("SECRETzipped"), "mode": 0o640},
    {"path": "/etc/app/verified", "contents": verified("SECRETverified"), "mode": 0o400},
    file("/etc/motd", OPEN_WORD, mode=0o644),
]


def full_of_secrets(*more_files, units=(), **ignition) -> dict:
    return config(
        "3.3.0",
        ignition_config={"merge": [child(config(storage={"files": [
            file("/etc/app/child", CHILD, mode=0o600)]}))]},
        passwd={
            "users": [
                {"name": "core", "passwordHash": HASH_OF_USER, "uid": 1500},
                {"name": "app", "passwordHash": HASH_OF_APP},
            ],
            "groups": [{"name": "ops", "passwordHash": HASH_OF_GROUP},
                       {"name": "wheel", "passwordHash": HASH_OF_GROUP}],
        },
        storage={"files": [*PRIVATE_FILES, *more_files]},
        systemd={"units": list(units)},
        **ignition,
    )


def with_token(url: str) -> dict:
    return {"path": "/etc/app/remote", "contents": {
        "source": url, "httpHeaders": [{"name": "Authorization", "value": f"Bearer {TOKEN}"}]}}


FAILURES = {
    "nothing fails": (full_of_secrets(), {}),
    # Nobody listens on port 1; tried again until the second is over.
    "a resource with a token cannot be fetched": (
        full_of_secrets(with_token(f"https://user:{PASSWORD_IN_URL}@127.0.0.1:1/a?sig={QUERY}"),
                        ignition_timeouts={"httpTotal": 1}), {}),
    "a secret file is in the way": (full_of_secrets(), {"/etc/ssh/key": File("old")}),
    "a secret does not match its hash": (full_of_secrets({
        "path": "/etc/app/bad", "mode": 0o600, "contents": {
            "source": data("SECRETwrong"), "verification": verified("other")["verification"]}}), {}),
    "a secret is not gzip": (full_of_secrets({
        "path": "/etc/app/bad", "mode": 0o600, "contents": {
            "source": data("SECRETplain"), "compression": "gzip"}}), {}),
    "a bad data URL": (full_of_secrets({
        "path": "/etc/app/bad", "contents": {"source": "data:;base64,SECRET!bad"}}), {}),
    "a broken unit": (full_of_secrets(units=[
        {"name": "a.service", "contents": "[Service\nEnvironment=SECRETinunit\n"}]), {}),
    "a child that is not valid": (full_of_secrets(ignition_security={"tls": {
        "certificateAuthorities": [{"source": data("SECRETca")}]}}), {"/etc/app/child": File("old")}),
    "a user that cannot be made": (full_of_secrets(), {"/etc/passwd": File("core:x\n")}),
    "a hash with a colon": (config(passwd={"users": [
        {"name": "core", "passwordHash": "SECRET:with:colons"}]}), {}),
    "cut off in the middle": (json.dumps(full_of_secrets())[:-40], {}),
    "a type error at a secret": (
        '{"ignition":{"version":"3.3.0"},"passwd":{"users":[{"name":["SECRETnest"],"passwordHash":"SECRETx"}]}}', {}),
}
rows = pytest.mark.parametrize("asked, image", FAILURES.values(), ids=FAILURES.keys())

# The distribution's programs, each recorded with its arguments before it runs.
WRAPPED = ("useradd", "usermod", "userdel", "groupadd", "groupmod", "groupdel",
           "systemctl")


def wrap_programs(runner: engine.Engine, record: Path) -> None:
    """First in PATH; what a process list would show goes to a file."""
    for name in WRAPPED:
        script = (f'for word in "$0" "$@"; do printf "%s\\n" "$word"; done >>"{record}"\n'
                  f'PATH="${{PATH#*:}}" exec {name} "$@"\n')
        stubs = machine.stub(runner.outcome.place / "wrappers", name, script)
    runner.world.path_first.append(stubs)


def found_in(text: str | bytes) -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode()
    return [secret for secret in SECRETS if secret.encode() in raw]


def readable_by_others(root: Path) -> list[str]:
    """Files below root that hold a secret and that a user who is nobody could open."""
    found = []
    for place in root.rglob("*"):
        try:
            status = place.lstat()
            is_open = stat.S_ISREG(status.st_mode) and status.st_mode & 0o004
            if is_open and found_in(place.read_bytes()):
                found.append(str(place.relative_to(root)))
        except FileNotFoundError:  # renamed while we looked
            continue
    return found


@rows
def test_no_secret_is_shown(make_engine, asked, image):
    runner = make_engine(Case(asked, image))
    record = runner.outcome.place / "argv"
    wrap_programs(runner, record)
    outcome = runner.run()
    assert outcome.verdict in (0, 1)
    assert found_in(outcome.log) == []
    assert found_in(outcome.stderr) == []
    assert found_in(record.read_bytes() if record.exists() else b"") == []


@rows
def test_no_secret_lies_open(provision, asked, image):
    outcome = provision(Case(asked, image))
    assert readable_by_others(outcome.root) == []
    for name in ("state", "state.journal", "neednet", "root" + engine.RESULT, "root" + engine.RECEIPTS):
        place = outcome.place / name
        if place.exists():
            assert found_in(place.read_bytes()) == [] or name == "state", name
            assert place.stat().st_mode & 0o077 == 0 or name == "neednet", name
    cache = outcome.place / "ignition.json"
    assert not cache.exists() or cache.stat().st_mode & 0o007 == 0


def test_the_config_gets_what_it_asks_for(provision):
    outcome = provision(Case(full_of_secrets()))
    assert outcome.verdict == 0, outcome.log
    want = {"etc/ssh/key": (0o600, KEY), "etc/app/token": (0o600, FRAGMENT), "etc/motd": (0o644, OPEN_WORD),
            "etc/app/zipped": (0o640, "SECRETzipped"), "etc/app/verified": (0o400, "SECRETverified")}
    for name, (mode, content) in want.items():
        place = outcome.root / name
        assert (stat.S_IMODE(place.stat().st_mode), place.read_text()) == (mode, content), name
    shadow = (outcome.root / "etc/shadow").read_text()
    assert f"core:{HASH_OF_USER}:" in shadow and f"app:{HASH_OF_APP}:" in shadow
    gshadow = (outcome.root / "etc/gshadow").read_text()
    assert f"ops:{HASH_OF_GROUP}:" in gshadow and f"wheel:{HASH_OF_GROUP}:" in gshadow


def watch_for_secrets(root: Path, stop: threading.Event, found: list) -> None:
    """Look for readable secrets as fast as can be while somebody else writes."""
    while not stop.is_set():
        found += readable_by_others(root)


def test_a_secret_is_never_open_for_a_moment(make_engine):
    """Files are private before they have content: whoever looks in the middle finds nothing."""
    wanted = [file(f"/etc/app/{number}", KEY * 2000, mode=0o600) for number in range(60)]
    runner = make_engine(Case(config(storage={"files": wanted})))
    runner.stage("fetch-offline")
    stop, found = threading.Event(), []
    watcher = threading.Thread(target=watch_for_secrets,
                               args=(runner.outcome.root / "etc", stop, found))
    watcher.start()
    try:
        assert runner.stage("files").returncode == 0
    finally:
        stop.set()
        watcher.join()
    assert found == []


def without_excerpts(text: str) -> str:
    """Lines of the user's own file are shown to the user, with a caret below; nothing else may."""
    lines = text.splitlines()
    shown = [number for number, line in enumerate(lines) if line.strip(" |") == "^"]
    return "\n".join(line for number, line in enumerate(lines) if number + 1 not in shown)


@rows
def test_reports_of_slipway(slipway, tmp_path, asked, image):
    root = machine.make_root(tmp_path / "root", image)
    place = tmp_path / "config.ign"
    place.write_bytes(engine.as_text(asked))
    journal = tmp_path / "journal"
    for words in (["plan", place, "--root", root], ["plan", place, "--root", root, "--json"],
                  ["rehearse", place, "--root", root, "--journal", journal]):
        done = slipway(*words)
        assert done.returncode in (0, 1)
        assert found_in(without_excerpts(done.stdout + done.stderr)) == []
    if journal.exists():
        assert found_in(journal.read_bytes()) == []
        assert journal.stat().st_mode & 0o077 == 0
    assert readable_by_others(root) == []


@rows
def test_syslog(make_engine, asked, image):
    """The same lines go to the system log, each a datagram with priority and tag."""
    runner = make_engine(Case(asked, image))
    with Datagrams(runner.outcome.place / "log.sock") as log:
        runner.world.mounts.append(f"ln -s '{log.place}' /run/log")
        codes, shown = [], ""
        for stage in runner.case.stages:
            done = runner.stage(stage, log_to_stdout=False)
            codes.append(done.returncode)
            shown += done.stdout
            if done.returncode:
                break
    lines = log.received
    assert shown == ""
    assert lines and all(line.startswith(b"<") for line in lines)
    assert any(b"ignition" in line and b"Stage: fetch-offline" in line for line in lines)
    assert found_in(b"\n".join(lines)) == []
    failed = any(line.startswith(b"<2>") for line in lines)
    assert failed or codes[-1] == 0, "a failure is logged with priority crit of facility kern"


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_modes_do_not_depend_on_the_umask(make_engine, umask):
    runner = make_engine(Case(full_of_secrets(
        units=[{"name": "a.service", "enabled": True, "contents": "[Install]\nWantedBy=x.target\n"}])))
    runner.world.mounts.append(f"umask {umask:04o}")
    outcome = runner.run()
    assert outcome.verdict == 0, outcome.log
    modes = {name: stat.S_IMODE((outcome.root / name).stat().st_mode)
             for name in ("etc/motd", "etc/ssh/key", "etc/app", "etc/systemd/system",
                          "etc/systemd/system/a.service",
                          "etc/systemd/system-preset/20-ignition.preset")}
    assert modes == {"etc/motd": 0o644, "etc/ssh/key": 0o600, "etc/app": 0o755,
                     "etc/systemd/system": 0o755, "etc/systemd/system/a.service": 0o644,
                     "etc/systemd/system-preset/20-ignition.preset": 0o644}
