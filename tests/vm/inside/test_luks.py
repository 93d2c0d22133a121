"""Encrypted volumes as the engine makes and opens them: cryptsetup, dm-crypt, clevis with a tang server
and a TPM, all real."""

import base64
import json
import os
import socket
import stat
import subprocess
import time

import pytest
import volumes
from volumes import BIN, DISK_A, DISK_B, FAST, Boot, output, partition, run

KEY = "correct horse battery staple"
KEY_URL = "data:," + KEY.replace(" ", "%20")


@pytest.fixture(autouse=True)
def blank():
    volumes.clear()
    yield
    volumes.clear()


@pytest.fixture
def tang(tmp_path):
    server = volumes.Tang(tmp_path)
    yield server
    server.close()


def config(filesystem=True, device=DISK_A, **luks):
    storage = {"luks": [{"name": "vault", "device": device, "options": FAST, **luks}]}
    if filesystem:
        storage["filesystems"] = [{"device": "/dev/mapper/vault", "format": "ext4", "label": "vault"}]
    return {"storage": storage}


def given_key(**luks):
    return config(keyFile={"source": KEY_URL}, **luks)


def header(device=DISK_A):
    return json.loads(output("cryptsetup", "luksDump", "--dump-json-metadata", device))


def opens_with(key, device=DISK_A):
    return run("cryptsetup", "open", "--test-passphrase", "--key-file", "-", device, input=key,
               check=False).returncode == 0


def is_open(name="vault"):
    return run("cryptsetup", "status", name, check=False).returncode == 0


def commands(text):
    return [line.split("executing: ", 1)[1] for line in text.splitlines() if "executing: " in line]


def key_of(boot, name="vault"):
    url = boot.state()["luksPersistKeyFiles"][name]
    kind, data = url.split(",", 1)
    assert kind.endswith(";base64")
    return base64.b64decode(data)


# --- made

def test_a_drawn_key(tmp_path):
    boot = Boot(tmp_path, config())
    text = boot.succeed("fetch-offline", "disks")
    key = key_of(boot)
    assert len(key) == 8192 and set(key) <= set(b"0123456789abcdef")
    assert opens_with(key.decode())
    assert is_open()
    assert output("blkid", "-o", "value", "-s", "LABEL", "/dev/mapper/vault") == "vault"
    assert key.decode()[:32] not in text
    made = next(words for words in commands(text) if '"luksFormat"' in words)
    assert made.startswith('"cryptsetup" "luksFormat" "--type" "luks2" "--key-file" "/proc/')
    opened = next(words for words in commands(text) if '"luksOpen"' in words)
    assert '"vault" "--key-file" "/proc/' in opened and opened.endswith('"--persistent"')


def test_all_options(tmp_path):
    uuid = "12345678-1234-4234-8234-1234567890ab"
    boot = Boot(tmp_path, given_key(label="VAULT", uuid=uuid, discard=True,
                                    openOptions=["--perf-no_read_workqueue"]))
    boot.succeed("fetch-offline", "disks")
    assert output("cryptsetup", "luksUUID", DISK_A) == uuid
    assert "VAULT" in output("cryptsetup", "luksDump", DISK_A)
    assert set(header()["config"]["flags"]) == {"allow-discards", "no-read-workqueue"}
    assert opens_with(KEY)
    assert "discards" in output("cryptsetup", "status", "vault")


def test_the_crypttab_and_the_key_file(tmp_path):
    boot = Boot(tmp_path, config())
    boot.succeed("fetch-offline", "disks")
    key = key_of(boot)
    boot.succeed("files")
    uuid = output("cryptsetup", "luksUUID", DISK_A)
    table = boot.root / "etc/crypttab"
    assert table.read_text() == f"vault UUID={uuid} /etc/luks/vault luks,x-initrd.attach\n"
    assert stat.S_IMODE(table.stat().st_mode) == 0o600
    path = boot.root / "etc/luks/vault"
    assert path.read_bytes() == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert boot.state()["luksPersistKeyFiles"] is None
    # Once more, as after a power cut: the same.
    boot.succeed("files")
    assert table.read_text().count("\n") == 1
    assert opens_with(path.read_text())


