"""Oracle Cloud Infrastructure."""

import base64
import json

import pytest
from cloud import Reply, in_turn, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "o.service", "enabled": true}]}}'
INSTANCE = "/opc/v2/instance"
USER_DATA = INSTANCE + "/metadata/user_data"
NEEDS = {"Authorization": "Bearer Oracle"}
KEYS = ["ssh-rsa AAAAB3NzaC1yc2E= one", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 two"]
DOCUMENT = {
    "availabilityDomain": "EMIr:PHX-AD-1", "faultDomain": "FAULT-DOMAIN-3", "compartmentId": "ocid1.tenancy.oc1..ex",
    "displayName": "my-example", "hostname": "my-hostname", "id": "ocid1.instance.oc1.phx.ex",
    "canonicalRegionName": "us-phoenix-1", "region": "phx", "shape": "VM.Standard.E3.Flex",
    "ociAdName": "phx-ad-1",
    "metadata": {"ssh_authorized_keys": "\n".join(KEYS), "user_data": base64.b64encode(b"#cloud-config\n").decode()},
}
LINES = """\
AFTERBURN_ORACLECLOUD_AVAILABILITY_DOMAIN=EMIr:PHX-AD-1
AFTERBURN_ORACLECLOUD_COMPARTMENT_ID=ocid1.tenancy.oc1..ex
AFTERBURN_ORACLECLOUD_FAULT_DOMAIN=FAULT-DOMAIN-3
AFTERBURN_ORACLECLOUD_HOSTNAME=my-hostname
AFTERBURN_ORACLECLOUD_INSTANCE_ID=ocid1.instance.oc1.phx.ex
AFTERBURN_ORACLECLOUD_INSTANCE_SHAPE=VM.Standard.E3.Flex
AFTERBURN_ORACLECLOUD_REGION_ID=us-phoenix-1
"""


def imds(config=base64.b64encode(CONFIG), document=None):
    return paths({USER_DATA: config, INSTANCE: json.dumps(document or DOCUMENT).encode()}, needs=NEEDS)


def test_config(cloud):
    machine = cloud()
    service = machine.serve(imds())
    found = machine.fetch("oraclecloud")
    found.gave(CONFIG)
    assert service.asked == [f"GET {USER_DATA}"]
    assert found.elapsed < 1


@pytest.mark.parametrize("reply", [Reply(), Reply(status=404)])
def test_no_config(cloud, reply):
    machine = cloud()
    machine.serve(reply)
    found = machine.fetch("oraclecloud")
    found.gave_nothing()
    assert found.elapsed < 1


def test_too_many_requests_pass(cloud):
    machine = cloud()
    service = machine.serve(in_turn(Reply(status=429), Reply(body=base64.b64encode(CONFIG))))
    machine.fetch("oraclecloud").gave(CONFIG)
    assert len(service.asked) == 2


def test_config_that_is_no_base64(cloud):
    machine = cloud()
    machine.serve(imds(config=b"{}"))
    machine.fetch("oraclecloud").failed(f"http://169.254.169.254{USER_DATA}: no base64 at byte 0")


def test_errors_stay(cloud):
    machine = cloud()
    machine.serve(Reply(status=500))
    found = machine.fetch("oraclecloud", timeout="1s")
    found.failed("unable to fetch resource in time (1 s): 500 Internal Server Error")
    assert 1 <= found.elapsed < 2


def test_no_link(cloud):
    found = cloud(addresses=[]).fetch("oraclecloud", timeout="1s")
    found.failed("unable to fetch resource in time (1 s)")
    assert 1 <= found.elapsed < 2


def test_ipv6_only(cloud):
    machine = cloud(addresses=["fd00:c1::a9fe:a9fe/128"])
    machine.serve(imds(), host="fd00:c1::a9fe:a9fe")
    machine.fetch("oraclecloud").gave(CONFIG)


def test_detected(cloud):
    machine = cloud(dmi={"chassis_asset_tag": "OracleCloud.com"})
    assert machine.detect().out == 'oraclecloud: DMI asset tag is "OracleCloud.com"\n'


def test_attributes(cloud, tmp_path):
    machine = cloud()
    service = machine.serve(imds())
    ran = machine.metadata("--provider", "oraclecloud", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "my-hostname\n"
    assert service.asked == [f"GET {INSTANCE}"]


@pytest.mark.parametrize("keys, want", [("\n".join(KEYS), KEYS), (None, []), ("", [])])
def test_keys(cloud, keys, want):
    machine = cloud()
    machine.serve(imds(document={**DOCUMENT, "metadata": {"ssh_authorized_keys": keys}}))
    out = machine.metadata("--provider", "oraclecloud").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [f"# key: {key}" for key in want]


def test_document_that_is_no_json(cloud):
    machine = cloud()
    machine.serve(paths({INSTANCE: b"{"}))
    ran = machine.metadata("--provider", "oraclecloud")
    assert (ran.status, ran.out) == (1, "") and "/opc/v2/instance is not JSON" in ran.err


def test_the_fake_satisfies_cloud_init(cloud):
    machine = cloud(dmi={"chassis_asset_tag": "OracleCloud.com", "product_uuid": "ocid"})
    machine.serve(paths({INSTANCE + "/": json.dumps(DOCUMENT).encode(), "/opc/v2/vnics/": b"[]"}, needs=NEEDS))
    theirs = machine.cloud_init("Oracle")
    assert theirs["found"]
    assert theirs["userdata"] == "#cloud-config\n"
    assert theirs["keys"] == KEYS
