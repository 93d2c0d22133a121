"""VMware: what can be seen without its host.  Its port, RPCI and configs are in tests/unit/providers/vmware.c, where a
simulated host answers the very instructions."""

import pytest


@pytest.mark.parametrize("dmi, text", [
    ({"sys_vendor": "VMware, Inc.", "product_name": "VMware7,1"}, 'vmware: DMI product is "VMware7,1"\n'),
    ({"product_name": "VMware Virtual Platform"}, 'vmware: DMI product is "VMware Virtual Platform"\n'),
])
def test_detected(cloud, dmi, text):
    assert cloud(dmi=dmi).detect().out == text


def test_the_port_is_not_touched_without_vmware(cloud):
    """Reading it here would end the process: firmware strings are no proof that somebody answers."""
    machine = cloud(dmi={"product_name": "VMware7,1"}, addresses=[])
    found = machine.fetch("vmware")
    assert found.status == 0, found.log
    assert "no config provided by platform" in found.log


def test_removal_elsewhere_is_a_failure(cloud):
    ran = cloud(addresses=[]).rmcfg("vmware")
    assert ran.status == 1
    assert "couldn't delete config: this machine is no VMware guest" in ran.out
