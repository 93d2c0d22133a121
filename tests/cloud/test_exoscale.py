"""Exoscale."""

import pytest
from cloud import Reply, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "exoscale.service", "enabled": true}]}}'
USER_DATA = "/1.0/user-data"
TREE = "/1.0/meta-data/"
KEYS = ["ssh-rsa AAAAB3NzaC1yc2E= one", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 two"]
LEAVES = {
    "availability-zone": "ch-gva-2",
    "cloud-identifier": "CloudStack-b8f0d95e",
    "instance-id": "5f5d2f5a",
    "local-hostname": "vm-1",
    "local-ipv4": "185.19.30.5",
    "public-hostname": "geo.example",
    "public-ipv4": "185.19.30.6",
    "service-offering": "Micro",
    "vm-id": "5f5d2f5a-1",
}
LINES = """\
AFTERBURN_EXOSCALE_AVAILABILITY_ZONE=ch-gva-2
AFTERBURN_EXOSCALE_CLOUD_IDENTIFIER=CloudStack-b8f0d95e
AFTERBURN_EXOSCALE_INSTANCE_ID=5f5d2f5a
AFTERBURN_EXOSCALE_LOCAL_HOSTNAME=vm-1
AFTERBURN_EXOSCALE_LOCAL_IPV4=185.19.30.5
AFTERBURN_EXOSCALE_PUBLIC_HOSTNAME=geo.example
AFTERBURN_EXOSCALE_PUBLIC_IPV4=185.19.30.6
AFTERBURN_EXOSCALE_SERVICE_OFFERING=Micro
AFTERBURN_EXOSCALE_VM_ID=5f5d2f5a-1
"""


def service_of(config=CONFIG, leaves=None) -> dict:
    tree = {TREE + name: text.encode() for name, text in (LEAVES if leaves is None else leaves).items()}
    return {USER_DATA: config, TREE + "public-keys": "\n".join(KEYS).encode() + b"\n", **tree}


def test_config(cloud):
    machine = cloud()
    service = machine.serve(paths(service_of()))
    found = machine.fetch("exoscale")
    found.gave(CONFIG)
    assert service.asked == [f"GET {USER_DATA}"]
    assert found.elapsed < 1


@pytest.mark.parametrize("reply", [Reply(), Reply(status=204), Reply(status=404)])
def test_no_config(cloud, reply):
    machine = cloud()
    machine.serve(reply)
    found = machine.fetch("exoscale")
    found.gave_nothing()
    assert found.elapsed < 1


def test_errors_stay(cloud):
    machine = cloud()
    machine.serve(Reply(status=500))
    found = machine.fetch("exoscale", timeout="1s")
    found.failed("unable to fetch resource in time (1 s): 500 Internal Server Error")
    assert 1 <= found.elapsed < 2


def test_body_that_breaks_off(cloud):
    machine = cloud()
    machine.serve(paths({USER_DATA: Reply(body=CONFIG, cut=20)}))
    machine.fetch("exoscale", timeout="1s").failed("broke off after 20 bytes")


def test_redirect_is_refused(cloud):
    machine = cloud(addresses=["169.254.169.254/32", "10.9.9.9/32"])
    other = machine.serve(Reply(body=CONFIG), host="10.9.9.9")
    machine.serve(Reply(status=302, headers={"Location": "http://10.9.9.9/"}))
    machine.fetch("exoscale").failed("302 Found")
    assert other.asked == []


def test_no_link(cloud):
    found = cloud(addresses=[]).fetch("exoscale", timeout="1s")
    found.failed("unable to fetch resource in time (1 s)")
    assert 1 <= found.elapsed < 2


def test_detected(cloud):
    machine = cloud(dmi={"product_name": "Exoscale Compute Platform"})
    assert machine.detect().out == 'exoscale: DMI product is "Exoscale Compute Platform"\n'



def test_attributes(cloud, tmp_path):
    machine = cloud()
    machine.serve(paths(service_of()))
    ran = machine.metadata("--provider", "exoscale", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "vm-1\n"
    assert ran.elapsed < 2


def test_absent_items_are_left_out(cloud):
    machine = cloud()
    machine.serve(paths({TREE + "local-hostname": b"vm-1"}))
    ran = machine.metadata("--provider", "exoscale")
    assert (ran.status, ran.out) == (0, "AFTERBURN_EXOSCALE_LOCAL_HOSTNAME=vm-1\nCOREOS_EXOSCALE_LOCAL_HOSTNAME=vm-1\n"
                                        "# host name: vm-1\n")


def test_keys(cloud):
    machine = cloud()
    machine.serve(paths(service_of()))
    out = machine.metadata("--provider", "exoscale").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [f"# key: {key}" for key in KEYS]


def test_injected_line_is_refused(cloud):
    machine = cloud()
    machine.serve(paths(service_of(leaves={"local-hostname": "a\nLD_PRELOAD=/tmp/x"})))
    ran = machine.metadata("--provider", "exoscale")
    assert (ran.status, ran.out) == (1, "")
    assert "EXOSCALE_LOCAL_HOSTNAME contains a newline" in ran.err


def test_the_fake_satisfies_cloud_init(cloud):
    machine = cloud(dmi={"product_name": "Exoscale"}, addresses=["169.254.169.254/32"])
    machine.serve(paths({**service_of(), "/1.0/meta-data/": "\n".join(LEAVES).encode(), "/1.0/user-data": CONFIG,
                         "/": b"1.0\nlatest\n"}))
    theirs = machine.cloud_init("Exoscale")
    assert theirs["found"]
    assert theirs["userdata"].encode() == CONFIG
    assert theirs["hostname"] == "vm-1"
