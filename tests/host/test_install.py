"""slipway install: onto loop devices, all of it or nothing that boots (spec install-and-boot 7)."""

import collections
import gzip
import hashlib
import json
import os
import random
import signal
import subprocess
import time

import pytest

import block
import conftest
import installing
import network
from installing import DISK_MIB, IMAGE_MIB, MIB

pytestmark = conftest.needs_root
OK, USAGE, TARGET, SOURCE, VERIFY, WRITE, PLACEMENT, INTERRUPTED = range(8)
FORMATS = ["raw", "gz", "xz", "xz1", "zst", "bz2"]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    return installing.make_image(tmp_path_factory.mktemp("image") / "image.raw")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    held = installing.Keys(tmp_path_factory.mktemp("keys") / "home")
    held.make("release")
    held.make("stranger")
    yield held
    held.close()


@pytest.fixture(scope="module")
def keyring(keys, tmp_path_factory):
    return keys.export(tmp_path_factory.mktemp("keyring") / "release.gpg", "release")


class Disk:
    def __init__(self, loops, path, mib=DISK_MIB, sector_bytes=512, script=None):
        self.path = path
        with path.open("wb") as stream:
            stream.truncate(mib * MIB)
        if script:
            installing.sfdisk(path, script)
        self.node = loops.attach(path, sector_bytes)
        self.before = installing.digest_of(path)

    @property
    def is_untouched(self):
        subprocess.run(["sync", self.node], check=False)
        return installing.digest_of(self.path) == self.before


@pytest.fixture
def disk(loops, tmp_path):
    return Disk(loops, tmp_path / "disk")


