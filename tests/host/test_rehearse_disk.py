"""slipway plan and rehearse on a disk image that stands for the disk of the config."""

import json
import os
import subprocess

import pytest

from boot import Boot

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="attaches and mounts disks")

MIB = 1 << 20
SIZE = 768 * MIB
DEVICE = "/dev/slipway-test-disk"
CONFIG = {
    "ignition": {"version": "3.4.0"},
    "storage": {
        "disks": [{"device": DEVICE, "wipeTable": False, "partitions": [
            {"number": 1, "label": "boot", "sizeMiB": 64},
            {"number": 9, "label": "ROOT"},
        ]}],
        "filesystems": [
            {"device": "/dev/disk/by-partlabel/ROOT", "format": "ext4", "label": "ROOT", "path": "/"},
            {"device": f"{DEVICE}-part1", "format": "ext4", "label": "boot", "path": "/boot"},
        ],
        "files": [{"path": "/boot/flag", "contents": {"source": "data:,here"}}],
    },
}


@pytest.fixture
def config(tmp_path):
    place = tmp_path / "c.ign"
    place.write_text(json.dumps(CONFIG))
    return place


@pytest.fixture
def disk(tmp_path):
    place = tmp_path / "disk.img"
    with place.open("wb") as stream:
        stream.truncate(SIZE)
    return place


def partitions(disk):
    done = subprocess.run(["sfdisk", "--json", disk], capture_output=True, text=True, check=True, timeout=60)
    return {entry["name"]: entry for entry in json.loads(done.stdout)["partitiontable"]["partitions"]}


def read_from(disk, label, path):
    """A file of an ext4 partition, without mounting it."""
    entry = partitions(disk)[label]
    image = disk.with_suffix(".part")
    with disk.open("rb") as source, image.open("wb") as target:
        source.seek(entry["start"] * 512)
        target.write(source.read(entry["size"] * 512))
    done = subprocess.run(["debugfs", "-R", f"cat {path}", image], capture_output=True, timeout=60, check=True)
    return done.stdout


def test_all_stages_on_an_image(slipway, config, disk):
    done = slipway("rehearse", config, "--disk", disk)
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(partitions(disk)) == {"boot", "ROOT"}
    assert read_from(disk, "boot", "/flag") == b"here"
    assert b"core" not in read_from(disk, "ROOT", "/etc/passwd")
    assert b"root:" in read_from(disk, "ROOT", "/etc/passwd")


def test_nothing_is_left_attached_or_mounted(slipway, config, disk):
    slipway("rehearse", config, "--disk", disk)
    loops = subprocess.run(["losetup", "--noheadings", "--output", "BACK-FILE"],
                           capture_output=True, text=True, check=True, timeout=60).stdout
    assert str(disk) not in loops


