"""butane: its command line, and that Debian's ignition-validate takes whatever it writes."""

import base64
import gzip
import json
import os
import re
import stat
import subprocess
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

import engine

FCOS = "variant: fcos\nversion: 1.4.0\n"
MODE = FCOS + "storage:\n files:\n  - path: /a\n    mode: 644\n"
NO_DIRECTORY = ("local file paths are relative to a files directory that must be specified with "
                "-d/--files-dir")


@pytest.fixture
def butane(programs, tmp_path):
    """butane(text, "--check", …) translates a text."""

    def run(text, *words, **options) -> subprocess.CompletedProcess:
        if isinstance(text, str):
            text = text.encode()
        done = subprocess.run([programs.ours_named("butane"), *words], input=text, capture_output=True,
                              cwd=tmp_path, timeout=30, check=False, **options)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        return done

    return run


@pytest.fixture
def files_dir(tmp_path):
    """A directory of local files."""
    place = tmp_path / "files"
    (place / "tree/etc/deep").mkdir(parents=True)
    (place / "tree/empty").mkdir()
    (place / "tree/etc/deep/file").write_text("deep\n")
    (place / "tree/run").write_bytes(bytes(range(256)))
    (place / "tree/run").chmod(0o700)
    (place / "tree/link").symlink_to("etc/deep")
    (place / "big").write_bytes(b"many words " * 5000)
    (place / "keys").write_text("ssh-ed25519 A a\r\n\n# note\nssh-rsa B\n")
    (place / "unit").write_text("[Service]\nExecStart=/bin/true\n")
    (tmp_path / "outside").write_text("secret")
    (place / "out").symlink_to("../outside")
    return place


def contents(resource: dict) -> bytes:
    """What a resource with a data URL delivers."""
    head, payload = resource["source"].removeprefix("data:").split(",", 1)
    data = base64.b64decode(payload) if head else unquote_to_bytes(payload)
    return gzip.decompress(data) if resource.get("compression") == "gzip" else data


# --- command line (spec configs 4.3)

