"""The registry as a whole: its page, and that nobody asks a network without proof."""

import platforms
import pytest
from conftest import TOP
from cloud import Reply


def test_page_is_current(programs):
    """python3 tests/cloud/platforms.py PATH/slipway >docs/platforms.md"""
    assert (TOP / "docs/platforms.md").read_text() == platforms.page(platforms.registry(programs["slipway"]))


def test_every_cloud_has_tests(programs):
    # Of tests/host and tests/vm; the agents' ids have theirs beside the engine's.
    local = {"file", "qemu", "openstack-metadata", "cloudstack-configdrive", "cloudstack-metadata"}
    assert [row["name"] for row in platforms.registry(programs["slipway"])
            if row["name"] not in local and platforms.tests_of(row["name"]) == "–"] == []


# --- unproven source


@pytest.mark.parametrize("dmi", [{}, {"sys_vendor": "Acme", "product_name": "Anvil"}, {"sys_vendor": "\xff\xff"}])
def test_nobody_is_asked_without_proof(cloud, dmi):
    machine = cloud(dmi=dmi, cpuinfo="flags : fpu\n")
    service = machine.serve(Reply(body=b'{"ignition": {"version": "3.4.0"}}'))
    found = machine.fetch("auto")
    found.failed("platform auto: nothing proves which platform this is")
    assert machine.metadata().status == 1
    assert machine.detect().status == 1
    assert service.asked == [] and service.connections == 0


def test_two_proofs_ask_nobody(cloud):
    machine = cloud(dmi={"sys_vendor": "DigitalOcean", "product_serial": "GoogleCloud-1"})
    service = machine.serve(Reply(body=b'{"ignition": {"version": "3.4.0"}}'))
    machine.fetch("auto").failed("this may be digitalocean")
    assert service.asked == []


def test_detected_as_json(cloud):
    machine = cloud(dmi={"sys_vendor": "QEMU", "product_name": "Google Compute Engine"})
    assert machine.detect("--json").out == (
        '{"platform":"gcp","argument":null,"problem":null,"evidence":['
        '{"platform":"gcp","rank":"platform","text":"DMI product is \\"Google Compute Engine\\""},'
        '{"platform":"qemu","rank":"hypervisor","text":"DMI vendor is \\"QEMU\\""}]}\n')


def test_kernel_argument_is_proof(cloud):
    machine = cloud(cmdline="quiet ignition.platform.id=gce ignition.firstboot")
    assert machine.detect().out == "gcp: named by ignition.platform.id on the kernel command line\n"
    service = machine.serve(Reply(status=404))
    machine.fetch("auto").gave_nothing()
    assert service.asked == ["GET /computeMetadata/v1/instance/attributes/user-data"]


def test_platform_without_a_config(cloud):
    found = cloud(cmdline="ignition.platform.id=openstack-metadata").fetch("auto")
    found.failed("platform openstack-metadata has no place for a config")
    found = cloud().fetch("openstack-metadata")
    assert found.status == 2 and "is not a valid platform" in found.log


def test_config_on_the_command_line_needs_no_proof(cloud):
    """A machine booted over the network need not say that it is metal."""
    machine = cloud(cmdline="ignition.config.url=http://169.254.169.254/me.ign", cpuinfo="flags : fpu\n")
    service = machine.serve(Reply(body=b'{"ignition": {"version": "3.4.0"}}'))
    found = machine.fetch("auto")
    found.gave(b'{"ignition": {"version": "3.4.0"}}')
    assert "platform metal: nothing proves another" in found.log and service.asked == ["GET /me.ign"]


@pytest.mark.parametrize("cmdline", ["ignition.config.url=", "ignition.config.path=/x", "my.ignition.config.url=http://a"])
def test_other_arguments_prove_nothing(cloud, cmdline):
    cloud(cmdline=cmdline, cpuinfo="flags : fpu\n").fetch("auto").failed("nothing proves which platform this is")
