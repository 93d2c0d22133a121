"""Amazon EC2."""

import dataclasses
import re

import pytest
from cloud import LINK_LOCAL, Reply, attempts, attributes, paths

CONFIG = (b'{"ignition": {"version": "3.4.0"}, "storage": {"files": '
          b'[{"path": "/etc/motd", "contents": {"source": "data:,aws"}}]}}')
TOKEN = b"AQAAAE-token"
USER_DATA = "/2019-10-01/user-data"
TREE = "/2021-01-03/meta-data/"
KEY = b"ssh-rsa AAAAB3NzaC1yc2E= me"
UUID = {"product_uuid": "ec2f1a2b-0000-0000-0000-000000000000"}

METADATA = {
    TREE + "instance-id": b"i-0123456789abcdef0",
    TREE + "instance-type": b"m5.large",
    TREE + "local-ipv4": b"10.0.0.17",
    TREE + "public-ipv4": b"203.0.113.25",
    TREE + "ipv6": b"2001:db8::17",
    TREE + "placement/availability-zone": b"eu-central-1a",
    TREE + "placement/availability-zone-id": b"euc1-az2",
    TREE + "hostname": b"ip-10-0-0-17.eu-central-1.compute.internal other.name",
    TREE + "public-hostname": b"ec2-203-0-113-25.compute.amazonaws.com",
    TREE + "public-keys": b"0=me\n1=you\n",
    TREE + "public-keys/0/openssh-key": KEY + b"\n",
    TREE + "public-keys/1/openssh-key": b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 you\n",
    "/2021-01-03/dynamic/instance-identity/document": b'{"region": "eu-central-1", "accountId": "1"}',
}
LINES = """\
AFTERBURN_AWS_INSTANCE_ID=i-0123456789abcdef0
AFTERBURN_AWS_INSTANCE_TYPE=m5.large
AFTERBURN_AWS_IPV4_LOCAL=10.0.0.17
AFTERBURN_AWS_IPV4_PUBLIC=203.0.113.25
AFTERBURN_AWS_IPV6=2001:db8::17
AFTERBURN_AWS_AVAILABILITY_ZONE=eu-central-1a
AFTERBURN_AWS_AVAILABILITY_ZONE_ID=euc1-az2
AFTERBURN_AWS_HOSTNAME="ip-10-0-0-17.eu-central-1.compute.internal other.name"
AFTERBURN_AWS_PUBLIC_HOSTNAME=ec2-203-0-113-25.compute.amazonaws.com
AFTERBURN_AWS_REGION=eu-central-1
"""


def imds(answers: dict):
    """IMDSv2: a token for a PUT with a lifetime, and nothing without the token."""

    def script(request):
        if request.path == "/latest/api/token":
            if request.method != "PUT":
                return Reply(status=405)
            if request.headers.get("x-aws-ec2-metadata-token-ttl-seconds") != "21600":
                return Reply(status=400)
            return Reply(body=TOKEN)
        if request.headers.get("x-aws-ec2-metadata-token") != TOKEN.decode():
            return Reply(status=401)
        return paths(answers)(request)

    return script


# --- the config


def test_config(cloud):
    machine = cloud()
    service = machine.serve(imds({USER_DATA: CONFIG}))
    found = machine.fetch("aws")
    found.gave(CONFIG)
    assert found.cache["storage"]["files"][0]["path"] == "/etc/motd"
    assert service.asked == ["PUT /latest/api/token", f"GET {USER_DATA}"]
    assert service.connections == 1
    assert found.elapsed < 1


def test_old_name(cloud):
    machine = cloud()
    machine.serve(imds({USER_DATA: CONFIG}))
    machine.fetch("ec2").gave(CONFIG)


def test_no_config(cloud):
    machine = cloud()
    service = machine.serve(imds({}))
    found = machine.fetch("aws")
    found.gave_nothing()
    assert service.asked == ["PUT /latest/api/token", f"GET {USER_DATA}"]
    assert found.elapsed < 1


def test_empty_body_is_no_config(cloud):
    machine = cloud()
    machine.serve(imds({USER_DATA: b""}))
    machine.fetch("aws").gave_nothing()


def test_service_without_tokens(cloud):
    machine = cloud()
    service = machine.serve(paths({USER_DATA: CONFIG}))
    machine.fetch("aws").gave(CONFIG)
    assert "x-aws-ec2-metadata-token" not in service.requests[-1].headers


