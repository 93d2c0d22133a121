"""What our engine does on purpose otherwise than Debian's 2.14: newer upstream, or better."""

import json
import os
import stat

import pytest

import cases
import engine
import tree
from configs import config, data, file, files, passwd, storage, units
from datagrams import Datagrams
from engine import Case
from tree import Dir, File, Link

PRESETS = "etc/systemd/system-preset/20-ignition.preset"
WANTS = "/etc/systemd/system/multi-user.target.wants/a.service"
INSTALLED = {"/usr/lib/systemd/system/a.service": File(cases.SERVICE),
             WANTS: Link("/usr/lib/systemd/system/a.service")}


def presets(outcome: engine.Outcome) -> str | None:
    place = outcome.root / PRESETS
    return place.read_text() if place.exists() else None


def succeeded(outcome: engine.Outcome) -> engine.Outcome:
    assert outcome.verdict == 0, outcome.log
    assert "CRITICAL" not in outcome.log
    return outcome


# --- run it again

AGAIN = [
    pytest.param(case, id=f"{group}: {label}")
    for group in ("files", "directories", "links", "units", "passwd")
    for label, case in cases.GROUPS[group].items()
]


@pytest.mark.parametrize("case", AGAIN)
def test_second_run_changes_nothing(make_engine, case):
    """Upstream's engine fails, appends twice or piles up preset lines here."""
    runner = make_engine(case)
    if runner.run().verdict != 0:
        return
    before = runner.outcome.picture()
    done = runner.stage("files")
    assert done.returncode == 0, done.stdout
    assert not tree.difference(before, runner.outcome.picture())


def test_text_is_appended_once(make_engine):
    case = Case(files(file("/etc/issue", None, append=[{"source": data("one\n")}, {"source": data("two\n")}])),
                cases.POPULATED)
    runner = make_engine(case)
    succeeded(runner.run())
    runner.stage("files")
    runner.stage("files")
    assert (runner.outcome.root / "etc/issue").read_text() == "hello\none\ntwo\n"


def test_presets_are_sorted_and_written_once(make_engine):
    runner = make_engine(Case(units(
        {"name": "z.service", "enabled": True}, {"name": "a.timer", "enabled": True},
        {"name": "e@1.service", "enabled": True}, {"name": "e@0.service", "enabled": True})))
    succeeded(runner.run())
    want = "enable a.timer\nenable e@.service 1 0\nenable z.service\n"
    assert presets(runner.outcome) == want
    runner.stage("files")
    assert presets(runner.outcome) == want


def test_instances_need_no_systemd(provision):
    """2.14 fails when it cannot ask systemd for its version."""
    outcome = succeeded(provision(Case(units({"name": "e@1.service", "enabled": True}))))
    assert presets(outcome) == "enable e@.service 1\n"


# --- disabling

def test_disabled_with_nothing_to_disable(provision):
    assert presets(succeeded(provision(Case(units({"name": "a.service", "enabled": False}))))) is None


def test_disabled_unit_loses_its_links(provision):
    case = Case(units({"name": "b.service", "enabled": True}, {"name": "a.service", "enabled": False}),
                INSTALLED)
    outcome = succeeded(provision(case))
    assert presets(outcome) == "disable a.service\nenable b.service\n"
    assert not os.path.lexists(outcome.root / WANTS.lstrip("/"))


# --- accounts

def test_group_that_is_there_is_changed(provision):
    outcome = succeeded(provision(Case(passwd(groups=[{"name": "wheel", "gid": 4500}]))))
    assert "wheel:x:4500:app\n" in (outcome.root / "etc/group").read_text()


def test_keys_file_is_made_private(provision):
    keys = "/home/app/.ssh/authorized_keys.d/ignition"
    case = Case(passwd(users=[{"name": "app", "sshAuthorizedKeys": [cases.KEY]}]),
                {keys: File("old\n", 0o644, 4321, 4321), "/home/app/.ssh": Dir(0o755, 4321, 4321),
                 "/home/app/.ssh/authorized_keys.d": Dir(0o755, 4321, 4321)})
    place = succeeded(provision(case)).root / keys.lstrip("/")
    assert (place.read_text(), stat.S_IMODE(place.stat().st_mode)) == (cases.KEY + "\n", 0o600)


def test_owner_from_a_read_only_database(provision):
    """Users of an image may live below /usr/lib only."""
    case = Case(files(file("/srv/a", "x", user={"name": "svc"}, group={"name": "svcs"})),
                {"/usr/lib/passwd": File("svc:x:850:851:::/sbin/nologin\n"),
                 "/usr/lib/group": File("svcs:x:852:\n")})
    status = (succeeded(provision(case)).root / "srv/a").stat()
    assert (status.st_uid, status.st_gid) == (850, 852)


@pytest.mark.parametrize("value, name", [("true", "authorized_keys.d/ignition"), ("0", "authorized_keys")])
def test_where_keys_go(make_engine, value, name):
    runner = make_engine(Case(passwd(users=[{"name": "app", "sshAuthorizedKeys": [cases.KEY]}])))
    runner.world.environment["IGNITION_WRITE_AUTHORIZED_KEYS_FRAGMENT"] = value
    outcome = succeeded(runner.run())
    assert (outcome.root / "home/app/.ssh" / name).read_text() == cases.KEY + "\n"


