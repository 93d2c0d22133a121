"""Nutanix AHV."""

import json

import pytest
from cloud import drive

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "nutanix.service", "enabled": true}]}}'
KEY = "ssh-rsa AAAAB3NzaC1yc2E= me"
META = {"uuid": "3d9143af", "hostname": "nx", "public_keys": {"mykey": KEY + "\n"}, "launch_index": 0}
USER_DATA = "openstack/latest/user_data"


def config_drive(place, label="config-2", user_data=CONFIG, meta=None):
    files = {"openstack/latest/meta_data.json": json.dumps(META).encode() if meta is None else meta}
    if user_data is not None:
        files[USER_DATA] = user_data
    return drive(place / f"{label}.img", label, files)


@pytest.mark.parametrize("label", ["config-2", "CONFIG-2"])
def test_config(cloud, tmp_path, label):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path, label)])
    found = machine.fetch("nutanix", stage="fetch-offline")
    found.gave(CONFIG)
    assert found.elapsed < 1


@pytest.mark.parametrize("user_data", [b"", None])
def test_no_config(cloud, tmp_path, user_data):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path, user_data=user_data)])
    found = machine.fetch("nutanix")
    found.gave_nothing()
    assert found.elapsed < 1


def test_drive_comes_late_or_never(cloud):
    found = cloud(addresses=[]).fetch("nutanix", timeout="2s")
    found.failed('no drive labelled "config-2" appeared within 2 s')
    assert 2 <= found.elapsed < 4


def test_unreadable_drive(cloud, tmp_path):
    image = config_drive(tmp_path)
    with image.open("r+b") as file:
        file.seek(2048)  # the group descriptors; the label stays
        file.write(b"\xff" * 4096)
    cloud(addresses=[], drives=[image]).fetch("nutanix").failed("(ext4): ")


def test_several_drives_of_one_label(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path), config_drive(tmp_path / "b")])
    machine.fetch("nutanix", timeout="2s").failed("config-2")


def test_detected(cloud):
    assert cloud(dmi={"sys_vendor": "Nutanix"}).detect().out == 'nutanix: DMI vendor is "Nutanix"\n'


def test_says_nothing(cloud, tmp_path):
    ran = cloud(addresses=[], drives=[config_drive(tmp_path)]).metadata("--provider", "nutanix")
    assert ran.status == 1 and "platform nutanix says nothing about its machines" in ran.err