def test_output_ends_with_a_newline(butane):
    done = butane(FCOS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == '{"ignition":{"version":"3.3.0"}}\n'


def test_pretty(butane):
    assert butane(FCOS, "-p").stdout == '{\n  "ignition": {\n    "version": "3.3.0"\n  }\n}\n'


def test_check_prints_nothing(butane):
    for word in ("-c", "--check"):
        done = butane(FCOS, word)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_report_form(butane):
    done = butane(MODE)
    assert done.returncode == 0 and json.loads(done.stdout)
    assert done.stderr.startswith("""\
warning[$.storage.files.0.mode]:
  --> <stdin>:6:11
   |
 4 |  files:
 5 |   - path: /a
 6 |     mode: 644
   |           ^^^ unreasonable mode would be reasonable if specified in octal; remember to add a leading zero
 7 | 
   |
""")


def test_raw_errors(butane):
    assert butane(MODE, "--raw-errors").stderr.splitlines()[0] == (
        "warning at $.storage.files.0.mode, line 6 col 11: unreasonable mode would be reasonable "
        "if specified in octal; remember to add a leading zero")


def test_strict(butane):
    done = butane(MODE, "--strict")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "Config produced warnings and --strict was specified"
    assert butane(FCOS, "-s").returncode == 0


@pytest.mark.parametrize("words, environment, coloured", [
    ((), {}, False), (("--color",), {}, True), (("--color=always",), {"NO_COLOR": "1"}, True),
    (("--color=never",), {}, False), (("--color=bogus",), {}, False),
])
def test_colour(butane, words, environment, coloured):
    done = butane(MODE, *words, env={**os.environ, **environment})
    assert done.returncode == 0
    assert ("\033[" in done.stderr) == coloured


def test_version_and_help(butane):
    for word in ("-V", "--version"):
        assert re.fullmatch(r"Butane \S+\n", butane("", word).stdout)
    for word in ("-h", "--help"):
        done = butane("", word)
        assert done.returncode == 0 and "--files-dir" in done.stdout and "--debug" not in done.stdout


@pytest.mark.parametrize("words", [("--nonsense",), ("a", "b"), ("--input", "a", "b"), ("-o",)])
def test_wrong_usage(butane, words):
    done = butane(FCOS, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_input_file(butane, tmp_path):
    (tmp_path / "c.bu").write_text(MODE)
    for words in (("c.bu",), ("--input", "c.bu"), ("-D", "c.bu")):
        done = butane("", *words)
        assert done.returncode == 0 and "--> c.bu:6:11" in done.stderr
    done = butane("", "missing.bu")
    assert done.returncode == 1 and "missing.bu" in done.stderr and done.stdout == ""


def test_output_file(butane, tmp_path):
    old = os.umask(0o027)
    try:
        done = butane(FCOS, "-o", "out.ign")
    finally:
        os.umask(old)
    out = tmp_path / "out.ign"
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(out.read_text())["ignition"]["version"] == "3.3.0"
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert butane("nonsense", "-o", "bad.ign").returncode == 1
    assert not (tmp_path / "bad.ign").exists()
    assert butane(FCOS, "-o", "no/such/place").returncode == 1


def test_verdicts(butane):
    done = butane(FCOS + "storage: 3\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "Error translating config: source config is invalid"
    done = butane(FCOS + "storage: {files: [{path: a}]}\n")
    assert done.stderr.splitlines()[-1] == "Error translating config: config generated was invalid"
    assert butane("").stderr == "Error translating config: error parsing variant; must be specified\n"
    done = butane(FCOS + "a: [\n")
    assert done.stderr.splitlines()[-1].startswith("Error translating config: Error unmarshaling yaml: ")


def test_a_tab_gets_a_hint(butane):
    assert "= hint: replace the tab by blanks" in butane(FCOS + "storage:\n\tfiles: []\n").stderr


def test_passwords_are_masked(butane):
    done = butane(FCOS + "passwd:\n  users:\n    - name: a\n      password_hash: $y$secret\n      nmae: b\n")
    assert "unused key nmae" in done.stderr and "$y$secret" not in done.stderr


# --- local files

LOCAL = """
passwd:
  users:
    - name: core
      ssh_authorized_keys: [first]
      ssh_authorized_keys_local: [keys]
storage:
  files:
    - path: /big
      contents: {local: big}
    - path: /keys
      append: [{local: /keys}, {local: tree/../keys}]
  trees:
    - local: tree
      path: /opt
systemd:
  units:
    - name: a.service
      contents_local: unit
"""


def test_local_files(butane, files_dir):
    done = butane("variant: fcos\nversion: 1.5.0\n" + LOCAL, "-d", files_dir)
    assert (done.returncode, done.stderr) == (0, "")
    config = json.loads(done.stdout)
    nodes = {node["path"]: node for node in config["storage"]["files"]}
    assert nodes["/big"]["contents"]["compression"] == "gzip"
    assert contents(nodes["/big"]["contents"]) == (files_dir / "big").read_bytes()
    assert [contents(one) for one in nodes["/keys"]["append"]] == [(files_dir / "keys").read_bytes()] * 2
    assert contents(nodes["/opt/run"]["contents"]) == bytes(range(256))
    assert (nodes["/opt/run"]["mode"], nodes["/opt/etc/deep/file"]["mode"]) == (0o755, 0o644)
    assert config["storage"]["links"] == [{"path": "/opt/link", "target": "etc/deep"}]
    assert "directories" not in config["storage"]
    assert config["systemd"]["units"][0]["contents"] == (files_dir / "unit").read_text()
    assert config["passwd"]["users"][0]["sshAuthorizedKeys"] == [
        "first", "ssh-ed25519 A a", "# note", "ssh-rsa B"]


@pytest.mark.parametrize("name, text", [
    ("../outside", "local file path traverses outside the files directory"),
    ("out", "No such file or directory"), ("nothing", "No such file or directory"),
    ("tree", "not a regular file"),
])
def test_local_files_that_are_refused(butane, files_dir, name, text):
    done = butane(FCOS + f"storage: {{files: [{{path: /a, contents: {{local: {name}}}}}]}}", "-d", files_dir)
    assert done.returncode == 1 and text in done.stderr and "secret" not in done.stderr
    assert "error[$.storage.files.0.contents.local]:" in done.stderr


def test_no_files_directory(butane):
    text = FCOS + "storage: {files: [{path: /a, contents: {local: a}}], trees: [{local: b}, {local: c}]}"
    done = butane(text, "--raw-errors")
    assert done.stderr.count(NO_DIRECTORY) == 2
    assert "$.storage.files.0.contents.local" in done.stderr and "$.storage.trees.0.local" in done.stderr


# --- what comes out is what Debian's validator takes

STORAGE = """
storage:
  disks:
    - device: /dev/vdb
      wipe_table: true
      partitions: [{label: data, number: 1, size_mib: 100, start_mib: 0}]
  raid: [{name: r, level: raid1, devices: [/dev/vdc, /dev/vdd], options: ["--verbose"]}]
  filesystems:
    - {device: /dev/disk/by-partlabel/data, format: ext4, path: /var/data, label: d, wipe_filesystem: no}
  directories: [{path: /srv, mode: 0755, user: {name: core}, group: {id: 0}}]
  files:
    - {path: /srv/a, mode: 0600, overwrite: true, contents: {inline: "Grüße\\n"}}
    - {path: /srv/b, append: [{inline: x}]}
  links: [{path: /srv/l, target: a}, {path: /srv/h, target: /srv/a, hard: true}]
passwd:
  users: [{name: core, password_hash: x, groups: [wheel], ssh_authorized_keys: [k], uid: 1000, shell: /bin/sh}]
  groups: [{name: g, gid: 7, system: yes}]
systemd:
  units: [{name: a.service, enabled: true, contents: "[Install]\\nWantedBy=multi-user.target\\n",
           dropins: [{name: a.conf, contents: "[Service]\\n"}]}]
ignition:
  timeouts: {http_total: 5}
"""
MOUNT = STORAGE.replace("path: /var/data,", "path: /var/data, with_mount_unit: true, mount_options: [ro],")
LUKS = MOUNT.replace("  raid:", "  luks: [{name: l, device: /dev/vde, clevis: {tpm2: true, tang: "
                     "[{url: 'https://t', thumbprint: x}]}, key_file: {inline: k}}]\n  raid:")
BOOT = LUKS + "boot_device: {layout: x86_64, mirror: {devices: [/dev/sda, /dev/sdb]}, luks: {tpm2: true}}\n"
KARGS = "kernel_arguments: {should_exist: [a], should_not_exist: [b]}\n"
OUTPUTS = {
    "fcos 1.0.0": STORAGE, "fcos 1.1.0": MOUNT, "fcos 1.2.0": LUKS, "fcos 1.3.0": BOOT,
    "fcos 1.4.0": BOOT + KARGS, "flatcar 1.0.0": MOUNT + KARGS,
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_debian_takes_the_output(butane, programs, world, tmp_path, name):
    variant, version = name.split()
    done = butane(f"variant: {variant}\nversion: {version}\n" + OUTPUTS[name], "-p", "-o", "out.ign")
    assert done.returncode == 0, done.stderr
    for which in (engine.OURS, engine.THEIRS):
        verdict = world.run([programs.validate(which), tmp_path / "out.ign"])
        assert verdict.returncode == 0, verdict.stdout + verdict.stderr
        assert "unused key" not in verdict.stdout.lower()


def test_machine_config(butane):
    yaml = pytest.importorskip("yaml")
    text = ("variant: openshift\nversion: 4.13.0\n"
            "metadata: {name: 99-a, labels: {machineconfiguration.openshift.io/role: worker}}\n"
            "openshift: {kernel_type: realtime, fips: true, kernel_arguments: ['yes', '1'], extensions: [usbguard]}\n"
            "systemd: {units: [{name: a.service, contents: \"[Unit]\\nA=b\\n\\n# x: y\\n\"}]}\n")
    done = butane(text)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("# Generated by Butane; do not edit\n")
    config = yaml.safe_load(done.stdout)
    raw = butane(text, "--raw")
    assert config == {
        "apiVersion": "machineconfiguration.openshift.io/v1", "kind": "MachineConfig",
        "metadata": {"name": "99-a", "labels": {"machineconfiguration.openshift.io/role": "worker"}},
        "spec": {"config": json.loads(raw.stdout), "extensions": ["usbguard"], "fips": True,
                 "kernelArguments": ["yes", "1"], "kernelType": "realtime"},
    }
    assert raw.stderr.count("field ignored in raw mode") == 4


# --- speed and size

def test_a_bomb_of_aliases_is_refused(butane):
    lines = ["variant: fcos", "version: 1.5.0", "a: &a [" + ",".join(["x"] * 9) + "]"]
    for name, above in zip("bcdefghi", "abcdefgh"):
        lines.append(f"{name}: &{name} [" + ",".join([f"*{above}"] * 9) + "]")
    done = butane("\n".join(lines) + "\n", preexec_fn=limit_memory)
    assert done.returncode == 1
    assert "document contains excessive aliasing" in done.stderr


def limit_memory():
    import resource  # noqa: PLC0415  (only the child needs it)

    resource.setrlimit(resource.RLIMIT_DATA, (32 << 20, 32 << 20))


def test_examples_of_this_directory_translate(butane):
    for place in sorted((Path(__file__).parents[2] / "configs/examples").glob("*.bu")):
        done = butane(place.read_bytes(), "--strict", "--check", "-d", place.parent)
        assert done.returncode == 0, f"{place}: {done.stderr}"