def test_disabled_service(cloud):
    machine = cloud()
    machine.serve(Reply(status=403))
    found = machine.fetch("aws")
    found.failed("get a token: PUT http://169.254.169.254/latest/api/token: attempt #1: "
                 "failed to fetch resource: 403 Forbidden")
    assert found.elapsed < 1


def test_errors_of_the_service_pass(cloud):
    machine = cloud()
    whole = imds({USER_DATA: CONFIG})
    left = [Reply(status=503), Reply(status=500)]
    service = machine.serve(lambda request: left.pop() if left else whole(request))
    found = machine.fetch("aws")
    found.gave(CONFIG)
    assert len(service.asked) == 4
    assert 0.4 < found.elapsed < 2


def test_errors_of_the_service_stay(cloud):
    machine = cloud()
    machine.serve(Reply(status=500))
    found = machine.fetch("aws", timeout="1s")
    found.failed("unable to fetch resource in time (1 s): 500 Internal Server Error")
    assert 1 <= found.elapsed < 2
    assert attempts(found.log) >= 2


def test_body_that_breaks_off(cloud):
    machine = cloud()
    machine.serve(imds({USER_DATA: Reply(body=CONFIG, cut=40)}))
    machine.fetch("aws", timeout="1s").failed("broke off after 40 bytes")


def test_slow_body_is_bounded(cloud):
    machine = cloud()
    machine.serve(imds({USER_DATA: Reply(body=CONFIG, pause=4)}))
    found = machine.fetch("aws", timeout="1s")
    found.failed("unable to fetch resource in time (1 s)")
    assert 1 <= found.elapsed < 2


def test_redirect_is_refused(cloud):
    machine = cloud(addresses=[LINK_LOCAL, "10.9.9.9/32"])
    other = machine.serve(Reply(body=CONFIG), host="10.9.9.9")
    machine.serve(imds({USER_DATA: Reply(status=302, headers={"Location": "http://10.9.9.9/user-data"})}))
    machine.fetch("aws").failed("302 Found")
    assert other.asked == []


def test_body_beyond_the_ceiling(cloud):
    machine = cloud()
    machine.serve(imds({USER_DATA: b" " * (17 << 20)}))
    machine.fetch("aws").failed("the answer is larger than 16384 KiB")


def test_no_link(cloud):
    machine = cloud(addresses=[])
    found = machine.fetch("aws", timeout="1s")
    found.failed("PUT http://169.254.169.254/latest/api/token")
    found.failed("unable to fetch resource in time (1 s)")
    assert 1 <= found.elapsed < 2


def test_no_answer(cloud):
    machine = cloud(addresses=[], hole=["169.254.169.254"])
    found = machine.fetch("aws", timeout="1s")
    found.failed("unable to fetch resource in time (1 s)")
    assert 1 <= found.elapsed < 2


def test_ipv6_only(cloud):
    machine = cloud(addresses=["fd00:ec2::254/128"])
    service = machine.serve(imds({USER_DATA: CONFIG}), host="fd00:ec2::254")
    found = machine.fetch("aws")
    found.gave(CONFIG)
    assert service.asked == ["PUT /latest/api/token", f"GET {USER_DATA}"]
    assert found.elapsed < 1


def test_ipv4_swallows_packets_and_ipv6_answers(cloud):
    machine = cloud(addresses=["fd00:ec2::254/128"], hole=["169.254.169.254"])
    machine.serve(imds({USER_DATA: CONFIG}), host="fd00:ec2::254")
    found = machine.fetch("aws")
    found.gave(CONFIG)
    assert found.elapsed < 1


def test_offline(cloud):
    machine = cloud()
    service = machine.serve(imds({USER_DATA: CONFIG}))
    found = machine.fetch("aws", stage="fetch-offline")
    assert found.status == 0 and "networking is needed" in found.log
    assert service.asked == []


# --- detection


@pytest.mark.parametrize("uuid", ["ec2f1a2b-1", "EC2F1A2B-1", "45E12AEC-DCD1-B213-94ED-012345ABCDEF"])
def test_detected(cloud, uuid):
    machine = cloud(dmi={"product_uuid": uuid})
    found = machine.detect()
    assert (found.status, found.out) == (0, f'aws: DMI UUID is "{uuid}"\n')


