"""SELinux labels: the same call of setfiles as Debian's engine, for the same paths (spec 6.15)."""

import os

import pytest

import cases
import engine
import machine
from configs import config, data, file
from engine import Case
from tree import Dir, File

LABEL = b"system_u:object_r:etc_t:s0"
POLICY = {"/etc/selinux/config": File("SELINUX=enforcing\nSELINUXTYPE=targeted\n")}
CONFIG = config(
    passwd={"groups": [{"name": "ops"}],
            "users": [{"name": "kim", "sshAuthorizedKeys": [cases.KEY]},
                      {"name": "homeless", "noCreateHome": True}]},
    storage={
        "directories": [{"path": "/srv"}],
        "files": [file("/opt/new/deep/a", "a"), file("/opt/new/deep/b", "b"), file("/opt/plain", "p"),
                  file("/etc/issue", None, append=[{"source": data("more\n")}])],
        "links": [{"path": "/opt/link", "target": "plain"}],
    },
    systemd={"units": [
        {"name": "a.service", "enabled": True, "contents": cases.SERVICE,
         "dropins": [{"name": "x.conf", "contents": "[Service]\n"}]},
        {"name": "b.service", "mask": True},
    ]},
)
ROOT = {**POLICY, "/etc/systemd/system": Dir(), "/etc/systemd/system-preset": Dir()}


class Labeller:
    """A setfiles that keeps what it is told; ours to be run again finds labels where it has been."""

    def __init__(self, runner: engine.Engine, status: int = 0):
        self.runner = runner
        self.root = runner.outcome.root
        self.record = runner.outcome.place / "record"
        script = (f"{{ echo \"$*\"; tr '\\0' '\\n'; echo .; }} >>{self.record}\n"
                  f"echo 'no such policy' >&2; exit {status}\n")
        runner.world.path_first.insert(0, machine.stub(runner.outcome.place / "labels", "setfiles", script))

    def calls(self) -> list[tuple[str, set[str]]]:
        text = self.record.read_text() if self.record.exists() else ""
        blocks = text.replace(str(self.root), "").split("\n.\n")[:-1]
        return [(block.split("\n")[0], set(block.split("\n")[1:])) for block in blocks]

    def label(self, *without: str) -> None:
        for directory, names, names_of_files in os.walk(self.root):
            for name in names + names_of_files:
                os.setxattr(os.path.join(directory, name), "security.selinux", LABEL,
                            follow_symlinks=False)
        for path in without:
            os.removexattr(str(self.root) + path, "security.selinux")


@pytest.fixture
def labeller(make_engine):
    def make(which=engine.OURS, status=0, root=None, what=CONFIG):
        return Labeller(make_engine(Case(what, ROOT if root is None else root), which), status)

    return make


def test_same_call_as_debians(labeller):
    told = {}
    for which in (engine.OURS, engine.THEIRS):
        one = labeller(which)
        # Only ours can tell: what the image brought has its label.
        one.label()
        outcome = one.runner.run()
        assert outcome.verdict == 0, outcome.log
        (told[which],) = one.calls()
    ours, theirs = told[engine.OURS], told[engine.THEIRS]
    assert ours[0] == theirs[0]
    assert "-vF0 -r" in ours[0] and "/etc/selinux/targeted/contexts/files/file_contexts -f -" in ours[0]
    covered = {path for path in theirs[1] if any((path + "/").startswith(top + "/") for top in ours[1])}
    # The preset file stands for its directory, which the image brought.
    assert theirs[1] - covered <= {"/etc/systemd/system-preset"}
    assert ours[1] - theirs[1] <= {"/etc/systemd/system-preset/20-ignition.preset", "/etc/issue"}


def test_what_has_labels_is_not_labelled_again(labeller):
    one = labeller()
    assert one.runner.run().verdict == 0
    one.label()
    assert one.runner.stage("files").returncode == 0
    assert len(one.calls()) == 2, "the result file is written anew by each run of the stage"
    assert one.calls()[1][1] == {"/etc/.ignition-result.json"}


def test_killed_before_it_labelled(labeller):
    one = labeller(status=1)
    assert one.runner.run().verdict == 1
    assert "failed to handle relabeling" in one.runner.outcome.log
    assert "no such policy" in one.runner.outcome.log
    one.record.unlink()
    one.label("/opt/new", "/home/kim", "/etc/shadow")
    one.runner.stage("files")
    ((_, paths),) = one.calls()
    assert {"/opt/new", "/home/kim", "/etc/shadow"} <= paths


@pytest.mark.parametrize("root, code, calls", [
    ({}, 0, 0),
    ({"/etc/selinux/config": File("SELINUX=permissive\n")}, 1, 0),
    ({"/etc/selinux/config": File("SELINUXTYPE=../x\n")}, 1, 0),
    (POLICY, 0, 1),
], ids=["no policy", "none is named", "a path", "one is named"])
def test_targets(labeller, root, code, calls):
    one = labeller(root=root)
    assert one.runner.run().verdict == code
    assert len(one.calls()) == calls
    assert ("invalid SELINUXTYPE value in /etc/selinux/config" in one.runner.outcome.log) == (code == 1)


def test_profile_that_labels_nothing(labeller, tmp_path):
    one = labeller()
    profile = tmp_path / "profile"
    profile.mkdir()
    (profile / "profile").write_text("flatcar\n")
    one.runner.world.mounts.append(f"mkdir -p /run/p/u /run/p/w /run/p/l/slipway; cp {profile}/profile "
                                   "/run/p/l/slipway; mount -t overlay -o lowerdir=/run/p/l:/usr/lib "
                                   "overlay /usr/lib")
    assert one.runner.run().verdict == 0
    assert one.calls() == []
