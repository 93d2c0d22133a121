"""What becomes of user data: never left world-readable, announced where it stays (spec providers 12.3 to 12.5)."""

import json
import os
import stat

import pytest
import test_aws
import test_digitalocean
from cloud import drive, paths

SECRET = "$6$salt$veryverysecret"
CONFIG = json.dumps({"ignition": {"version": "3.4.0"},
                     "passwd": {"users": [{"name": "core", "passwordHash": SECRET}]}}).encode()
CLOUD_CONFIG = f"#cloud-config\nusers:\n  - name: core\n    passwd: {SECRET}\n    gecos: $private_ipv4\n".encode()
SERVICE = "the config stays at http://169.254.169.254"


def world_readable(place) -> list[str]:
    """Files below @place that anybody may read and that are not empty."""
    found = []
    for directory, _, names in os.walk(place):
        for name in names:
            path = os.path.join(directory, name)
            info = os.lstat(path)
            if stat.S_ISREG(info.st_mode) and info.st_mode & 0o007 and info.st_size:
                found.append(path)
    return found


def holding(paths_of, text: str) -> list[str]:
    return [path for path in paths_of if text.encode() in open(path, "rb").read()]


@pytest.mark.parametrize("stages", [["fetch"], ["fetch-offline", "fetch"]])
@pytest.mark.parametrize("config", [CONFIG, CLOUD_CONFIG])
def test_nothing_is_left_world_readable(cloud, config, stages):
    machine = cloud(trees={"/run": {"mark": ""}})
    machine.serve(paths(test_digitalocean.droplet(config)))
    old = os.umask(0)
    try:
        for stage in stages:
            found = machine.fetch("digitalocean", stage=stage, keep=True)
            assert found.status == 0, found.log
    finally:
        os.umask(old)
    written = [machine.place / "run", machine.place / "tree-run"]
    everything = [os.path.join(top, name) for place in written for top, _, names in os.walk(place) for name in names]
    assert holding(everything, SECRET), "the config is nowhere: this test looks in the wrong place"
    assert [path for place in written for path in world_readable(place)] == []
    assert SECRET not in found.log


def test_what_the_platform_said_is_for_root(cloud):
    machine = cloud(trees={"/run": {"mark": ""}})
    machine.serve(paths(test_digitalocean.droplet()))
    assert machine.metadata("--provider", "digitalocean").status == 0
    kept = machine.place / "tree-run/slipway/metadata/digitalocean"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_service_keeps_the_config(cloud):
    machine = cloud()
    machine.serve(test_aws.imds({test_aws.USER_DATA: CONFIG}))
    log = machine.fetch("aws").log
    assert f"WARNING  : fetch: {SERVICE}{test_aws.USER_DATA}, where every process of this machine can read it" in log


def test_drive_keeps_the_config(cloud, tmp_path):
    image = drive(tmp_path / "d.img", "config-2", {"openstack/latest/user_data": CONFIG})
    log = cloud(addresses=[], drives=[image]).fetch("openstack").log
    assert "platform openstack offers no way to remove it" in log and "WARNING  : fetch: the config stays" not in log


def test_nothing_to_keep(cloud):
    machine = cloud()
    machine.serve(paths(test_digitalocean.droplet(b"")))
    assert "the config stays" not in machine.fetch("digitalocean").log
