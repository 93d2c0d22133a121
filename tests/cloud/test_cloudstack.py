"""Apache CloudStack: the DHCP server's service and the config drive; the agents have an id for each."""

import pytest
from cloud import Reply, drive, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "c.service", "enabled": true}]}}'
OTHER = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "d.service", "enabled": true}]}}'
HOST = "10.1.1.1"
LEASE = {"/run": {"systemd/netif/leases/2": f"# private\nADDRESS=10.1.1.5\nSERVER_ADDRESS={HOST}\n"}}
USER_DATA = "/latest/user-data"
TREE = "/latest/meta-data/"
KEY = "ssh-rsa AAAAB3NzaC1yc2E= me"
BOTH = {"availability-zone": "zone-1", "cloud-identifier": "CloudStack-b8f0", "instance-id": "i-4-VM",
        "local-hostname": "vm-4", "service-offering": "Small", "vm-id": "4af1"}
SERVICE = {TREE + name: text.encode() for name, text in
           {**BOTH, "local-ipv4": "10.1.1.5", "public-ipv4": "203.0.113.8", "public-hostname": "pub",
            "public-keys": KEY}.items()}
DRIVE = {f"cloudstack/metadata/{name.replace('-', '_')}.txt": text.encode() + b"\n"
         for name, text in {**BOTH, "public-keys": KEY}.items()}
DRIVE_LINES = """\
AFTERBURN_CLOUDSTACK_AVAILABILITY_ZONE=zone-1
AFTERBURN_CLOUDSTACK_CLOUD_IDENTIFIER=CloudStack-b8f0
AFTERBURN_CLOUDSTACK_INSTANCE_ID=i-4-VM
AFTERBURN_CLOUDSTACK_LOCAL_HOSTNAME=vm-4
AFTERBURN_CLOUDSTACK_SERVICE_OFFERING=Small
AFTERBURN_CLOUDSTACK_VM_ID=4af1
"""
SERVICE_LINES = """\
AFTERBURN_CLOUDSTACK_AVAILABILITY_ZONE=zone-1
AFTERBURN_CLOUDSTACK_CLOUD_IDENTIFIER=CloudStack-b8f0
AFTERBURN_CLOUDSTACK_INSTANCE_ID=i-4-VM
AFTERBURN_CLOUDSTACK_LOCAL_HOSTNAME=vm-4
AFTERBURN_CLOUDSTACK_IPV4_LOCAL=10.1.1.5
AFTERBURN_CLOUDSTACK_PUBLIC_HOSTNAME=pub
AFTERBURN_CLOUDSTACK_IPV4_PUBLIC=203.0.113.8
AFTERBURN_CLOUDSTACK_SERVICE_OFFERING=Small
AFTERBURN_CLOUDSTACK_VM_ID=4af1
"""


def config_drive(place, config=CONFIG, label="config-2"):
    files = dict(DRIVE)
    if config is not None:
        files["cloudstack/userdata/user_data.txt"] = config
    return drive(place / f"{label}.img", label, files)


@pytest.mark.parametrize("trees", [
    LEASE,
    {"/run": {"NetworkManager/devices/2": f"[dhcp4]\ndhcp_server_identifier={HOST}\n"}},
    {"/run": {"dhclient/eth0.lease": "lease {\n  option dhcp-server-identifier 10.9.9.9;\n}\n"
                                     f"lease {{\n  option dhcp-server-identifier {HOST};\n}}\n"}},
])
def test_config_of_the_service(cloud, trees):
    machine = cloud(addresses=[f"{HOST}/32"], trees=trees)
    service = machine.serve(paths({USER_DATA: OTHER}), host=HOST)
    found = machine.fetch("cloudstack")
    found.gave(OTHER)
    assert service.asked == [f"GET {USER_DATA}"]
    assert found.elapsed < 1


@pytest.mark.parametrize("label", ["config-2", "CONFIG-2"])
def test_config_on_a_drive(cloud, tmp_path, label):
    found = cloud(addresses=[], drives=[config_drive(tmp_path, label=label)]).fetch("cloudstack", stage="fetch-offline")
    found.gave(CONFIG)
    assert found.elapsed < 1


def test_offline_without_a_drive(cloud):
    found = cloud(addresses=[]).fetch("cloudstack", stage="fetch-offline")
    assert found.status == 0 and "networking is needed" in found.log
    assert found.elapsed < 1


def test_neither_has_one(cloud, tmp_path):
    machine = cloud(addresses=[f"{HOST}/32"], drives=[config_drive(tmp_path, b"")], trees=LEASE)
    machine.serve(paths({}), host=HOST)
    found = machine.fetch("cloudstack")
    found.gave_nothing()
    assert found.elapsed < 1


def test_empty_drive_leaves_it_to_the_service(cloud, tmp_path):
    machine = cloud(addresses=[f"{HOST}/32"], drives=[config_drive(tmp_path, None)], trees=LEASE)
    machine.serve(paths({USER_DATA: OTHER}), host=HOST)
    machine.fetch("cloudstack").gave(OTHER)


def test_no_lease_and_no_drive(cloud):
    found = cloud(addresses=[], trees={"/run": {"mark": ""}}).fetch("cloudstack", timeout="2s")
    found.failed('within 2 s no drive labelled "config-2" appeared')
    found.failed("no DHCP lease names its server")
    assert 2 <= found.elapsed < 4


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "224.0.0.1", "10.1.1", "a.b.c.d", ""])
def test_servers_that_are_none(cloud, address):
    machine = cloud(addresses=[], trees={"/run": {"systemd/netif/leases/2": f"SERVER_ADDRESS={address}\n"}})
    local = machine.serve(Reply(body=OTHER), host="127.0.0.1")
    machine.fetch("cloudstack", timeout="1s").failed("no DHCP lease names its server")
    assert local.asked == []


def test_refusal(cloud):
    machine = cloud(addresses=[f"{HOST}/32"], trees=LEASE)
    machine.serve(Reply(status=403), host=HOST)
    machine.fetch("cloudstack", timeout="1s").failed("403 Forbidden")


def test_detected(cloud):
    machine = cloud(dmi={"product_name": "CloudStack KVM Hypervisor"})
    assert machine.detect().out == 'cloudstack: DMI product is "CloudStack KVM Hypervisor"\n'


@pytest.mark.parametrize("provider", ["cloudstack", "cloudstack-metadata"])
def test_attributes_of_the_service(cloud, tmp_path, provider):
    machine = cloud(addresses=[f"{HOST}/32"], trees=LEASE)
    machine.serve(paths(SERVICE), host=HOST)
    ran = machine.metadata("--provider", provider, "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == SERVICE_LINES + SERVICE_LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "vm-4\n"
    assert f"# key: {KEY}\n" in machine.metadata("--provider", provider).out


@pytest.mark.parametrize("provider", ["cloudstack", "cloudstack-configdrive"])
def test_attributes_of_the_drive(cloud, tmp_path, provider):
    machine = cloud(addresses=[], drives=[config_drive(tmp_path)])
    ran = machine.metadata("--provider", provider, "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == DRIVE_LINES + DRIVE_LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "vm-4\n"
    assert f"# key: {KEY}\n" in machine.metadata("--provider", provider).out


def test_metadata_without_a_lease(cloud):
    ran = cloud(addresses=[], trees={"/run": {"mark": ""}}).metadata("--provider", "cloudstack-metadata")
    assert (ran.status, ran.out) == (1, "") and "no DHCP lease names its server" in ran.err
