"""IBM Cloud VPC: NoCloud's drive, keys in a multipart vendor-data."""

import base64

import pytest
from cloud import drive

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "i.service", "enabled": true}]}}'
KEYS = ["ssh-rsa AAAAB3NzaC1yc2E= one", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 two"]
META = b"instance-id: 0717_b1\nlocal-hostname: vpc-1\n"
YAML = "#cloud-config\nssh_authorized_keys:\n" + "".join(f"- {key}\n" for key in KEYS)
LINES = "AFTERBURN_IBMCLOUD_INSTANCE_ID=0717_b1\nAFTERBURN_IBMCLOUD_LOCAL_HOSTNAME=vpc-1\n"


def multipart(body: str, encoding: str = "7bit", newline: str = "\n") -> bytes:
    return f"""\
Content-Type: multipart/mixed;
 boundary="===42=="
MIME-Version: 1.0

--===42==
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/sh
ssh_authorized_keys: [no]
--===42==
Content-Type: text/cloud-config; charset="us-ascii"
MIME-Version: 1.0
Content-Transfer-Encoding: {encoding}

{body}
--===42==--
""".replace("\n", newline).encode()


def cidata(place, user_data=CONFIG, meta=META, vendor=multipart(YAML), label="cidata"):
    files = {"user-data": user_data, "meta-data": meta, "vendor-data": vendor}
    return drive(place / "cidata.img", label, {name: text for name, text in files.items() if text is not None})


@pytest.mark.parametrize("label", ["cidata", "CIDATA"])
def test_config(cloud, tmp_path, label):
    found = cloud(addresses=[], drives=[cidata(tmp_path, label=label)]).fetch("ibmcloud", stage="fetch-offline")
    found.gave(CONFIG)
    assert found.elapsed < 1


@pytest.mark.parametrize("user_data", [b"", None])
def test_no_config(cloud, tmp_path, user_data):
    cloud(addresses=[], drives=[cidata(tmp_path, user_data)]).fetch("ibmcloud").gave_nothing()


def test_no_drive_is_no_empty_config(cloud):
    found = cloud(addresses=[]).fetch("ibmcloud", timeout="2s")
    found.failed('no drive labelled "cidata" appeared within 2 s; a machine that is to have no config')


def test_config_that_is_none(cloud, tmp_path):
    cloud(addresses=[], drives=[cidata(tmp_path, b"<html>")]).fetch("ibmcloud").failed("config is not valid")


def test_unreadable_drive(cloud, tmp_path):
    image = cidata(tmp_path)
    with image.open("r+b") as file:
        file.seek(2048)
        file.write(b"\xff" * 4096)
    cloud(addresses=[], drives=[image]).fetch("ibmcloud").failed("(ext4): ")


def test_attributes(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[cidata(tmp_path)])
    ran = machine.metadata("--provider", "ibmcloud", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "vpc-1\n"


@pytest.mark.parametrize("vendor, want", [
    (multipart(YAML), KEYS), (multipart(YAML, newline="\r\n"), KEYS),
    (multipart(base64.encodebytes(YAML.encode()).decode(), "base64"), KEYS),
    (multipart("#cloud-config\n"), []), (b"", []), (None, []), (b"Content-Type: multipart/mixed\n\n--", []),
])
def test_keys(cloud, tmp_path, vendor, want):
    ran = cloud(addresses=[], drives=[cidata(tmp_path, vendor=vendor)]).metadata("--provider", "ibmcloud")
    assert ran.status == 0, ran.err
    assert [line for line in ran.out.splitlines() if line.startswith("# key")] == [f"# key: {key}" for key in want]


def test_part_that_is_no_base64(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[cidata(tmp_path, vendor=multipart("{}", "base64"))])
    ran = machine.metadata("--provider", "ibmcloud")
    assert (ran.status, ran.out) == (1, "") and "vendor-data: a part is no base64 at byte 0" in ran.err
