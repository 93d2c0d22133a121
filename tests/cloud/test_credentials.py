"""systemd's credentials: SMBIOS strings of type 11, QEMU's firmware device, or what systemd made of them."""

import base64

import pytest

CONFIG = '{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "c.service", "enabled": true}]}}'
KEY = "ssh-rsa AAAAB3NzaC1yc2E= me"
DMI = "firmware/dmi/tables/DMI"


def table(*strings: str) -> dict:
    """A table with a system's structure, then OEM strings, then the end."""
    system = "\x01\x04\x00\x00QEMU\x00\x00"
    oem = "\x0b\x05\x01\x00" + chr(len(strings)) + "".join(text + "\0" for text in strings) + "\0"
    return {DMI: system + oem + "\x7f\x04\x02\x00\0\0"}


def plain(name: str, text: str) -> str:
    return f"io.systemd.credential:{name}={text}"


def binary(name: str, text: str) -> str:
    return f"io.systemd.credential.binary:{name}={base64.b64encode(text.encode()).decode()}"


@pytest.mark.parametrize("files", [
    table(plain("ignition.config", CONFIG)), table("other", plain("x", "y"), binary("ignition.config", CONFIG)),
    {"firmware/qemu_fw_cfg/by_name/opt/io.systemd.credentials/ignition.config/raw": CONFIG},
])
def test_config(cloud, files):
    machine = cloud(addresses=[], files=files, dmi={"sys_vendor": "QEMU"})
    found = machine.fetch("auto", stage="fetch-offline")
    found.gave(CONFIG.encode())
    assert 'platform credentials: the credential "ignition.config" is in ' in found.log and found.elapsed < 1


def test_what_systemd_made_of_it(cloud):
    machine = cloud(addresses=[], trees={"/run": {"credentials/@system/ignition.config": CONFIG}})
    machine.fetch("auto").gave(CONFIG.encode())


def test_empty_config(cloud):
    cloud(addresses=[], files=table(plain("ignition.config", ""))).fetch("credentials").gave_nothing()


@pytest.mark.parametrize("files, words", [
    ({}, 'there is no credential "ignition.config"'),
    (table("io.systemd.credential.binary:ignition.config=%"), "credential ignition.config: no base64 at byte 0"),
    ({DMI: "\x0b\xff"}, 'there is no credential "ignition.config"'),
    (table(plain("ignition.configuration", CONFIG)), 'there is no credential "ignition.config"'),
    (table(plain("ignition.config", "<html>")), "config is not valid"),
])
def test_faults(cloud, files, words):
    found = cloud(addresses=[], files=files).fetch("credentials")
    found.failed(words)
    assert found.elapsed < 1


def test_keys_and_host_name(cloud, tmp_path):
    machine = cloud(addresses=[], files=table(plain("ssh.authorized_keys.root", KEY), plain("system.hostname", "vm-1")))
    ran = machine.metadata("--provider", "credentials", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "h").read_text() == "vm-1\n"
    assert KEY in machine.metadata("--provider", "credentials").out
