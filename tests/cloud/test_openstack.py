"""OpenStack: the config drive and the metadata service; openstack-metadata is the service alone."""

import json

import pytest
from cloud import Reply, drive, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "storage": {"links": [{"path": "/etc/os", "target": "drive"}]}}'
OTHER = b'{"ignition": {"version": "3.4.0"}, "storage": {"links": [{"path": "/etc/os", "target": "service"}]}}'
USER_DATA = "/openstack/latest/user_data"
TREE = "/latest/meta-data/"
NOVA = {"product_name": "OpenStack Nova"}
KEY = "ssh-rsa AAAAB3NzaC1yc2E= me"
META = {"uuid": "d8e02d56-2648-49a3-bf97-6be8f1204f38", "hostname": "test.novalocal", "name": "test",
        "public_keys": {"mykey": KEY + "\n"}, "launch_index": 0, "availability_zone": "nova"}
EC2 = {"instance-id": "i-0000000a", "instance-type": "m1.small", "local-ipv4": "10.0.0.5", "public-ipv4": "203.0.113.7"}
SERVICE = {TREE + "hostname": b"test.novalocal", **{TREE + name: text.encode() for name, text in EC2.items()},
           TREE + "public-keys": b"0=mykey", TREE + "public-keys/0/openssh-key": KEY.encode(),
           "/openstack/2012-08-10/meta_data.json": json.dumps(META).encode()}
LINES = """\
AFTERBURN_OPENSTACK_HOSTNAME=test.novalocal
AFTERBURN_OPENSTACK_IPV4_LOCAL=10.0.0.5
AFTERBURN_OPENSTACK_IPV4_PUBLIC=203.0.113.7
AFTERBURN_OPENSTACK_INSTANCE_ID=i-0000000a
AFTERBURN_OPENSTACK_INSTANCE_TYPE=m1.small
AFTERBURN_OPENSTACK_INSTANCE_UUID=d8e02d56-2648-49a3-bf97-6be8f1204f38
"""
IPV6_LINK = ["fe80::a9fe:a9fe/64"]


def config_drive(place, label="config-2", user_data=CONFIG, meta=None, ec2=EC2):
    files = {"openstack/latest/meta_data.json": json.dumps(META if meta is None else meta).encode()}
    if user_data is not None:
        files["openstack/latest/user_data"] = user_data
    if ec2 is not None:
        files["ec2/latest/meta-data.json"] = json.dumps(ec2).encode()
    return drive(place / f"{label}.img", label, files)


# --- the config


@pytest.mark.parametrize("label", ["config-2", "CONFIG-2"])
def test_config_on_a_drive(cloud, tmp_path, label):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path, label)])
    found = machine.fetch("openstack")
    found.gave(CONFIG)
    assert f'found the drive labelled "{label}"' in found.log
    assert found.elapsed < 1


def test_drive_needs_no_network(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path)])
    found = machine.fetch("openstack", stage="fetch-offline")
    found.gave(CONFIG)


def test_offline_without_a_drive(cloud):
    found = cloud(addresses=[]).fetch("openstack", stage="fetch-offline")
    assert found.status == 0 and "networking is needed" in found.log


def test_config_of_the_service(cloud):
    machine = cloud()
    service = machine.serve(paths({USER_DATA: OTHER}))
    found = machine.fetch("openstack")
    found.gave(OTHER)
    assert service.asked == [f"GET {USER_DATA}"]
    assert found.elapsed < 1


def test_drive_wins_over_the_service(cloud, tmp_path):
    machine = cloud(drives=[config_drive(tmp_path)])
    service = machine.serve(paths({USER_DATA: OTHER}))
    machine.fetch("openstack").gave(CONFIG)
    assert service.asked == []


def test_drive_without_user_data_leaves_it_to_the_service(cloud, tmp_path):
    machine = cloud(drives=[config_drive(tmp_path, user_data=None)])
    machine.serve(paths({USER_DATA: OTHER}))
    machine.fetch("openstack").gave(OTHER)


def test_neither_has_one(cloud, tmp_path):
    machine = cloud(drives=[config_drive(tmp_path, user_data=b"")])
    machine.serve(paths({}))
    found = machine.fetch("openstack")
    found.gave_nothing()
    assert found.elapsed < 1


def test_absence_waits_for_the_other(cloud):
    """The service says no; a drive could still appear, until the time is up."""
    machine = cloud()
    machine.serve(paths({}))
    found = machine.fetch("openstack", timeout="3s")
    found.gave_nothing()
    assert 3 <= found.elapsed < 5


def test_service_refuses_and_no_drive_appears(cloud):
    machine = cloud()
    machine.serve(Reply(status=403))
    found = machine.fetch("openstack", timeout="2s")
    found.failed('no drive is labelled "config-2", and GET http://169.254.169.254/openstack/latest/user_data')
    found.failed("403 Forbidden")


