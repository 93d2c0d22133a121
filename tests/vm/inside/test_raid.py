"""Arrays as the engine makes them: with the kernel's md, Debian's mdadm and udev's rules."""

import json
import os
import subprocess

import pytest
import volumes
from volumes import BIN, DISK_4K, DISK_A, DISK_B, Boot, output, partition, run


@pytest.fixture(autouse=True)
def blank():
    volumes.clear()
    yield
    volumes.clear()


def config(**raid):
    return {"storage": {
        "disks": [volumes.two_partitions()],
        "raid": [{"name": "data", "level": "raid1", **raid,
                  "devices": ["/dev/disk/by-partlabel/one", "/dev/disk/by-partlabel/two"]}],
        "filesystems": [{"device": "/dev/md/data", "format": "ext4", "label": "data"}],
    }}


@pytest.fixture
def boot(tmp_path):
    return Boot(tmp_path, config())


def detail(path="/dev/md/data"):
    lines = output("mdadm", "--detail", "--export", path).splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_a_mirror_of_new_partitions(boot):
    text = boot.succeed("fetch-offline", "disks")
    found = detail()
    assert (found["MD_LEVEL"], found["MD_DEVICES"]) == ("raid1", "2")
    assert found["MD_NAME"] in ("any:data", "data")
    assert output("blkid", "-o", "value", "-s", "TYPE", "/dev/md/data") == "ext4"
    words = [line for line in text.splitlines() if '"mdadm" "--create"' in line]
    assert len(words) == 1
    assert ('"mdadm" "--create" "data" "--force" "--run" "--homehost" "any" "--level" "raid1" '
            '"--raid-devices" "2" "--uuid=') in words[0]
    assert words[0].endswith(f'"{partition(DISK_A, 1)}" "{partition(DISK_A, 2)}"')


def test_a_rerun_keeps_it(boot):
    boot.succeed("fetch-offline", "disks")
    uuid = detail()["MD_UUID"]
    text = boot.succeed("disks")
    assert detail()["MD_UUID"] == uuid
    assert "executing" not in text


def test_a_rerun_starts_what_does_not_run(boot):
    boot.succeed("fetch-offline", "disks")
    uuid = detail()["MD_UUID"]
    run("mdadm", "--stop", "/dev/md/data")
    text = boot.succeed("disks")
    assert detail()["MD_UUID"] == uuid
    assert '"--assemble"' in text and '"--create"' not in text
    assert "already correctly formatted" in text


def test_a_member_that_was_lost_is_refused(boot):
    """What was made to its end may hold data: it is never made anew."""
    boot.succeed("fetch-offline", "disks")
    run("mdadm", "--stop", "/dev/md/data")
    run("mdadm", "--zero-superblock", partition(DISK_A, 2))
    text = boot.fail("disks")
    assert "is degraded" in text and "is no part of it" in text
    assert '"--create"' not in text


def test_a_degraded_array_is_refused(boot):
    boot.succeed("fetch-offline", "disks")
    member = partition(DISK_A, 2)
    run("mdadm", "/dev/md/data", "--fail", member)
    run("mdadm", "/dev/md/data", "--remove", member)
    text = boot.fail("disks")
    assert 'array "data"' in text and "is degraded" in text


def test_a_failed_member_is_refused(boot):
    boot.succeed("fetch-offline", "disks")
    run("mdadm", "/dev/md/data", "--fail", partition(DISK_A, 2))
    assert "is degraded" in boot.fail("disks")


def test_an_array_of_another_provisioning_is_in_use(boot):
    boot.succeed("fetch-offline", "disks")
    boot.forget()
    boot.configure({"storage": {**boot.config["storage"], "disks": []}})
    text = boot.fail("fetch-offline", "disks")
    assert "failed to create raids: " in text
    assert "held by md" in text and "mdadm --stop" in text


def test_members_of_an_old_array_are_taken(boot):
    boot.succeed("fetch-offline", "disks")
    uuid = detail()["MD_UUID"]
    run("mdadm", "--stop", "/dev/md/data")
    boot.forget()
    storage = {**boot.config["storage"], "disks": []}
    boot.configure({"storage": storage})
    boot.succeed("fetch-offline", "disks")
    assert detail()["MD_UUID"] != uuid


