"""Alibaba Cloud."""

import dataclasses
import re

import pytest
from cloud import Reply, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "ali.service", "enabled": true}]}}'
HOST = "100.100.100.200"
TOKEN = b"token-of-aliyun"
USER_DATA = "/latest/user-data"
TREE = "/latest/meta-data/"
KEYS = ["ssh-rsa AAAAB3NzaC1yc2E= one", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 two"]
LEAVES = {
    "eipv4": "203.0.113.4", "hostname": "izj6c", "image-id": "debian_12", "instance-id": "i-bp1",
    "instance/instance-type": "ecs.t5", "private-ipv4": "172.16.0.5", "public-ipv4": "203.0.113.5",
    "region-id": "cn-hongkong", "vpc-id": "vpc-1", "zone-id": "cn-hongkong-b",
}
LINES = """\
AFTERBURN_ALIYUN_EIPV4=203.0.113.4
AFTERBURN_ALIYUN_HOSTNAME=izj6c
AFTERBURN_ALIYUN_IMAGE_ID=debian_12
AFTERBURN_ALIYUN_INSTANCE_ID=i-bp1
AFTERBURN_ALIYUN_INSTANCE_TYPE=ecs.t5
AFTERBURN_ALIYUN_IPV4_PRIVATE=172.16.0.5
AFTERBURN_ALIYUN_IPV4_PUBLIC=203.0.113.5
AFTERBURN_ALIYUN_REGION_ID=cn-hongkong
AFTERBURN_ALIYUN_VPC_ID=vpc-1
AFTERBURN_ALIYUN_ZONE_ID=cn-hongkong-b
"""
TREE_OF_KEYS = {TREE + "public-keys/": b"key-pair-0/\nkey-pair-1\n",
                TREE + "public-keys/key-pair-0/openssh-key": KEYS[0].encode() + b"\n",
                TREE + "public-keys/key-pair-1/openssh-key": KEYS[1].encode()}


def tree(config=CONFIG) -> dict:
    return {USER_DATA: config, **{TREE + name: text.encode() for name, text in LEAVES.items()}, **TREE_OF_KEYS}


def hardened(answers: dict):
    """Nothing without a token."""

    def script(request):
        if request.path == "/latest/api/token":
            return Reply(body=TOKEN) if request.headers.get("x-aliyun-ecs-metadata-token-ttl-seconds") else Reply(status=400)
        if request.headers.get("x-aliyun-ecs-metadata-token") != TOKEN.decode():
            return Reply(status=403)
        return paths(answers)(request)

    return script


@pytest.fixture
def aliyun(cloud):
    def make(script):
        machine = cloud(addresses=[f"{HOST}/32"], dmi={"product_name": "Alibaba Cloud ECS", "product_serial": "1"})
        return machine, machine.serve(script, host=HOST)

    return make


@pytest.mark.parametrize("platform", ["aliyun", "ali"])
def test_config(aliyun, platform):
    machine, service = aliyun(hardened(tree()))
    found = machine.fetch(platform)
    found.gave(CONFIG)
    assert service.asked == ["PUT /latest/api/token", f"GET {USER_DATA}"]
    assert service.connections == 1 and found.elapsed < 1


def test_service_without_tokens(aliyun):
    machine, _ = aliyun(paths(tree()))
    machine.fetch("aliyun").gave(CONFIG)


@pytest.mark.parametrize("config", [b"", Reply(status=404)])
def test_no_config(aliyun, config):
    machine, _ = aliyun(hardened(tree(config)))
    found = machine.fetch("aliyun")
    found.gave_nothing()
    assert found.elapsed < 1


def test_errors_stay(aliyun):
    machine, _ = aliyun(Reply(status=500))
    found = machine.fetch("aliyun", timeout="1s")
    found.failed("unable to fetch resource in time (1 s): 500 Internal Server Error")
    assert 1 <= found.elapsed < 2


def test_refusal(aliyun):
    machine, _ = aliyun(Reply(status=403))
    machine.fetch("aliyun").failed(f"get a token: PUT http://{HOST}/latest/api/token: attempt #1: failed to fetch")


def test_no_link(cloud):
    found = cloud(addresses=[]).fetch("aliyun", timeout="1s")
    found.failed("unable to fetch resource in time (1 s)")
    assert 1 <= found.elapsed < 2


def test_detected(cloud):
    machine = cloud(dmi={"product_name": "Alibaba Cloud ECS"})
    assert machine.detect().out == 'aliyun: DMI product is "Alibaba Cloud ECS"\n'


def test_attributes(aliyun, tmp_path):
    machine, service = aliyun(hardened(tree()))
    ran = machine.metadata("--provider", "aliyun", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "izj6c\n"
    assert len([line for line in service.asked if line.startswith("PUT")]) == 1


def test_keys(aliyun):
    machine, _ = aliyun(hardened(tree()))
    out = machine.metadata("--provider", "aliyun").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [f"# key: {key}" for key in KEYS]


def test_absent_items_are_left_out(aliyun):
    machine, _ = aliyun(hardened({TREE + "zone-id": b"z", TREE + "eipv4": b""}))
    assert machine.metadata("--provider", "aliyun").out == "AFTERBURN_ALIYUN_ZONE_ID=z\nCOREOS_ALIYUN_ZONE_ID=z\n"


def test_the_fake_satisfies_cloud_init(aliyun):
    listing = b"hostname\ninstance-id\npublic-keys/\n"
    whole = paths({**tree(), TREE: listing, TREE + "public-keys/key-pair-0/": b"openssh-key",
                   TREE + "public-keys/": b"key-pair-0/"})

    def any_date(request):
        return whole(dataclasses.replace(request, path=re.sub(r"^/20\d\d-\d\d-\d\d/", "/latest/", request.path)))

    machine, _ = aliyun(any_date)
    theirs = machine.cloud_init("AliYun")
    assert theirs["found"]
    assert theirs["userdata"].encode() == CONFIG
    assert theirs["keys"] == KEYS[:1]
    assert theirs["hostname"] == "izj6c"
