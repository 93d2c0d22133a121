"""NWCS: one JSON document."""

import json

import pytest
from cloud import Reply, paths
from faults import HttpFaults

CONFIG = '{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "n.service", "enabled": true}]}}'
KEYS = ["ssh-rsa AAAAB3NzaC1yc2E= one", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 two"]
PATH = "/api/v1/metadata"
META = {"instance-id": 42, "hostname": "nw-1", "public-keys": KEYS, "network": {"version": 1, "config": []},
        "userdata": CONFIG, "vendordata": ""}
LINES = "AFTERBURN_NWCS_INSTANCE_ID=42\nAFTERBURN_NWCS_HOSTNAME=nw-1\n"


def document(**members) -> dict:
    return {PATH: json.dumps({**META, **members}).encode()}


class TestFaults(HttpFaults):
    platform, path = "nwcs", PATH


def test_config(cloud):
    machine = cloud(dmi={"sys_vendor": "NWCS"})
    service = machine.serve(paths(document()))
    found = machine.fetch("auto")
    found.gave(CONFIG.encode())
    assert service.asked == [f"GET {PATH}"] and found.elapsed < 1


@pytest.mark.parametrize("userdata", ["", None])
def test_no_config(cloud, userdata):
    machine = cloud()
    machine.serve(paths(document(userdata=userdata)))
    machine.fetch("nwcs").gave_nothing()


@pytest.mark.parametrize("reply, words", [
    (Reply(status=404), "404"), (Reply(body=b"<html>"), "is not JSON"), (Reply(body=b"[" * 200000), "JSON"),
])
def test_document_that_is_none(cloud, reply, words):
    machine = cloud()
    machine.serve(reply)
    machine.fetch("nwcs", timeout="1s").failed(words)


def test_detected(cloud):
    assert cloud(dmi={"sys_vendor": "NWCS"}).detect().out == 'nwcs: DMI vendor is "NWCS"\n'


def test_attributes(cloud, tmp_path):
    machine = cloud()
    machine.serve(paths(document()))
    ran = machine.metadata("--provider", "nwcs", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "nw-1\n"
    out = machine.metadata("--provider", "nwcs").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [f"# key: {key}" for key in KEYS]


def test_the_fake_satisfies_cloud_init(cloud):
    machine = cloud(dmi={"sys_vendor": "NWCS"})
    machine.serve(paths(document(userdata="#cloud-config\n")))
    theirs = machine.cloud_init("NWCS")
    assert (theirs["found"], theirs["userdata"], theirs["keys"]) == (True, "#cloud-config\n", KEYS)
