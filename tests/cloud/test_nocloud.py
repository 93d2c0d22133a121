"""NoCloud: a seed that the command line or the serial number names, a drive, a directory of the image."""

import hashlib
import subprocess

import pytest
from cloud import Reply, attributes, drive, paths
from faults import DriveFaults

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "n.service", "enabled": true}]}}'
OTHER = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "o.service", "enabled": true}]}}'
KEYS = ["ssh-rsa AAAAB3NzaC1yc2E= one", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 two"]
META = "instance-id: i-1\nlocal-hostname: web\npublic-keys:\n" + "".join(f"- {key}\n" for key in KEYS)
LINES = "AFTERBURN_NOCLOUD_INSTANCE_ID=i-1\nAFTERBURN_NOCLOUD_LOCAL_HOSTNAME=web\n"
SEED = {"/seed/user-data": CONFIG, "/seed/meta-data": META.encode()}
ADDRESS = ["10.0.0.1/32"]
HERE = "ds=nocloud-net;s=http://10.0.0.1/seed/"


def cidata(place, user_data=CONFIG, meta=META.encode(), label="cidata"):
    return drive(place / "cidata.img", label, {"user-data": user_data, "meta-data": meta})


class TestFaults(DriveFaults):
    platform, label, path = "nocloud", "cidata", "user-data"


@pytest.mark.parametrize("options", [
    {"cmdline": HERE}, {"cmdline": f'quiet "{HERE}" ro'}, {"cmdline": f"{HERE};h=web;i=i-2"},
    {"cmdline": HERE.replace("-net", "")}, {"dmi": {"product_serial": HERE}},
    {"dmi": {"product_serial": f"Serial 42 {HERE}"}},
    {"cmdline": HERE.replace("seed", "__dmi.system-serial-number__"), "dmi": {"product_serial": "seed"}},
])
def test_named_seed(cloud, options):
    machine = cloud(addresses=ADDRESS, **options)
    service = machine.serve(paths(SEED), host="10.0.0.1")
    found = machine.fetch("auto")
    found.gave(CONFIG)
    assert service.asked == ["GET /seed/user-data"] and found.elapsed < 1


def test_names_are_put_right_behind_the_address(cloud):
    machine = cloud(addresses=ADDRESS, cmdline="ds=nocloud;s=http://10.0.0.1/boot?f=")
    service = machine.serve(paths({"/boot?f=user-data": CONFIG}), host="10.0.0.1")
    machine.fetch("nocloud").gave(CONFIG)
    assert service.asked == ["GET /boot?f=user-data"]


def test_offline_needs_the_network(cloud):
    machine = cloud(addresses=[], cmdline=HERE)
    assert machine.fetch("nocloud", stage="fetch-offline").cache is None
    assert (machine.place / "run/neednet").exists()


@pytest.mark.parametrize("label", ["cidata", "CIDATA"])
def test_drive(cloud, tmp_path, label):
    found = cloud(addresses=[], drives=[cidata(tmp_path, label=label)]).fetch("nocloud", stage="fetch-offline")
    found.gave(CONFIG)
    assert found.elapsed < 1


def test_empty_config(cloud, tmp_path):
    cloud(addresses=[], drives=[cidata(tmp_path, b"")]).fetch("nocloud").gave_nothing()


def test_drive_without_user_data_is_an_error(cloud, tmp_path):
    image = drive(tmp_path / "cidata.img", "cidata", {"meta-data": b"{}"})
    cloud(addresses=[], drives=[image]).fetch("nocloud").failed("user-data")


def test_journal_is_not_replayed(cloud, tmp_path):
    image = cidata(tmp_path)
    subprocess.run(["debugfs", "-w", "-R", "feature needs_recovery", image], check=True, capture_output=True)
    before = hashlib.sha256(image.read_bytes()).hexdigest()
    cloud(addresses=[], drives=[image]).fetch("nocloud").gave(CONFIG)
    assert hashlib.sha256(image.read_bytes()).hexdigest() == before


def test_directory_of_the_image(cloud, tmp_path):
    files = {"lib/cloud/seed/nocloud/user-data": CONFIG.decode(), "lib/cloud/seed/nocloud/meta-data": META}
    machine = cloud(addresses=[], trees={"/var": files})
    assert machine.detect().out.startswith("nocloud: ")
    machine.fetch("auto").gave(CONFIG)
    with_drive = cloud(addresses=[], trees={"/var": files}, drives=[cidata(tmp_path, OTHER)])
    with_drive.fetch("nocloud").gave(OTHER)


def test_a_seed_may_name_another(cloud, tmp_path):
    machine = cloud(addresses=ADDRESS, drives=[cidata(tmp_path, OTHER, b"seedfrom: http://10.0.0.1/seed/\n")])
    machine.serve(paths(SEED), host="10.0.0.1")
    machine.fetch("nocloud").gave(CONFIG)


@pytest.mark.parametrize("seed, words", [
    ("ftp://10.0.0.1/", "neither a directory nor an URL"), ("seed/", "neither a directory nor an URL"),
    ("http://10.0.0.1/__dmi.nosuch__/", '"nosuch", which is no firmware field'),
    ("http://10.0.0.1/none/", "404"), ("/nosuch/", "nosuch/user-data"),
])
def test_address_that_leads_nowhere(cloud, seed, words):
    machine = cloud(addresses=ADDRESS, cmdline=f"ds=nocloud;s={seed}")
    machine.serve(paths(SEED), host="10.0.0.1")
    found = machine.fetch("nocloud", timeout="2s")
    found.failed(words)
    assert found.elapsed < 4


def test_errors_stay(cloud):
    machine = cloud(addresses=ADDRESS, cmdline=HERE)
    machine.serve(Reply(status=500), host="10.0.0.1")
    machine.fetch("nocloud", timeout="1s").failed("500 Internal Server Error")


def test_attributes(cloud, tmp_path):
    machine = cloud(addresses=[], drives=[cidata(tmp_path)])
    ran = machine.metadata("--provider", "nocloud", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "web\n"
    out = machine.metadata("--provider", "nocloud").out
    assert [line for line in out.splitlines() if line.startswith("# key")] == [f"# key: {key}" for key in KEYS]


def test_the_argument_counts_before_the_seed(cloud):
    machine = cloud(addresses=ADDRESS, cmdline=f"{HERE};h=other;i=i-9")
    machine.serve(paths(SEED), host="10.0.0.1")
    found = attributes(machine.metadata("--provider", "nocloud").out)
    assert found["AFTERBURN_NOCLOUD_LOCAL_HOSTNAME"] == "other" and found["AFTERBURN_NOCLOUD_INSTANCE_ID"] == "i-9"


@pytest.mark.parametrize("meta", [b"local-hostname: 'a\n\n  LD_PRELOAD=x'\npublic-keys: []\n", b"\xff\xfe{", b"[" * 100000])
def test_metadata_that_is_none(cloud, tmp_path, meta):
    ran = cloud(addresses=[], drives=[cidata(tmp_path, meta=meta)]).metadata("--provider", "nocloud")
    assert "LD_PRELOAD" not in ran.out and (ran.status == 1 or ran.out.count("\n") <= 3)


def test_the_seed_satisfies_cloud_init(cloud, tmp_path):
    seed = tmp_path / "seed"
    seed.mkdir()
    (seed / "user-data").write_text("#cloud-config\n")
    (seed / "meta-data").write_text(META)
    machine = cloud(addresses=[], cmdline=f"ds=nocloud;s={seed}/;h=other")
    theirs = machine.cloud_init("NoCloud")
    assert theirs["found"] and theirs["userdata"] == "#cloud-config\n" and theirs["hostname"] == "other"
    ours = machine.metadata("--provider", "nocloud").out
    assert [f"# key: {key}" for key in theirs["keys"]] == [line for line in ours.splitlines() if "# key" in line]
    assert "# host name: other" in ours
    (seed / "user-data").write_bytes(CONFIG)
    machine.fetch("nocloud").gave(CONFIG)
