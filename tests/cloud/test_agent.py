"""The peers' command lines: afterburn and coreos-metadata (spec providers 8)."""

import os

import pytest
from cloud import paths

ROOT = "/computeMetadata/v1/"
KEY = "ssh-rsa AAAAB3NzaC1yc2E= me"
ANSWERS = {ROOT + "instance/hostname": b"vm.example", ROOT + "instance/network-interfaces/0/ip": b"10.0.0.2",
           ROOT + "instance/attributes/ssh-keys": f"root:{KEY}\nalice:{KEY} alice's\n".encode()}
FILE = "AFTERBURN_GCP_HOSTNAME=vm.example\nAFTERBURN_GCP_IP_LOCAL_0=10.0.0.2\n"


@pytest.fixture
def agent(cloud, programs):
    """agent("afterburn", …) runs a drop-in on a machine of gcp; agent.machine is it."""
    machine = cloud(cmdline="quiet ignition.platform.id=gcp")
    machine.service = machine.serve(paths(ANSWERS))
    place = programs["bin"].parent / "libexec/slipway/drop-in"

    def run(name, *words):
        return machine.run([place / name, *words])

    run.machine = machine
    run.place = place
    return run


def test_links(agent, programs):
    for name in ("afterburn", "coreos-metadata"):
        assert (agent.place / name).resolve() == (programs["bin"] / "slipway-metadata").resolve()


@pytest.mark.parametrize("words", [
    ["multi", "--cmdline", "--attributes={}"],
    ["multi", "--provider", "gcp", "--attributes", "{}"],
    ["--cmdline", "--attributes={}"],
    ["-cmdline", "-attributes={}"],
    ["--provider=gce", "--attributes={}"],
])
@pytest.mark.parametrize("name", ["afterburn", "coreos-metadata"])
def test_attributes(agent, tmp_path, name, words):
    place = tmp_path / "run/metadata/x"
    ran = agent(name, *(word.format(place) for word in words))
    assert (ran.status, ran.err) == (0, "")
    assert place.read_text() == FILE + FILE.replace("AFTERBURN_GCP", "COREOS_GCE")


def test_nothing_to_do(agent):
    ran = agent("afterburn", "--cmdline")
    assert ran.status == 0 and "afterburn: nothing to do" in ran.err
    assert agent.machine.service.asked == []


@pytest.mark.parametrize("words, said", [
    (["--attributes=/x"], "give one of --provider and --cmdline"),
    (["--provider=gcp", "--cmdline", "--attributes=/x"], "give one of --provider and --cmdline"),
    (["--provider=moon", "--attributes=/x"], "moon is not a platform"),
    (["multi", "--cmdline", "--check-in"], "--check-in: not done by this version"),
    (["-cmdline", "-network-units=/x"], "--network-units=/x: not done by this version"),
    (["--cmdline", "word"], "unexpected 'word'"),
])
def test_wrong_usage(agent, words, said):
    ran = agent("afterburn", *words)
    assert ran.status == 2 and said in ran.err
    assert agent.machine.service.asked == []


def test_command_line_without_a_platform(cloud):
    ran = cloud(cmdline="quiet").metadata("--cmdline", "--attributes", "/x")
    assert ran.status == 1 and "the kernel command line names no platform" in ran.err


def test_platform_that_says_nothing(cloud):
    ran = cloud().metadata("--provider", "file")
    assert ran.status == 1 and "platform file says nothing about its machines" in ran.err


def test_no_hostname_changes_nothing(cloud, tmp_path):
    machine = cloud()
    machine.serve(paths({}))
    (tmp_path / "h").write_text("mine\n")
    ran = machine.metadata("--provider", "gcp", "--hostname", tmp_path / "h")
    assert ran.status == 0 and "the platform gives no host name" in ran.err
    assert (tmp_path / "h").read_text() == "mine\n"


@pytest.fixture
def user(cloud, tmp_path):
    """A machine on gcp whose /etc knows a user alice with a home of her own."""
    home = tmp_path / "home"
    etc = tmp_path / "etc"
    home.mkdir()
    etc.mkdir()
    os.chown(home, 4242, 4242)
    for place in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        place.chmod(0o755)
    (etc / "passwd").write_text(f"root:x:0:0::/root:/bin/sh\nalice:x:4242:4242::{home}:/bin/sh\n")
    (etc / "group").write_text("root:x:0:\nalice:x:4242:\n")
    machine = cloud(replace={"/etc/passwd": (etc / "passwd").read_text(), "/etc/group": (etc / "group").read_text()})
    machine.home = home
    return machine


def test_keys_of_a_user(user):
    user.serve(paths(ANSWERS))
    ran = user.metadata("--provider", "gcp", "--ssh-keys", "alice")
    assert ran.status == 0, ran.err
    place = user.home / ".ssh/authorized_keys.d/afterburn"
    assert place.read_text() == f"{KEY} alice's\n"
    for path, mode in ((place, 0o600), (place.parent, 0o700), (place.parent.parent, 0o700)):
        info = path.stat()
        assert (info.st_uid, info.st_gid, info.st_mode & 0o777) == (4242, 4242, mode)


def test_keys_go_when_the_platform_has_none(user):
    place = user.home / ".ssh/authorized_keys.d/afterburn"
    place.parent.mkdir(parents=True)
    place.write_text("old\n")
    for path in (place, place.parent, place.parent.parent):
        os.chown(path, 4242, 4242)
    user.serve(paths({}))
    assert user.metadata("--provider", "gcp", "--ssh-keys", "alice").status == 0
    assert not place.exists()


def test_keys_follow_no_link_of_the_user(user, tmp_path):
    (tmp_path / "root").mkdir(mode=0o700)
    os.symlink(tmp_path / "root", user.home / ".ssh")
    user.serve(paths(ANSWERS))
    ran = user.metadata("--provider", "gcp", "--ssh-keys", "alice")
    assert ran.status == 1 and "SSH keys of user alice" in ran.err
    assert list((tmp_path / "root").iterdir()) == []


def test_keys_of_nobody(user):
    user.serve(paths(ANSWERS))
    ran = user.metadata("--provider", "gcp", "--ssh-keys", "bob")
    assert ran.status == 1 and "there is no user bob" in ran.err
