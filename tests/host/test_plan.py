"""What plan lists, rehearse does and journals, one to one; a machine that is as asked gets none."""

import json
from pathlib import Path

import pytest

import cases
import engine
import machine
import tree
from configs import child, config, data, file, files


def stem(place) -> str:
    return getattr(place, "stem", "none")


EXAMPLES = sorted((Path(__file__).parents[2] / "configs/examples").glob("*.ign"))

# Every kind of operation in one config; its target is the root of machine.SKELETON.
EVERYTHING = config(
    "3.4.0",
    ignition_config={"merge": [child(config(storage={"files": [file("/etc/child", "child")]}))]},
    passwd={
        "groups": [{"name": "ops", "gid": 2500}, {"name": "wheel", "shouldExist": False}],
        "users": [
            {"name": "core", "uid": 1500, "groups": ["ops"], "sshAuthorizedKeys": [cases.KEY],
             "passwordHash": cases.HASH},
            {"name": "app", "gecos": "New", "shell": "/bin/bash"},
            {"name": "daemon", "shouldExist": False},
        ],
    },
    storage={
        "directories": [{"path": "/srv/d", "mode": 0o750, "user": {"name": "core"}}],
        "files": [
            file("/srv/d/f", "x", mode=0o600, group={"name": "ops"}),
            file("/etc/login.defs", "# new\n", overwrite=True),
            file("/etc/hosts", None, append=[{"source": data("192.0.2.1 a\n")},
                                             {"source": data("192.0.2.2 b\n")}]),
            file("/etc/issue", None, append=[{"source": data("# more\n")}]),
        ],
        "links": [{"path": "/etc/l", "target": "hosts"},
                  {"path": "/etc/h", "target": "/srv/d/f", "hard": True}],
    },
    systemd={"units": [
        {"name": "a.service", "enabled": True, "contents": cases.SERVICE,
         "dropins": [{"name": "10-a.conf", "contents": "[Service]\n"}]},
        {"name": "b.service", "mask": True},
        {"name": "e@1.service", "enabled": True},
    ]},
)


@pytest.fixture
def rehearsal(slipway, tmp_path):
    """rehearsal(config) has a root and runs plan and rehearse on it."""
    return lambda what, skeleton=True: Rehearsal(slipway, tmp_path, what, skeleton)