@pytest.fixture
def install(programs):
    """install(words …, status=0) runs it and checks how it ends."""

    def run(*words, status=OK, enter=(), before=()):
        done = subprocess.run([*enter, *before, programs.ours / "slipway-install", *map(str, words)],
                              capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == status, done.stdout + done.stderr
        return done

    return run


def packed(tmp_path, image, kind):
    """The image in another format; made once."""
    made = image.with_name(f"packed.{kind}")
    if not made.exists():
        made.write_bytes(installing.compress(image, kind))
    path = tmp_path / f"image.{kind}"
    path.write_bytes(made.read_bytes())
    return path


# --- the pipeline

@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_comes_out_as_it_was(kind, install, disk, image, tmp_path):
    install("--insecure", "-f", packed(tmp_path, image, kind), disk.node)
    assert installing.same_image(image, disk.path)
    assert "No problems found" in installing.verify(disk.path)
    assert [entry[2] for entry in installing.table(disk.path).values()] == list(installing.LABELS)
    assert {n: (s // 2048, z // 2048) for n, (s, z) in block.partitions(disk.node).items()} == {
        n: entry[:2] for n, entry in installing.table(disk.path).items()}


def test_zeros_of_the_image_are_zeros_on_a_disk_that_had_something(install, disk, image):
    disk.path.write_bytes(b"\xff" * (DISK_MIB * MIB))
    install("--insecure", "-f", image, disk.node)
    assert installing.same_image(image, disk.path)


def test_a_device_is_a_source_too(install, disk, image, loops):
    install("--insecure", "-f", loops.attach(image), disk.node)
    assert installing.same_image(image, disk.path)


@pytest.mark.parametrize("kind", FORMATS[1:])
def test_a_truncated_stream_is_refused(kind, install, disk, image, tmp_path):
    path = packed(tmp_path, image, kind)
    path.write_bytes(path.read_bytes()[:-3])
    done = install("--insecure", "-f", path, disk.node, status=WRITE)
    assert "ends early" in done.stderr
    assert installing.table(disk.path) == {}


@pytest.mark.parametrize("kind", FORMATS[1:])
@pytest.mark.parametrize("tail", [b"\0", b"second"], ids=["a zero", "a second stream"])
def test_what_follows_a_stream_is_refused(kind, tail, install, disk, image, tmp_path):
    path = packed(tmp_path, image, kind)
    whole = path.read_bytes()
    path.write_bytes(whole + (whole if tail == b"second" else tail))
    done = install("--insecure", "-f", path, disk.node, status=WRITE)
    assert "behind the end of the stream" in done.stderr
    assert installing.table(disk.path) == {}


@pytest.mark.parametrize("kind", FORMATS[1:])
def test_a_damaged_stream_is_refused(kind, install, disk, image, tmp_path):
    path = packed(tmp_path, image, kind)
    data = bytearray(path.read_bytes())
    data[len(data) * 3 // 4] ^= 0x55
    path.write_bytes(data)
    done = install("--insecure", "-f", path, disk.node, status=WRITE)
    assert "damaged" in done.stderr or "ends early" in done.stderr or "behind" in done.stderr
    assert installing.table(disk.path) == {}


# --- what is refused before anything is written

def refused(install, disk, *words, status=TARGET, says=()):
    done = install(*words, status=status)
    assert disk.is_untouched
    for text in says:
        assert text in done.stderr
    return done


@pytest.mark.parametrize("path, says", [("/dev/no-such-disk", "does not exist"), ("/dev/null", "no block device"),
                                        ("/etc", "no block device")])
def test_what_is_no_disk_is_refused(path, says, install, image):
    assert says in install("--insecure", "-f", image, path, status=TARGET).stderr


def test_a_missing_path_is_not_made(install, image, tmp_path):
    install("--insecure", "-f", image, tmp_path / "x", status=TARGET)
    assert not (tmp_path / "x").exists()


def test_a_partition_is_refused_and_its_disk_named(install, loops, image, tmp_path):
    disk = Disk(loops, tmp_path / "disk", script="label: gpt\nsize=8M\n")
    subprocess.run(["partx", "--add", disk.node], check=False, capture_output=True)
    refused(install, disk, "--insecure", "-f", image, f"{disk.node}p1", says=["is a partition", f"mean {disk.node}?"])


def test_a_read_only_disk_is_refused(install, loops, image, tmp_path):
    Disk(loops, tmp_path / "disk")
    node = loops.attach(tmp_path / "disk", read_only=True)
    assert "read-only" in install("--insecure", "-f", image, node, status=TARGET).stderr


def test_a_disk_without_a_medium_is_refused(install, image):
    node = next(f"/dev/loop{n}" for n in range(200, 250) if not os.path.exists(f"/dev/loop{n}"))
    subprocess.run(["mknod", node, "b", "7", node[9:]], check=True)
    try:
        install("--insecure", "-f", image, node, status=TARGET)
    finally:
        os.unlink(node)


def test_a_link_is_resolved_and_both_names_are_told(install, disk, image, tmp_path):
    (tmp_path / "by-id").symlink_to(disk.node)
    done = install("--plan", "--insecure", "-f", image, tmp_path / "by-id")
    assert f"{tmp_path / 'by-id'} ({disk.node})" in done.stdout
    assert disk.is_untouched


def test_a_mounted_partition_is_refused_by_name(install, loops, image, tmp_path):
    disk = Disk(loops, tmp_path / "disk", script="label: gpt\nsize=32M, name=data\n")
    subprocess.run(["partx", "--add", disk.node], check=False, capture_output=True)
    subprocess.run(["mkfs.ext4", "-q", f"{disk.node}p1"], check=True)
    place = tmp_path / "mnt"
    place.mkdir()
    subprocess.run(["mount", f"{disk.node}p1", place], check=True)
    try:
        done = install("--insecure", "-f", image, disk.node, status=TARGET)
        assert f"{disk.node}p1 is mounted on {place}" in done.stderr
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_mount_of_another_namespace_is_refused(install, loops, image, tmp_path):
    disk = Disk(loops, tmp_path / "disk")
    subprocess.run(["mkfs.ext4", "-q", disk.node], check=True)
    place = tmp_path / "mnt"
    place.mkdir()
    holder = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sh", "-c",
                               f"mount {disk.node} {place}; echo ready; exec cat"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    try:
        holder.stdout.readline()
        assert "another namespace" in install("--insecure", "-f", image, disk.node, status=TARGET).stderr
    finally:
        holder.stdin.close()
        holder.wait(timeout=10)


def test_swap_is_refused(install, loops, image, tmp_path):
    disk = Disk(loops, tmp_path / "disk")
    subprocess.run(["mkswap", disk.node], check=True, capture_output=True)
    if subprocess.run(["swapon", disk.node], check=False, capture_output=True).returncode:
        pytest.skip("this kernel has no swap")
    try:
        assert "used as swap" in install("--insecure", "-f", image, disk.node, status=TARGET).stderr
    finally:
        subprocess.run(["swapoff", disk.node], check=True)


def test_a_lock_is_told_with_its_holder(install, disk, image):
    holder = subprocess.Popen(["flock", "--no-fork", disk.node, "sleep", "60"])
    try:
        time.sleep(0.5)
        refused(install, disk, "--insecure", "-f", image, disk.node, says=[f"process {holder.pid}"])
    finally:
        holder.kill()
        holder.wait()


def test_a_disk_that_is_too_small_is_refused(install, loops, image, tmp_path):
    disk = Disk(loops, tmp_path / "disk", mib=IMAGE_MIB - 1)
    refused(install, disk, "--insecure", "-f", image, disk.node, says=["too small", f"{IMAGE_MIB * MIB} bytes"])


def test_a_disk_of_the_very_size_will_do(install, loops, image, tmp_path):
    disk = Disk(loops, tmp_path / "disk", mib=IMAGE_MIB)
    install("--insecure", "-f", image, disk.node)
    assert installing.same_image(image, disk.path)
    assert "No problems found" in installing.verify(disk.path)


def test_an_image_for_other_sectors_is_refused(install, loops, image, tmp_path):
    disk = Disk(loops, tmp_path / "disk", sector_bytes=4096)
    refused(install, disk, "--insecure", "-f", image, disk.node, status=SOURCE, says=["sectors of 4096 bytes"])


def test_an_image_of_4096_byte_sectors_is_installed(install, loops, tmp_path):
    source = Disk(loops, tmp_path / "image4k", mib=32, sector_bytes=4096)
    installing.sfdisk(source.node, "label: gpt\nsize=8M, name=A\nsize=8M, name=B\n", "--no-reread", "--no-tell-kernel")
    disk = Disk(loops, tmp_path / "disk", sector_bytes=4096)
    install("--insecure", "-f", tmp_path / "image4k", disk.node)
    assert sorted(block.partitions(disk.node)) == [1, 2]


def test_the_image_on_the_target_is_refused(install, disk):
    refused(install, disk, "--insecure", "-f", disk.path, disk.node, says=["over itself"])
    refused(install, disk, "--insecure", "-f", disk.node, disk.node, says=["would be written to"])


@pytest.mark.parametrize("content, says", [(b"<html>log in</html>" * 100, "captive portal"), (b"", "nothing is no disk image"),
                                           (b"\1" * (2 * MIB), "no GUID partition table")],
                         ids=["a page", "nothing", "other bytes"])
def test_what_is_no_image_is_refused(content, says, install, disk, tmp_path):
    (tmp_path / "page").write_bytes(content)
    refused(install, disk, "--insecure", "-f", tmp_path / "page", disk.node, status=SOURCE, says=[says])


def test_a_missing_image_is_refused(install, disk, tmp_path):
    refused(install, disk, "--insecure", "-f", tmp_path / "none", disk.node, status=SOURCE, says=["No such file"])


@pytest.mark.parametrize("words", [["-f", "a", "-u", "b"], ["-f", "a", "--progress=x"], ["-f", "a", "--no-such"],
                                   ["-f", "a", "--save-partindex=7-5"], ["-f", "a", "--save-partlabel=a,,b"]])
def test_wrong_usage(words, install, disk):
    install(*words, disk.node, status=USAGE)
    assert disk.is_untouched


# --- signatures

def signed(keys, tmp_path, image, name="release", kind="gz", words=()):
    path = packed(tmp_path, image, kind)
    keys.sign(name, path, *words)
    return path


@pytest.mark.parametrize("armour", [False, True], ids=["binary keyring", "armoured keyring"])
def test_a_good_signature(armour, install, disk, image, keys, tmp_path):
    ring = keys.export(tmp_path / "ring", "release", armour=armour)
    done = install("-k", ring, "-f", signed(keys, tmp_path, image), disk.node)
    assert "signed by release" in done.stderr
    assert installing.same_image(image, disk.path)


def test_a_bad_signature_leaves_nothing_that_boots(install, disk, image, keys, keyring, tmp_path):
    path = signed(keys, tmp_path, image)
    path.write_bytes(gzip.compress(image.read_bytes(), 2))
    for words in [], ["--insecure"]:
        done = install(*words, "-k", keyring, "-f", path, disk.node, status=VERIFY)
        assert "image signature check failed" in done.stderr
        assert installing.table(disk.path) == {}
        assert not disk.path.read_bytes()[: 440].strip(b"\0")


def test_a_key_that_is_not_in_the_keyring(install, disk, image, keys, keyring, tmp_path):
    path = signed(keys, tmp_path, image, name="stranger")
    done = install("-k", keyring, "-f", path, disk.node, status=VERIFY)
    assert "keyring does not have; key " in done.stderr


def test_a_missing_signature(install, disk, image, keyring):
    refused(install, disk, "-k", keyring, "-f", image, disk.node, status=VERIFY, says=["no signature", "--insecure"])
    install("--insecure", "-k", keyring, "-f", image, disk.node)


def test_a_signature_that_is_none(install, disk, image, keyring, tmp_path):
    path = packed(tmp_path, image, "gz")
    (tmp_path / "image.gz.sig").write_bytes(b"this is no signature")
    assert "is no signature" in install("-k", keyring, "-f", path, disk.node, status=VERIFY).stderr


def test_expired_keys(install, disk, image, tmp_path):
    held = installing.Keys(tmp_path / "home")
    try:
        held.make("old", "--faked-system-time", "20200101T000000", expires="1y")
        ring = held.export(tmp_path / "ring", "old")
        path = signed(held, tmp_path, image, name="old", words=["--faked-system-time", "20200601T000000"])
        install("-k", ring, "-f", path, disk.node)
    finally:
        held.close()


def test_no_keyring(install, disk, image, keys, tmp_path):
    path = signed(keys, tmp_path, image)
    refused(install, disk, "-f", path, disk.node, status=SOURCE, says=["no keyring"])


def test_a_hash_is_enough_and_must_match(install, disk, image, tmp_path):
    path = packed(tmp_path, image, "gz")
    for kind in "sha256", "sha512":
        right = hashlib.new(kind, path.read_bytes()).hexdigest()
        install(f"--image-hash={kind}-{right}", "-f", path, disk.node)
        wrong = hashlib.new(kind, b"").hexdigest()
        assert "and not" in install(f"--image-hash={kind}-{wrong}", "-f", path, disk.node, status=VERIFY).stderr
        assert installing.table(disk.path) == {}
    install("--image-hash=md5-00", "-f", path, disk.node, status=SOURCE)


@pytest.mark.parametrize("change", ["header name", "a member behind", "padding", "first byte of the trailer", "cut"])
def test_signature_coverage(change, install, disk, image, keys, keyring, tmp_path):
    """Every byte of a file is under the verdict, also where a decoder does not look (CVE-2021-20319)."""
    path = packed(tmp_path, image, "gz")
    good = path.read_bytes()
    keys.sign("release", path)
    crafted = {
        "header name": good[:3] + b"\x08" + good[4:10] + b"evil\0" + good[10:],
        "a member behind": good + gzip.compress(b""),
        "padding": good + b"\0" * 512,
        "first byte of the trailer": good[:-8] + bytes([good[-8] ^ 1]) + good[-7:],
        "cut": good[:-8],
    }[change]
    path.write_bytes(crafted)
    done = install("-k", keyring, "-f", path, disk.node, status=VERIFY if change == "header name" else WRITE)
    assert installing.table(disk.path) == {}, done.stderr


# --- placements

def place(disk, path, *labels, status=0):
    tool = network.program("tests/host/place_tool")
    done = subprocess.run([tool, disk.node, path, *labels], input=b"secret", capture_output=True, check=False, timeout=60)
    assert done.returncode == status, done.stderr
    return done.stderr.decode()


def mounted(disk, tmp_path, *words):
    """What a program says of the OEM filesystem."""
    return subprocess.run(["unshare", "--mount", "sh", "-c", 'mount "$0" "$1" && cd "$1" && shift && exec "$@"',
                           f"{disk.node}p2", tmp_path, *words], capture_output=True, text=True, check=True, timeout=60).stdout


def test_a_file_is_placed_by_the_label_of_its_filesystem(install, disk, image, tmp_path):
    install("--insecure", "-f", image, disk.node)
    before = len(os.listdir("/sys/class/block"))
    place(disk, "ignition/config.ign", "nowhere", "OEM")
    assert len(os.listdir("/sys/class/block")) <= before + 1
    assert mounted(disk, tmp_path, "stat", "--format=%a %U %s", "ignition", "ignition/config.ign").split()[0::3] == ["700", "600"]
    assert mounted(disk, tmp_path, "cat", "ignition/config.ign") == "secret"
    assert "File exists" in place(disk, "ignition/config.ign", "OEM", status=1)
    subprocess.run(["e2fsck", "-fn", f"{disk.node}p2"], check=True, capture_output=True)


def test_where_nothing_can_be_placed(install, disk, image):
    install("--insecure", "-f", image, disk.node)
    assert 'no partition labelled "boot"' in place(disk, "x", "boot", status=1)
    assert "no filesystem on it" in place(disk, "x", "ROOT", status=1)


# --- saved partitions

SAVED = "label: gpt\nstart=1M, size=4M, name=old\nstart=48M, size=8M, name=data, uuid=11111111-2222-4333-8444-555555555555\n" \
        "start=60M, size=8M, name=data2\n"


def saved_disk(loops, tmp_path, script=SAVED):
    disk = Disk(loops, tmp_path / "disk", script=script)
    with disk.path.open("r+b") as stream:
        stream.seek(48 * MIB)
        stream.write(b"precious" * 1000)
    disk.before = installing.digest_of(disk.path)
    return disk


def is_precious(disk):
    with disk.path.open("rb") as stream:
        stream.seek(48 * MIB)
        return stream.read(8000) == b"precious" * 1000


@pytest.mark.parametrize("words, names", [
    (["--save-partlabel=data"], {4: "data"}),
    (["--save-partlabel=data*"], {4: "data", 5: "data2"}),
    (["--save-partindex=3"], {4: "data2"}),
    (["--save-partindex=2-"], {4: "data", 5: "data2"}),
])
def test_saved_partitions_stay(words, names, install, loops, image, tmp_path):
    disk = saved_disk(loops, tmp_path)
    old = {entry[2]: entry for entry in installing.table(disk.path).values()}
    install("--insecure", *words, "-f", image, disk.node)
    after = installing.table(disk.path)
    assert {n: e[2] for n, e in after.items() if n > 3} == names
    assert all(after[n] == old[name] for n, name in names.items())
    assert installing.same_image(image, disk.path)
    assert is_precious(disk)


def test_saved_partitions_survive_a_failure(install, loops, image, keys, keyring, tmp_path):
    disk = saved_disk(loops, tmp_path)
    path = signed(keys, tmp_path, image)
    path.write_bytes(gzip.compress(image.read_bytes(), 2))
    done = install("--save-partlabel=data", "-k", keyring, "-f", path, disk.node, status=VERIFY)
    assert "lists the saved partitions only" in done.stderr
    assert {n: e[2] for n, e in installing.table(disk.path).items()} == {2: "data"}
    assert sorted(block.partitions(disk.node)) == [2]
    assert is_precious(disk)


def test_a_saved_partition_in_the_way_is_named(install, loops, image, tmp_path):
    disk = saved_disk(loops, tmp_path)
    refused(install, disk, "--insecure", "--save-partlabel=old", "-f", image, disk.node, says=['partition 1 "old"'])


def test_a_saved_guid_that_the_image_has_is_refused(install, loops, image, tmp_path):
    guid = next(iter(installing.table(image).values()))[3]
    disk = saved_disk(loops, tmp_path, script=SAVED.replace("11111111-2222-4333-8444-555555555555", guid))
    refused(install, disk, "--insecure", "--save-partlabel=data", "-f", image, disk.node, says=[guid])


def test_a_blank_disk_has_nothing_to_save(install, disk, image):
    install("--insecure", "--save-partlabel=data", "-f", image, disk.node)


def test_an_mbr_cannot_be_saved_by_number(install, loops, image, tmp_path):
    disk = Disk(loops, tmp_path / "disk", script="label: dos\nstart=48M, size=8M\n")
    refused(install, disk, "--insecure", "--save-partindex=1", "-f", image, disk.node, says=["no GPT but dos"])
    install("--insecure", "--save-partlabel=x", "-f", image, disk.node)


def test_damaged_tables_stop_only_who_saves(install, loops, image, tmp_path):
    disk = saved_disk(loops, tmp_path)
    with disk.path.open("r+b") as stream:
        for at in 512 + 16, DISK_MIB * MIB - 512 + 16:
            stream.seek(at)
            stream.write(b"\xff\xff")
    disk.before = installing.digest_of(disk.path)
    refused(install, disk, "--insecure", "--save-partlabel=data", "-f", image, disk.node, says=["damaged"])
    install("--insecure", "-f", image, disk.node)


@pytest.mark.parametrize("which", ["primary", "backup"])
def test_recover_restores_the_other_copy(which, install, loops, tmp_path):
    disk = saved_disk(loops, tmp_path)
    before = installing.table(disk.path)
    with disk.path.open("r+b") as stream:
        stream.seek(512 if which == "primary" else DISK_MIB * MIB - 512)
        stream.write(b"\0" * 512)
    assert "was restored" in install("--recover", disk.node).stdout
    assert installing.table(disk.path) == before
    assert "No problems found" in installing.verify(disk.path)


# --- the plan

def test_plan_shows_what_is_lost_and_writes_nothing(install, loops, image, tmp_path):
    disk = saved_disk(loops, tmp_path)
    done = install("--plan", "--insecure", "--save-partlabel=data", "-f", image, disk.node, f"--svg={tmp_path}/x.svg")
    assert 'kept: partition 2 "data"' in done.stdout
    assert 'lost: partition 3 "data2"' in done.stdout
    assert "partition 2 becomes 4" in done.stdout
    assert (tmp_path / "x.svg").read_text().startswith("<svg")
    told = json.loads(install("--plan", "--json", "--insecure", "-f", image, disk.node).stdout)
    assert [entry["label"] for entry in told["before"]] == ["old", "data", "data2"]
    assert [entry["label"] for entry in told["after"]] == list(installing.LABELS)
    assert [o["operation"] for o in told["operations"]] == ["disk.wipe", "table.interim", "image.write", "image.verify",
                                                       "table.final", "kernel.partitions"]
    assert disk.is_untouched


def test_a_disk_with_the_same_partitions_is_warned_of(install, disk, image, loops):
    twin = loops.attach(image)
    done = install("--plan", "--insecure", "-f", image, disk.node)
    assert f"partition 1 of {twin} has the GUID of the image's" in done.stderr


def test_old_signatures_go(install, loops, image, tmp_path):
    disk = Disk(loops, tmp_path / "disk")
    subprocess.run(["mkfs.btrfs", "-q", "-f", "-M", disk.node], check=False, capture_output=True)
    subprocess.run(["mkfs.ext4", "-q", "-F", disk.node], check=True)
    install("--insecure", "-f", image, disk.node)
    probed = subprocess.run(["wipefs", "--noheadings", "--output", "TYPE", disk.node], capture_output=True, text=True, check=True)
    assert set(probed.stdout.split()) == {"gpt", "PMBR"}


# --- trouble while it is written

def test_progress_as_json(install, disk, image):
    done = install("--insecure", "--progress=json", "-f", image, disk.node)
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert lines[-1]["finished"] and lines[-1]["done"] == lines[-1]["total"] == IMAGE_MIB * MIB


def test_a_disk_that_fills_up(install, loops, image, tmp_path):
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], check=True)
    try:
        disk = Disk(loops, place / "disk")
        done = install("--insecure", "-f", image, disk.node, status=WRITE)
        assert f"{disk.node}: " in done.stderr and "at byte " in done.stderr
        assert installing.table(disk.path) == {}
    finally:
        loops.release()
        subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_resets_the_disk(kind, programs, loops, image, tmp_path):
    disk = saved_disk(loops, tmp_path)
    pipe = network.Network(tmp_path / "net")
    try:
        body = installing.compress(image, "raw")
        server = pipe.serve(lambda r: network.Reply(status=404) if r.path.endswith(".sig")
                            else network.Reply(body, chunk_pause=0.5))
        process = pipe.start([programs.ours / "slipway-install", "--insecure", "--save-partlabel=data", "-u",
                              "http://127.0.0.1/image", disk.node], stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 30
        while "behind its first MiB" not in process.stderr.readline():
            assert time.monotonic() < deadline
        time.sleep(1)
        process.send_signal(kind)
        told = process.stderr.read()
        assert process.wait(timeout=20) == INTERRUPTED, told
        assert "was reset" in told and server.requests
    finally:
        pipe.close()
    assert {n: e[2] for n, e in installing.table(disk.path).items()} == {2: "data"}
    assert is_precious(disk)


# --- the network

@pytest.fixture
def net(tmp_path):
    held = network.Network(tmp_path / "net")
    yield held
    held.close()


def fetched(net, install, disk, script, *words, status=OK):
    server = net.serve(script)
    done = install("-u", "http://127.0.0.1/image.gz?x=1", *words, disk.node, status=status, enter=net.enter)
    return server, done


def test_image_and_signature_are_fetched(install, disk, image, keys, keyring, net, tmp_path):
    path = signed(keys, tmp_path, image)
    files = {"/image.gz?x=1": path.read_bytes(), "/image.gz.sig?x=1": (tmp_path / "image.gz.sig").read_bytes()}
    server, _ = fetched(net, install, disk, lambda r: network.Reply(files[r.path]), "-k", keyring)
    assert [r.path for r in server.requests] == ["/image.gz.sig?x=1", "/image.gz?x=1"]
    assert installing.same_image(image, disk.path)


def ranges(body, cuts, tag='"one"'):
    """A server that breaks off behind each of `cuts`, and goes on where it is asked to."""
    left = list(cuts)

    def script(request):
        if ".sig" in request.path:
            return network.Reply(status=404)
        start = int(request.headers.get("range", "bytes=0-")[6:].rstrip("-"))
        cut = left.pop(0) if left else None
        headers = {"ETag": tag if isinstance(tag, str) else tag()}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return network.Reply(body[start:], status=206 if start else 200, headers=headers, cut=cut)

    return script


def test_a_body_that_breaks_off_is_resumed(install, disk, image, net):
    body = installing.compress(image, "gz")
    server, done = fetched(net, install, disk, ranges(body, [MIB, 1000, 500000]), "--insecure")
    assert len([r for r in server.requests if "range" in r.headers]) == 3
    assert "trying again" in done.stderr
    assert installing.same_image(image, disk.path)


def test_another_object_is_not_continued(install, disk, image, net):
    body = installing.compress(image, "gz")
    tags = iter(f'"{n}"' for n in range(100))
    fetched(net, install, disk, ranges(body, [9 * MIB // 2], tag=lambda: next(tags)), "--insecure", status=WRITE)
    assert installing.table(disk.path) == {}


@pytest.mark.parametrize("status", [404, 403])
def test_an_image_that_is_not_there(status, install, disk, net):
    fetched(net, install, disk, lambda r: network.Reply(status=404 if ".sig" in r.path else status), "--insecure",
            status=SOURCE)
    assert disk.is_untouched


# --- killed

# What changes the disk, or waits until it has: of the installer itself, its workers have no disk.
CALLS = "pwrite64,fsync,ioctl,read"
SAMPLE = 10


def kill_points(programs, disk, words, tmp_path):
    trace = tmp_path / "trace"
    subprocess.run(["strace", "-qq", "-o", trace, "-e", f"trace={CALLS}", programs.ours / "slipway-install", *words,
                    disk.node], check=True, capture_output=True, timeout=120)
    counts, found = collections.Counter(), []
    for line in trace.read_text().splitlines():
        call = line.split("(")[0]
        counts[call] += call.isidentifier()
        found.append((call, counts[call]))
    found = [point for point in found if point[0] != "read" or point[1] > 20]
    return found if os.environ.get("SLIPWAY_KILL") == "all" else random.Random(installing.SEED).sample(found, SAMPLE)


def test_killed_anywhere_it_is_complete_or_lists_what_is_saved(programs, install, loops, image, tmp_path):
    """As old, the saved partitions only, or all of it: and the next run ends as if nothing had been."""
    words = ["--insecure", "--progress=none", "--save-partlabel=data", "-f", str(image)]
    old, saved, complete = {"old", "data", "data2"}, {"data"}, {*installing.LABELS, "data"}
    disk = saved_disk(loops, tmp_path)
    for call, nth in kill_points(programs, disk, words, tmp_path):
        subprocess.run(["sfdisk", "--quiet", "--force", "--wipe=always", "--no-tell-kernel", disk.node], input=SAVED, text=True,
                       check=True, capture_output=True)
        done = subprocess.run(["strace", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                               f"inject={call}:signal=KILL:when={nth}", programs.ours / "slipway-install", *words,
                               disk.node], check=False, capture_output=True, timeout=120)
        names = {entry[2] for entry in installing.table(disk.path).values()}
        assert done.returncode == -9 or names == complete, f"{call} {nth}: {done}"
        assert names in (old, saved, complete), f"{call} {nth}: {names}"
        assert is_precious(disk)
        if names == complete:
            assert installing.same_image(image, disk.path)
        install("--recover", disk.node)
        assert {entry[2] for entry in installing.table(disk.path).values()} == names
        install(*words, disk.node)
        assert {entry[2] for entry in installing.table(disk.path).values()} == complete


# --- power cut

SECTOR = 512
# Of each interval between two flushes: so many random sets of what the disk had taken of it.
SETS = 3


def logged(trace, node):
    """What was written to the disk: (offset, bytes) or, for zeros, (offset, length), with None for each flush."""
    found = []
    for line in trace.read_text().splitlines():
        call, _, rest = line.partition("(")
        if f"<{node}>" not in rest:
            continue
        if call == "pwrite64":
            hexed, offset = rest.split('"')[1], int(rest.rsplit(") ", 1)[0].rsplit(", ", 1)[1])
            found.append((offset, bytes.fromhex(hexed.replace("\\x", ""))))
        elif call == "fsync":
            found.append(None)
        elif "BLKZEROOUT" in rest:
            offset, length = (int(word) for word in rest.split("[")[1].split("]")[0].split(", "))
            found.append((offset, length))
    return found


def taken(state, entry, generator=None):
    """Write @entry to the bytes of a disk; with a generator, only some of its sectors."""
    offset, data = entry
    data = bytes(data) if isinstance(data, int) else data
    for at in range(0, len(data), SECTOR) if generator and len(data) <= MIB else [None]:
        if at is None:
            state[offset : offset + len(data)] = data
        elif generator.random() < 0.5:
            state[offset + at : offset + at + SECTOR] = data[at : at + SECTOR]


def check_cut(state, path, image, where):
    saved, complete = {"data"}, {*installing.LABELS, "data"}
    path.write_bytes(state)
    names = {entry[2] for entry in installing.table(path).values()}
    assert names in ({"old", "data", "data2"}, saved, complete), f"{where}: {names}"
    with path.open("rb") as stream:
        stream.seek(48 * MIB)
        assert stream.read(8000) == b"precious" * 1000, where
    if names == complete:
        body = image.read_bytes()[MIB:-MIB]
        assert state[MIB : MIB + len(body)] == body, where
    return "complete" if names == complete else "saved" if names == saved else "old"


def test_power_cut_anywhere(programs, loops, image, tmp_path):
    """Each prefix of flushes, with any part of what came after it: never half of it, never without what is saved."""
    disk = saved_disk(loops, tmp_path)
    state = bytearray(disk.path.read_bytes())
    trace = tmp_path / "trace"
    subprocess.run(["strace", "-qq", "-y", "-xx", "-s", str(8 * MIB), "-o", trace, "-e", "trace=pwrite64,ioctl,fsync",
                    programs.ours / "slipway-install", "--insecure", "--progress=none", "--save-partlabel=data", "-f", image,
                    disk.node], check=True, capture_output=True, timeout=120)
    text = trace.read_text()
    # With -xx paths are hexadecimal, too.
    trace.write_text(text.replace("".join(f"\\x{ord(c):02x}" for c in disk.node), disk.node))
    entries = logged(trace, disk.node)
    assert entries.count(None) >= 5 and len(entries) > 10
    generator = random.Random(installing.SEED)
    seen, pending = [], []
    for number, entry in enumerate([*entries, None]):
        if entry is not None:
            pending.append(entry)
            continue
        for attempt in range(SETS):
            some = bytearray(state)
            for piece in generator.sample(pending, len(pending)):
                taken(some, piece, generator if attempt else None)
            seen.append(check_cut(some, tmp_path / "cut", image, f"flush at {number}, set {attempt}"))
        for piece in pending:
            taken(state, piece)
        pending = []
    assert bytes(state) == disk.path.read_bytes()
    assert {"old", "saved", "complete"} == set(seen)
    # Once it is not as it was any more, it never is again; and complete is the end.
    assert seen.index("complete") > len(seen) // 2
