"""Scaleway: user data is for those who ask from a port below 1024."""

import json

import pytest
from cloud import Reply, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "s.service", "enabled": true}]}}'
USER_DATA = "/user_data/cloud-init"
ADDRESS = "169.254.42.42"
KEYS = ["ssh-rsa AAAAB3NzaC1yc2E= one", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 two"]
DOCUMENT = {
    "id": "11111111-1111", "hostname": "scw-sharp", "commercial_type": "DEV1-S", "organization": "1",
    "tags": ["web", "AUTHORIZED_KEY=ssh-ed25519_AAAAC3NzaC1lZDI1NTE5_tagged"], "location": {"zone_id": "par1"},
    "private_ip": "10.8.5.3", "public_ip": {"address": "203.0.113.9", "dynamic": False},
    "ipv6": {"address": "2001:db8::9", "gateway": "2001:db8::1"},
    "ssh_public_keys": [{"key": key, "fingerprint": "x"} for key in KEYS],
}
LINES = """\
AFTERBURN_SCALEWAY_HOSTNAME=scw-sharp
AFTERBURN_SCALEWAY_INSTANCE_ID=11111111-1111
AFTERBURN_SCALEWAY_INSTANCE_TYPE=DEV1-S
AFTERBURN_SCALEWAY_ZONE_ID=par1
AFTERBURN_SCALEWAY_IPV4_PRIVATE=10.8.5.3
AFTERBURN_SCALEWAY_PRIVATE_IPV4=10.8.5.3
AFTERBURN_SCALEWAY_IPV4_PUBLIC=203.0.113.9
AFTERBURN_SCALEWAY_PUBLIC_IPV4=203.0.113.9
AFTERBURN_SCALEWAY_IPV6_PUBLIC=2001:db8::9
AFTERBURN_SCALEWAY_PUBLIC_IPV6=2001:db8::9
"""


@pytest.fixture
def scaleway(cloud):
    def make(answers, address=ADDRESS, mask=32):
        machine = cloud(addresses=[f"{address}/{mask}"], dmi={"sys_vendor": "Scaleway"})

        def script(request):
            if request.path.startswith("/user_data/") and not 1 <= request.port < 1024:
                return Reply(status=403)
            return paths(answers)(request) if isinstance(answers, dict) else answers

        return machine, machine.serve(script, host=address)

    return make


def test_config(scaleway):
    machine, service = scaleway({USER_DATA: CONFIG})
    found = machine.fetch("scaleway")
    found.gave(CONFIG)
    assert service.asked == [f"GET {USER_DATA}"]
    assert 600 <= service.requests[0].port <= 1022
    assert found.elapsed < 1


def test_ports_that_are_taken(scaleway):
    """All of the range but one."""
    machine, service = scaleway({USER_DATA: CONFIG})
    taken = [machine.network.socket(("0.0.0.0", port)) for port in range(600, 1023) if port != 811]
    assert len(taken) == 422
    machine.fetch("scaleway").gave(CONFIG)
    assert service.requests[0].port == 811


def test_ipv6_only(scaleway):
    machine, service = scaleway({USER_DATA: CONFIG}, address="fd00:42::42", mask=128)
    machine.fetch("scaleway").gave(CONFIG)
    assert 600 <= service.requests[0].port <= 1022


@pytest.mark.parametrize("reply", [Reply(), Reply(status=404)])
def test_no_config(scaleway, reply):
    machine, _ = scaleway(reply)
    found = machine.fetch("scaleway")
    found.gave_nothing()
    assert found.elapsed < 1


def test_errors_stay(scaleway):
    machine, _ = scaleway(Reply(status=500))
    found = machine.fetch("scaleway", timeout="1s")
    found.failed("unable to fetch resource in time (1 s): 500 Internal Server Error")
    assert 1 <= found.elapsed < 2


def test_refusal(scaleway):
    machine, _ = scaleway(Reply(status=403))
    machine.fetch("scaleway").failed("403 Forbidden")


def test_no_link(cloud):
    found = cloud(addresses=[]).fetch("scaleway", timeout="1s")
    found.failed("unable to fetch resource in time (1 s)")
    assert 1 <= found.elapsed < 2


@pytest.mark.parametrize("options, said", [
    ({"dmi": {"sys_vendor": "Scaleway"}}, 'DMI vendor is "Scaleway"'),
    ({"cmdline": "quiet scaleway"}, 'the kernel command line has "scaleway"'),
])
def test_detected(cloud, options, said):
    assert cloud(**options).detect().out == f"scaleway: {said}\n"


def test_attributes(scaleway, tmp_path):
    machine, service = scaleway({"/conf?format=json": json.dumps(DOCUMENT).encode()})
    ran = machine.metadata("--provider", "scaleway", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "scw-sharp\n"
    assert service.requests[0].port >= 1024


def test_keys(scaleway):
    machine, _ = scaleway({"/conf?format=json": json.dumps(DOCUMENT).encode()})
    out = machine.metadata("--provider", "scaleway").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [
        f"# key: {key}" for key in [*KEYS, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 tagged"]]


@pytest.mark.parametrize("document", [{"public_ip": None, "ipv6": None}, {"tags": None}, {}])
def test_little_is_no_error(scaleway, document):
    machine, _ = scaleway({"/conf?format=json": json.dumps(document).encode()})
    assert machine.metadata("--provider", "scaleway").status == 0


def test_the_fake_satisfies_cloud_init(scaleway):
    machine, _ = scaleway({"/conf?format=json": json.dumps(DOCUMENT).encode(), USER_DATA: b"#cloud-config\n",
                           "/vendor_data/cloud-init": Reply(status=404)})
    theirs = machine.cloud_init("Scaleway")
    assert theirs["found"]
    assert theirs["userdata"] == "#cloud-config\n"
    assert set(KEYS) <= set(theirs["keys"])  # of a tag it takes the wrong half
    assert theirs["hostname"] == "scw-sharp"
