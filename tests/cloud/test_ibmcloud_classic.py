"""IBM Cloud, classic infrastructure: it has no place for a config."""

import json

from cloud import drive

CONFIG = b'{"ignition": {"version": "3.4.0"}}'
KEY = "ssh-rsa AAAAB3NzaC1yc2E= me"
META = {"uuid": "3d9143af", "hostname": "vm", "public_keys": {"mykey": KEY + "\n"}, "launch_index": 0}
USER_DATA = "openstack/latest/user_data"


def config_drive(place, label="config-2", user_data=CONFIG, meta=None):
    files = {"openstack/latest/meta_data.json": json.dumps(META).encode() if meta is None else meta}
    if user_data is not None:
        files[USER_DATA] = user_data
    return drive(place / f"{label}.img", label, files)


LINES = """\
AFTERBURN_IBMCLOUD_CLASSIC_INSTANCE_ID=3d9143af
AFTERBURN_IBMCLOUD_CLASSIC_LOCAL_HOSTNAME=vm
"""


def test_attributes(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path)])
    ran = machine.metadata("--provider", "ibmcloud-classic", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "vm\n"


def test_keys(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path)])
    out = machine.metadata("--provider", "ibmcloud-classic").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == []


def test_document_that_is_no_json(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path, meta=b"{")])
    ran = machine.metadata("--provider", "ibmcloud-classic")
    assert (ran.status, ran.out) == (1, "") and "/openstack/latest/meta_data.json is not JSON" in ran.err


def test_no_place_for_a_config(cloud, tmp_path):
    found = cloud(addresses=[], drives=[config_drive(tmp_path)]).fetch("ibmcloud-classic")
    assert found.status == 2 and "is not a valid platform" in found.log


def test_no_drive(cloud):
    ran = cloud(addresses=[]).metadata("--provider", "ibmcloud-classic", "--timeout", "1s")
    assert ran.status == 1 and 'no drive labelled "config-2" appeared within 1 s' in ran.err


def test_detected(cloud, tmp_path):
    machine = cloud(drives=[config_drive(tmp_path, "METADATA")], files={"hypervisor/type": "xen\n"})
    assert machine.detect().out == ('ibmcloud-classic: hypervisor is "xen", a drive is labelled "METADATA"\n')


def test_drive_of_others(cloud, tmp_path):
    machine = cloud(drives=[config_drive(tmp_path)], files={"hypervisor/type": "xen\n"})
    assert machine.detect().out.startswith("openstack: ")