def test_an_entry_is_added_to_a_table_that_is_there(tmp_path):
    boot = Boot(tmp_path, given_key(filesystem=False))
    (boot.root / "etc/crypttab").write_text("old UUID=1 none luks")
    boot.succeed("fetch-offline", "disks", "files")
    lines = (boot.root / "etc/crypttab").read_text().splitlines()
    assert lines[0] == "old UUID=1 none luks" and lines[1].startswith("vault UUID=")


def test_another_key_file_is_not_overwritten(tmp_path):
    boot = Boot(tmp_path, given_key(filesystem=False))
    (boot.root / "etc/luks").mkdir()
    (boot.root / "etc/luks/vault").write_text("another")
    text = boot.fail("fetch-offline", "disks", "files")
    assert "/etc/luks/vault exists already" in text
    assert (boot.root / "etc/luks/vault").read_text() == "another"


def test_a_secret_is_in_no_process_list_and_on_no_disk(tmp_path):
    """The key's only way to cryptsetup is a file in memory."""
    boot = Boot(tmp_path, given_key(filesystem=False))
    boot.succeed("fetch-offline")
    traced = run("sh", "-c", "exec grep -rlF 'correct horse' /tmp /run --include='ignition-luks-*'", check=False)
    boot.succeed("disks")
    assert traced.stdout == ""


# --- a rerun, and reuse

def test_a_rerun_keeps_it(tmp_path):
    boot = Boot(tmp_path, config(wipeVolume=True))
    boot.succeed("fetch-offline", "disks")
    before = boot.state()
    uuid = output("cryptsetup", "luksUUID", DISK_A)
    text = boot.succeed("disks")
    assert not any("luksFormat" in words or "luksOpen" in words for words in commands(text)), text
    assert output("cryptsetup", "luksUUID", DISK_A) == uuid
    assert boot.state()["luksPersistKeyFiles"] == before["luksPersistKeyFiles"]


def test_a_rerun_opens_what_is_closed(tmp_path):
    boot = Boot(tmp_path, config(wipeVolume=True))
    boot.succeed("fetch-offline", "disks")
    uuid = output("blkid", "-o", "value", "-s", "UUID", "/dev/mapper/vault")
    run("cryptsetup", "close", "vault")
    boot.succeed("disks")
    assert output("blkid", "-o", "value", "-s", "UUID", "/dev/mapper/vault") == uuid


def test_a_rerun_never_makes_anew_what_handed_on_its_key(tmp_path):
    """After the files stage the key is in the target, and in no state any more."""
    boot = Boot(tmp_path, config())
    boot.succeed("fetch-offline", "disks", "files")
    before = header()
    assert not any("luksFormat" in words for words in commands(boot.succeed("disks")))
    run("cryptsetup", "close", "vault")
    assert "is in the target (/etc/luks/vault)" in boot.fail("disks")
    assert header() == before


def test_a_drawn_key_outlives_a_run_that_fails_later(tmp_path):
    wanted = config(filesystem=False)
    wanted["storage"]["filesystems"] = [{"device": "/dev/mapper/vault", "format": "ext4",
                                         "options": ["--no-such-option"]}]
    boot = Boot(tmp_path, wanted)
    boot.fail("fetch-offline", "disks")
    assert opens_with(key_of(boot).decode())


def test_reuse_of_another_provisioning_s_volume(tmp_path):
    boot = Boot(tmp_path, given_key(label="V", discard=True))
    boot.succeed("fetch-offline", "disks")
    place = tmp_path / "m"
    place.mkdir()
    run("mount", "/dev/mapper/vault", place)
    (place / "kept").write_text("here")
    run("umount", place)
    run("cryptsetup", "close", "vault")
    boot.forget()
    text = boot.succeed("fetch-offline", "disks")
    assert not any("luksFormat" in words or "mkfs" in words for words in commands(text))
    run("mount", "/dev/mapper/vault", place)
    try:
        assert (place / "kept").read_text() == "here"
    finally:
        run("umount", place)
    assert key_of(boot) == KEY.encode()


