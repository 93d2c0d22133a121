"""What a plan says of arrays and encrypted volumes before anything is there, and what a rehearsal says.

That they are made is proven where the kernel has md and dm: tests/vm."""

import json
import os
import subprocess

import pytest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="plans for a machine, as root sees it")

MIB = 1 << 20
KEY = "data:,secret"
PARTS = ["/dev/disk/by-partlabel/one", "/dev/disk/by-partlabel/two"]


def config_of(**storage):
    return {"ignition": {"version": "3.4.0"}, "storage": {
        "disks": [{"device": "/dev/slipway-test-disk", "partitions": [
            {"number": 1, "label": "one", "sizeMiB": 64}, {"number": 2, "label": "two", "sizeMiB": 64},
            {"number": 3, "label": "three"}]}],
        "raid": [{"name": "data", "level": "raid1", "devices": PARTS}],
        "luks": [{"name": "vault", "device": "/dev/md/data", "keyFile": {"source": KEY}}],
        "filesystems": [{"device": "/dev/disk/by-id/dm-name-vault", "format": "ext4", "path": "/"}],
        **storage}}


@pytest.fixture
def disk(tmp_path):
    place = tmp_path / "disk.img"
    with place.open("wb") as stream:
        stream.truncate(512 * MIB)
    return place


def run(programs, tmp_path, verb, config, *words):
    place = tmp_path / "c.ign"
    place.write_text(json.dumps(config))
    return subprocess.run([programs.ours / f"slipway-{verb}", *words, place], capture_output=True,
                          text=True, timeout=60, check=False)


def plan(programs, tmp_path, disk, config, *words):
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True, exist_ok=True)
    done = run(programs, tmp_path, "plan", config, "--disk", disk, "--root", root, *words)
    return done


def test_a_plan_in_the_order_of_the_stack(programs, tmp_path, disk):
    done = plan(programs, tmp_path, disk, config_of(), "--json")
    assert done.returncode == 0, done.stderr
    operations = json.loads(done.stdout)["operations"]
    found = [(one["phase"], one["object"]) for one in operations if one["phase"] != "partitions"]
    assert found[:3] == [("raids", "/dev/md/data"), ("luks", "/dev/mapper/vault"),
                         ("filesystems", "/dev/disk/by-id/dm-name-vault")]
    assert ("files", "/etc/crypttab") in found
    assert "secret" not in done.stdout


def test_identities_are_drawn_with_the_plan(programs, tmp_path, disk):
    uuids = []
    for _ in range(2):
        done = plan(programs, tmp_path, disk, config_of(), "--json")
        uuids += [one["identity"]["uuid"] if "identity" in one else one["uuid"]
                  for one in json.loads(done.stdout)["operations"] if one["phase"] in ("raids", "luks")]
    assert len(set(uuids)) == 4


def test_what_would_be_destroyed_is_said(programs, tmp_path, disk):
    """Old contents where a partition will be: an array takes it, a volume refuses it."""
    old = tmp_path / "old"
    with old.open("wb") as stream:
        stream.truncate(64 * MIB)
    subprocess.run(["mkfs.ext4", "-qF", "-L", "old", old], check=True)
    with disk.open("r+b") as stream:
        stream.seek(MIB)
        stream.write(old.read_bytes())
    done = plan(programs, tmp_path, disk, config_of())
    assert "destroying an ext4 filesystem labelled old on /dev/disk/by-partlabel/one" in done.stdout
    volume = {"name": "vault", "device": PARTS[0], "keyFile": {"source": KEY}}
    done = plan(programs, tmp_path, disk, config_of(raid=[], luks=[volume]))
    assert done.returncode == 1
    assert "volume is not of the correct type: an ext4 filesystem labelled old is on" in done.stderr
    done = plan(programs, tmp_path, disk, config_of(raid=[], luks=[{**volume, "wipeVolume": True}]))
    assert "format /dev/disk/by-partlabel/one as LUKS2, key of the config, destroying" in done.stdout


def test_one_device_twice_is_refused(programs, tmp_path, disk):
    raid = [{"name": "data", "level": "raid1", "devices": [PARTS[0], "/dev/slipway-test-disk1"]}]
    done = plan(programs, tmp_path, disk, config_of(raid=raid))
    assert done.returncode == 1 and "which are the same device" in done.stderr


def test_cex_is_refused(programs, tmp_path, disk):
    config = config_of(luks=[{"name": "vault", "device": PARTS[0], "cex": {"enabled": True}}])
    config["ignition"]["version"] = "3.5.0"
    done = plan(programs, tmp_path, disk, config)
    assert done.returncode == 1
    assert "IBM Crypto Express" in done.stderr and "nothing was changed" in done.stderr


def test_a_picture_shows_members(programs, tmp_path, disk):
    svg = tmp_path / "plan.svg"
    done = plan(programs, tmp_path, disk, config_of(), "--svg", svg)
    assert done.returncode == 0, done.stderr
    assert svg.read_text().count("RAID &quot;data&quot;, created") >= 2


def test_a_rehearsal_says_that_it_cannot(programs, tmp_path, disk):
    before = disk.read_bytes()
    done = run(programs, tmp_path, "rehearse", config_of(), "--disk", disk)
    assert done.returncode == 1
    assert "arrays (storage.raid), which cannot be rehearsed on an image" in done.stderr
    assert disk.read_bytes() == before
    done = run(programs, tmp_path, "rehearse", config_of(raid=[]), "--disk", disk)
    assert "encrypted volumes (storage.luks)" in done.stderr