class Rehearsal:
    def __init__(self, slipway, place: Path, what, skeleton: bool):
        self.slipway, self.root, self.journal = slipway, place / "root", place / "journal"
        self.config = place / "config.ign"
        self.config.write_bytes(engine.as_text(what))
        if skeleton:
            machine.make_root(self.root)
        else:
            self.root.mkdir()

    def plan(self) -> list[dict]:
        done = self.slipway("plan", self.config, "--root", self.root, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["operations"]

    def plan_lines(self) -> list[str]:
        done = self.slipway("plan", self.config, "--root", self.root)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def rehearse(self):
        done = self.slipway("rehearse", self.config, "--root", self.root, "--journal", self.journal)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def journalled(self, member: str) -> list:
        records = [json.loads(line) for line in self.journal.read_text().splitlines()]
        return [record[member] for record in records if member in record]


def test_plan_equals_journal_one_to_one(rehearsal):
    machine_ = rehearsal(EVERYTHING)
    planned = machine_.plan()
    machine_.rehearse()
    assert planned
    assert machine_.journalled("operation") == planned
    indices = list(range(len(planned)))
    assert machine_.journalled("begin") == machine_.journalled("done") == indices
    assert [operation["index"] for operation in planned] == indices


def test_plan_names_where_each_operation_was_asked_for(rehearsal):
    machine_ = rehearsal(json.dumps(EVERYTHING, indent=1))
    text = machine_.config.read_text().splitlines()
    for operation in machine_.plan():
        if operation["origin"] and operation["origin"]["file"] == str(machine_.config):
            assert 1 <= operation["origin"]["line"] <= len(text)
    asked = [op["origin"] for op in machine_.plan() if op["object"] == "/srv/d/f"]
    assert any('"/srv/d/f"' in "".join(text[at["line"] - 1:at["line"] + 3]) for at in asked if at)


def test_plan_changes_nothing(rehearsal):
    machine_ = rehearsal(EVERYTHING)
    before = tree.picture(machine_.root)
    machine_.plan()
    machine_.plan_lines()
    assert not tree.difference(before, tree.picture(machine_.root))


def test_plan_of_a_directory_that_is_not_there(rehearsal):
    machine_ = rehearsal(EVERYTHING)
    done = machine_.slipway("plan", machine_.config, "--root", machine_.root / "nothing")
    assert done.returncode == 1
    assert "nothing" in done.stderr


def test_as_text_there_is_one_line_for_each(rehearsal):
    machine_ = rehearsal(EVERYTHING)
    operations, lines = machine_.plan(), machine_.plan_lines()
    assert len(lines) == len(operations) + 1
    for operation, line in zip(operations, lines):
        assert f"{operation['object']}: {operation['summary']}" in line
    assert lines[-1] == f"{len(operations)} operations."


def test_progress_names_every_operation(rehearsal):
    machine_ = rehearsal(EVERYTHING)
    count = len(machine_.plan())
    shown = machine_.rehearse().stdout
    for number in range(1, count + 1):
        assert f"[{number}/{count}]" in shown


def check_settles(machine_: Rehearsal) -> None:
    machine_.rehearse()
    assert machine_.plan() == []
    before = tree.picture(machine_.root, without=(engine.RESULT,))
    machine_.journal.unlink()
    machine_.rehearse()
    assert machine_.journalled("operation") == []
    assert not tree.difference(before, tree.picture(machine_.root, without=(engine.RESULT,)))


def test_second_plan_is_empty(rehearsal):
    check_settles(rehearsal(EVERYTHING))


@pytest.mark.parametrize("skeleton", [True, False], ids=["a machine", "an empty directory"])
@pytest.mark.parametrize("place", EXAMPLES, ids=stem)
def test_examples_provision_and_settle(rehearsal, place, skeleton):
    check_settles(rehearsal(place.read_bytes(), skeleton))


SETTLING = [
    pytest.param(case, id=f"{group}: {label}")
    for group in ("files", "directories", "links", "units", "passwd")
    for label, case in cases.GROUPS[group].items()
]


@pytest.mark.parametrize("case", SETTLING)
def test_every_case_settles(slipway, tmp_path, case):
    """Whatever can be provisioned is as asked afterwards; what cannot is refused both times."""
    root = machine.make_root(tmp_path / "root", case.root)
    place = tmp_path / "config.ign"
    place.write_bytes(engine.as_text(case.config))
    done = slipway("rehearse", place, "--root", root)
    if done.returncode != 0:
        assert done.returncode == 1
        assert done.stderr.startswith(("slipway rehearse: ", str(place))), done.stderr
        return
    again = slipway("plan", place, "--root", root, "--json")
    assert json.loads(again.stdout)["operations"] == []


def test_plan_needs_no_root_directory_entry_of_users(rehearsal):
    """An empty directory can be planned for, too; rehearse lays the skeleton down first."""
    machine_ = rehearsal(config(storage={"files": [file("/etc/a", "x")]}), skeleton=False)
    operations = machine_.plan()
    assert [operation["object"] for operation in operations if operation["phase"] != "skeleton"] == ["/etc/a"]
    assert {"/etc/passwd", "/etc/group", "/home"} <= {
        operation["object"] for operation in operations if operation["phase"] == "skeleton"}


def test_relative_root(slipway, tmp_path):
    """useradd and its kin take absolute roots only; people write relative ones."""
    (tmp_path / "c.ign").write_bytes(engine.as_text(EVERYTHING))
    machine.make_root(tmp_path / "some/root")
    done = slipway("rehearse", "c.ign", "--root", "some/root", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "some/root/home/core").is_dir()


KARGS = config(kernelArguments={"shouldExist": ["slipway.test", "ro"], "shouldNotExist": ["slipway.gone"]})


def kargs_of(slipway, path, *words):
    """What plan says of kernel arguments."""
    done = slipway("plan", path, *words)
    assert done.returncode == 0, done.stderr
    return [line.split("  (")[0] for line in done.stdout.splitlines() if line.startswith("kernel ")]


@pytest.mark.parametrize("record, want", [
    (None, ['kernel arguments: add "slipway.test", add "ro", remove "slipway.gone"']),
    ("ro slipway.gone", ['kernel arguments: add "slipway.test", remove "slipway.gone"']),
    ("ro slipway.test\n", []),
], ids=["none", "another", "as asked"])
def test_kernel_arguments_of_a_root(slipway, tmp_path, record, want):
    root = tmp_path / "root"
    (root / "etc/kernel").mkdir(parents=True)
    if record is not None:
        (root / "etc/kernel/cmdline").write_text(record)
    path = tmp_path / "config.ign"
    path.write_text(json.dumps(KARGS))
    assert kargs_of(slipway, path, "--root", root) == want


def test_kernel_arguments_of_this_machine(slipway, tmp_path):
    first = Path("/proc/cmdline").read_text().split()[0]
    path = tmp_path / "config.ign"
    path.write_text(json.dumps(config(kernelArguments={"shouldNotExist": [first, "slipway.gone"]})))
    assert kargs_of(slipway, path) == [f'kernel arguments: remove "{first}"']
    path.write_text(json.dumps(KARGS))
    assert any('add "slipway.test"' in line for line in kargs_of(slipway, path))


def test_config_from_standard_input(slipway, tmp_path):
    root = machine.make_root(tmp_path / "root")
    text = json.dumps(config(storage={"files": [file("/etc/a", "x")]}))
    done = slipway("plan", "-", "--root", root, "--json", input=text)
    (operation,) = json.loads(done.stdout)["operations"]
    assert operation["object"] == "/etc/a"
    assert operation["origin"]["file"] == "<stdin>"


@pytest.mark.parametrize("verb", ["plan", "validate"])
def test_output_that_cannot_be_written_is_a_failure(programs, world, tmp_path, verb):
    place = tmp_path / "c.ign"
    place.write_bytes(engine.as_text(files(file("/etc/a", "x"))))
    done = world.run(["sh", "-c", 'exec "$@" >/dev/full', "sh", programs.slipway, verb, place])
    assert done.returncode == 1
    assert f"slipway {verb}: write to standard output: No space left on device" in done.stderr


def test_a_plan_that_may_not_look_says_who_may(programs, world, tmp_path):
    place = tmp_path / "c.ign"
    place.write_bytes(engine.as_text(files(file("/etc/a", "x"))))
    with place.open("rb") as text:
        done = world.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                          programs.slipway, "plan", "-", "--root", "/"], stdin=text)
    assert done.returncode == 1
    assert done.stderr == ("slipway plan: accounts of the target: open /etc/shadow: Permission denied; "
                           "run it as root, who may read all of the machine\n")


def test_an_empty_config_is_named(slipway, tmp_path):
    place = tmp_path / "c.ign"
    place.touch()
    done = slipway("plan", place, "--root", tmp_path)
    assert (done.returncode, done.stderr) == (1, f"slipway plan: {place}: not a config (empty)\n")


OVERWRITTEN = config(
    storage={"directories": [{"path": "/etc/systemd/system", "overwrite": True}]},
    systemd={"units": [{"name": "a.service", "contents": cases.SERVICE,
                        "dropins": [{"name": "x.conf", "contents": "[Service]\n"}]},
                       {"name": "b.service", "mask": True}]},
)


def test_directory_with_overwrite_keeps_the_units_of_the_config(rehearsal):
    check_settles(rehearsal(OVERWRITTEN))
