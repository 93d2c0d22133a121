"""The disks stage, killed where it changes something and run again, reaches the same end.

strace ends the engine as it is about to make its Nth system call of those that change anything; its
children live on, as they do when a service is killed.  A sample of the points, drawn with a seed,
unless SLIPWAY_KILL is "all" (make check-kill).
"""

import collections
import json
import os
import random
import shutil
import subprocess

import pytest

import block
from boot import ROOT_LABEL, Boot

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="attaches disks")

MIB = 1 << 20
SIZE = 640 * MIB
SEED = 20231
SAMPLE = 8
# What changes a disk, the journal, the kernel's partitions, or starts a program.
CALLS = "write,pwrite64,ftruncate,fsync,fdatasync,ioctl,unlinkat,renameat2,flock,clone,clone3,vfork"
KILLED = -9

GUID = "5E8D3C5A-0F4D-4C2B-9C57-3D0E7C9B1A01"


def config_for(device: str, wipe_table: bool) -> dict:
    partitions = [
        {"label": f"drawn-{ROOT_LABEL}", "sizeMiB": 32},
        {"number": 4, "label": "data", "sizeMiB": 320, "guid": GUID},
        {"number": 2, "label": f"new-{ROOT_LABEL}", "sizeMiB": 64, "wipePartitionEntry": True},
        {"label": f"rest-{ROOT_LABEL}"},
    ]
    if not wipe_table:
        partitions.insert(0, {"number": 1, "label": "precious", "sizeMiB": 16})
    return {
        "ignition": {"version": "3.4.0"},
        "storage": {
            "disks": [{"device": device, "wipeTable": wipe_table, "partitions": partitions}],
            "filesystems": [
                {"device": f"/dev/disk/by-partlabel/drawn-{ROOT_LABEL}", "format": "vfat", "label": "DRAWN"},
                {"device": f"{device}p4", "format": "xfs", "label": "data"},
                {"device": f"/dev/disk/by-partlabel/new-{ROOT_LABEL}", "format": "ext4", "wipeFilesystem": True},
                {"device": f"/dev/disk/by-partlabel/rest-{ROOT_LABEL}", "format": "swap"},
            ],
        },
    }


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A disk that is in use already: a partition to be kept, and one to be replaced."""
    image = tmp_path_factory.mktemp("kill") / "original"
    with image.open("wb") as stream:
        stream.truncate(SIZE)
        stream.seek(MIB)
        stream.write(random.Random(SEED).randbytes(16 * MIB))
    subprocess.run(["sfdisk", "--quiet", image], check=True, timeout=60, text=True,
                   input="label: gpt\nstart=1M, size=16M, name=precious\nstart=20M, size=8M, name=old\n")
    return image


class Machine:
    """One copy of the disk, and the boot that provisions it."""

    def __init__(self, programs, place, original, wipe_table):
        place.mkdir()
        self.image = place / "disk"
        subprocess.run(["cp", "--sparse=always", original, self.image], check=True, timeout=60)
        self.loops = block.Loops()
        self.device = self.loops.attach(self.image)
        self.boot = Boot(programs, place, config_for(self.device, wipe_table))
        self.place = place

    def release(self):
        self.loops.release()
        shutil.rmtree(self.place)

    def disks(self, *before):
        """The disks stage, with words before its own."""
        return self.boot.shell(" ".join([*before, *self.boot.words("disks")]) + "\nexit $?")

    def strace(self, *words):
        return self.disks("exec", "timeout", "100", "strace", "-qq", *words)

    def kill_at(self, point):
        """Whether it came that far: what waits may need a call less in the next run."""
        call, nth = point
        done = self.strace("-o", "/dev/null", "-e", f"trace={call}",
                           "-e", f"inject={call}:signal=KILL:when={nth}")
        assert done.returncode in (0, KILLED), f"at {point}: {done.stdout}{done.stderr}"
        return done.returncode == KILLED

    def points(self):
        """(call, how many of its kind came before it) for each call of a run."""
        trace = self.place / "trace"
        done = self.strace("-o", str(trace), "-e", f"trace={CALLS}")
        assert done.returncode == 0, done.stdout + done.stderr
        counts, found = collections.Counter(), []
        for line in trace.read_text().splitlines():
            call = line.split("(")[0]
            if call.isidentifier():
                counts[call] += 1
                found.append((call, counts[call]))
        return found

    def end_state(self):
        """All that a config determines: the table, what is on each partition, and what was kept."""
        done = subprocess.run(["sfdisk", "--json", self.device], capture_output=True, check=True, timeout=60)
        table = json.loads(done.stdout)["partitiontable"]["partitions"]
        state = {}
        for entry in table:
            probed = subprocess.run(["blkid", "--probe", "--output", "export", entry["node"]],
                                    capture_output=True, text=True, timeout=60, check=False).stdout
            words = dict(line.split("=", 1) for line in probed.splitlines())
            state[entry["node"].removeprefix(self.device)] = (
                entry["start"], entry["size"], entry["name"], words.get("TYPE"), words.get("LABEL"),
                entry["uuid"] if entry["name"] == "data" else "")
        with self.image.open("rb") as stream:
            stream.seek(MIB)
            kept = stream.read(16 * MIB)
        return state, kept if "p1" in state and state["p1"][2] == "precious" else None

    def check_filesystems(self, state):
        for name, (_, _, _, kind, *_) in state.items():
            words = {"ext4": ["e2fsck", "-fn"], "xfs": ["xfs_repair", "-n"], "vfat": ["fsck.fat", "-n"]}.get(kind)
            if words:
                subprocess.run([*words, self.device + name], check=True, capture_output=True, timeout=60)


@pytest.fixture
def make(programs, tmp_path, original):
    made = []

    def build(name, wipe_table):
        machine = Machine(programs, tmp_path / name, original, wipe_table)
        made.append(machine)
        done = machine.boot.run("fetch-offline")
        assert done.returncode == 0, done.stdout + done.stderr
        return machine

    yield build
    for machine in made:
        machine.loops.release()


def chosen(points, seed):
    """Pairs of points: where the first run is killed, and the second, if it is."""
    generator = random.Random(seed)
    first = points
    if os.environ.get("SLIPWAY_KILL") != "all":
        first = sorted(generator.sample(points, SAMPLE), key=points.index)
    return [(point, generator.choice(points) if generator.random() < 0.3 else None) for point in first]


@pytest.mark.parametrize("wipe_table", [False, True], ids=["table kept", "table wiped"])
def test_killed_anywhere_and_run_again(make, wipe_table):
    whole = make("whole", wipe_table)
    points = whole.points()
    want, kept = whole.end_state()
    assert (kept is None) == wipe_table
    whole.release()
    killed = 0
    for first, second in chosen(points, SEED + wipe_table):
        where = f"killed at {first}, {second} of {len(points)}"
        machine = make("cut", wipe_table)
        killed += machine.kill_at(first)
        if second:
            machine.kill_at(second)
        done = machine.disks()
        assert done.returncode == 0, f"{where}: {done.stdout}{done.stderr}"
        assert machine.end_state() == (want, kept), f"{where}: {done.stdout}"
        machine.check_filesystems(want)
        again = machine.disks()
        assert again.returncode == 0 and "[started]" not in again.stdout, f"{where}: {again.stdout}"
        machine.release()
    assert killed > 0
