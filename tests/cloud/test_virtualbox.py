"""VirtualBox: what can be seen without its driver, and Container Linux' partition.  Guest properties are in
tests/unit/providers/virtualbox.c, where a driver of the test's own answers."""


def test_detected(cloud):
    assert cloud(dmi={"product_name": "VirtualBox"}).detect().out == 'virtualbox: DMI product is "VirtualBox"\n'


def test_no_driver_is_no_empty_config(cloud):
    machine = cloud(dmi={"product_name": "VirtualBox"}, addresses=[])
    machine.fetch("virtualbox").failed("open /dev/vboxguest: No such file or directory")


def test_no_driver_is_no_removal(cloud):
    ran = cloud(addresses=[]).rmcfg("vagrant-virtualbox")
    assert ran.status == 1
    assert "couldn't delete config: open /dev/vboxguest: No such file or directory" in ran.out
