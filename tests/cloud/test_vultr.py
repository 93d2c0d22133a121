"""Vultr."""

import json

import pytest
from cloud import Reply, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "vultr.service", "enabled": true}]}}'
USER_DATA = "/user-data/user-data"
TREE = "/v1/"
KEYS = ["ssh-rsa AAAAB3NzaC1yc2E= one", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 two"]
LEAVES = {
    "hostname": "guest",
    "instanceid": "a747bfz6385e",
    "region/regioncode": "EWR",
}
LINES = """\
AFTERBURN_VULTR_HOSTNAME=guest
AFTERBURN_VULTR_INSTANCE_ID=a747bfz6385e
AFTERBURN_VULTR_REGION_CODE=EWR
"""


def service_of(config=CONFIG, leaves=None) -> dict:
    tree = {TREE + name: text.encode() for name, text in (LEAVES if leaves is None else leaves).items()}
    return {USER_DATA: config, TREE + "public-keys": "\n".join(KEYS).encode() + b"\n", **tree}


def test_config(cloud):
    machine = cloud()
    service = machine.serve(paths(service_of()))
    found = machine.fetch("vultr")
    found.gave(CONFIG)
    assert service.asked == [f"GET {USER_DATA}"]
    assert found.elapsed < 1


@pytest.mark.parametrize("reply", [Reply(), Reply(status=204), Reply(status=404)])
def test_no_config(cloud, reply):
    machine = cloud()
    machine.serve(reply)
    found = machine.fetch("vultr")
    found.gave_nothing()
    assert found.elapsed < 1


def test_errors_stay(cloud):
    machine = cloud()
    machine.serve(Reply(status=500))
    found = machine.fetch("vultr", timeout="1s")
    found.failed("unable to fetch resource in time (1 s): 500 Internal Server Error")
    assert 1 <= found.elapsed < 2


def test_body_that_breaks_off(cloud):
    machine = cloud()
    machine.serve(paths({USER_DATA: Reply(body=CONFIG, cut=20)}))
    machine.fetch("vultr", timeout="1s").failed("broke off after 20 bytes")


def test_redirect_is_refused(cloud):
    machine = cloud(addresses=["169.254.169.254/32", "10.9.9.9/32"])
    other = machine.serve(Reply(body=CONFIG), host="10.9.9.9")
    machine.serve(Reply(status=302, headers={"Location": "http://10.9.9.9/"}))
    machine.fetch("vultr").failed("302 Found")
    assert other.asked == []


def test_no_link(cloud):
    found = cloud(addresses=[]).fetch("vultr", timeout="1s")
    found.failed("unable to fetch resource in time (1 s)")
    assert 1 <= found.elapsed < 2


@pytest.mark.parametrize("options, said", [
    ({"dmi": {"sys_vendor": "Vultr"}}, 'DMI vendor is "Vultr"'),
    ({"cmdline": "quiet vultr"}, 'the kernel command line has "vultr"'),
])
def test_detected(cloud, options, said):
    assert cloud(**options).detect().out == f"vultr: {said}\n"



def test_attributes(cloud, tmp_path):
    machine = cloud()
    machine.serve(paths(service_of()))
    ran = machine.metadata("--provider", "vultr", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "guest\n"
    assert ran.elapsed < 2


def test_absent_items_are_left_out(cloud):
    machine = cloud()
    machine.serve(paths({TREE + "hostname": b"guest"}))
    ran = machine.metadata("--provider", "vultr")
    assert (ran.status, ran.out) == (0, "AFTERBURN_VULTR_HOSTNAME=guest\nCOREOS_VULTR_HOSTNAME=guest\n"
                                        "# host name: guest\n")


def test_keys(cloud):
    machine = cloud()
    machine.serve(paths(service_of()))
    out = machine.metadata("--provider", "vultr").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [f"# key: {key}" for key in KEYS]


def test_injected_line_is_refused(cloud):
    machine = cloud()
    machine.serve(paths(service_of(leaves={"hostname": "a\nLD_PRELOAD=/tmp/x"})))
    ran = machine.metadata("--provider", "vultr")
    assert (ran.status, ran.out) == (1, "")
    assert "VULTR_HOSTNAME contains a newline" in ran.err


def test_the_fake_satisfies_cloud_init(cloud):
    document = {"hostname": LEAVES["hostname"], "instance-v2-id": "c2a1", "region": {"regioncode": "EWR"},
                "public-keys": "\n".join(KEYS), "user-data": "#cloud-config\n", "interfaces": [], "vendor-data": ""}
    machine = cloud(dmi={"sys_vendor": "Vultr"})
    machine.serve(paths({**service_of(), "/v1.json": json.dumps(document).encode()}))
    theirs = machine.cloud_init("Vultr")
    assert theirs["found"]
    assert theirs["userdata"] == "#cloud-config\n"