def test_detected_by_xen(cloud):
    machine = cloud(files={"hypervisor/uuid": "ec2e1916-9099-7caf-fd21-012345abcdef\n"})
    assert machine.detect().out == 'aws: hypervisor\'s UUID is "ec2e1916-9099-7caf-fd21-012345abcdef"\n'


def test_auto(cloud):
    machine = cloud(dmi=UUID)
    machine.serve(imds({USER_DATA: CONFIG}))
    machine.fetch("auto").gave(CONFIG)


def test_nothing_is_asked_without_proof(cloud):
    machine = cloud(dmi={"product_uuid": "deadbeef-0000-ec2a"})
    service = machine.serve(imds({USER_DATA: CONFIG}))
    machine.fetch("auto").failed("nothing proves which platform this is")
    assert service.asked == []


# --- what it says about the machine


def test_attributes(cloud, tmp_path):
    machine = cloud()
    service = machine.serve(imds(METADATA))
    ran = machine.metadata("--provider", "aws", "--attributes", tmp_path / "run/attributes")
    assert ran.status == 0, ran.err
    text = (tmp_path / "run/attributes").read_text()
    assert text == LINES + LINES.replace("AFTERBURN_AWS", "COREOS_EC2")
    assert (tmp_path / "run/attributes").stat().st_mode & 0o777 == 0o644
    assert attributes(text)["COREOS_EC2_HOSTNAME"] == METADATA[TREE + "hostname"].decode()
    assert len([line for line in service.asked if line.startswith("PUT")]) == 1
    assert ran.elapsed < 2


def test_absent_items_are_left_out(cloud):
    machine = cloud()
    machine.serve(imds({TREE + "instance-id": b"i-1", TREE + "public-ipv4": b""}))
    ran = machine.metadata("--provider", "aws")
    assert (ran.status, ran.out) == (0, "AFTERBURN_AWS_INSTANCE_ID=i-1\nCOREOS_EC2_INSTANCE_ID=i-1\n")


def test_hostname_is_the_first(cloud, tmp_path):
    machine = cloud()
    machine.serve(imds(METADATA))
    ran = machine.metadata("--provider", "aws", "--hostname", tmp_path / "hostname")
    assert ran.status == 0, ran.err
    assert (tmp_path / "hostname").read_text() == "ip-10-0-0-17.eu-central-1.compute.internal\n"


def test_identity_that_is_no_json(cloud, tmp_path):
    machine = cloud()
    machine.serve(imds({**METADATA, "/2021-01-03/dynamic/instance-identity/document": b"<html>"}))
    ran = machine.metadata("--provider", "aws", "--attributes", tmp_path / "attributes")
    assert ran.status == 1
    assert "the instance identity document is not JSON" in ran.err
    assert not (tmp_path / "attributes").exists()


def test_injected_line_is_refused(cloud, tmp_path):
    machine = cloud()
    machine.serve(imds({**METADATA, TREE + "hostname": b"a\nLD_PRELOAD=/tmp/x"}))
    ran = machine.metadata("--provider", "aws", "--attributes", tmp_path / "attributes")
    assert ran.status == 1
    assert "AWS_HOSTNAME contains a newline" in ran.err


def test_the_fake_satisfies_cloud_init(cloud):
    """Debian's cloud-init finds the same user-data and keys on the same fake."""
    machine = cloud(dmi={**UUID, "product_serial": UUID["product_uuid"]})
    listing = b"\n".join([b"hostname", b"instance-id", b"local-ipv4", b"public-keys/", b"placement/"])
    whole = imds({**METADATA, TREE: listing, TREE + "placement/": b"availability-zone",
                  TREE + "public-keys/": METADATA[TREE + "public-keys"], "/2021-01-03/user-data": CONFIG,
                  "/2021-01-03/dynamic/instance-identity": b"document"})

    def any_date(request):
        return whole(dataclasses.replace(request, path=re.sub(r"^/20\d\d-\d\d-\d\d/", "/2021-01-03/", request.path)))

    machine.serve(any_date)
    theirs = machine.cloud_init("Ec2")
    assert theirs["found"]
    assert theirs["userdata"].encode() == CONFIG
    assert theirs["metadata"]["local-ipv4"] == "10.0.0.17"
    assert KEY.decode() in theirs["keys"]