# --- nodes

def test_set_id_bits_since_3_6(provision):
    wanted = storage("3.6.0", files=[file("/usr/bin/a", "", mode=0o4755, user={"id": 7})],
                     directories=[{"path": "/srv/d", "mode": 0o1777}])
    outcome = succeeded(provision(Case(wanted)))
    modes = [oct((outcome.root / name).stat().st_mode & 0o7777) for name in ("usr/bin/a", "srv/d")]
    assert modes == ["0o4755", "0o1777"]


# --- where configs come from

def write_fragments(runner: engine.Engine, directory: str, fragments: dict) -> None:
    place = runner.outcome.place / directory
    for name, content in fragments.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(engine.as_text(content))


def test_fragments_of_three_directories(make_engine):
    """A name in a directory of higher priority hides it in the lower ones; order is by name."""
    runner = make_engine(Case(config()))
    write_fragments(runner, "vendor/ignition", {
        "base.d/10-a": files(file("/etc/a", "vendor"), file("/etc/hidden", "vendor")),
        "base.d/20-b": files(file("/etc/b", "vendor"))})
    write_fragments(runner, "local", {"base.d/10-a": files(file("/etc/a", "local")),
                                      "base.d/30-c": files(file("/etc/b", "local"))})
    write_fragments(runner, "runtime", {"base.d/05-d": files(file("/etc/b", "runtime"),
                                                            file("/etc/d", "runtime"))})
    root = succeeded(runner.run()).root
    found = {name: (root / "etc" / name).read_text() for name in "abd"}
    assert found == {"a": "local", "b": "local", "d": "runtime"}
    assert not (root / "etc/hidden").exists()


def test_user_config_of_the_highest_directory(make_engine):
    runner = make_engine(Case(files(file("/etc/a", "platform")), user=files(file("/etc/a", "vendor"))))
    write_fragments(runner, "local", {"user.ign": files(file("/etc/a", "local"))})
    outcome = succeeded(runner.run())
    assert (outcome.root / "etc/a").read_text() == "local"
    assert outcome.state["fetchedConfigs"][-1]["source"] == "system"


def test_dangling_fragment_hides_what_is_lower_down(make_engine):
    """It has the name in the directory that comes first: an error, not the other file."""
    runner = make_engine(Case(b"{}"))
    write_fragments(runner, "vendor/ignition", {"base.d/10-a": files(file("/etc/a", "x"))})
    write_fragments(runner, "runtime", {"base.d/20-b": files(file("/etc/b", "x"))})
    (runner.outcome.place / "runtime/base.d/10-a").symlink_to("nothing")
    assert runner.run().verdict == 1
    assert "runtime/base.d/10-a" in runner.outcome.log


def test_dangling_fragment_is_no_silence(make_engine):
    """2.14 drops the whole base config without a word."""
    runner = make_engine(Case(config()))
    write_fragments(runner, "vendor/ignition", {"base.d/10-a": files(file("/etc/a", "x"))})
    (runner.outcome.place / "vendor/ignition/base.d/20-b").symlink_to("nothing")
    outcome = runner.run()
    if outcome.verdict == 0:
        assert (outcome.root / "etc/a").exists() and "20-b" in outcome.log
    else:
        assert "20-b" in outcome.log


# --- what is said

RECORD_FETCHED = "57124006b5c94805b77ce473e92a8aeb"
RECORD_KEYS = "225067b87bbd4a0cb6ab151f82fa364b"


def fields_of(datagram: bytes) -> dict:
    return dict(line.split("=", 1) for line in datagram.decode().splitlines() if "=" in line)


def test_journal_entries(make_engine):
    runner = make_engine(Case(config(
        ignition_config={"merge": [cases.child(config())]},
        passwd={"users": [{"name": "app", "sshAuthorizedKeys": [cases.KEY]}]})))
    with Datagrams(runner.outcome.place / "journal.sock") as journal:
        runner.world.mounts.append(
            f"mkdir -p /run/systemd/journal; ln -s '{journal.place}' /run/systemd/journal/socket")
        outcome = succeeded(runner.run())
    entries = [fields_of(datagram) for datagram in journal.received]
    assert all(entry["PRIORITY"] == "6" for entry in entries)
    fetched = [(entry["MESSAGE"], entry["IGNITION_CONFIG_TYPE"], entry["IGNITION_CONFIG_REFERENCED"])
               for entry in entries if entry["MESSAGE_ID"] == RECORD_FETCHED]
    assert ('fetched user config from "file"', "user", "false") in fetched
    assert any(kind == "user" and referenced == "true" for _, kind, referenced in fetched)
    (keys,) = [entry for entry in entries if entry["MESSAGE_ID"] == RECORD_KEYS]
    assert keys["IGNITION_USER_NAME"] == "app"
    assert keys["IGNITION_PATH"] == str(outcome.root / "home/app/.ssh/authorized_keys.d/ignition")


