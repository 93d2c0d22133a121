"""Google Compute Engine."""

import json
import time

import pytest
from cloud import Reply, attempts, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "passwd": {"users": [{"name": "gcp"}]}}'
ROOT = "/computeMetadata/v1/"
USER_DATA = ROOT + "instance/attributes/user-data"
FLAVOR = {"Metadata-Flavor": "Google"}
RSA = "ssh-rsa AAAAB3NzaC1yc2E="

METADATA = {
    ROOT + "instance/hostname": b"vm-1.europe-west3-a.c.project.internal",
    ROOT + "instance/network-interfaces/0/ip": b"10.156.0.2",
    ROOT + "instance/network-interfaces/0/access-configs/0/external-ip": b"203.0.113.9",
    ROOT + "instance/machine-type": b"projects/42/machineTypes/e2-medium",
}
LINES = """\
AFTERBURN_GCP_HOSTNAME=vm-1.europe-west3-a.c.project.internal
AFTERBURN_GCP_IP_EXTERNAL_0=203.0.113.9
AFTERBURN_GCP_IP_LOCAL_0=10.156.0.2
AFTERBURN_GCP_MACHINE_TYPE=projects/42/machineTypes/e2-medium
"""


def keys_of(cloud, answers: dict) -> list[str]:
    machine = cloud()
    machine.serve(paths({ROOT + path: text.encode() for path, text in answers.items()}, needs=FLAVOR))
    ran = machine.metadata("--provider", "gcp")
    assert ran.status == 0, ran.err
    return [line[2:] for line in ran.out.splitlines() if line.startswith("# key")]


def test_config(cloud):
    machine = cloud()
    service = machine.serve(paths({USER_DATA: CONFIG}, needs=FLAVOR))
    found = machine.fetch("gcp")
    found.gave(CONFIG)
    assert service.asked == [f"GET {USER_DATA}"]
    assert found.elapsed < 1


def test_old_name(cloud):
    machine = cloud()
    machine.serve(paths({USER_DATA: CONFIG}, needs=FLAVOR))
    machine.fetch("gce").gave(CONFIG)


def test_no_config(cloud):
    machine = cloud()
    machine.serve(paths({}))
    found = machine.fetch("gcp")
    found.gave_nothing()
    assert found.elapsed < 1


def test_empty_config(cloud):
    machine = cloud()
    machine.serve(paths({USER_DATA: b""}))
    machine.fetch("gcp").gave_nothing()


def test_service_that_is_not_ready(cloud):
    machine = cloud()
    left = [Reply(status=503), Reply(hang_up=True)]
    machine.serve(lambda request: left.pop() if left else Reply(body=CONFIG))
    found = machine.fetch("gcp")
    found.gave(CONFIG)
    assert attempts(found.log) == 3


def test_refused(cloud):
    machine = cloud()
    machine.serve(Reply(status=403))
    found = machine.fetch("gcp")
    found.failed("403 Forbidden")
    assert found.elapsed < 1


def test_cut_off(cloud):
    machine = cloud()
    machine.serve(paths({USER_DATA: Reply(body=CONFIG, cut=10)}))
    machine.fetch("gcp").failed("broke off after 10 bytes")


def test_no_link(cloud):
    machine = cloud(addresses=[])
    found = machine.fetch("gcp", timeout="1s")
    found.failed("unable to fetch resource in time (1 s)")
    assert 1 <= found.elapsed < 2


@pytest.mark.parametrize("dmi, said", [
    ({"product_name": "Google Compute Engine"}, 'DMI product is "Google Compute Engine"'),
    ({"product_serial": "GoogleCloud-0123456789ABCDEF"}, 'DMI serial is "GoogleCloud-0123456789ABCDEF"'),
])
def test_detected(cloud, dmi, said):
    assert cloud(dmi=dmi).detect().out == f"gcp: {said}\n"


def test_attributes(cloud, tmp_path):
    machine = cloud()
    machine.serve(paths(METADATA, needs=FLAVOR))
    ran = machine.metadata("--provider", "gcp", "--attributes", tmp_path / "attributes", "--hostname", tmp_path / "name")
    assert ran.status == 0, ran.err
    assert (tmp_path / "attributes").read_text() == LINES + LINES.replace("AFTERBURN_GCP", "COREOS_GCE")
    assert (tmp_path / "name").read_text() == "vm-1.europe-west3-a.c.project.internal\n"


def test_empty_items_are_left_out(cloud, tmp_path):
    machine = cloud()
    machine.serve(paths({**METADATA, ROOT + "instance/network-interfaces/0/access-configs/0/external-ip": b""}))
    machine.metadata("--provider", "gcp", "--attributes", tmp_path / "attributes")
    assert "EXTERNAL" not in (tmp_path / "attributes").read_text()


def test_keys_of_instance_and_project(cloud):
    assert keys_of(cloud, {"instance/attributes/ssh-keys": f"core:{RSA} one\nalice:{RSA} two",
                           "project/attributes/sshKeys": f"core:{RSA} three",
                           "project/attributes/ssh-keys": f"core:{RSA} four"}) == [
        f"key of core: {RSA} one", f"key of alice: {RSA} two", f"key of core: {RSA} three", f"key of core: {RSA} four"]


def test_old_instance_keys_hide_the_others(cloud):
    assert keys_of(cloud, {"instance/attributes/sshKeys": f"core:{RSA} old",
                           "instance/attributes/ssh-keys": f"core:{RSA} new",
                           "project/attributes/ssh-keys": f"core:{RSA} project"}) == [f"key of core: {RSA} old"]


def test_project_keys_are_blocked(cloud):
    assert keys_of(cloud, {"instance/attributes/ssh-keys": f"core:{RSA} one",
                           "instance/attributes/block-project-ssh-keys": "true",
                           "project/attributes/ssh-keys": f"core:{RSA} two"}) == [f"key of core: {RSA} one"]


@pytest.mark.parametrize("date, is_there", [
    ("2018-12-04T20:12:00+0000", False),
    ("2118-12-04T20:12:00+0000", True),
    (time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime(time.time() - 60)), False),
    (time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime(time.time() + 600)), True),
    ("soon", True),
])
def test_expired_keys_are_dropped(cloud, date, is_there):
    key = f'{RSA} google-ssh {{"userName":"me","expireOn":"{date}"}}'
    assert keys_of(cloud, {"instance/attributes/ssh-keys": f"me:{key}\nno key at all"}) == (
        [f"key of me: {key}"] if is_there else [])


def test_the_fake_satisfies_cloud_init(cloud):
    machine = cloud(dmi={"product_name": "Google Compute Engine"},
                    hosts="169.254.169.254 metadata.google.internal metadata.google.internal.\n")
    keys = {"user-data": "#cloud-config\n", "ssh-keys": "cloudinit:ssh-rsa AAAAB3NzaC1yc2E= me"}
    answers = {**METADATA, ROOT + "instance/id": b"7", ROOT + "instance/zone": b"projects/42/zones/a",
               ROOT + "instance/attributes/?recursive=True": json.dumps(keys).encode(),
               ROOT + "project/attributes/?recursive=True": b"{}"}
    machine.serve(paths(answers, needs=FLAVOR))
    theirs = machine.cloud_init("GCE")
    assert theirs["found"]
    assert theirs["userdata"] == "#cloud-config\n"
    assert theirs["keys"] == ["ssh-rsa AAAAB3NzaC1yc2E= me"]
