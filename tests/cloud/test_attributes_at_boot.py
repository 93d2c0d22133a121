"""What a platform says about its machines, in configs: $private_ipv4, {PRIVATE_IPV4} (spec configs 1.5, 3.6)."""

import base64
import json
import urllib.parse

import network
import pytest
import test_aws
import test_azure
import test_digitalocean
import test_gcp
import test_openstack
import test_packet
from cloud import Reply, paths

CLOUD_CONFIG = """\
#cloud-config
hostname: here
write_files:
  - path: /etc/addresses
    content: "$private_ipv4 $public_ipv4 \\$private_ipv4"
"""
CLC = """\
#container-linux-config
etcd:
  advertise_client_urls: "http://{PRIVATE_IPV4}:2379"
  listen_client_urls: "http://{PUBLIC_IPV4}:2379"
"""
# private and public address, and the words of coreos-metadata for them.
PLATFORMS = {
    "aws": ("10.0.0.17", "203.0.113.25", "EC2_IPV4_LOCAL", "EC2_IPV4_PUBLIC"),
    "gcp": ("10.156.0.2", "203.0.113.9", "GCE_IP_LOCAL_0", "GCE_IP_EXTERNAL_0"),
    "azure": ("10.0.0.4", "203.0.113.2", "AZURE_IPV4_DYNAMIC", "AZURE_IPV4_VIRTUAL"),
    "digitalocean": ("10.132.255.113", "198.51.100.123", "DIGITALOCEAN_IPV4_PRIVATE_0", "DIGITALOCEAN_IPV4_PUBLIC_0"),
    "openstack": ("10.0.0.5", "203.0.113.7", "OPENSTACK_IPV4_LOCAL", "OPENSTACK_IPV4_PUBLIC"),
    "packet": ("10.80.114.131", "147.75.83.211", "PACKET_IPV4_PRIVATE_0", "PACKET_IPV4_PUBLIC_0"),
}


@pytest.fixture
def at(cloud, tmp_path):
    """at(platform, config): a machine there with that user data; .service is whom it asks."""

    def make(platform, text):
        config = text.encode()
        if platform == "packet":
            certificate, key = network.make_authority(tmp_path, f"DNS:{test_packet.HOST}")
            machine = cloud(addresses=[f"{test_packet.ADDRESS}/32"], hosts=f"{test_packet.ADDRESS} {test_packet.HOST}\n",
                            replace={test_packet.BUNDLE: certificate.read_text()})
            answers = {"/userdata": config, "/metadata": json.dumps(test_packet.DOCUMENT).encode()}
            machine.service = machine.serve(paths(answers), host=test_packet.ADDRESS, port=443, tls=key)
        elif platform == "azure":
            user_data = {test_azure.USER_DATA: base64.b64encode(config)}
            machine = test_azure.machine_of(cloud, test_azure.wire_server(), {**test_azure.imds(), **user_data})
            machine.service = machine.wire
        else:
            machine = cloud()
            machine.service = machine.serve(script_of(platform, config))
        return machine

    return make


def script_of(platform, config, without=()):
    answers = {
        "aws": lambda: {**test_aws.METADATA, test_aws.USER_DATA: config},
        "gcp": lambda: {**test_gcp.METADATA, test_gcp.USER_DATA: config},
        "digitalocean": lambda: test_digitalocean.droplet(config),
        "openstack": lambda: {**test_openstack.SERVICE, test_openstack.USER_DATA: config},
        "hetzner": lambda: {"/hetzner/v1/userdata": config},
    }[platform]()
    for path in without:
        del answers[path]
    if platform == "aws":
        return test_aws.imds(answers)
    return paths(answers, needs=test_gcp.FLAVOR if platform == "gcp" else None)


def file_of(found, path):
    assert found.status == 0, found.log
    file = next(file for file in found.cache["storage"]["files"] if file["path"] == path)
    head, _, data = file["contents"]["source"].partition(",")
    return base64.b64decode(data).decode() if head.endswith("base64") else urllib.parse.unquote(data)