def test_a_mounted_member_is_refused(boot):
    boot.succeed("fetch-offline", "disks")
    run("mdadm", "--stop", "/dev/md/data")
    boot.forget()
    member = partition(DISK_A, 1)
    run("mkfs.ext4", "-qF", member)
    place = boot.place / "busy"
    place.mkdir()
    run("mount", member, place)
    boot.configure({"storage": {**boot.config["storage"], "disks": []}})
    try:
        text = boot.fail("fetch-offline", "disks")
    finally:
        run("umount", place)
    assert f"mounted on {place}" in text
    assert '"mdadm"' not in text


def test_one_device_twice(boot):
    storage = boot.config["storage"]
    storage["disks"] = []
    storage["raid"][0]["devices"] = [DISK_B, os.path.realpath(DISK_B)]
    boot.configure({"storage": storage})
    assert "which are the same device" in boot.fail("fetch-offline", "disks")


def test_another_array_of_that_name(boot):
    run("mdadm", "--create", "data", "--run", "--homehost", "any", "--level", "0", "--raid-devices", "2",
        DISK_B, DISK_4K)
    text = boot.fail("fetch-offline", "disks")
    assert "has that name already" in text
    assert '"mdadm"' not in text


def test_spares_options_and_a_path_as_name(tmp_path):
    devices = [partition(DISK_A, 1), partition(DISK_A, 2), DISK_B, DISK_4K]
    boot = Boot(tmp_path, {"storage": {
        "disks": [volumes.two_partitions()],
        "raid": [{"name": "/dev/md/five", "level": "raid5", "spares": 1, "devices": devices,
                  "options": ["--chunk=64", "--assume-clean"]}]}})
    boot.succeed("fetch-offline", "disks")
    found = detail("/dev/md/five")
    assert (found["MD_LEVEL"], found["MD_DEVICES"]) == ("raid5", "3")
    text = output("mdadm", "--detail", "/dev/md/five")
    assert "64K" in text and "Spare Devices : 1" in text
    assert "executing" not in boot.succeed("disks")


def test_an_array_of_arrays(tmp_path):
    boot = Boot(tmp_path, {"storage": {
        "disks": [volumes.two_partitions(DISK_A), volumes.two_partitions(DISK_B)],
        "raid": [
            {"name": "left", "level": "raid1", "devices": [partition(DISK_A, 1), partition(DISK_B, 1)]},
            {"name": "right", "level": "raid1", "devices": [partition(DISK_A, 2), partition(DISK_B, 2)]},
            {"name": "both", "level": "stripe", "devices": ["/dev/md/left", "/dev/md/right"]}],
        "filesystems": [{"device": "/dev/md/both", "format": "ext4"}]}})
    boot.succeed("fetch-offline", "disks")
    assert detail("/dev/md/both")["MD_LEVEL"] == "raid0"
    assert output("blkid", "-o", "value", "-s", "TYPE", "/dev/md/both") == "ext4"
    assert "executing" not in boot.succeed("disks")


def test_a_device_that_never_comes(tmp_path):
    """The wait says what it waits for, and does not outlive its bound of five minutes; cut short here."""
    boot = Boot(tmp_path, {"storage": {
        "raid": [{"name": "data", "level": "raid1", "devices": [DISK_B, "/dev/nowhere"]}]}})
    boot.succeed("fetch-offline")
    words = [BIN / "ignition", "-platform", "file", "-stage", "disks", "-log-to-stdout", "-config-cache",
             boot.place / "cache", "-neednet", boot.place / "neednet", "-root", boot.root, "-state-file",
             boot.place / "state"]
    with subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True,
                          env={"PATH": os.environ["PATH"],
                               "IGNITION_CONFIG_FILE": str(boot.place / "config.ign")}) as child:
        lines = iter(child.stdout.readline, "")
        said = next((line for line in lines if "waiting for device /dev/nowhere" in line), None)
        child.kill()
    assert said and "s left" in said


def test_a_plan_names_it_before_anything_is_there(boot, tmp_path):
    image = tmp_path / "image"
    with image.open("wb") as stream:
        stream.truncate(1 << 30)
    plan = output(BIN / "slipway-plan", "--json", "--disk", image, "--root", boot.root,
                  boot.place / "config.ign")
    names = [(operation["phase"], operation["operation"], operation["object"])
             for operation in json.loads(plan)["operations"]]
    assert ("raids", "raid.create", "/dev/md/data") in names
    assert names.index(("raids", "raid.create", "/dev/md/data")) < names.index(
        ("filesystems", "filesystem.create", "/dev/md/data"))