def test_service_comes_late(cloud):
    machine = cloud()
    left = [Reply(status=500)] * 2
    machine.serve(lambda request: left.pop() if left else Reply(body=OTHER))
    found = machine.fetch("openstack", timeout="10s")
    found.gave(OTHER)
    assert 2 <= found.elapsed < 4


def test_no_link(cloud):
    found = cloud(addresses=[]).fetch("openstack", timeout="2s")
    found.failed('within 2 s no drive labelled "config-2" appeared, and the metadata service did not answer')
    assert 2 <= found.elapsed < 4


def test_unreadable_drive(cloud, tmp_path):
    image = config_drive(tmp_path)
    with image.open("r+b") as file:
        file.seek(2048)  # the group descriptors; the label stays
        file.write(b"\xff" * 4096)
    machine = cloud(drives=[image])
    machine.fetch("openstack", timeout="2s").failed("(ext4): ")


def test_several_drives_of_one_label(cloud, tmp_path):
    machine = cloud(drives=[config_drive(tmp_path), config_drive(tmp_path / "b")])
    found = machine.fetch("openstack", timeout="2s")
    found.failed("config-2")


def test_config_over_the_ipv6_of_a_link(cloud):
    machine = cloud(addresses=[], link=IPV6_LINK)
    service = machine.serve(paths({USER_DATA: OTHER}), host="fe80::a9fe:a9fe%link0")
    machine.fetch("openstack").gave(OTHER)
    assert service.asked == [f"GET {USER_DATA}"]


# --- detection


@pytest.mark.parametrize("dmi, said", [
    (NOVA, 'DMI product is "OpenStack Nova"'),
    ({"chassis_asset_tag": "OpenTelekomCloud"}, 'DMI asset tag is "OpenTelekomCloud"'),
])
def test_detected(cloud, dmi, said):
    assert cloud(dmi=dmi).detect().out == f"openstack: {said}\n"


def test_drive_in_a_virtual_machine_is_proof(cloud, tmp_path):
    machine = cloud(drives=[config_drive(tmp_path)], dmi={"sys_vendor": "QEMU"}, files={"hypervisor/type": "kvm\n"})
    ran = machine.detect()
    assert ran.out == ('openstack: virtual machine is "yes", a drive is labelled "config-2"\n'
                       '  also qemu: DMI vendor is "QEMU"\n')


def test_drive_on_metal_is_no_proof(cloud, tmp_path):
    machine = cloud(drives=[config_drive(tmp_path)], cpuinfo="flags : fpu vme\n")
    ran = machine.detect()
    assert (ran.status, ran.out) == (1, "")
    assert "nothing proves which platform this is" in ran.err
    machine.fetch("auto").failed("nothing proves which platform this is")


# --- metadata


@pytest.mark.parametrize("provider", ["openstack", "openstack-metadata"])
def test_attributes_of_the_service(cloud, tmp_path, provider):
    machine = cloud()
    machine.serve(paths(SERVICE))
    ran = machine.metadata("--provider", provider, "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "test.novalocal\n"
    assert f"# key: {KEY}\n" in machine.metadata("--provider", provider).out


def test_attributes_of_the_drive(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path)])
    ran = machine.metadata("--provider", "openstack")
    assert ran.status == 0, ran.err
    assert sorted(ran.out.splitlines()) == sorted((LINES + LINES.replace("AFTERBURN", "COREOS")).splitlines() + [
        "# host name: test.novalocal", f"# key: {KEY}"])


def test_drive_without_the_second_document(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path, ec2=None)])
    assert "AFTERBURN_OPENSTACK_INSTANCE_UUID=" in machine.metadata("--provider", "openstack").out


def test_the_service_alone(cloud, tmp_path):
    machine = cloud(drives=[config_drive(tmp_path, meta={"hostname": "drive"})])
    machine.serve(paths(SERVICE))
    assert "HOSTNAME=test.novalocal\n" in machine.metadata("--provider", "openstack-metadata").out
    assert "HOSTNAME=drive\n" in machine.metadata("--provider", "openstack").out


def test_document_that_is_no_json(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path, ec2=None)])
    image = drive(tmp_path / "bad.img", "config-2", {"openstack/latest/meta_data.json": b"{"})
    machine = cloud(addresses=[], drives=[image])
    ran = machine.metadata("--provider", "openstack")
    assert ran.status == 1 and "/openstack/latest/meta_data.json is not JSON" in ran.err


def test_the_fake_satisfies_cloud_init(cloud):
    machine = cloud(dmi=NOVA)
    machine.serve(paths({**SERVICE, "/openstack": b"2012-08-10\nlatest\n", "/openstack/": b"2012-08-10\nlatest\n",
                         "/openstack/2012-08-10/user_data": OTHER, "/openstack/latest/meta_data.json":
                         json.dumps(META).encode(), "/latest/meta-data/":
                         b"hostname\ninstance-id\nlocal-ipv4\npublic-keys/"}))
    theirs = machine.cloud_init("OpenStack")
    assert theirs["found"]
    assert theirs["userdata"].encode() == OTHER
    assert [key.strip() for key in theirs["keys"]] == [KEY]
