"""Sources that nobody vouches for: no config, key or name comes from where no proof leads."""

import pytest
from cloud import Reply, drive, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}}'
BARE = "flags : fpu\n"  # a processor that says nothing of a hypervisor
LABELS = ["config-2", "CONFIG-2", "cidata", "CIDATA", "OVF-TRANSPORT", "OVF ENV", "CONTEXT", "CLOUDMD", "ignition"]
SEED = {"context.sh": b"USER_DATA={}", "user.data": CONFIG, "openstack/latest/user_data": CONFIG, "user-data": CONFIG, "meta-data": b"instance-id: i\n",
        "ovf-env.xml": b"<Environment/>", "CustomData.bin": CONFIG, "config.ign": CONFIG}


@pytest.mark.parametrize("words", [(), ("--hostname", "/dev/null"), ("--attributes", "/dev/null")])
def test_metadata_asks_nobody_without_proof(cloud, words):
    machine = cloud(cpuinfo=BARE)
    service = machine.serve(Reply(body=CONFIG))
    assert machine.metadata(*words).status == 1
    assert service.connections == 0


@pytest.mark.parametrize("label", LABELS)
def test_a_stick_on_bare_metal_is_no_proof(cloud, tmp_path, label):
    machine = cloud(cpuinfo=BARE, drives=[drive(tmp_path / "stick", label[:16], SEED)], addresses=[])
    assert machine.detect().status == 1
    machine.fetch("auto").failed("nothing proves which platform this is")


@pytest.mark.parametrize("label", LABELS)
def test_a_stick_does_not_outweigh_firmware(cloud, tmp_path, label):
    machine = cloud(dmi={"sys_vendor": "DigitalOcean"}, drives=[drive(tmp_path / "stick", label[:16], SEED)])
    assert machine.detect().out.startswith("digitalocean: ")
    service = machine.serve(paths({"/metadata/v1/user-data": CONFIG}))
    machine.fetch("auto").gave(CONFIG)
    assert service.asked == ["GET /metadata/v1/user-data"]


def test_metal_looks_at_no_drive(cloud, tmp_path):
    machine = cloud(cpuinfo=BARE, cmdline="ignition.platform.id=metal", addresses=[],
                    drives=[drive(tmp_path / "stick", "config-2", SEED)])
    machine.fetch("auto").gave_nothing()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_metadata_never_moves(cloud, status):
    machine = cloud(addresses=["169.254.169.254/32", "192.0.2.9/32"])
    machine.serve(Reply(status=status, headers={"Location": "http://192.0.2.9/config"}))
    elsewhere = machine.serve(Reply(body=CONFIG), host="192.0.2.9")
    assert machine.fetch("digitalocean", timeout="1s").status != 0
    assert elsewhere.connections == 0


@pytest.mark.parametrize("target", ["169.254.169.254", "[fd00:ec2::254]"])
def test_no_config_leads_to_a_metadata_service(cloud, target):
    """A server on the Internet may not make this machine hand it what only this machine may read."""
    machine = cloud(addresses=["169.254.169.254/32", "192.0.2.9/32", "fd00:ec2::254/128"], cpuinfo=BARE,
                    cmdline="ignition.platform.id=metal ignition.config.url=http://192.0.2.9/config")
    machine.serve(Reply(status=302, headers={"Location": f"http://{target}/latest/user-data"}), host="192.0.2.9")
    service = machine.serve(Reply(body=CONFIG), host=target.strip("[]"))
    found = machine.fetch("auto", timeout="2s")
    assert found.status != 0, found.log
    assert service.asked == []


@pytest.mark.parametrize("argument", ["ignition.platform.id=nosuch", "flatcar.oem.id=../aws"])
def test_a_name_that_nobody_knows_is_no_proof(cloud, argument):
    machine = cloud(dmi={"sys_vendor": "DigitalOcean"}, cmdline=argument)
    service = machine.serve(Reply(body=CONFIG))
    machine.fetch("auto").failed("no such platform")
    assert service.connections == 0


@pytest.mark.parametrize("platform", ["vmware", "virtualbox", "hyperv"])
def test_a_hypervisor_that_is_not_there_gives_nothing(cloud, platform):
    machine = cloud(cpuinfo=BARE)
    service = machine.serve(Reply(body=CONFIG))
    assert "parsing config with SHA512" not in machine.fetch(platform, timeout="1s").log
    assert service.connections == 0
