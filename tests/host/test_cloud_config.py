"""CoreOS user data: the validator, what slipway makes of it, and who takes it at boot."""

import gzip
import subprocess

import pytest

import tree
from engine import Case


CONFIG = """\
#cloud-config
hostname: core1
write_files: [{path: /etc/a, permissions: 0600, content: x}]
coreos:
  units: [{name: a.service, enable: true, content: "[Install]\\nWantedBy=multi-user.target\\n"}]
"""
SCRIPT = "#!/bin/sh\necho hello\n"
CLC = "storage: {files: [{path: /etc/a, mode: 0600, contents: {inline: x}}]}\n"


@pytest.fixture
def call(programs, tmp_path):
    """call("slipway", "validate", text=…) gives the program the text in a file."""

    def run(name, *words, text) -> subprocess.CompletedProcess:
        place = tmp_path / "user_data"
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return subprocess.run([programs.ours_named(name), *words, place], capture_output=True,
                              text=True, timeout=30, check=False)

    return run


@pytest.mark.parametrize("text, status, says", [
    (CONFIG, 0, ""),
    (SCRIPT, 0, ""),
    (gzip.compress(CONFIG.encode()), 0, ""),
    ('{"ignition": {"version": "3.0.0"}}', 0, ""),
    ("hello", 1, 'line 1: error: must be "#cloud-config" or begin with "#!"\n'),
    ("#cloud-config\nfoo: 1\n", 1, 'line 2: warning: unrecognized key "foo"\n'),
    ("#cloud-config\n\ncoreos: {units: [{name: a.service, command: go}]}\n", 1,
     "line 3: error: invalid value go\n"),
])
def test_validator(call, text, status, says):
    done = call("coreos-cloudinit", "-validate", "-from-file", text=text)
    assert (done.returncode, done.stdout) == (status, says)


def test_ignition_is_left_alone(call):
    done = call("coreos-cloudinit", "-from-file", text='{"ignition": {"version": "3.0.0"}}')
    assert (done.returncode, done.stdout) == (0, "Detected an Ignition config. Exiting...")


@pytest.mark.parametrize("text, dialect", [
    (CONFIG, "CoreOS cloud-config"), (SCRIPT, "script"), (CLC, "Container Linux Config"),
    ("variant: fcos\nversion: 1.4.0\n", "Butane config"),
    (gzip.compress(CONFIG.encode()), "CoreOS cloud-config"),
])
def test_slipway_validate(call, text, dialect):
    done = call("slipway", "validate", text=text)
    assert done.returncode == 0, done.stdout
    assert f"valid {dialect} for Ignition 3." in done.stdout


def test_slipway_validate_forced(call):
    done = call("slipway", "validate", "--dialect=cloud-config", text="#cloud-config\nruncmd: [a]\n")
    assert done.returncode == 0
    assert 'unrecognized key "runcmd"' in done.stdout
    assert call("slipway", "validate", text="#cloud-config\nruncmd: [a]\n").returncode == 1


def test_plan_names_the_missing_address(call, tmp_path):
    (tmp_path / "root").mkdir()
    done = call("slipway", "plan", f"--root={tmp_path / 'root'}",
                text="#cloud-config\nhostname: $private_ipv4\n")
    assert done.returncode == 1
    assert "$private_ipv4 is not known: no provider tells the attribute private_ipv4" in done.stderr


@pytest.mark.parametrize("text", [CONFIG, SCRIPT, "#container-linux-config\n" + CLC],
                         ids=["cloud-config", "script", "announced"])
def test_a_boot_takes_it(make_engine, text):
    outcome = make_engine(Case(text.encode())).run()
    assert outcome.verdict == 0, outcome.log
    assert (outcome.root / "etc/systemd/system").exists() or (outcome.root / "etc/a").exists()


def test_a_boot_takes_no_guess(make_engine):
    runner = make_engine(Case(CLC.encode()))
    before = tree.picture(runner.outcome.root)
    assert runner.stage("fetch-offline").returncode == 1
    assert not tree.difference(before, tree.picture(runner.outcome.root))
