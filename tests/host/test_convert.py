"""slipway convert: any dialect into any Ignition 3.x, refusals with their list, and the reports."""

import json
import subprocess
from pathlib import Path

import pytest

import engine
from configs import config, file, files

VERSIONS = ["3.0.0", "3.1.0", "3.2.0", "3.3.0", "3.4.0", "3.5.0", "3.6.0", "3.7.0-experimental"]
FCOS = "variant: fcos\nversion: 1.5.0\n"
CLC = "systemd:\n  units:\n    - name: a.service\n      enable: true\n"
# Everything that some version lacks: the line in which it is written, and the version that has it.
NEW = {
    "kernel_arguments:\n  should_exist: [quiet]\n": ("kernelArguments", 4, "3.3.0"),
    "storage:\n  luks:\n    - name: a\n      device: /dev/a\n": ("storage.luks", 5, "3.2.0"),
    "storage:\n  luks:\n    - name: a\n      device: /dev/a\n      discard: true\n":
        ("storage.luks[0].discard", 5, "3.4.0"),
    "passwd:\n  users:\n    - name: a\n      should_exist: false\n":
        ("passwd.users[0].shouldExist", 5, "3.2.0"),
    "ignition:\n  proxy:\n    http_proxy: http://p\n": ("ignition.proxy", 5, "3.1.0"),
}


@pytest.fixture
def convert(slipway, tmp_path):
    """convert(text, "--to", …) translates a text that is in the file "c" of the working directory."""

    def run(text, *words, **options) -> subprocess.CompletedProcess:
        (tmp_path / "c").write_bytes(text if isinstance(text, bytes) else text.encode())
        return slipway("convert", "c", *words, cwd=tmp_path, **options)

    return run


# --- versions

@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("text", [FCOS, CLC, json.dumps(config("3.0.0"))], ids=["bu", "clc", "ign"])
def test_every_version(convert, programs, world, tmp_path, text, version):
    done = convert(text, "--to", version)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["ignition"]["version"] == version
    if version <= "3.3.0":
        place = tmp_path / "out.ign"
        place.write_text(done.stdout)
        verdict = world.run([programs.validate(engine.THEIRS), place])
        assert (verdict.returncode, verdict.stdout, verdict.stderr) == (0, "", "")


@pytest.mark.parametrize("text, version", [
    (FCOS, "3.4.0"), ("variant: flatcar\nversion: 1.0.0\n", "3.3.0"), (CLC, "3.0.0"),
    (json.dumps(config("3.1.0")), "3.1.0"), ("variant: openshift\nversion: 4.14.0\nmetadata:\n"
     "  name: a\n  labels: {machineconfiguration.openshift.io/role: worker}\n", "3.4.0"),
])
def test_own_version_by_default(convert, text, version):
    assert json.loads(convert(text).stdout)["ignition"]["version"] == version


@pytest.mark.parametrize("version", ["2.3.0", "3", "newest", "3.8.0", ""])
def test_no_such_version(convert, version):
    done = convert(FCOS, "--to", version)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("text, new", NEW.items(), ids=[new[0] for new in NEW.values()])
def test_refusal_names_the_field_and_its_line(convert, text, new):
    path, line, since = new
    older = VERSIONS[VERSIONS.index(since) - 1]
    done = convert(FCOS + text, "--to", older)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"c:{line}:" in done.stderr and f"$.{path}: " in done.stderr
    assert f"not supported in spec version {older}" in done.stderr
    assert f"spec {since} is the first that has it" in done.stderr
    assert convert(FCOS + text, "--to", since).returncode == 0


def test_refusal_lists_every_field(convert):
    text = FCOS + "kernel_arguments: {should_exist: [a]}\nstorage: {luks: [{name: a, device: /dev/a}]}\n"
    done = convert(text, "--to", "3.0.0", "--json")
    report = json.loads(done.stderr.splitlines()[0])
    assert [entry["path"] for entry in report if entry["severity"] == "error"] == [
        "$.kernelArguments", "$.storage.luks"]


def test_special_bits(convert):
    text = json.dumps(files(file("/a", "x", mode=0o2755), version="3.6.0"))
    assert convert(text).returncode == 0
    done = convert(text, "--to", "3.5.0")
    assert done.returncode == 1 and "setuid, setgid and sticky bits" in done.stderr


# --- output

def test_stable(convert):
    """What was converted is converted to itself."""
    once = convert(FCOS + "storage: {files: [{path: /a, mode: 0600, contents: {inline: x}}]}\n").stdout
    assert convert(once).stdout == once
    assert convert(convert(once, "--pretty").stdout).stdout == once


def test_pretty(convert):
    assert convert(FCOS, "-p").stdout == '{\n  "ignition": {\n    "version": "3.4.0"\n  }\n}\n'


def test_output_file(convert, tmp_path):
    done = convert(FCOS, "-o", "out")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "out").read_text() == '{"ignition":{"version":"3.4.0"}}\n'
    assert convert(FCOS, "-o", "no/where").returncode == 1


def test_failure_leaves_the_output_alone(convert, tmp_path):
    (tmp_path / "out").write_text("before")
    assert convert(FCOS + "storage: 1\n", "-o", "out").returncode == 1
    assert (tmp_path / "out").read_text() == "before"


def test_standard_input(slipway):
    done = slipway("convert", input=FCOS)
    assert json.loads(done.stdout) and slipway("convert", "-", input=FCOS).stdout == done.stdout


