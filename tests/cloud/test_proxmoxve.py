"""Proxmox VE: NoCloud's drive, on which Proxmox itself writes cloud-config."""

import pytest
from cloud import drive

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "p.service", "enabled": true}]}}'
KEY = "ssh-rsa AAAAB3NzaC1yc2E= me"
CLOUD_CONFIG = b"#cloud-config\nhostname: dummy\nmanage_etc_hosts: true\nssh_authorized_keys:\n  - %s\n" % KEY.encode()
NETWORK = b"""\
version: 1
config:
    - type: physical
      name: eth0
      mac_address: '01:23:45:67:89:00'
      subnets:
      - type: static
        address: '192.168.1.1'
        netmask: '255.255.255.0'
        gateway: '192.168.1.254'
      - type: static
        address: '192.168.1.2/24'
      - type: static
        address: '2001:db8:85a3::8a2e:370:0/24'
    - type: physical
      name: eth1
      subnets: [{type: static, address: 10.0.0.9/24}]
    - type: nameserver
      address: ['1.1.1.1']
"""
LINES = """\
AFTERBURN_PROXMOXVE_HOSTNAME=dummy
AFTERBURN_PROXMOXVE_INSTANCE_ID=15a9919cb91024fbd1d70fa07f0efa749cbba03b
AFTERBURN_PROXMOXVE_IPV4=192.168.1.2
AFTERBURN_PROXMOXVE_IPV6=2001:db8:85a3::8a2e:370:0
"""


def cidata(place, label="cidata", **files):
    every = {"user_data": CLOUD_CONFIG, "vendor_data": b"", "network_config": NETWORK,
             "meta_data": b"instance-id: 15a9919cb91024fbd1d70fa07f0efa749cbba03b\n", **files}
    return drive(place / "cidata.img", label,
                 {name.replace("_", "-"): text for name, text in every.items() if text is not None})


@pytest.mark.parametrize("files", [
    {"user_data": CONFIG}, {"user_data": CONFIG, "label": "CIDATA"}, {"user_data": CLOUD_CONFIG, "vendor_data": CONFIG},
    {"user_data": b"#cloud-config \r\nhostname: x\r\n", "vendor_data": CONFIG}, {"user_data": b"", "vendor_data": CONFIG},
    {"user_data": None, "vendor_data": CONFIG},
])
def test_config(cloud, tmp_path, files):
    found = cloud(addresses=[], drives=[cidata(tmp_path, **files)]).fetch("proxmoxve", stage="fetch-offline")
    found.gave(CONFIG)
    assert found.elapsed < 1


@pytest.mark.parametrize("files", [{}, {"user_data": b""}, {"vendor_data": CLOUD_CONFIG}])
def test_no_config(cloud, tmp_path, files):
    found = cloud(addresses=[], drives=[cidata(tmp_path, **files)]).fetch("proxmoxve")
    found.gave_nothing()
    assert found.elapsed < 1


def test_no_drive_is_no_empty_config(cloud):
    found = cloud(addresses=[]).fetch("proxmoxve", timeout="2s")
    found.failed('no drive labelled "cidata" appeared within 2 s; a machine that is to have no config')
    assert 2 <= found.elapsed < 4


def test_unreadable_drive(cloud, tmp_path):
    image = cidata(tmp_path)
    with image.open("r+b") as file:
        file.seek(2048)
        file.write(b"\xff" * 4096)
    cloud(addresses=[], drives=[image]).fetch("proxmoxve").failed("(ext4): ")


def test_config_that_is_none(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[cidata(tmp_path, user_data=b"<html>")])
    machine.fetch("proxmoxve").failed("config is not valid")


def test_attributes(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[cidata(tmp_path)])
    ran = machine.metadata("--provider", "proxmoxve", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "dummy\n"
    assert f"# key: {KEY}\n" in machine.metadata("--provider", "proxmoxve").out


def test_user_data_of_ones_own_says_nothing(cloud, tmp_path):
    out = cloud(addresses=[], drives=[cidata(tmp_path, user_data=CONFIG)]).metadata("--provider", "proxmoxve").out
    assert "INSTANCE_ID" in out and "HOSTNAME" not in out and "# key" not in out


def test_every_file_has_to_be_there(cloud, tmp_path):
    ran = cloud(addresses=[], drives=[cidata(tmp_path, vendor_data=None)]).metadata("--provider", "proxmoxve")
    assert (ran.status, ran.out) == (1, "") and "/vendor-data on the drive" in ran.err


def test_nothing_is_known_without_a_drive(cloud):
    ran = cloud(addresses=[]).metadata("--provider", "proxmoxve")
    assert (ran.status, ran.out) == (0, "")
