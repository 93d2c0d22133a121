"""CloudCIX."""

import json

import pytest
from cloud import Reply, paths
from faults import HttpFaults

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "x.service", "enabled": true}]}}'
KEY = "ssh-rsa AAAAB3NzaC1yc2E= one"
META = {"instance_id": "12_34", "hostname": "cix-1", "public_keys": KEY + "\n", "network": {"interfaces": []}}
LINES = "AFTERBURN_CLOUDCIX_INSTANCE_ID=12_34\nAFTERBURN_CLOUDCIX_HOSTNAME=cix-1\n"
SERVICE = {"/v1/userdata": CONFIG, "/v1/metadata": json.dumps(META).encode()}


class TestFaults(HttpFaults):
    platform, path = "cloudcix", "/v1/userdata"


def test_config(cloud):
    machine = cloud(dmi={"product_name": "CloudCIX"})
    service = machine.serve(paths(SERVICE))
    found = machine.fetch("auto")
    found.gave(CONFIG)
    assert service.asked == ["GET /v1/userdata"] and found.elapsed < 1


@pytest.mark.parametrize("reply", [Reply(), Reply(status=204), Reply(status=404)])
def test_no_config(cloud, reply):
    machine = cloud()
    machine.serve(reply)
    machine.fetch("cloudcix").gave_nothing()


def test_detected(cloud):
    assert cloud(dmi={"product_name": "CloudCIX"}).detect().out == 'cloudcix: DMI product is "CloudCIX"\n'


def test_attributes(cloud, tmp_path):
    machine = cloud()
    machine.serve(paths(SERVICE))
    ran = machine.metadata("--provider", "cloudcix", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "cix-1\n"
    assert f"# key: {KEY}\n" in machine.metadata("--provider", "cloudcix").out


def test_metadata_that_is_none(cloud):
    machine = cloud()
    machine.serve(Reply(body=b"<html>"))
    ran = machine.metadata("--provider", "cloudcix")
    assert (ran.status, ran.out) == (1, "") and "/v1/metadata is not JSON" in ran.err
