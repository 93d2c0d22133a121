"""RbxCloud: a drive."""

import json

import pytest
from cloud import drive
from faults import DriveFaults

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "r.service", "enabled": true}]}}'
KEYS = ["ssh-rsa AAAAB3NzaC1yc2E= one", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 two"]
META = {"vm": {"_id": "5fc0", "name": "rbx-1"}, "additionalMetadata": {"username": "guru", "sshKeys": KEYS}, "netadp": []}
LINES = "AFTERBURN_RBXCLOUD_INSTANCE_ID=5fc0\nAFTERBURN_RBXCLOUD_HOSTNAME=rbx-1\n"


def cloudmd(place, config=CONFIG, label="CLOUDMD", meta=None):
    files = {"cloud.json": json.dumps(META).encode() if meta is None else meta, "user.data": config}
    return drive(place / "cloudmd.img", label, {name: text for name, text in files.items() if text is not None})


class TestFaults(DriveFaults):
    platform, label, path = "rbxcloud", "CLOUDMD", "user.data"


@pytest.mark.parametrize("label", ["CLOUDMD", "cloudmd"])
def test_config(cloud, tmp_path, label):
    found = cloud(addresses=[], drives=[cloudmd(tmp_path, label=label)]).fetch("rbxcloud", stage="fetch-offline")
    found.gave(CONFIG)
    assert found.elapsed < 1


@pytest.mark.parametrize("config", [b"", None])
def test_no_config(cloud, tmp_path, config):
    cloud(addresses=[], drives=[cloudmd(tmp_path, config)]).fetch("rbxcloud").gave_nothing()


def test_detected(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[cloudmd(tmp_path)], cpuinfo="flags : hypervisor\n")
    assert machine.detect().out == 'rbxcloud: virtual machine is "yes", a drive is labelled "CLOUDMD"\n'


def test_attributes(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[cloudmd(tmp_path)])
    ran = machine.metadata("--provider", "rbxcloud", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "rbx-1\n"
    out = machine.metadata("--provider", "rbxcloud").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [f"# key: {key}" for key in KEYS]


def test_metadata_that_is_none(cloud, tmp_path):
    ran = cloud(addresses=[], drives=[cloudmd(tmp_path, meta=b"<html>")]).metadata("--provider", "rbxcloud")
    assert (ran.status, ran.out) == (1, "") and "/cloud.json is not JSON" in ran.err