def dropin_of(found):
    assert found.status == 0, found.log
    unit = next(unit for unit in found.cache["systemd"]["units"] if unit["name"] == "etcd-member.service")
    return unit["dropins"][0]["contents"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_cloud_config(at, platform):
    private, public, _, _ = PLATFORMS[platform]
    found = at(platform, CLOUD_CONFIG).fetch(platform)
    assert file_of(found, "/etc/addresses") == f"{private} {public} $private_ipv4"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_container_linux_config(at, platform):
    _, _, private, public = PLATFORMS[platform]
    dropin = dropin_of(at(platform, CLC).fetch(platform))
    assert dropin.startswith("[Unit]\nRequires=coreos-metadata.service\nAfter=coreos-metadata.service\n\n"
                             "[Service]\nEnvironmentFile=/run/metadata/coreos\n")
    assert f'--advertise-client-urls="http://${{COREOS_{private}}}:2379"' in dropin
    assert f'--listen-client-urls="http://${{COREOS_{public}}}:2379"' in dropin


@pytest.mark.parametrize("platform", ["aws", "digitalocean"])
def test_nobody_is_asked_for_what_nobody_wants(at, platform):
    machine = at(platform, "#cloud-config\nhostname: a\n")
    assert machine.fetch(platform).status == 0
    assert [line for line in machine.service.asked if "meta-data" in line or "v1.json" in line] == []


def test_offline_says_why(at):
    machine = at("digitalocean", CLOUD_CONFIG)
    kept = machine.place / "run/none/user.ign"
    kept.parent.mkdir(parents=True)
    kept.write_text(CLOUD_CONFIG)
    found = machine.fetch("digitalocean", stage="fetch-offline")
    assert found.status == 0 and "networking is needed" in found.log
    assert (machine.place / "run/neednet").exists() and machine.service.asked == []


def test_asked_once_in_a_boot(at, tmp_path):
    machine = at("digitalocean", CLOUD_CONFIG)
    for _ in range(2):
        assert machine.fetch("digitalocean").status == 0
    ran = machine.metadata("--provider", "digitalocean", "--attributes", tmp_path / "a")
    assert ran.status == 0, ran.err
    assert machine.service.asked.count("GET /metadata/v1.json") == 1
    assert (tmp_path / "a").read_text().startswith(test_digitalocean.LINES)
    assert machine.metadata("--provider", "digitalocean", "--no-cache").status == 0
    assert machine.service.asked.count("GET /metadata/v1.json") == 2


# --- and when it does not say


def test_machine_without_a_public_address(cloud):
    machine = cloud()
    machine.serve(script_of("aws", CLOUD_CONFIG.encode(), without=[test_aws.TREE + "public-ipv4"]))
    found = machine.fetch("aws")
    assert file_of(found, "/etc/addresses") == "10.0.0.17  $private_ipv4"
    assert "platform aws tells this machine no public_ipv4: it is empty" in found.log


def test_unit_of_a_machine_without_a_public_address(cloud):
    machine = cloud()
    machine.serve(script_of("aws", CLC.encode(), without=[test_aws.TREE + "public-ipv4"]))
    found = machine.fetch("aws")
    assert "${COREOS_EC2_IPV4_PUBLIC}" in dropin_of(found)
    assert "platform aws tells this machine no PUBLIC_IPV4: the variable is empty" in found.log


@pytest.mark.parametrize("text, said", [
    ("#cloud-config\nhostname: $private_ipv6\n",
     "line 2 col 11: $private_ipv6 is not known: platform aws does not tell its machines their private_ipv6"),
    ("#container-linux-config\netcd:\n  name: \"{PRIVATE_IPV6}\"\n",
     "unknown field: platform aws tells its machines nothing of that name"),
    ("#container-linux-config\netcd:\n  name: \"{MOON}\"\n",
     "unknown field: platform aws tells its machines nothing of that name"),
])
def test_what_the_platform_never_tells(at, text, said):
    at("aws", text).fetch("aws").failed(said)


@pytest.mark.parametrize("text, where", [(CLOUD_CONFIG, "line 5 col 15: $private_ipv4 is not known: "),
                                         (CLC, "line 3 col 3: {PRIVATE_IPV4} is not known: ")])
def test_service_that_fails(cloud, text, where):
    machine = cloud()
    script = script_of("digitalocean", text.encode())
    machine.serve(lambda request: Reply(status=500) if request.path.endswith(".json") else script(request))
    found = machine.fetch("digitalocean", timeout="1s")
    found.failed(where)
    assert "platform digitalocean: " in found.log and "500 Internal Server Error" in found.log
    assert found.elapsed < 3


def test_environment_stands_in(cloud):
    machine = cloud()
    machine.serve(script_of("aws", b"#cloud-config\nhostname: h$private_ipv6\n"))
    found = machine.fetch("aws", environment=["COREOS_PRIVATE_IPV6=fd00::1"])
    assert file_of(found, "/etc/hostname") == "hfd00::1\n"