def test_local_files(convert, tmp_path):
    text = FCOS + "storage: {files: [{path: /a, contents: {local: b}}]}\n"
    (tmp_path / "d").mkdir()
    (tmp_path / "d/b").write_text("hi")
    assert "data:,hi" in convert(text, "--files-dir", "d").stdout
    assert convert(text).returncode == 1


def test_strict(convert):
    text = FCOS + "colour: red\n"
    assert convert(text).returncode == 0
    done = convert(text, "--strict")
    assert (done.returncode, done.stdout) == (1, "")


def test_dialect(convert):
    assert convert(FCOS, "--dialect", "butane").returncode == 0
    assert convert(FCOS, "--dialect", "ignition").returncode == 1
    assert convert(FCOS, "--dialect", "klingon").returncode == 2


@pytest.mark.parametrize("text", ["", "#cloud-config\nruncmd: [a]\n", "\x1f\x8b", "{", "- a\n", "a: [\n", FCOS + "storage: 1\n"])
def test_refused(convert, text):
    done = convert(text)
    assert (done.returncode, done.stdout) == (1, "") and "c" in done.stderr


def test_missing_file(slipway, tmp_path):
    done = slipway("convert", tmp_path / "nothing")
    assert done.returncode == 1 and "nothing" in done.stderr


# --- reports of validate

@pytest.fixture
def validate(slipway, tmp_path):
    def run(text, *words) -> subprocess.CompletedProcess:
        (tmp_path / "c").write_text(text)
        return slipway("validate", *words, "c", cwd=tmp_path)

    return run


UNIT = "systemd:\n  units:\n    - name: a.service\n      enabeld: true\n"


def test_did_you_mean(validate):
    for text in (FCOS + UNIT, json.dumps({**config("3.4.0"), "systemd": {"units": [
            {"name": "a.service", "enabeld": True}]}})):
        done = validate(text)
        assert done.returncode == 0 and "did you mean enabled?" in done.stdout
        assert "[unused-key]" in done.stdout and validate(text, "--strict").returncode == 1


def test_json_is_format_json(validate):
    assert validate(FCOS + UNIT, "--json").stdout == validate(FCOS + UNIT, "--format=json").stdout
    assert validate(FCOS, "--format=xml").returncode == 2
    entry, = json.loads(validate(FCOS + UNIT, "--json").stdout)
    assert entry == {"severity": "warning", "path": "$.systemd.units.0.enabeld", "file": "c", "line": 6,
                     "column": 7, "message": "unused key enabeld", "hint": "did you mean enabled?",
                     "rule": "unused-key"}


def test_sarif(slipway, tmp_path):
    (tmp_path / "a").write_text(FCOS + UNIT)
    (tmp_path / "b").write_text(FCOS + "storage: 1\n")
    done = slipway("validate", "--format=sarif", "a", "b", cwd=tmp_path)
    assert done.returncode == 1
    log = json.loads(done.stdout)
    assert log["version"] == "2.1.0"
    run, = log["runs"]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {"unused-key", "config-error"}
    places = [(result["level"], result["locations"][0]["physicalLocation"]) for result in run["results"]]
    assert places == [
        ("warning", {"artifactLocation": {"uri": "a"}, "region": {"startLine": 6, "startColumn": 7}}),
        ("error", {"artifactLocation": {"uri": "b"}, "region": {"startLine": 3, "startColumn": 10}}),
    ]


LINT = {
    "decimal-mode": FCOS + "storage: {files: [{path: /a, mode: 644}]}\n",
    "small-root": FCOS + "storage: {disks: [{device: /dev/a, partitions: [{label: ROOT, size_mib: 9}]}]}\n",
    "enabled-without-install":
        FCOS + "systemd: {units: [{name: a.service, enabled: true, contents: '[Service]'}]}\n",
    "world-readable-secret": FCOS + "storage: {files: [{path: /etc/a.key, contents: {inline: x}}]}\n",
    "repeated-key": '{"ignition": {"version": "3.4.0", "version": "3.4.0"}}',
    "key-case": '{"ignition": {"Version": "3.4.0"}}',
}


@pytest.mark.parametrize("rule, text", LINT.items(), ids=LINT.keys())
def test_lint(validate, rule, text):
    done = validate(text, "--json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert rule in [entry["rule"] for entry in report]
    assert all(entry["line"] for entry in report)


def test_size_limit(validate):
    text = FCOS + f"storage: {{files: [{{path: /a, contents: {{source: 'data:,{'x' * 17000}'}}}}]}}\n"
    rules = {platform: [entry["rule"] for entry in json.loads(validate(text, "--json", f"--platform={platform}").stdout)]
             for platform in ("aws", "azure", "metal")}
    assert rules == {"aws": ["size-limit"], "azure": [], "metal": []}


@pytest.mark.parametrize("place", sorted((Path(__file__).parents[2] / "configs/examples").glob("*.ign")),
                         ids=lambda place: place.stem)
def test_ignition_examples_stay_what_they_are(slipway, place):
    """Decoded, translated to the newest model, and written at their own version again."""

    def known(value):
        if isinstance(value, dict):
            return {key: known(item) for key, item in value.items()}
        return [known(item) for item in value] if isinstance(value, list) else value

    assert json.loads(slipway("convert", place).stdout) == known(json.loads(place.read_text()))