def test_plan_writes_nothing(slipway, config, disk, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    done = slipway("plan", config, "--disk", disk, "--root", root, "--json")
    assert done.returncode == 0, done.stderr
    names = [entry["operation"] for entry in json.loads(done.stdout)["operations"]]
    assert names[:3] == ["partition.create", "partition.create", "table.write"]
    assert names.count("filesystem.create") == 2
    assert names.count("filesystem.mount") == 2
    assert disk.read_bytes() == bytes(SIZE)


def test_plan_of_a_disk_alone_is_for_an_empty_root(slipway, config, disk, monkeypatch, tmp_path):
    """Not for this machine's, whose users and files are another one's."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = sorted(tmp_path.iterdir())
    lines = slipway("plan", config, "--disk", disk).stdout.splitlines()
    assert lines[-1] == "The root is taken to be empty; --root names one to compare with."
    assert any(line.startswith("file /etc/passwd: skeleton of a root") for line in lines)
    assert sorted(tmp_path.iterdir()) == before
    lines = slipway("plan", config, "--disk", disk, "--root", "/").stdout.splitlines()
    assert not any("skeleton" in line or "taken to be empty" in line for line in lines)


def test_the_plan_says_who_is_who(slipway, config, disk, tmp_path):
    """What is drawn is in the plan: GUIDs of partitions and of the table, UUIDs of filesystems."""
    root = tmp_path / "root"
    root.mkdir()
    done = slipway("plan", config, "--disk", disk, "--root", root, "--json")
    made = {}
    for entry in json.loads(done.stdout)["operations"]:
        made.setdefault(entry["operation"], []).append(entry)
    assert [(entry["entry"], entry["number"]) for entry in made["partition.create"]] == [(1, 1), (2, 9)]
    drawn = [entry["uuid"] for name in ("partition.create", "table.write", "filesystem.create")
             for entry in made[name]]
    assert len(set(drawn)) == 5 and all(len(one) == 36 for one in drawn)
    assert [entry["object"] for entry in made["filesystem.mount"]] == ["/", "/boot"]


def test_mounts_stand_between_disk_and_files(slipway, config, disk, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    lines = slipway("plan", config, "--disk", disk, "--root", root).stdout.splitlines()
    at = [number for number, line in enumerate(lines) if line.startswith("directory /boot: mount ")]
    assert len(at) == 1 and "as ext4" in lines[at[0]]
    assert all(line.startswith(("disk ", "device ", "directory ")) for line in lines[:at[0]])
    assert any(line.startswith("file /boot/flag") for line in lines[at[0]:])


def test_a_second_run_keeps_the_disk(slipway, config, disk, tmp_path):
    slipway("rehearse", config, "--disk", disk)
    before = partitions(disk)
    done = slipway("rehearse", config, "--disk", disk)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "with 0 operations on the disk" in done.stdout
    assert partitions(disk) == before


def test_what_is_there_is_named_and_kept(slipway, config, disk, tmp_path):
    """An xfs where ext4 is asked for: refused, with the remedy, and not a byte changes."""
    slipway("rehearse", config, "--disk", disk)
    entry = partitions(disk)["ROOT"]
    image = tmp_path / "xfs.img"
    with image.open("wb") as stream:
        stream.truncate(entry["size"] * 512 // (4 * MIB) * 4 * MIB)
    subprocess.run(["mkfs.xfs", "-q", "-L", "precious", image], check=True, timeout=60)
    with disk.open("r+b") as target:
        target.seek(entry["start"] * 512)
        target.write(image.read_bytes())
    before = disk.read_bytes()
    done = slipway("rehearse", config, "--disk", disk)
    assert done.returncode == 1
    assert "an xfs filesystem labelled precious" in done.stderr
    assert "wipeFilesystem" in done.stderr
    assert disk.read_bytes() == before


@pytest.mark.parametrize("change, words", [
    (lambda c: c["storage"].pop("disks"), "names no disk"),
    (lambda c: c["storage"]["disks"].append({"device": "/dev/other"}), "several disks"),
    (lambda c: c["storage"]["filesystems"].pop(0), "mounts no filesystem at /"),
    (lambda c: c["storage"]["disks"][0]["partitions"][0].update(sizeMiB=4096), "fit"),
    (lambda c: c["storage"]["filesystems"][1].update(device="/dev/zero"), "block device"),
    (lambda c: c["storage"].update(raid=[{"name": "a", "level": "raid1", "devices": ["/dev/a"]}]), "arrays"),
], ids=["no disk", "several disks", "no root", "too large", "no block device", "an array"])
def test_refused_before_anything_is_written(slipway, disk, tmp_path, change, words):
    config = json.loads(json.dumps(CONFIG))
    change(config)
    place = tmp_path / "bad.ign"
    place.write_text(json.dumps(config))
    done = slipway("rehearse", place, "--disk", disk)
    assert done.returncode == 1
    assert words in done.stderr
    assert disk.read_bytes() == bytes(SIZE)


def test_a_disk_of_the_machine_is_no_part_of_it(slipway, disk, tmp_path, attach):
    """A config that names a real device beside the rehearsal's disk."""
    other = tmp_path / "other.img"
    with other.open("wb") as stream:
        stream.truncate(64 * MIB)
    node = attach(other)
    config = json.loads(json.dumps(CONFIG))
    config["storage"]["filesystems"][1]["device"] = str(node)
    place = tmp_path / "other.ign"
    place.write_text(json.dumps(config))
    done = slipway("rehearse", place, "--disk", disk)
    assert done.returncode == 1
    assert "no part of the rehearsal" in done.stderr
    assert other.read_bytes() == bytes(64 * MIB)


def test_a_plan_with_nothing_to_do_runs_no_program(programs, slipway, disk, tmp_path, attach):
    """On a disk that is provisioned and mounted, as after a boot."""
    boot = Boot(programs, tmp_path, {})
    node = attach(disk)
    config = json.loads(json.dumps(CONFIG).replace(DEVICE + "-part", node + "p").replace(DEVICE, node))
    config["storage"]["files"] = []
    boot.write(config)
    trace = tmp_path / "trace"
    plan = programs.slipway.parent / "slipway-plan"
    done = boot.run("fetch-offline", "disks", "mount", then=(
        f"mkdir {boot.root}/etc && cp /etc/passwd {boot.root}/etc && "
        f"strace -f -qq -e trace=execve -o {trace} {plan} {boot.place}/config.ign --disk {node} --root {boot.root}"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("Nothing to do: the machine is already as asked.\n"), done.stdout
    assert trace.read_text().count("execve(") == 1


def test_sizes(slipway, config, tmp_path):
    place = tmp_path / "new.img"
    assert slipway("rehearse", config, "--disk", place).returncode == 1
    assert slipway("rehearse", config, "--disk", place, "--size", "much").returncode == 2
    assert slipway("rehearse", config, "--disk", place, "--size", "768M").returncode == 0
    assert place.stat().st_size == SIZE
    done = slipway("rehearse", config, "--disk", place, "--size", "1G")
    assert done.returncode == 1
    assert "another size" in done.stderr


def test_base_is_on_the_new_root(slipway, config, disk, tmp_path):
    base = tmp_path / "base"
    (base / "etc").mkdir(parents=True)
    (base / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (base / "etc/from-base").write_text("yes")
    done = slipway("rehearse", config, "--disk", disk, "--base", base)
    assert done.returncode == 0, done.stdout + done.stderr
    assert read_from(disk, "ROOT", "/etc/from-base") == b"yes"
    assert "skeleton" not in done.stdout
