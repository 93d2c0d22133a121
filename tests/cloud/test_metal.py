"""Bare metal: nothing but the kernel command line."""

import pytest

KEY = "ssh-rsa AAAAB3NzaC1yc2E= me"


def test_no_config(cloud):
    cloud(addresses=[]).fetch("metal").gave_nothing()


@pytest.mark.parametrize("cmdline, want", [
    (f'quiet sshkey="{KEY}" ro', f"# key: {KEY}\n"), ("sshkey=", ""), ("quiet", ""), ("xsshkey=a", ""),
])
def test_key_of_the_command_line(cloud, cmdline, want):
    ran = cloud(addresses=[], cmdline=cmdline).metadata("--provider", "metal")
    assert (ran.status, ran.out) == (0, want), ran.err
