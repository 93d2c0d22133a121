"""slipway schema: what a real validator says of configs by the schemas that are printed."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from configs import config, file, files

EXAMPLES = Path(__file__).parents[2] / "configs/examples"
USER = {"name": "core", "sshAuthorizedKeys": ["ssh-rsa A"]}
FULL = {
    "ignition": {"version": "3.4.0", "config": {"merge": [{"source": "http://a", "httpHeaders": [
        {"name": "A", "value": "b"}]}]}, "timeouts": {"httpTotal": 1}, "proxy": {"noProxy": ["a"]}},
    "passwd": {"users": [USER], "groups": [{"name": "a", "gid": 1}]},
    "storage": {
        "disks": [{"device": "/dev/a", "wipeTable": True, "partitions": [{"number": 1, "sizeMiB": 0}]}],
        "files": [{"path": "/a", "mode": 420, "user": {"id": 0}, "append": [{"source": "data:,"}]}],
        "links": [{"path": "/l", "target": "a", "hard": None}],
        "luks": [{"name": "a", "device": "/dev/a", "clevis": {"tpm2": True}, "openOptions": ["x"]}],
    },
    "systemd": {"units": [{"name": "a.service", "dropins": [{"name": "a.conf", "contents": ""}]}]},
    "kernelArguments": {"shouldExist": ["quiet"]},
}


@pytest.fixture(scope="module")
def schemas():
    return {}


@pytest.fixture
def schema(slipway, schemas):
    """schema("fcos", "1.5.0") is a validator; the schema itself was checked."""

    def get(*words) -> jsonschema.Draft202012Validator:
        if words not in schemas:
            done = slipway("schema", *words)
            assert (done.returncode, done.stderr) == (0, "")
            schemas[words] = json.loads(done.stdout)
            jsonschema.Draft202012Validator.check_schema(schemas[words])
        return jsonschema.Draft202012Validator(schemas[words])

    return get


def dialects(slipway) -> list[tuple[str, ...]]:
    return [tuple(line.split()) for line in slipway("schema", "--list").stdout.splitlines()]


def test_every_dialect_has_one(slipway, schema):
    known = dialects(slipway)
    assert len(known) == len(set(known)) == 8 + 33
    for dialect, version in known:
        smallest = ({"ignition": {"version": version}} if dialect == "ignition"
                    else {"variant": dialect, "version": version})
        validator = schema(dialect, version)
        assert validator.is_valid(smallest), (dialect, version)
        assert not validator.is_valid({}), (dialect, version)
        assert not validator.is_valid({**smallest, "colour": 1}), (dialect, version)


@pytest.mark.parametrize("words, title", [
    ((), "Ignition config 3.6.0"), (("ignition",), "Ignition config 3.6.0"),
    (("fcos",), "Butane config fcos 1.7.0"), (("flatcar", "1.0.0"), "Butane config flatcar 1.0.0"),
    (("openshift",), "Butane config openshift 4.22.0"),
])
def test_newest_stable_by_default(slipway, words, title):
    assert json.loads(slipway("schema", *words).stdout)["title"] == title


@pytest.mark.parametrize("words, code", [
    (("gentoo",), 1), (("ignition", "2.3.0"), 1), (("fcos", "9.9.9"), 1), (("a", "b", "c"), 2),
    (("--list", "fcos"), 2),
])
def test_no_such_schema(slipway, words, code):
    done = slipway("schema", *words)
    assert (done.returncode, done.stdout) == (code, "") and done.stderr


def place_of(path: str, top):
    *steps, last = path.split(".")
    for step in steps:
        top = top[int(step) if isinstance(top, list) else step]
    return top, int(last) if isinstance(top, list) else last


WRONG = {
    "another version": ("ignition.version", "3.3.0"),
    "a version that is a number": ("ignition.version", 3),
    "a list for an object": ("storage", []),
    "an object for a list": ("storage.files", {}),
    "a text for a number": ("storage.files.0.mode", "0644"),
    "a fraction": ("storage.files.0.mode", 0.5),
    "a number for a text": ("passwd.users.0.name", 1),
    "a text for a bool": ("storage.disks.0.wipeTable", "yes"),
    "null where something must be": ("storage.files.0.path", None),
    "an unknown member": ("storage.files.0.pat", "/a"),
    "an unknown member deep down": ("storage.luks.0.clevis.tpm", True),
    "a member in another case": ("storage.Files", []),
    "a number in a list of texts": ("kernelArguments.shouldExist.0", 1),
    "a member of a later version": ("storage.luks.0.cex", {"enabled": True}),
}
GONE = ["ignition", "ignition.version", "storage.files.0.path", "storage.links.0.target",
        "storage.disks.0.device", "passwd.users.0.name", "systemd.units.0.name"]


def test_full_config_is_valid(schema):
    schema("ignition", "3.4.0").validate(FULL)


@pytest.mark.parametrize("path, value", WRONG.values(), ids=WRONG.keys())
def test_mutation_is_refused(schema, path, value):
    changed = copy.deepcopy(FULL)
    holder, key = place_of(path, changed)
    holder[key] = value
    assert not schema("ignition", "3.4.0").is_valid(changed)


@pytest.mark.parametrize("path", GONE)
def test_what_must_be_there(schema, path):
    changed = copy.deepcopy(FULL)
    holder, key = place_of(path, changed)
    del holder[key]
    assert not schema("ignition", "3.4.0").is_valid(changed)


@pytest.mark.parametrize("place", sorted(EXAMPLES.glob("*.ign")), ids=lambda place: place.stem)
def test_ignition_examples(schema, place):
    text = json.loads(place.read_text())
    validator = schema("ignition", text["ignition"]["version"])
    validator.validate(text)
    assert not validator.is_valid({**text, "storag": {}})


@pytest.mark.parametrize("place", sorted(EXAMPLES.glob("*.bu")), ids=lambda place: place.stem)
def test_butane_examples(schema, place):
    text = yaml.safe_load(place.read_text())
    validator = schema(text["variant"], text["version"])
    validator.validate(text)
    for broken in ({**text, "storag": {}}, {**text, "variant": "gentoo"}, {**text, "systemd": []}):
        assert not validator.is_valid(broken)


def test_what_only_some_variants_have(schema):
    boot = {"boot_device": {"luks": {"tpm2": True}}}
    assert schema("fcos", "1.5.0").is_valid({"variant": "fcos", "version": "1.5.0", **boot})
    assert not schema("flatcar", "1.1.0").is_valid({"variant": "flatcar", "version": "1.1.0", **boot})
    tree = {"storage": {"trees": [{"local": "a", "path": "/"}]}}
    assert schema("fcos", "1.1.0").is_valid({"variant": "fcos", "version": "1.1.0", **tree})
    assert not schema("fcos", "1.0.0").is_valid({"variant": "fcos", "version": "1.0.0", **tree})


def test_labels_are_the_users_own(schema):
    def machine(labels):
        return {"variant": "openshift", "version": "4.14.0", "metadata": {"name": "a", "labels": labels}}

    assert schema("openshift", "4.14.0").is_valid(machine({"a/b": "c"}))
    assert not schema("openshift", "4.14.0").is_valid(machine({"a": 1}))


def test_validator_and_schema_agree(slipway, schema, tmp_path):
    """What the schema takes the program takes without a warning about keys, and the reverse."""
    for number, text in enumerate([files(file("/a", "x")), {**config("3.3.0"), "x": 1}, FULL]):
        place = tmp_path / f"{number}.ign"
        place.write_text(json.dumps(text))
        report = json.loads(slipway("validate", "--json", place).stdout)
        unused = [entry for entry in report if entry["rule"] == "unused-key"]
        assert schema("ignition", text["ignition"]["version"]).is_valid(text) == (not unused)
