"""slipway-generator: what systemd is told early, for each evidence (spec ignition 7.2, 7.3)."""

import subprocess

import pytest

UNITS = ("ignition-complete.target", "ignition-diskful.target", "ignition-subsequent.target",
         "ignition-diskful-subsequent.target")
AZURE = {"chassis_asset_tag": "7783-7084-3265-9085-8269-3286-77"}
EC2 = {"product_uuid": "ec2f1a2b-0000-0000-0000-000000000000"}


@pytest.fixture
def boot(programs, tmp_path):
    """boot(cmdline, dmi, …): one run on a machine that looks so; its output tree."""
    program = programs.ours.parent / "lib/systemd/system-generators/slipway-generator"

    def run(cmdline="", dmi=None, initramfs=True, files=None, units=UNITS, status=0):
        root, out = tmp_path / "root", tmp_path / "out"
        out.mkdir()
        tree = {"proc/cmdline": cmdline + "\n", "proc/cpuinfo": "flags : fpu\n",
                **{f"sys/class/dmi/id/{name}": text + "\n" for name, text in (dmi or {}).items()},
                **{f"usr/lib/systemd/system/{unit}": "" for unit in units}, **(files or {})}
        if initramfs:
            tree["etc/initrd-release"] = ""
        for name, text in tree.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
            if name.startswith("usr/bin"):
                (root / name).chmod(0o755)
        done = subprocess.run([program, "--root", root, "--verbose", out, out, out], capture_output=True, text=True)
        assert done.returncode == status, done.stderr
        run.said = done.stderr
        run.env = (root / "run/ignition.env").read_text() if (root / "run/ignition.env").exists() else None
        run.links = {str(path.relative_to(out)): str(path.readlink()) for path in out.rglob("*") if path.is_symlink()}
        run.files = {str(path.relative_to(out)): path.read_text() for path in out.rglob("*.conf")}
        return run

    return run


@pytest.mark.parametrize("cmdline, dmi, platform", [
    ("quiet ignition.platform.id=aws", {}, "aws"),
    ("coreos.oem.id=ec2", {}, "aws"),
    ("flatcar.oem.id=gce", EC2, "gcp"),
    ("ignition.platform.id=metal", EC2, "metal"),
    ("", EC2, "aws"),
    ("", AZURE, "azure"),
    ("", {"sys_vendor": "Hetzner"}, "hetzner"),
    # A hypervisor says little, and drives come later.
    ("", {"sys_vendor": "QEMU"}, "auto"),
    ("", {"sys_vendor": "Acme"}, "auto"),
    ("", {}, "auto"),
    # The engine says why.
    ("ignition.platform.id=moon", {}, "auto"),
    ("", {"sys_vendor": "DigitalOcean", "product_serial": "GoogleCloud-1"}, "auto"),
])
def test_platform(boot, cmdline, dmi, platform):
    assert boot(cmdline, dmi).env == f"PLATFORM_ID={platform}\n"


def test_flatcars_name(boot):
    files = {"usr/lib/slipway/profile": "flatcar\n"}
    assert boot("flatcar.oem.id=ec2", files=files).env == "PLATFORM_ID=aws\nOEM_ID=aws\n"


def links(first: str, second: str | None) -> dict:
    made = {f"initrd.target.requires/{first}": f"/usr/lib/systemd/system/{first}"}
    if second:
        made[f"{first}.requires/{second}"] = f"/usr/lib/systemd/system/{second}"
    return made


@pytest.mark.parametrize("cmdline, is_first", [
    ("ignition.firstboot", True), ("ignition.firstboot=1", True), ("ignition.firstboot=maybe", True),
    ("flatcar.first_boot=detected", True), ("coreos.first_boot=1", True), ('"ignition.firstboot=a b"', True),
    ("ignition.firstboot=", False), ("ignition.firstboot=0", False), ("ignition.firstboot=no", False),
    ("ignition.firstboot=off", False), ("ignition.firstboots", False), ("", False),
])
def test_first_boot(boot, cmdline, is_first):
    word = "" if is_first else "-subsequent"
    assert boot(cmdline).links == links(f"ignition-{'complete' if is_first else 'subsequent'}.target",
                                        f"ignition-diskful{word}.target")


@pytest.mark.parametrize("status, is_live", [(0, True), (1, False)])
def test_live_image(boot, status, is_live):
    made = boot("ignition.firstboot", files={"usr/bin/is-live-image": f"#!/bin/sh\nexit {status}\n"}).links
    assert made == links("ignition-complete.target", None if is_live else "ignition-diskful.target")


def test_units_that_are_not_there(boot):
    ran = boot("ignition.firstboot", units=())
    assert ran.links == {} and "/usr/lib/systemd/system/ignition-complete.target is not there" in ran.said


def test_unknown_profile(boot):
    ran = boot(files={"usr/lib/slipway/profile": "moon\n"}, status=1)
    assert 'names the profile "moon"' in ran.said and ran.env is None


# --- the real root


def test_named_platform_needs_nothing(boot):
    ran = boot("ignition.platform.id=aws", EC2, initramfs=False)
    assert (ran.env, ran.links, ran.files) == (None, {}, {})


def test_unknown_platform_gets_nothing(boot):
    ran = boot("", initramfs=False)
    assert (ran.env, ran.links, ran.files) == (None, {}, {})


def test_platform_that_was_found(boot):
    ran = boot("", EC2, initramfs=False)
    assert ran.env is None and sorted(ran.files) == [
        f"{unit}.d/10-slipway-platform.conf" for unit in
        ("afterburn-sshkeys@.service", "afterburn.service", "coreos-metadata-sshkeys@.service", "coreos-metadata.service")]
    assert ran.files["coreos-metadata.service.d/10-slipway-platform.conf"] == (
        "[Unit]\nConditionKernelCommandLine=\n\n[Service]\nEnvironment=COREOS_METADATA_OPT_PROVIDER=--provider=aws\n")


def test_platform_that_removes_its_config(boot):
    ran = boot("", {"product_name": "VirtualBox"}, initramfs=False)
    assert ran.files == {"ignition-delete-config.service.d/10-slipway-platform.conf":
                         "[Unit]\nConditionKernelCommandLine=\nConditionFirstBoot=true\n"
                         "ConditionPathExists=/run/ignition.env\n"}