REFUSALS = {
    "no key": ({}, "config must specify keyfile"),
    "clevis": ({"keyFile": {"source": KEY_URL}, "clevis": {"tpm2": True}},
               "config must not specify clevis binding"),
    "label": ({"keyFile": {"source": KEY_URL}, "label": "other"}, "its label is another"),
    "uuid": ({"keyFile": {"source": KEY_URL}, "uuid": "12345678-1234-4234-8234-1234567890ab"},
             "its UUID is another"),
    "discard": ({"keyFile": {"source": KEY_URL}, "discard": True}, "it does not allow discards"),
    "wrong key": ({"keyFile": {"source": "data:,wrong"}}, "its key does not open"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_no_reuse(tmp_path, what):
    more, reason = REFUSALS[what]
    run("cryptsetup", "luksFormat", "-q", "--type", "luks2", *FAST, "--label", "V", DISK_A, "-",
        input=KEY)
    before = header()
    boot = Boot(tmp_path, config(**more))
    text = boot.fail("fetch-offline", "disks")
    assert "failed to create luks: " in text or "volume /dev/mapper/vault: " in text
    assert "volume is not of the correct type: " in text and reason in text
    assert header() == before and not is_open()


def test_luks1_is_refused(tmp_path):
    run("cryptsetup", "luksFormat", "-q", "--type", "luks1", "--pbkdf-force-iterations", "1000", DISK_A,
        "-", input=KEY)
    boot = Boot(tmp_path, given_key())
    assert f"{DISK_A} is a luks device but not luks2; Ignition cannot reuse it" in boot.fail(
        "fetch-offline", "disks")


def test_something_else_is_refused_and_wiped_when_asked(tmp_path):
    run("mkfs.ext4", "-qF", DISK_A)
    boot = Boot(tmp_path, given_key(filesystem=False))
    assert "volume is not of the correct type: an ext4 filesystem is on" in boot.fail(
        "fetch-offline", "disks")
    boot.forget()
    boot.configure(given_key(filesystem=False, wipeVolume=True))
    boot.succeed("fetch-offline", "disks")
    assert opens_with(KEY)


def test_a_damaged_header(tmp_path):
    run("cryptsetup", "luksFormat", "-q", "--type", "luks2", *FAST, DISK_A, "-", input=KEY)
    # The JSON of both copies: the binary headers, and so the signatures, stay.
    for offset in (4096, 16384 + 4096):
        run("dd", "if=/dev/zero", f"of={DISK_A}", "bs=512", "count=8", f"seek={offset // 512}",
            "conv=notrunc")
    boot = Boot(tmp_path, given_key(filesystem=False))
    text = boot.fail("fetch-offline", "disks")
    assert "volume is not of the correct type: " in text and "header is damaged" in text
    boot.forget()
    boot.configure(given_key(filesystem=False, wipeVolume=True))
    boot.succeed("fetch-offline", "disks")
    assert opens_with(KEY)


def test_a_mounted_volume_is_not_wiped(tmp_path):
    run("mkfs.ext4", "-qF", DISK_A)
    place = tmp_path / "busy"
    place.mkdir()
    run("mount", DISK_A, place)
    boot = Boot(tmp_path, given_key(filesystem=False, wipeVolume=True))
    try:
        text = boot.fail("fetch-offline", "disks")
    finally:
        run("umount", place)
    assert f"mounted on {place}" in text and not commands(text)


def test_an_open_volume_of_another_provisioning_is_not_wiped(tmp_path):
    boot = Boot(tmp_path, config())
    boot.succeed("fetch-offline", "disks")
    boot.forget()
    boot.configure(config(wipeVolume=True))
    assert "open as a volume of this name already" in boot.fail("fetch-offline", "disks")


# --- clevis

def with_tang(server, **clevis):
    return {"tang": [{"url": server.url, "thumbprint": server.thumbprint()}], **clevis}


def test_tang(tmp_path, tang):
    boot = Boot(tmp_path, config(clevis=with_tang(tang)))
    text = boot.succeed("fetch-offline", "disks")
    found = header()
    assert [token["type"] for token in found["tokens"].values()] == ["clevis"]
    assert len(found["keyslots"]) == 1
    assert boot.state()["luksPersistKeyFiles"] is None
    assert any('"clevis" "luks" "unlock"' in words for words in commands(text))
    assert '"sss" "<hidden>"' in text
    boot.succeed("files")
    table = (boot.root / "etc/crypttab").read_text()
    assert table.endswith(" none luks,_netdev,x-initrd.attach\n")
    assert not (boot.root / "etc/luks").exists()
    # A rerun keeps it; closed, it is unlocked by the server.
    boot.succeed("disks")
    run("cryptsetup", "close", "vault")
    text = boot.succeed("disks")
    assert is_open() and not any("luksFormat" in words for words in commands(text))


def test_tang_with_its_advertisement_is_not_asked(tmp_path, tang):
    clevis = with_tang(tang)
    clevis["tang"][0]["advertisement"] = tang.advertisement_text()
    tang.asked.clear()
    boot = Boot(tmp_path, config(clevis=clevis))
    boot.succeed("fetch-offline", "disks")
    assert tang.asked == []
    assert len(header()["keyslots"]) == 1


def test_tpm2(tmp_path):
    boot = Boot(tmp_path, config(clevis={"tpm2": True}))
    boot.succeed("fetch-offline", "disks")
    assert len(header()["tokens"]) == 1
    run("cryptsetup", "close", "vault")
    boot.succeed("disks")
    assert is_open()
    boot.succeed("files")
    assert "_netdev" not in (boot.root / "etc/crypttab").read_text()


def test_a_threshold_of_both(tmp_path, tang):
    boot = Boot(tmp_path, config(clevis=with_tang(tang, tpm2=True, threshold=2)))
    boot.succeed("fetch-offline", "disks")
    assert is_open()


def test_a_custom_pin_with_a_key(tmp_path):
    pins = json.dumps({"t": 1, "pins": {"tpm2": {}}})
    boot = Boot(tmp_path, given_key(clevis={"custom": {"pin": "sss", "config": pins}}))
    text = boot.succeed("fetch-offline", "disks")
    # The key of the config stays beside the binding; a custom pin is not tried.
    assert len(header()["keyslots"]) == 2 and opens_with(KEY)
    assert not any('"unlock"' in words for words in commands(text))
    assert key_of(boot) == KEY.encode()


def test_a_thumbprint_that_is_not_the_server_s(tmp_path, tang):
    clevis = {"tang": [{"url": tang.url, "thumbprint": "A" * 43}]}
    boot = Boot(tmp_path, config(clevis=clevis))
    assert "binding clevis device" in boot.fail("fetch-offline", "disks")
    # What it left half done is ours, and is made anew.
    boot.configure(boot.config)
    clevis["tang"][0]["thumbprint"] = tang.thumbprint()


def test_a_tang_server_that_never_answers(tmp_path):
    run("mkfs.ext4", "-qF", DISK_A)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        wanted = config(clevis={"tang": [{"url": url, "thumbprint": "A" * 43}]}, wipeVolume=True)
        boot = Boot(tmp_path, {**wanted, "ignition": {
            "version": "3.4.0", "timeouts": {"httpTotal": 6, "httpResponseHeaders": 2}}})
        began = time.monotonic()
        text = boot.fail("fetch-offline", "disks")
    assert time.monotonic() - began < 60
    assert f"ask tang server {url} for its keys" in text
    # Asked before anything was destroyed.
    assert output("blkid", "-o", "value", "-s", "TYPE", DISK_A) == "ext4"


def test_no_tpm(tmp_path):
    """Its directory in sysfs hidden, as on a machine without one."""
    run("mkfs.ext4", "-qF", DISK_A)
    boot = Boot(tmp_path, config(clevis={"tpm2": True}, wipeVolume=True))
    boot.succeed("fetch-offline")
    empty = tmp_path / "empty"
    empty.mkdir()
    run("mount", "--bind", empty, "/sys/class/tpm")
    try:
        text = boot.fail("disks")
    finally:
        run("umount", "/sys/class/tpm")
    assert "no TPM appeared within 10 s" in text
    assert output("blkid", "-o", "value", "-s", "TYPE", DISK_A) == "ext4"


# --- stacks

def stack():
    return {"storage": {
        "disks": [volumes.two_partitions()],
        "raid": [{"name": "mirror", "level": "raid1",
                  "devices": ["/dev/disk/by-partlabel/one", "/dev/disk/by-partlabel/two"]}],
        "luks": [{"name": "vault", "device": "/dev/md/mirror", "options": FAST, "wipeVolume": True}],
        "filesystems": [{"device": "/dev/mapper/vault", "format": "ext4", "path": "/",
                         "wipeFilesystem": True}],
        "files": [{"path": "/etc/hostname", "contents": {"source": "data:,deep"}}]}}


def test_a_filesystem_on_luks_on_raid_on_partitions(tmp_path):
    boot = Boot(tmp_path, stack())
    boot.succeed("fetch-offline", "disks", "mount")
    try:
        (boot.root / "etc").mkdir()
        (boot.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (boot.root / "etc/group").write_text("root:x:0:\n")
        boot.succeed("files")
        assert (boot.root / "etc/hostname").read_text() == "deep"
        assert "/etc/luks/vault" in (boot.root / "etc/crypttab").read_text()
        boot.succeed("umount")
    finally:
        run("umount", boot.root, check=False)
    holders = {name: os.listdir(f"/sys/class/block/{os.path.basename(partition(DISK_A, 1))}/holders")
               for name in ("one",)}
    assert holders["one"][0].startswith("md")


def test_a_rerun_of_a_stack_does_nothing(tmp_path):
    config_of = stack()
    config_of["storage"]["filesystems"][0].pop("wipeFilesystem")
    boot = Boot(tmp_path, config_of)
    boot.succeed("fetch-offline", "disks")
    text = boot.succeed("disks")
    assert [words for words in commands(text) if "luksDump" not in words] == []


def test_two_paths_to_one_label(tmp_path):
    """Two devices with one label, as of a multipath disk without its daemon."""
    for disk in (DISK_A, DISK_B):
        run("mkfs.ext4", "-qF", "-L", "twin", disk)
    run("udevadm", "settle")
    (link,) = ["/dev/disk/by-label/twin"]
    if os.path.exists(link):
        os.unlink(link)
    boot = Boot(tmp_path, given_key(filesystem=False, device=link, wipeVolume=True))
    text = boot.fail("fetch-offline", "disks")
    assert "twin" in text and not commands(text)


def test_cex_is_refused_with_the_reason(tmp_path):
    boot = Boot(tmp_path, {**config(filesystem=False, cex={"enabled": True}),
                           "ignition": {"version": "3.5.0"}})
    text = boot.fail("fetch-offline", "disks")
    assert "IBM Crypto Express" in text and "s390x" in text


def test_killed_and_run_again(tmp_path):
    """Cut while cryptsetup works: the next run ends where an uninterrupted one would."""
    boot = Boot(tmp_path, stack())
    boot.succeed("fetch-offline")
    words = [BIN / "ignition", "-platform", "file", "-stage", "disks", "-log-to-stdout", "-config-cache",
             boot.place / "cache", "-neednet", boot.place / "neednet", "-root", boot.root, "-state-file",
             boot.place / "state"]
    for sign in ('"--create"', '"luksFormat"', '"luksOpen"', '"mkfs.ext4"'):
        with subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True,
                              start_new_session=True,
                              env={"PATH": os.environ["PATH"],
                                   "IGNITION_CONFIG_FILE": str(boot.place / "config.ign")}) as child:
            for line in iter(child.stdout.readline, ""):
                if sign in line:
                    break
            child.kill()
        time.sleep(2)
    boot.succeed("disks")
    assert opens_with(key_of(boot).decode(), "/dev/md/mirror")
    assert output("blkid", "-o", "value", "-s", "TYPE", "/dev/mapper/vault") == "ext4"
