"""Brightbox: OpenStack under another name."""

from cloud import Reply, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "storage": {"files": [{"path": "/etc/brightbox"}]}}'
USER_DATA = "/openstack/latest/user_data"


def test_config(cloud):
    machine = cloud()
    service = machine.serve(paths({USER_DATA: CONFIG}))
    found = machine.fetch("brightbox")
    found.gave(CONFIG)
    assert service.asked == [f"GET {USER_DATA}"] and found.elapsed < 1


def test_empty_config(cloud):
    machine = cloud()
    machine.serve(paths({USER_DATA: b""}))
    found = machine.fetch("brightbox", timeout="2s")
    found.gave_nothing()
    assert found.elapsed < 4


def test_refused(cloud):
    machine = cloud()
    machine.serve(Reply(status=403))
    machine.fetch("brightbox", timeout="2s").failed("403 Forbidden")


def test_no_link(cloud):
    machine = cloud(addresses=[])
    machine.fetch("brightbox", timeout="2s").failed("the metadata service did not answer")


def test_cut_off(cloud):
    machine = cloud()
    machine.serve(paths({USER_DATA: Reply(body=CONFIG, cut=9)}))
    machine.fetch("brightbox", timeout="2s").failed("broke off after 9 bytes")


def test_detected(cloud):
    assert cloud(dmi={"product_serial": "srv-otuxg.gb1.brightbox.com"}).detect().out == (
        'brightbox: DMI serial is "srv-otuxg.gb1.brightbox.com"\n')


def test_attributes(cloud):
    machine = cloud()
    machine.serve(paths({"/latest/meta-data/hostname": b"srv-1"}))
    assert "AFTERBURN_OPENSTACK_HOSTNAME=srv-1\n" in machine.metadata("--provider", "brightbox").out
