"""Bigstep: a document at an URL that the image brings along."""

import json

import pytest
from cloud import Reply, paths

CONFIG = '{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "b.service", "enabled": true}]}}'
KEY = "ssh-rsa AAAAB3NzaC1yc2E= one"
URL = {"/var": {"lib/cloud/data/seed/bigstep/url": "http://10.0.0.1/json?token=secret\n"}}
ADDRESS = ["10.0.0.1/32"]
META = {"metadata": {"instance-id": "i-7", "local-hostname": "big-1", "public-keys": [KEY]},
        "userdata_raw": CONFIG, "vendordata_raw": ""}
LINES = "AFTERBURN_BIGSTEP_INSTANCE_ID=i-7\nAFTERBURN_BIGSTEP_HOSTNAME=big-1\n"


def service(**members):
    return paths({"/json?token=secret": json.dumps({**META, **members}).encode()})


def test_config(cloud):
    machine = cloud(addresses=ADDRESS, trees=URL)
    assert machine.detect().out == "bigstep: /var/lib/cloud/data/seed/bigstep/url exists\n"
    asked = machine.serve(service(), host="10.0.0.1")
    found = machine.fetch("auto")
    found.gave(CONFIG.encode())
    assert asked.asked == ["GET /json?token=secret"] and found.elapsed < 1


def test_no_config(cloud):
    machine = cloud(addresses=ADDRESS, trees=URL)
    machine.serve(service(userdata_raw=""), host="10.0.0.1")
    machine.fetch("bigstep").gave_nothing()


@pytest.mark.parametrize("reply, words", [
    (Reply(status=404), "404"), (Reply(body=b"<html>"), "Bigstep's document is not JSON"),
    (Reply(status=500), "unable to fetch resource in time (1 s)"), (Reply(body=b"{}" * 20, cut=9), "broke off after 9 bytes"),
])
def test_faults(cloud, reply, words):
    machine = cloud(addresses=ADDRESS, trees=URL)
    machine.serve(reply, host="10.0.0.1")
    found = machine.fetch("bigstep", timeout="1s")
    found.failed(words)
    assert found.elapsed < 2


def test_no_url(cloud):
    cloud(addresses=ADDRESS, trees={"/var": {"x": ""}}).fetch("bigstep").failed("bigstep/url")


def test_attributes(cloud, tmp_path):
    machine = cloud(addresses=ADDRESS, trees=URL)
    machine.serve(service(), host="10.0.0.1")
    ran = machine.metadata("--provider", "bigstep", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert f"# key: {KEY}\n" in machine.metadata("--provider", "bigstep").out
