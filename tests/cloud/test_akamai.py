"""Akamai, formerly Linode."""

import base64
import gzip
import json

import pytest
from cloud import Reply, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "a.service", "enabled": true}]}}'
TOKEN = b"c2Vzc2lvbi10b2tlbg=="
INSTANCE = {"id": 12345, "host_uuid": "a631b16d14534d84e2830da16d1b28e1f08d26cf", "label": "foo", "region": "us-mia",
            "type": "g6-nanode-1", "tags": ["prod", "web"], "specs": {"vcpus": 1}, "backups": {"enabled": False}}
NETWORK = {"interfaces": [{"id": 1, "purpose": "public", "label": None, "ipam_address": None}],
           "ipv4": {"public": ["1.2.3.4/32"], "private": ["192.168.1.1/32"], "shared": ["5.6.7.8/32"]},
           "ipv6": {"slaac": "2600:3c06::1/128", "link_local": "fe80::1/128", "ranges": ["2600:3c06:e001::/64"],
                    "shared_ranges": ["2600:3c06:e002::/64"]}}
KEYS = {"users": {"root": ["ssh-rsa AAAAB3NzaC1yc2E= one"], "core": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 two"]}}
LINES = """\
AFTERBURN_AKAMAI_INSTANCE_ID=12345
AFTERBURN_AKAMAI_INSTANCE_HOST_UUID=a631b16d14534d84e2830da16d1b28e1f08d26cf
AFTERBURN_AKAMAI_INSTANCE_LABEL=foo
AFTERBURN_AKAMAI_INSTANCE_REGION=us-mia
AFTERBURN_AKAMAI_INSTANCE_TYPE=g6-nanode-1
AFTERBURN_AKAMAI_INSTANCE_TAGS=prod:web
AFTERBURN_AKAMAI_PUBLIC_IPV4_0=1.2.3.4/32
AFTERBURN_AKAMAI_PRIVATE_IPV4_0=192.168.1.1/32
AFTERBURN_AKAMAI_SHARED_IPV4_0=5.6.7.8/32
AFTERBURN_AKAMAI_IPV6_RANGE_0=2600:3c06:e001::/64
AFTERBURN_AKAMAI_IPV6_SHARED_RANGE_0=2600:3c06:e002::/64
AFTERBURN_AKAMAI_IPV6_SLAAC=2600:3c06::1/128
AFTERBURN_AKAMAI_IPV6_LINK_LOCAL=fe80::1/128
"""


def service_of(config=base64.b64encode(CONFIG), token=TOKEN, **documents):
    answers = {"/v1/user-data": config,
               **{"/v1/" + name.replace("_", "-"): json.dumps(value).encode() for name, value in {
                   "instance": INSTANCE, "network": NETWORK, "ssh_keys": KEYS, **documents}.items()}}

    def script(request):
        accept = request.headers.get("accept")
        if request.path == "/v1/token":
            right = (request.method, request.headers.get("metadata-token-expiry-seconds"), accept)
            return Reply(body=token + b"\n") if right == ("PUT", "300", "text/plain") else Reply(status=400)
        if request.headers.get("metadata-token") != TOKEN.decode():
            return Reply(status=401)
        return paths(answers)(request) if accept == (
            "*/*" if request.path == "/v1/user-data" else "application/json") else Reply(status=406)

    return script


@pytest.mark.parametrize("platform", ["akamai", "linode"])
def test_config(cloud, platform):
    machine = cloud()
    service = machine.serve(service_of())
    found = machine.fetch(platform)
    found.gave(CONFIG)
    assert service.asked == ["PUT /v1/token", "GET /v1/user-data"]
    assert service.connections == 1 and found.elapsed < 1


def test_compressed_config(cloud):
    machine = cloud()
    machine.serve(service_of(config=base64.b64encode(gzip.compress(CONFIG))))
    machine.fetch("akamai").gave(CONFIG)


def test_compressed_config_that_breaks_off(cloud):
    machine = cloud()
    machine.serve(service_of(config=base64.b64encode(gzip.compress(CONFIG)[:30])))
    machine.fetch("akamai").failed("http://169.254.169.254/v1/user-data: gzip: unexpected EOF")


def test_bomb(cloud):
    machine = cloud()
    machine.serve(service_of(config=base64.b64encode(gzip.compress(b" " * (17 << 20)))))
    machine.fetch("akamai").failed("more than 16777216 bytes come out of it")


def test_empty_config(cloud):
    machine = cloud()
    machine.serve(service_of(config=b""))
    machine.fetch("akamai").gave_nothing()


def test_absence_is_a_failure(cloud):
    machine = cloud()
    machine.serve(service_of(config=Reply(status=404)))
    machine.fetch("akamai").failed("GET http://169.254.169.254/v1/user-data: attempt #1: resource not found: 404")


def test_empty_token(cloud):
    machine = cloud()
    machine.serve(service_of(token=b""))
    machine.fetch("akamai").failed("the metadata service gave an empty token")


def test_no_token(cloud):
    machine = cloud()
    machine.serve(paths({"/v1/user-data": base64.b64encode(CONFIG)}))
    machine.fetch("akamai").failed("get a token: PUT http://169.254.169.254/v1/token")


def test_no_link(cloud):
    found = cloud(addresses=[]).fetch("akamai", timeout="1s")
    found.failed("unable to fetch resource in time (1 s)")
    assert 1 <= found.elapsed < 2


def test_ipv6_only(cloud):
    machine = cloud(addresses=["fd00:a9fe:a9fe::1/128"])
    machine.serve(service_of(), host="fd00:a9fe:a9fe::1")
    machine.fetch("akamai").gave(CONFIG)


@pytest.mark.parametrize("vendor", ["Linode", "Akamai"])
def test_detected(cloud, vendor):
    assert cloud(dmi={"sys_vendor": vendor}).detect().out == f'akamai: DMI vendor is "{vendor}"\n'


def test_attributes(cloud, tmp_path):
    machine = cloud()
    service = machine.serve(service_of())
    ran = machine.metadata("--provider", "akamai", "--attributes", tmp_path / "a")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert len([line for line in service.asked if line.startswith("PUT")]) == 1
    assert len(service.asked) == 4


def test_keys_of_all_users(cloud):
    machine = cloud()
    machine.serve(service_of())
    out = machine.metadata("--provider", "akamai").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [
        f"# key: {key}" for keys in KEYS["users"].values() for key in keys]


@pytest.mark.parametrize("documents", [{"ssh_keys": {"users": None}}, {"network": {}}, {"instance": {"tags": None}}])
def test_little_is_no_error(cloud, documents):
    machine = cloud()
    machine.serve(service_of(**documents))
    assert machine.metadata("--provider", "akamai").status == 0
