"""Equinix Metal, formerly Packet: the one service that is asked over TLS, by its name."""

import json

import network
import pytest
from cloud import Reply, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "p.service", "enabled": true}]}}'
HOST = "metadata.packet.net"
ADDRESS = "192.80.8.124"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


def at(family, public, address, gateway):
    return {"id": "x", "address_family": family, "public": public, "management": True, "address": address,
            "netmask": "255.255.255.254", "gateway": gateway}


DOCUMENT = {
    "id": "7c1e", "hostname": "machine.example", "iqn": "iqn.2016-08.net.packet:device.7c1e", "plan": "t1.small.x86",
    "facility": "ams1", "tags": [], "ssh_keys": ["ssh-rsa AAAAB3NzaC1yc2E= one", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 two"],
    "phone_home_url": "http://147.75.200.3/phone-home",
    "network": {
        "interfaces": [{"name": "eth0", "mac": "0c:c4:7a:b5:80:fa", "bond": None}],
        "bonding": {"mode": 5},
        "addresses": [
            at(4, True, "147.75.83.211", "147.75.83.210"), at(6, True, "2604:1380:2000:b00::3", "2604:1380:2000:b00::2"),
            at(4, False, "10.80.114.131", "10.80.114.130"), at(4, True, "147.75.83.213", "147.75.83.212"),
        ],
    },
}
LINES = """\
AFTERBURN_PACKET_HOSTNAME=machine.example
AFTERBURN_PACKET_PLAN=t1.small.x86
AFTERBURN_PACKET_PHONE_HOME_URL=http://147.75.200.3/phone-home
AFTERBURN_PACKET_IPV4_PUBLIC_0=147.75.83.211
AFTERBURN_PACKET_IPV4_PUBLIC_GATEWAY_0=147.75.83.210
AFTERBURN_PACKET_IPV4_PUBLIC_1=147.75.83.213
AFTERBURN_PACKET_IPV4_PUBLIC_GATEWAY_1=147.75.83.212
AFTERBURN_PACKET_IPV4_PRIVATE_0=10.80.114.131
AFTERBURN_PACKET_IPV4_PRIVATE_GATEWAY_0=10.80.114.130
AFTERBURN_PACKET_IPV6_PUBLIC_0=2604:1380:2000:b00::3
AFTERBURN_PACKET_IPV6_PUBLIC_GATEWAY_0=2604:1380:2000:b00::2
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return network.make_authority(tmp_path_factory.mktemp("authority"), f"DNS:{HOST}")


@pytest.fixture
def packet(cloud, authority):
    """A machine that knows the authority, and its service."""
    certificate, key = authority
    machine = cloud(addresses=[f"{ADDRESS}/32"], hosts=f"{ADDRESS} {HOST}\n",
                    replace={BUNDLE: certificate.read_text()})

    def serve(script):
        return machine, machine.serve(script, host=ADDRESS, port=443, tls=key)

    return serve


def as_they_do(answers: dict):
    """406 for whoever asks for something in particular."""

    def script(request):
        return paths(answers)(request) if request.headers.get("accept") == "*/*" else Reply(status=406)

    return script


def test_config(packet):
    machine, service = packet(as_they_do({"/userdata": CONFIG}))
    found = machine.fetch("packet")
    found.gave(CONFIG)
    assert service.asked == ["GET /userdata"]
    assert found.elapsed < 1


@pytest.mark.parametrize("name", ["equinixmetal", "equinix"])
def test_other_names(packet, name):
    machine, _ = packet(as_they_do({"/userdata": CONFIG}))
    machine.fetch(name).gave(CONFIG)


def test_empty_config(packet):
    machine, _ = packet(as_they_do({"/userdata": b""}))
    machine.fetch("packet").gave_nothing()


def test_absence_is_a_failure(packet):
    machine, _ = packet(paths({}))
    machine.fetch("packet").failed(f"GET https://{HOST}/userdata: attempt #1: resource not found: 404")


def test_unknown_authority(cloud, authority):
    machine = cloud(addresses=[f"{ADDRESS}/32"], hosts=f"{ADDRESS} {HOST}\n")
    service = machine.serve(Reply(body=CONFIG), host=ADDRESS, port=443, tls=authority[1])
    machine.fetch("packet").failed("SSL certificate")
    assert service.asked == []


def test_errors_stay(packet):
    machine, _ = packet(Reply(status=500))
    found = machine.fetch("packet", timeout="1s")
    found.failed("unable to fetch resource in time (1 s): 500 Internal Server Error")
    assert 1 <= found.elapsed < 2


def test_unknown_name(cloud):
    found = cloud(addresses=[]).fetch("packet", timeout="1s")
    found.failed(f"GET https://{HOST}/userdata")
    assert found.elapsed < 3


def test_attributes(packet, tmp_path):
    machine, service = packet(as_they_do({"/metadata": json.dumps(DOCUMENT).encode()}))
    ran = machine.metadata("--provider", "packet", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "machine.example\n"
    assert service.asked == ["GET /metadata"]


def test_keys(packet):
    machine, _ = packet(as_they_do({"/metadata": json.dumps(DOCUMENT).encode()}))
    out = machine.metadata("--provider", "packet").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [
        f"# key: {key}" for key in DOCUMENT["ssh_keys"]]


@pytest.mark.parametrize("text, said", [
    (b"{", "/metadata is not JSON"), (b'{"hostname": "a b\\u0000"}', ""), (b'{"plan": "a\\nb"}', "PACKET_PLAN contains"),
])
def test_wrong_documents(packet, text, said):
    machine, _ = packet(as_they_do({"/metadata": text}))
    ran = machine.metadata("--provider", "packet")
    assert (ran.status, ran.out) == (1, "")
    assert said in ran.err
