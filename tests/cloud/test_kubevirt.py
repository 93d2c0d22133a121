"""KubeVirt: OpenStack's drive or NoCloud's."""

import json

import pytest
from cloud import drive

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "k.service", "enabled": true}]}}'
KEY = "ssh-rsa AAAAB3NzaC1yc2E= me"
META = {"uuid": "5d307ca9-b3ef", "hostname": "vm.example", "instance_type": "u1.small", "public_keys": {"0": KEY}}
NETWORK_DATA = {"networks": [{"link": "a", "type": "ipv4_dhcp"},
                             {"link": "b", "type": "ipv4", "ip_address": "10.0.0.4/24"},
                             {"link": "b", "type": "ipv6", "ip_address": "2001:db8::4"},
                             {"link": "c", "type": "ipv4", "ip_address": "10.9.9.9"}]}
VERSION_1 = b"""\
version: 1
config:
- {type: nameserver, address: [8.8.8.8]}
- {type: physical, name: eth0, subnets: [{type: dhcp}]}
- {type: physical, name: eth1, subnets: [{type: static, address: 10.0.0.4/24}, {type: static, address: 10.0.0.5/24},
   {type: static6, address: "2001:db8::4/64"}]}
"""
VERSION_2 = b"""\
version: 2
ethernets:
  a: {dhcp4: true}
  b: {addresses: [10.0.0.4/24, 10.0.0.5/24, "2001:db8::4/64"]}
"""
LINES = """\
AFTERBURN_KUBEVIRT_INSTANCE_ID=5d307ca9-b3ef
AFTERBURN_KUBEVIRT_HOSTNAME=vm.example
AFTERBURN_KUBEVIRT_INSTANCE_TYPE=u1.small
AFTERBURN_KUBEVIRT_IPV4=10.0.0.4
AFTERBURN_KUBEVIRT_IPV6=2001:db8::4
"""


def openstack(place, config=CONFIG, meta=None, network=None):
    files = {"openstack/latest/meta_data.json": json.dumps(META if meta is None else meta).encode(),
             "openstack/latest/network_data.json": json.dumps(NETWORK_DATA if network is None else network).encode()}
    if config is not None:
        files["openstack/latest/user_data"] = config
    return drive(place / "config-2.img", "config-2", files)


def nocloud(place, network, config=CONFIG):
    meta = b"instance-id: 5d307ca9-b3ef\nlocal-hostname: vm.example\ninstance_type: u1.small\npublic_keys: {a: %s}\n"
    files = {"meta-data": meta % KEY.encode(), "network-config": network}
    if config is not None:
        files["user-data"] = config
    return drive(place / "cidata.img", "cidata", files)


@pytest.mark.parametrize("make", [openstack, lambda place: nocloud(place, VERSION_1)])
def test_config(cloud, tmp_path, make):
    found = cloud(addresses=[], drives=[make(tmp_path)]).fetch("kubevirt", stage="fetch-offline")
    found.gave(CONFIG)
    assert found.elapsed < 1


@pytest.mark.parametrize("config", [b"", None])
def test_no_config(cloud, tmp_path, config):
    for image in openstack(tmp_path, config), nocloud(tmp_path, VERSION_1, config):
        cloud(addresses=[], drives=[image]).fetch("kubevirt").gave_nothing()


def test_no_drive(cloud):
    found = cloud(addresses=[]).fetch("kubevirt", timeout="2s")
    found.failed('no drive labelled "config-2" appeared within 2 s')
    assert 2 <= found.elapsed < 4


def test_unreadable_drive(cloud, tmp_path):
    image = openstack(tmp_path)
    with image.open("r+b") as file:
        file.seek(2048)
        file.write(b"\xff" * 4096)
    cloud(addresses=[], drives=[image]).fetch("kubevirt").failed("(ext4): ")


def test_config_that_is_none(cloud, tmp_path):
    cloud(addresses=[], drives=[openstack(tmp_path, b"<html>")]).fetch("kubevirt").failed("config is not valid")


def test_detected(cloud):
    machine = cloud(dmi={"product_family": "KubeVirt", "sys_vendor": "QEMU"})
    assert machine.detect().out.startswith('kubevirt: DMI product family is "KubeVirt"\n')


@pytest.mark.parametrize("make", [
    openstack, lambda place: nocloud(place, VERSION_1), lambda place: nocloud(place, VERSION_2)])
def test_attributes(cloud, tmp_path, make):
    machine = cloud(addresses=[], drives=[make(tmp_path)])
    ran = machine.metadata("--provider", "kubevirt", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "vm.example\n"
    assert f"# key: {KEY}\n" in machine.metadata("--provider", "kubevirt").out


@pytest.mark.parametrize("meta, said", [
    ({"hostname": "a"}, "neither instance-id nor uuid"), ({"uuid": "1"}, "neither hostname nor local-hostname")])
def test_what_is_required(cloud, tmp_path, meta, said):
    ran = cloud(addresses=[], drives=[openstack(tmp_path, meta=meta)]).metadata("--provider", "kubevirt")
    assert (ran.status, ran.out) == (1, "") and said in ran.err


def test_nothing_is_known_without_a_drive(cloud):
    ran = cloud(addresses=[]).metadata("--provider", "kubevirt")
    assert (ran.status, ran.out) == (0, "")