def test_log_lines(provision):
    """Labels and operations as upstream prints them; consoles and scripts look for these."""
    log = succeeded(provision(Case(files(file("/etc/a", "x"))))).log
    path = '/etc/a"'
    assert "INFO     : Stage: files\n" in log
    assert f"{path}\n" in log and "[started]  writing file" in log and "[finished] writing file" in log
    assert "INFO     : files: createFilesystemsFiles: createFiles: op(1): [started]  writing file" in log
    assert "INFO     : Ignition finished successfully\n" in log
    labels = {line[:11] for line in log.splitlines()}
    assert labels <= {"INFO     : ", "DEBUG    : ", "WARNING  : ", "NOTICE   : "}


def test_result_of_a_second_provisioning(make_engine):
    """The earlier report is kept inside the new one, unless the live system says otherwise."""
    runner = make_engine(Case(files(file("/etc/a", "x"))))
    first = succeeded(runner.run()).result
    assert list(first) == ["provisioningBootID", "provisioningDate", "userConfigProvided"]
    assert first["userConfigProvided"] is True
    place = runner.outcome.place
    text = (place / ("root" + engine.RESULT)).read_text()
    assert text == json.dumps(first, indent=2) + "\n"


def test_no_user_config_is_said_in_the_result(provision):
    assert succeeded(provision(Case(b""))).result["userConfigProvided"] is False


# --- what earlier stages and earlier operations leave

def test_directories_of_the_mount_stage_become_the_users(make_engine):
    """Recorded by a mount stage that made them before there was a user."""
    runner = make_engine(Case(passwd(users=[{"name": "core", "uid": 1500}]), {
        "/home/core": Dir(), "/home/core/data": Dir(), "/home/other": Dir()}))
    runner.stage("fetch-offline")
    place = runner.outcome.place / "state"
    state = json.loads(place.read_text())
    state["notatedDirectories"] = ["/home/core", "home/core/data", "/home/other"]
    place.write_text(json.dumps(state))
    done = runner.stage("files")
    assert done.returncode == 0, done.stdout
    owners = {}
    for name in ("core", "core/data", "other"):
        found = (runner.outcome.root / "home" / name).stat()
        owners[name] = (found.st_uid, stat.S_IMODE(found.st_mode))
    assert owners == {"core": (1500, 0o700), "core/data": (1500, 0o700), "other": (0, 0o755)}


def test_a_state_of_something_else_is_refused(make_engine):
    runner = make_engine(Case(files(file("/etc/a", "x"))))
    (runner.outcome.place / "state").write_text('{"notatedDirectories": {"a": 1}}')
    runner.stage("fetch-offline")
    done = runner.stage("files")
    assert done.returncode == 1
    assert "notatedDirectories is not a list of paths" in done.stdout
    assert not (runner.outcome.root / "etc/a").exists()


def test_units_in_a_directory_that_is_wiped_stay_on_every_run(make_engine):
    """The directory goes before the units are made, again and again."""
    unit = {"name": "a.service", "enabled": True, "contents": cases.SERVICE}
    runner = make_engine(Case(config(
        storage={"directories": [{"path": "/etc/systemd", "overwrite": True}]},
        systemd={"units": [unit]})))
    succeeded(runner.run())
    before = runner.outcome.picture()
    for _ in range(2):
        done = runner.stage("files")
        assert done.returncode == 0, done.stdout
        assert not tree.difference(before, runner.outcome.picture())


def test_fetching_needs_no_root(make_engine):
    """Nothing is mounted yet when the config is fetched."""
    runner = make_engine(Case(files(file("/etc/a", "x"))))
    kept = runner.outcome.place / "kept"
    runner.outcome.root.rename(kept)
    assert runner.stage("fetch-offline").returncode == 0
    assert runner.stage("files").returncode == 3
    kept.rename(runner.outcome.root)
    assert runner.stage("files").returncode == 0


def test_nothing_replaces_nothing(make_engine):
    """2.14 goes on with an empty machine."""
    runner = make_engine(Case(config(ignition_config={"replace": {"source": ""}})))
    assert runner.run().verdict == 1
    assert "ignition.config.replace has an empty source" in runner.outcome.log


def test_a_url_on_the_kernel_command_line_that_cannot_be_fetched(make_engine):
    """An error of the first provider that has something to say, and no word of its secrets."""
    runner = make_engine(Case(b"{}", cmdline="ignition.config.url=gopher://u:secret@h/x?t=secret"))
    assert runner.run().verdict == 1
    assert "gopher://h/x" in runner.outcome.log
    assert "secret" not in runner.outcome.log + runner.outcome.stderr
    assert "Sanitizer" not in runner.outcome.stderr


def test_an_empty_root_is_that_of_the_running_system(make_engine):
    """So are the stages before anything is mounted called by upstream's own tests."""
    runner = make_engine(Case(config()))
    runner.stage("fetch-offline")
    place = runner.outcome.place
    done = runner.world.run([runner.program, "-platform", "file", "-stage", "disks", "-root", "",
                             "-log-to-stdout", "-config-cache", place / "ignition.json",
                             "-state-file", place / "state"], cwd=place)
    assert done.returncode == 0, done.stdout
