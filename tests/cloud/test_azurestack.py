"""Azure Stack."""

from cloud import Reply, paths

IDENTITY = "/Microsoft.Compute/identity?api-version=2019-03-11"
METADATA = {"Metadata": "true"}


def test_the_dvd_is_waited_for_and_nobody_is_asked(cloud):
    machine = cloud()
    service = machine.serve(Reply(body=b"{}"))
    found = machine.fetch("azurestack", timeout="2s")
    found.failed("no DVD with ovf-env.xml appeared within 2 s")
    assert 2 <= found.elapsed < 4
    assert service.asked == []


def test_hostname(cloud, tmp_path):
    machine = cloud()
    machine.serve(paths({IDENTITY: b'{"vmName": "stack-1", "vmId": "x"}'}, needs=METADATA))
    ran = machine.metadata("--provider", "azurestack", "--hostname", tmp_path / "h")
    assert (ran.status, (tmp_path / "h").read_text()) == (0, "stack-1\n")


def test_absent_identity(cloud, tmp_path):
    machine = cloud()
    machine.serve(paths({}))
    ran = machine.metadata("--provider", "azurestack", "--hostname", tmp_path / "h")
    assert (ran.status, (tmp_path / "h").exists()) == (1, False)
    assert "404 Not Found" in ran.err


def test_identity_that_is_no_json(cloud):
    machine = cloud()
    machine.serve(paths({IDENTITY: b"vmName"}))
    ran = machine.metadata("--provider", "azurestack")
    assert ran.status == 1 and "the identity is not JSON" in ran.err


def test_slow_service(cloud):
    machine = cloud()
    machine.serve(Reply(body=b"{}", delay=3))
    ran = machine.metadata("--provider", "azurestack", "--timeout", "1s")
    assert ran.status == 1 and "in time (1 s)" in ran.err
    assert 1 <= ran.elapsed < 2


def test_keys_are_refused(cloud):
    ran = cloud().metadata("--provider", "azurestack", "--ssh-keys", "root")
    assert ran.status == 1 and "this version does not read Azure Stack's SSH keys" in ran.err
