"""NVIDIA BlueField: a FIFO of its boot controller."""

import pytest

CONFIG = '{"ignition": {"version": "3.4.0"}}'
DEVICES = "/sys/bus/platform/devices"


def fifo(text: str) -> dict:
    return {DEVICES: {"MLNXBF04:00/bootfifo": text}}


@pytest.mark.parametrize("tail", ["", "\0", "\0" * 100])
def test_config(cloud, tail):
    machine = cloud(addresses=[], trees=fifo(CONFIG + tail))
    assert machine.detect().out == f"nvidiabluefield: {DEVICES}/MLNXBF04:00 exists\n"
    found = machine.fetch("auto", stage="fetch-offline")
    found.gave(CONFIG.encode())
    assert found.elapsed < 1


@pytest.mark.parametrize("text", ["", "\0", "\0" * 100])
def test_no_config(cloud, text):
    cloud(addresses=[], trees=fifo(text)).fetch("nvidiabluefield").gave_nothing()


def test_no_device_is_no_empty_config(cloud):
    cloud(addresses=[], trees={DEVICES: {"x": ""}}).fetch("nvidiabluefield").failed("MLNXBF04:00/bootfifo")


def test_config_that_is_none(cloud):
    cloud(addresses=[], trees=fifo("<html>")).fetch("nvidiabluefield").failed("config is not valid")


def test_config_that_is_too_large(cloud):
    cloud(addresses=[], trees=fifo("x" * ((16 << 20) + 1))).fetch("nvidiabluefield").failed("the boot controller")
