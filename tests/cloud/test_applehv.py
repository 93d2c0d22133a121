"""Apple's hypervisor.  A vsock belongs to no network namespace: a fetch here would ask the host of the machine that
runs the tests, so HTTP over the socket is in tests/unit/providers/vsock_http.c, with sockets of its own."""


def test_named_by_a_kernel_argument(cloud):
    machine = cloud(cmdline="ignition.platform.id=applehv", addresses=[])
    assert machine.detect().out == "applehv: named by ignition.platform.id on the kernel command line\n"


def test_the_host_keeps_the_config(cloud):
    ran = cloud(addresses=[]).rmcfg("applehv")
    assert ran.status == 1
    assert "couldn't delete config: cannot delete config on this platform" in ran.out
