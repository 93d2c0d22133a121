"""Hetzner Cloud."""

import pytest
from cloud import Reply, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "h.service", "enabled": true}]}}'
USER_DATA = "/hetzner/v1/userdata"
DOCUMENT = b"""\
availability-zone: hel1-dc2
hostname: some-hostname
instance-id: 42
public-ipv4: 192.0.2.10
region: eu-central
public-keys:
- ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 one
- ssh-rsa AAAAB3NzaC1yc2E= two
network-config:
  version: 1
  config:
  - type: nameserver
    address: [185.12.64.1]
  - mac_address: 96:00:00:00:00:01
    name: eth0
    type: physical
    subnets:
    - ipv4: true
      type: dhcp
    - address: 2001:db8:0:1::1/64
      gateway: fe80::1
      ipv6: true
      type: static
vendor_data: "#cloud-config\\n"
"""
NETWORKS = b"""\
- ip: 10.0.0.2
  alias_ips: []
  interface_num: 2
  mac_address: 86:00:00:98:40:6e
  network_name: mynet
- ip: 10.128.0.2
  interface_num: 1
"""
LINES = """\
AFTERBURN_HETZNER_AVAILABILITY_ZONE=hel1-dc2
AFTERBURN_HETZNER_HOSTNAME=some-hostname
AFTERBURN_HETZNER_INSTANCE_ID=42
AFTERBURN_HETZNER_PUBLIC_IPV4=192.0.2.10
AFTERBURN_HETZNER_REGION=eu-central
AFTERBURN_HETZNER_PUBLIC_IPV6=2001:db8:0:1::1/64
AFTERBURN_HETZNER_PRIVATE_IPV4_0=10.0.0.2
AFTERBURN_HETZNER_PRIVATE_IPV4_1=10.128.0.2
"""
KEYS = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 one", "ssh-rsa AAAAB3NzaC1yc2E= two"]


def server(config=CONFIG, document=DOCUMENT, networks=NETWORKS) -> dict:
    return {USER_DATA: config, "/hetzner/v1/metadata": document, "/hetzner/v1/metadata/private-networks": networks}


def test_config(cloud):
    machine = cloud()
    service = machine.serve(paths(server()))
    found = machine.fetch("hetzner")
    found.gave(CONFIG)
    assert service.asked == [f"GET {USER_DATA}"]
    assert found.elapsed < 1


@pytest.mark.parametrize("reply", [Reply(), Reply(status=204), Reply(status=404)])
def test_no_config(cloud, reply):
    machine = cloud()
    machine.serve(reply)
    found = machine.fetch("hetzner")
    found.gave_nothing()
    assert found.elapsed < 1


def test_config_over_the_ipv6_of_a_link(cloud):
    machine = cloud(addresses=[], link=["fe80::a9fe:a9fe/64"])
    service = machine.serve(paths(server()), host="fe80::a9fe:a9fe%link0")
    machine.fetch("hetzner").gave(CONFIG)
    assert service.asked == [f"GET {USER_DATA}"]


def test_errors_stay(cloud):
    machine = cloud()
    machine.serve(Reply(status=503))
    found = machine.fetch("hetzner", timeout="1s")
    found.failed("unable to fetch resource in time (1 s): 503 Service Unavailable")
    assert 1 <= found.elapsed < 2


def test_refusal(cloud):
    machine = cloud()
    machine.serve(Reply(status=403))
    found = machine.fetch("hetzner")
    found.failed("403 Forbidden")
    assert found.elapsed < 1


def test_no_link(cloud):
    found = cloud(addresses=[]).fetch("hetzner", timeout="1s")
    found.failed("unable to fetch resource in time (1 s)")
    assert 1 <= found.elapsed < 2


def test_detected(cloud):
    assert cloud(dmi={"sys_vendor": "Hetzner"}).detect().out == 'hetzner: DMI vendor is "Hetzner"\n'


def test_attributes(cloud, tmp_path):
    machine = cloud()
    service = machine.serve(paths(server()))
    ran = machine.metadata("--provider", "hetzner", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "some-hostname\n"
    assert sorted(service.asked) == ["GET /hetzner/v1/metadata", "GET /hetzner/v1/metadata/private-networks"]


def test_keys(cloud):
    machine = cloud()
    machine.serve(paths(server()))
    out = machine.metadata("--provider", "hetzner").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [f"# key: {key}" for key in KEYS]


@pytest.mark.parametrize("networks", [b"", b"[]\n", b"\n", Reply(status=404)])
def test_no_private_network(cloud, networks):
    machine = cloud()
    machine.serve(paths(server(networks=networks)))
    ran = machine.metadata("--provider", "hetzner")
    assert ran.status == 0, ran.err
    assert "HETZNER_PUBLIC_IPV4=" in ran.out and "PRIVATE" not in ran.out


def test_no_document(cloud):
    machine = cloud()
    machine.serve(paths({}))
    ran = machine.metadata("--provider", "hetzner")
    assert ran.status == 1
    assert "http://169.254.169.254/hetzner/v1/metadata: resource not found: 404" in ran.err


def test_document_that_is_no_yaml(cloud):
    machine = cloud()
    machine.serve(paths(server(document=b"a: [b")))
    ran = machine.metadata("--provider", "hetzner")
    assert (ran.status, ran.out) == (1, "")
    assert "/hetzner/v1/metadata is not YAML" in ran.err


def test_the_fake_satisfies_cloud_init(cloud):
    machine = cloud(dmi={"sys_vendor": "Hetzner", "product_serial": "42"})
    machine.serve(paths(server(config=b"#cloud-config\n")))
    theirs = machine.cloud_init("Hetzner", {"metadata_url": "http://169.254.169.254/hetzner/v1/metadata",
                                            "userdata_url": f"http://169.254.169.254{USER_DATA}"})
    assert theirs["found"]
    assert theirs["userdata"] == "#cloud-config\n"
    assert theirs["keys"] == KEYS
    assert theirs["hostname"] == "some-hostname"
