"""ct: its command line, and that Debian's ignition-validate takes whatever it writes."""

import json
import subprocess

import pytest

import engine

ETCD = "etcd: {name: '{HOSTNAME}', version: 3.2.1}\n"
FILES = "storage: {files: [{path: /a, mode: 0644, contents: {local: f}}]}\n"
WHOLE = ETCD + """\
flannel: {network_config: '{"Network": "10.0.0.0/16"}'}
docker: {flags: [--a]}
update: {group: stable}
locksmith: {reboot_strategy: reboot, window_start: "Mon 4:00", window_length: 1h}
storage:
  disks:
  - {device: /dev/a, wipe_table: true, partitions: [{label: p, number: 1, size: 1GiB, start: 0}]}
  raid: [{name: r, level: raid1, devices: [/dev/a, /dev/b]}]
  filesystems: [{name: d, path: /d, mount: {device: /dev/a1, format: ext4, wipe_filesystem: true}}]
  files:
  - {filesystem: d, path: /x, mode: 0600, user: {id: 5}, group: {name: g}, contents: {inline: x}}
  - {path: /y, append: true, contents: {remote: {url: "http://h/y"}}}
  directories: [{path: /z, mode: 0755}]
  links: [{path: /l, target: /z, hard: false}]
systemd: {units: [{name: etcd-member.service, dropins: [{name: a.conf, contents: "[Unit]\\n"}]}]}
networkd: {units: [{name: a.network, contents: "[Match]\\n"}]}
passwd:
  users: [{name: core, ssh_authorized_keys: [k], uid: 7}]
  groups: [{name: g, gid: 8}]
"""


@pytest.fixture
def ct(programs, tmp_path):
    """ct(text, "-strict", …) translates a text."""

    def run(text, *words) -> subprocess.CompletedProcess:
        return subprocess.run([programs.ours_named("ct"), *words], input=text, text=True,
                              capture_output=True, cwd=tmp_path, timeout=30, check=False)

    return run


def test_debian_takes_it(ct, programs, tmp_path):
    done = ct(WHOLE, "-platform", "ec2", "-pretty")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("}\n")
    place = tmp_path / "c.ign"
    place.write_text(done.stdout)
    checked = subprocess.run([programs.validate(engine.THEIRS), place], capture_output=True, text=True,
                             check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    units = [unit["name"] for unit in json.loads(done.stdout)["systemd"]["units"]]
    assert units == ["docker.service", "etcd-member.service", "flanneld.service"]


def test_nothing(ct):
    done = ct("")
    assert (done.returncode, done.stdout) == (0, '{"ignition":{"version":"3.0.0"}}')
    assert done.stderr == "warning: Configuration is empty\n"
    assert ct("", "--strict").returncode == 1


def test_report(ct):
    done = ct("Etcd: {}\netcd: {ca_file: a}\n")
    assert done.returncode == 0
    assert done.stderr.splitlines()[:6] == [
        "warning at line 1, column 1", "Config has unrecognized key: Etcd",
        "info at line 1, column 1", "Did you mean etcd instead of Etcd",
        "deprecated at line 2, column 8",
        "ca_file obsoleted by trusted_ca_file and client_cert_auth"]


@pytest.mark.parametrize("text, words, status, says", [
    (ETCD, (), 1, "platform must be specified to use templating"),
    (ETCD, ("-platform", "moon"), 1, "error: unsupported platform"),
    ("storage: {files: {}}", (), 1, "Failed to parse config"),
    (FILES, (), 1, "local files require setting the --files-dir flag to the directory that contains "
                   "the file"),
    ("", ("-in-file", "nowhere"), 1, "nowhere"),
    ("", ("-colour",), 2, "flag provided but not defined: -colour"),
])
def test_refused(ct, text, words, status, says):
    done = ct(text, *words)
    assert (done.returncode, done.stdout) == (status, "")
    assert says in done.stderr


def test_local_files(ct, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files/f").write_text("hi")
    (tmp_path / "out").write_text("secret")
    done = ct(FILES, "-files-dir", "files", "-out-file", "o")
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((tmp_path / "o").read_text())["storage"]["files"][0]["contents"] == {
        "source": "data:,hi"}
    done = ct(FILES.replace("local: f", "local: ../out"), "-files-dir", "files")
    assert done.returncode == 1
