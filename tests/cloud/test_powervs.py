"""IBM Power Virtual Server."""

import json

import pytest
from cloud import drive

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "powervs.service", "enabled": true}]}}'
KEY = "ssh-rsa AAAAB3NzaC1yc2E= me"
META = {"uuid": "3d9143af", "hostname": "pvs", "public_keys": {"mykey": KEY + "\n"}, "launch_index": 0}
USER_DATA = "openstack/latest/user_data"


def config_drive(place, label="config-2", user_data=CONFIG, meta=None):
    files = {"openstack/latest/meta_data.json": json.dumps(META).encode() if meta is None else meta}
    if user_data is not None:
        files[USER_DATA] = user_data
    return drive(place / f"{label}.img", label, files)


@pytest.mark.parametrize("label", ["config-2", "CONFIG-2"])
def test_config(cloud, tmp_path, label):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path, label)])
    found = machine.fetch("powervs", stage="fetch-offline")
    found.gave(CONFIG)
    assert found.elapsed < 1


@pytest.mark.parametrize("user_data", [b"", None])
def test_no_config(cloud, tmp_path, user_data):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path, user_data=user_data)])
    found = machine.fetch("powervs")
    found.gave_nothing()
    assert found.elapsed < 1


def test_drive_comes_late_or_never(cloud):
    found = cloud(addresses=[]).fetch("powervs", timeout="2s")
    found.failed('no drive labelled "config-2" appeared within 2 s')
    assert 2 <= found.elapsed < 4


def test_unreadable_drive(cloud, tmp_path):
    image = config_drive(tmp_path)
    with image.open("r+b") as file:
        file.seek(2048)  # the group descriptors; the label stays
        file.write(b"\xff" * 4096)
    cloud(addresses=[], drives=[image]).fetch("powervs").failed("(ext4): ")


def test_several_drives_of_one_label(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path), config_drive(tmp_path / "b")])
    machine.fetch("powervs", timeout="2s").failed("config-2")


LINES = """\
AFTERBURN_POWERVS_INSTANCE_ID=3d9143af
AFTERBURN_POWERVS_LOCAL_HOSTNAME=pvs
"""


def test_attributes(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path)])
    ran = machine.metadata("--provider", "powervs", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "pvs\n"


def test_keys(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path)])
    out = machine.metadata("--provider", "powervs").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [f"# key: {KEY}"]


def test_document_that_is_no_json(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path, meta=b"{")])
    ran = machine.metadata("--provider", "powervs")
    assert (ran.status, ran.out) == (1, "") and "/openstack/latest/meta_data.json is not JSON" in ran.err
