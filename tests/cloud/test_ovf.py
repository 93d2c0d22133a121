"""A hypervisor that hands over an OVF environment on a disc."""

import base64

import pytest
from cloud import drive
from faults import DriveFaults

CONFIG = b'{"ignition": {"version": "3.4.0"}, "systemd": {"units": [{"name": "v.service", "enabled": true}]}}'
KEY = "ssh-rsa AAAAB3NzaC1yc2E= me"
ENCODED = base64.b64encode(CONFIG).decode()
LINES = "AFTERBURN_OVF_INSTANCE_ID=vm-1\nAFTERBURN_OVF_HOSTNAME=ovf-1\n"


def environment(**properties) -> bytes:
    rows = "".join(f'<Property oe:key="{key.replace("_", "-")}" oe:value="{value}"/>' for key, value in properties.items())
    namespace = "http://schemas.dmtf.org/ovf/environment/1"
    return (f'<?xml version="1.0"?><Environment xmlns="{namespace}" xmlns:oe="{namespace}">'
            f"<PropertySection>{rows}</PropertySection></Environment>").encode()


def disc(place, text, label="OVF-TRANSPORT"):
    return drive(place / "ovf.img", label, {"ovf-env.xml": text})


class TestFaults(DriveFaults):
    platform, label, path = "ovf", "OVF-TRANSPORT", "ovf-env.xml"

    def test_config_that_is_none(self, cloud, tmp_path):
        machine = cloud(addresses=[], drives=[disc(tmp_path, environment(user_data="nothing"))])
        machine.fetch(self.platform).failed("config is not valid")


@pytest.mark.parametrize("label", ["OVF-TRANSPORT", "OVFENV", "OVF ENV", "ovf-transport"])
def test_config(cloud, tmp_path, label):
    machine = cloud(addresses=[], drives=[disc(tmp_path, environment(user_data=ENCODED), label)],
                    cpuinfo="flags : hypervisor\n")
    assert machine.detect().out == f'ovf: virtual machine is "yes", a drive is labelled "{label}"\n'
    found = machine.fetch("auto", stage="fetch-offline")
    found.gave(CONFIG)
    assert found.elapsed < 2


def test_config_as_it_is(cloud, tmp_path):
    text = environment(user_data=CONFIG.decode().replace('"', "&quot;"))
    cloud(addresses=[], drives=[disc(tmp_path, text)]).fetch("ovf").gave(CONFIG)


def test_no_config(cloud, tmp_path):
    cloud(addresses=[], drives=[disc(tmp_path, environment(hostname="a"))]).fetch("ovf").gave_nothing()


@pytest.mark.parametrize("text, words", [(b"<html>", "is not XML"), (b"", "is not XML")])
def test_document_that_is_none(cloud, tmp_path, text, words):
    cloud(addresses=[], drives=[disc(tmp_path, text)]).fetch("ovf").failed(words)


def test_attributes(cloud, tmp_path):
    text = environment(instance_id="vm-1", hostname="ovf-1", public_keys=KEY)
    machine = cloud(addresses=[], drives=[disc(tmp_path, text)])
    ran = machine.metadata("--provider", "ovf", "--attributes", tmp_path / "a", "--hostname", tmp_path / "h")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert (tmp_path / "h").read_text() == "ovf-1\n"
    assert f"# key: {KEY}\n" in machine.metadata("--provider", "ovf").out
