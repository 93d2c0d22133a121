"""The engine's stages disks, mount, files and umount on a loop device, as an initramfs runs them."""

import json
import os

import pytest

from boot import ROOT_LABEL, Boot

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="attaches and mounts disks")

MIB = 1 << 20
SIZE = 512 * MIB


@pytest.fixture
def disk(tmp_path, attach):
    image = tmp_path / "disk"
    with image.open("wb") as stream:
        stream.truncate(SIZE)
    return attach(image)


def config_for(device):
    return {
        "ignition": {"version": "3.4.0"},
        "storage": {
            "disks": [{"device": str(device), "partitions": [
                {"number": 1, "label": "var", "sizeMiB": 64}, {"number": 2, "label": ROOT_LABEL}]}],
            "filesystems": [
                {"device": f"{device}p1", "format": "ext4", "path": "/var"},
                {"device": f"/dev/disk/by-partlabel/{ROOT_LABEL}", "format": "ext4", "path": "/"},
            ],
            "files": [{"path": "/var/lib/a", "contents": {"source": "data:,here"}}],
        },
    }


@pytest.fixture
def boot(programs, tmp_path, disk):
    return Boot(programs, tmp_path, config_for(disk))


def test_all_stages(boot):
    done = boot.run("fetch-offline", "disks", "mount", "files",
                    then=f"findmnt -rno FSTYPE {boot.root}/var && cat {boot.root}/var/lib/a")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("ext4\nhere")
    assert "CRITICAL" not in done.stdout


def test_the_state_remembers_what_mounting_made(boot):
    boot.run("fetch-offline", "disks", "mount")
    assert boot.state()["notatedDirectories"] == ["/var"]


def test_umount_takes_all_of_them_off(boot):
    done = boot.run("fetch-offline", "disks", "mount", "umount", then=f"findmnt -R {boot.root}; true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ignition finished successfully" in done.stdout.splitlines()[-1]


def test_a_second_disks_stage_does_nothing(boot):
    boot.run("fetch-offline", "disks")
    done = boot.run("disks")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "executing" not in done.stdout
    assert "already correctly formatted" in done.stdout


def test_a_mounted_partition_is_refused(boot, disk):
    boot.run("fetch-offline", "disks")
    config = config_for(disk)
    config["storage"]["disks"][0]["partitions"][0].update(sizeMiB=32, wipePartitionEntry=True)
    (boot.place / "config.ign").write_text(json.dumps(config))
    done = boot.shell(f"mkdir -p {boot.place}/busy && mount {disk}p1 {boot.place}/busy",
                      " ".join(boot.words("fetch-offline")), " ".join(boot.words("disks")))
    assert done.returncode == 1
    assert "refusing to modify active partition 1" in done.stdout
    assert f"mounted on {boot.place}/busy" in done.stdout


def test_a_mount_path_through_a_link_is_refused(boot):
    boot.run("fetch-offline", "disks")
    done = boot.run("mount", then="true")
    assert done.returncode == 0, done.stdout
    config = json.loads((boot.place / "config.ign").read_text())
    config["storage"]["filesystems"] = config["storage"]["filesystems"][:1]
    config["storage"]["filesystems"][0]["path"] = "/link/var"
    (boot.place / "config.ign").write_text(json.dumps(config))
    (boot.root / "link").symlink_to("/etc")
    done = boot.run("fetch-offline", "mount")
    assert done.returncode == 1
    assert 'mount path "/link/var" contains non-directory component "/link"' in done.stdout


def test_what_cannot_be_made_is_said_before_anything_is_written(boot, disk, tmp_path):
    config = config_for(disk)
    config["ignition"]["version"] = "3.5.0"
    config["storage"]["luks"] = [{"name": "l", "device": "/dev/a", "cex": {"enabled": True}}]
    (boot.place / "config.ign").write_text(json.dumps(config))
    done = boot.run("fetch-offline", "disks")
    assert done.returncode == 1
    assert "config.ign:1: volume" in done.stdout and "IBM Crypto Express" in done.stdout
    assert (tmp_path / "disk").read_bytes() == bytes(SIZE)
