"""Hyper-V: what can be seen without its device.  The host's messages are in tests/unit/providers/kvp.c."""

VIRTUAL = {"sys_vendor": "Microsoft Corporation", "product_name": "Virtual Machine"}


def test_detected(cloud):
    assert cloud(dmi=VIRTUAL).detect().out == (
        'hyperv: DMI vendor is "Microsoft Corporation", DMI product is "Virtual Machine"\n')


def test_azure_is_no_hyperv(cloud):
    machine = cloud(dmi={**VIRTUAL, "chassis_asset_tag": "7783-7084-3265-9085-8269-3286-77"})
    assert machine.detect().out.startswith("azure: ")


def test_no_device_is_no_empty_config(cloud):
    cloud(dmi=VIRTUAL, addresses=[]).fetch("hyperv").failed("open /dev/vmbus/hv_kvp: No such file or directory")
