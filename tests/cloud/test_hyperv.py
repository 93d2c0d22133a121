"""Hyper-V: what can be seen without its device.  The host's messages are in tests/unit/providers/kvp.c."""

import base64
import json

VIRTUAL = {"sys_vendor": "Microsoft Corporation", "product_name": "Virtual Machine"}


def test_detected(cloud):
    assert cloud(dmi=VIRTUAL).detect().out == (
        'hyperv: DMI vendor is "Microsoft Corporation", DMI product is "Virtual Machine"\n')


def test_azure_is_no_hyperv(cloud):
    machine = cloud(dmi={**VIRTUAL, "chassis_asset_tag": "7783-7084-3265-9085-8269-3286-77"})
    assert machine.detect().out.startswith("azure: ")


def test_no_device_is_no_empty_config(cloud):
    cloud(dmi=VIRTUAL, addresses=[]).fetch("hyperv").failed("open /dev/vmbus/hv_kvp: No such file or directory")


def test_pools_are_written_for_their_owner_alone(cloud, tmp_path):
    """Stage files writes what the provider handed over in the state file (spec ignition 1.8, 5.8)."""
    machine = cloud(addresses=[])
    (tmp_path / "config.ign").write_text('{"ignition": {"version": "3.4.0"}}')
    fetched = machine.fetch("file", environment=[f"IGNITION_CONFIG_FILE={tmp_path}/config.ign"])
    assert fetched.status == 0, fetched.log
    state = json.loads((machine.place / "run/state").read_text())
    path = "/var/lib/hyperv/.kvp_pool_0"
    state["providerOutputFiles"] = [{"path": path, "mode": 0o600, "overwrite": True,
                                     "contents": {"source": "data:;base64,a2V5AAAA"}}]
    (machine.place / "run/state").write_text(json.dumps(state))
    found = machine.fetch("hyperv", stage="files", keep=True)
    assert found.status == 0, found.log
    written = machine.place / f"run{path}"
    assert written.read_bytes() == b"key\0\0\0"
    assert written.stat().st_mode & 0o777 == 0o600


def test_what_the_host_said_once_is_kept(cloud):
    """Stage fetch-offline heard it; stage fetch, which has the network, hears nothing more."""
    config = b'{"ignition": {"version": "3.4.0"}}'
    record = b"ignition.config".ljust(512, b"\0") + config.ljust(2048, b"\0")
    files = [{"path": f"/var/lib/hyperv/.kvp_pool_{pool}", "mode": 0o600, "overwrite": True,
              "contents": {"source": "data:;base64," + base64.b64encode(b"" if pool else record).decode()}}
             for pool in range(5)]
    machine = cloud(addresses=[])
    (machine.place / "run").mkdir()
    (machine.place / "run/state").write_text(json.dumps({"providerOutputFiles": files}))
    machine.fetch("hyperv").gave(config)
    assert json.loads((machine.place / "run/state").read_text())["providerOutputFiles"] == files
