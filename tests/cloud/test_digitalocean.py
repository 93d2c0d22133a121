"""DigitalOcean."""

import json

import pytest
from cloud import Reply, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "do.service", "enabled": true}]}}'
USER_DATA = "/metadata/v1/user-data"
DOCUMENT = {
    "droplet_id": 2756294,
    "hostname": "sample-droplet",
    "region": "nyc3",
    "public_keys": ["ssh-rsa AAAAB3NzaC1yc2E= one", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 two"],
    "user_data": "",
    "vendor_data": "#cloud-config\n",
    "dns": {"nameservers": ["2001:4860:4860::8844", "8.8.8.8"]},
    "interfaces": {
        "private": [{"mac": "04:01:2a:0f:2a:02", "type": "private",
                     "ipv4": {"ip_address": "10.132.255.113", "netmask": "255.255.0.0", "gateway": "10.132.0.1"}}],
        "public": [{"mac": "04:01:2a:0f:2a:01", "type": "public",
                    "ipv4": {"ip_address": "198.51.100.123", "netmask": "255.255.192.0", "gateway": "198.51.100.1"},
                    "ipv6": {"ip_address": "2001:db8::5:1", "cidr": 64, "gateway": "2001:db8::1"},
                    "anchor_ipv4": {"ip_address": "10.17.0.9", "netmask": "255.255.0.0", "gateway": "10.17.0.1"}}],
    },
}
LINES = """\
AFTERBURN_DIGITALOCEAN_HOSTNAME=sample-droplet
AFTERBURN_DIGITALOCEAN_REGION=nyc3
AFTERBURN_DIGITALOCEAN_IPV4_PUBLIC_0=198.51.100.123
AFTERBURN_DIGITALOCEAN_IPV6_PUBLIC_0=2001:db8::5:1
AFTERBURN_DIGITALOCEAN_IPV4_ANCHOR_0=10.17.0.9
AFTERBURN_DIGITALOCEAN_IPV4_PRIVATE_0=10.132.255.113
"""


def droplet(config=CONFIG, document=None) -> dict:
    return {USER_DATA: config, "/metadata/v1.json": json.dumps(document or DOCUMENT).encode()}


def test_config(cloud):
    machine = cloud()
    service = machine.serve(paths(droplet()))
    found = machine.fetch("digitalocean")
    found.gave(CONFIG)
    assert service.asked == [f"GET {USER_DATA}"]
    assert found.elapsed < 1


def test_empty_config(cloud):
    machine = cloud()
    machine.serve(paths(droplet(b"")))
    found = machine.fetch("digitalocean")
    found.gave_nothing()
    assert found.elapsed < 1


def test_absence_is_a_failure(cloud):
    machine = cloud()
    machine.serve(paths({}))
    machine.fetch("digitalocean").failed(f"GET http://169.254.169.254{USER_DATA}: attempt #1: resource not found: 404")


def test_errors_stay(cloud):
    machine = cloud()
    machine.serve(Reply(status=502))
    found = machine.fetch("digitalocean", timeout="1s")
    found.failed("unable to fetch resource in time (1 s): 502 Bad Gateway")
    assert 1 <= found.elapsed < 2


def test_a_page_is_no_config(cloud):
    machine = cloud()
    machine.serve(paths(droplet(Reply(body=b"<html>login</html>", headers={"Content-Type": "text/html"}))))
    machine.fetch("digitalocean").failed("config is not valid")


def test_no_link(cloud):
    machine = cloud(addresses=[])
    machine.fetch("digitalocean", timeout="1s").failed("unable to fetch resource in time (1 s)")


def test_detected(cloud):
    assert cloud(dmi={"sys_vendor": "DigitalOcean"}).detect().out == 'digitalocean: DMI vendor is "DigitalOcean"\n'


def test_attributes(cloud, tmp_path):
    machine = cloud()
    service = machine.serve(paths(droplet()))
    ran = machine.metadata("--provider", "digitalocean", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "sample-droplet\n"
    assert service.asked == ["GET /metadata/v1.json"]


def test_second_interface_counts_on(cloud):
    second = {"ipv4": {"ip_address": "198.51.100.124"}, "ipv6": {"ip_address": "2001:db8::6"}}
    public = [{"ipv4": {"ip_address": "198.51.100.123"}}, second]
    machine = cloud()
    machine.serve(paths(droplet(document={"interfaces": {"public": public}})))
    out = machine.metadata("--provider", "digitalocean").out
    assert "AFTERBURN_DIGITALOCEAN_IPV4_PUBLIC_1=198.51.100.124\n" in out
    assert "AFTERBURN_DIGITALOCEAN_IPV6_PUBLIC_1=2001:db8::6\n" in out
    assert "IPV6_PUBLIC_0" not in out


def test_keys(cloud):
    machine = cloud()
    machine.serve(paths(droplet()))
    out = machine.metadata("--provider", "digitalocean").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [
        f"# key: {key}" for key in DOCUMENT["public_keys"]]


@pytest.mark.parametrize("text", [b"", b"{", b"[1]", b'{"hostname": {"a": 1}}' + b" " * 9])
def test_wrong_documents_do_no_harm(cloud, text):
    machine = cloud()
    machine.serve(paths({"/metadata/v1.json": text}))
    ran = machine.metadata("--provider", "digitalocean")
    assert ran.out == ""
    assert (ran.status, "is not JSON" in ran.err) == ((1, True) if len(text) < 2 else (0, False))


def test_hostname_with_a_newline(cloud, tmp_path):
    machine = cloud()
    machine.serve(paths(droplet(document={"hostname": "a;reboot"})))
    ran = machine.metadata("--provider", "digitalocean", "--hostname", tmp_path / "h")
    assert (ran.status, (tmp_path / "h").exists()) == (1, False)
    assert "the platform's host name contains byte 0x3b" in ran.err


def test_the_fake_satisfies_cloud_init(cloud):
    machine = cloud(dmi={"sys_vendor": "DigitalOcean", "product_serial": "2756294"})
    machine.serve(paths(droplet(document={**DOCUMENT, "user_data": "#cloud-config\n"})))
    theirs = machine.cloud_init("DigitalOcean", {"metadata_url": "http://169.254.169.254/metadata/v1.json",
                                                 "use_ip4LL": False})
    assert theirs["found"]
    assert theirs["userdata"] == "#cloud-config\n"
    assert theirs["keys"] == DOCUMENT["public_keys"]
    assert theirs["hostname"] == "sample-droplet"
