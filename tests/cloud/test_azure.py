"""Microsoft Azure."""

import base64

import pytest
from cloud import Reply, attempts, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "storage": {"directories": [{"path": "/srv/azure"}]}}'
COMPUTE = "/metadata/instance/compute/"
USER_DATA = COMPUTE + "userData?api-version=2021-01-01&format=text"
METADATA = {"Metadata": "true"}
WIRE = {"x-ms-agent-name": "com.coreos.afterburn", "x-ms-version": "2012-11-30"}
ADDRESSES = ["169.254.169.254/32", "168.63.129.16/32"]
TAG = "7783-7084-3265-9085-8269-3286-77"

VERSIONS = b"""<?xml version="1.0" encoding="utf-8"?>
<Versions><Preferred><Version>2015-04-05</Version></Preferred>
<Supported><Version>2015-04-05</Version><Version>2012-11-30</Version></Supported></Versions>"""
SHARED = "/machine/c-1/i-1?comp=config&type=sharedConfig&incarnation=1"
GOAL = """<?xml version="1.0" encoding="utf-8"?>
<GoalState xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Version>2012-11-30</Version>
<Incarnation>1</Incarnation><Machine><ExpectedState>Started</ExpectedState></Machine>
<Container><ContainerId>c-1</ContainerId><RoleInstanceList><RoleInstance><InstanceId>i-1</InstanceId>
<State>Started</State><Configuration><SharedConfig>{url}</SharedConfig></Configuration>
</RoleInstance></RoleInstanceList></Container></GoalState>"""
SHARED_CONFIG = b"""<?xml version="1.0" encoding="utf-8"?>
<SharedConfig version="1.0.0.0"><Deployment name="d" guid="{g}" incarnation="0"/>
<Incarnation number="1" instance="vm-1" guid="{g}"/>
<Instances><Instance id="vm-0" address="10.0.0.3"/>
<Instance id="vm-1" address="10.0.0.4"><InputEndpoints>
<Endpoint name="a" address="10.0.0.4:22" loadBalancedPublicAddress="203.0.113.1:22"/>
<Endpoint name="b" address="10.0.0.4:80" loadBalancedPublicAddress="203.0.113.2:80"/>
</InputEndpoints></Instance></Instances></SharedConfig>"""
LINES = """\
AFTERBURN_AZURE_IPV4_DYNAMIC=10.0.0.4
AFTERBURN_AZURE_IPV4_VIRTUAL=203.0.113.2
AFTERBURN_AZURE_VMSIZE=Standard_B2s
"""


def wire_server(**changes) -> dict:
    url = changes.pop("url", f"http://168.63.129.16:80{SHARED}").replace("&", "&amp;")
    return {"/?comp=versions": VERSIONS, "/machine/?comp=goalstate": GOAL.format(url=url).encode(),
            SHARED: SHARED_CONFIG, **changes}


def imds(**changes) -> dict:
    return {COMPUTE + "vmSize?api-version=2017-08-01&format=text": b"Standard_B2s",
            COMPUTE + "name?api-version=2017-08-01&format=text": b"vm-one",
            COMPUTE + "publicKeys?api-version=2021-02-01":
                b'[{"keyData": "ssh-rsa AAAAB3Nz\\r\\naC1yc2E= me\\r\\n", "path": "/home/core/.ssh/authorized_keys"}]',
            **changes}


def machine_of(cloud, wire: dict, answers: dict | None = None):
    machine = cloud(addresses=ADDRESSES)
    machine.wire = machine.serve(paths(wire, needs=WIRE), host="168.63.129.16")
    machine.imds = machine.serve(paths(imds() if answers is None else answers, needs=METADATA))
    return machine


def test_config(cloud):
    machine = cloud()
    service = machine.serve(paths({USER_DATA: base64.b64encode(CONFIG)}, needs=METADATA))
    found = machine.fetch("azure")
    found.gave(CONFIG)
    assert service.asked == [f"GET {USER_DATA}"]
    assert found.elapsed < 1


def test_config_before_the_service_knows_the_machine(cloud):
    machine = cloud()
    left = [Reply(status=429), Reply(status=410), Reply(status=404)]
    machine.serve(lambda request: left.pop() if left else Reply(body=base64.b64encode(CONFIG)))
    found = machine.fetch("azure")
    found.gave(CONFIG)
    assert attempts(found.log) == 4


def test_no_base64(cloud):
    machine = cloud()
    machine.serve(paths({USER_DATA: CONFIG}))
    machine.fetch("azure").failed("no base64 at byte 0")


def test_without_user_data_the_dvd_is_waited_for(cloud):
    machine = cloud()
    machine.serve(paths({USER_DATA: b""}))
    found = machine.fetch("azure", timeout="2s")
    found.failed("no DVD with ovf-env.xml appeared within 2 s")
    assert 2 <= found.elapsed < 4


def test_errors_stay(cloud):
    machine = cloud()
    machine.serve(Reply(status=404))
    found = machine.fetch("azure", timeout="1s")
    found.failed("unable to fetch resource in time (1 s): 404 Not Found")
    assert 1 <= found.elapsed < 2


def test_refused(cloud):
    machine = cloud()
    machine.serve(Reply(status=400))
    machine.fetch("azure").failed("400 Bad Request")


def test_no_link(cloud):
    machine = cloud(addresses=[])
    machine.fetch("azure", timeout="1s").failed("unable to fetch resource in time (1 s)")


def test_detected(cloud):
    machine = cloud(dmi={"sys_vendor": "Microsoft Corporation", "chassis_asset_tag": TAG})
    assert machine.detect().out == f'azure: DMI asset tag is "{TAG}"\n'


def test_attributes(cloud, tmp_path):
    machine = machine_of(cloud, wire_server())
    ran = machine.metadata("--provider", "azure", "--attributes", tmp_path / "a")
    assert ran.status == 0, ran.err
    assert (tmp_path / "a").read_text() == LINES + LINES.replace("AFTERBURN", "COREOS")
    assert machine.wire.asked == ["GET /?comp=versions", "GET /machine/?comp=goalstate", f"GET {SHARED}"]
    assert machine.wire.connections == 1


def test_hostname_and_keys(cloud, tmp_path):
    machine = machine_of(cloud, wire_server())
    ran = machine.metadata("--provider", "azure", "--hostname", tmp_path / "h")
    assert (ran.status, (tmp_path / "h").read_text()) == (0, "vm-one\n")
    assert machine.wire.asked == []
    assert "# key: ssh-rsa AAAAB3NzaC1yc2E= me\n" in machine.metadata("--provider", "azure").out


@pytest.mark.parametrize("wire, words", [
    (wire_server(url="http://10.1.1.1/x"), "the goal state leads away from the wire server"),
    (wire_server(url="http://168.63.129.16.example.org/x"), "the goal state leads away from the wire server"),
    (wire_server(**{"/?comp=versions": b"<Versions><Supported/></Versions>"}), "does not speak version 2012-11-30"),
    (wire_server(**{"/machine/?comp=goalstate": b"<GoalState>"}), "the goal state, line 1, is not XML"),
    (wire_server(**{"/machine/?comp=goalstate": b"<GoalState/>"}), "the goal state names no SharedConfig"),
    (wire_server(**{SHARED: b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}), "it declares a document type"),
    (wire_server(**{SHARED: b"<a>" * 100}), "nested too deep"),
    (wire_server(**{SHARED: SHARED_CONFIG.replace(b"10.0.0.4", b"10.0.0.4&#10;X=1")}), "contains a newline"),
])
def test_faults_of_the_wire_server(cloud, tmp_path, wire, words):
    machine = machine_of(cloud, wire)
    ran = machine.metadata("--provider", "azure", "--attributes", tmp_path / "a")
    assert (ran.status, (tmp_path / "a").exists()) == (1, False)
    assert words in ran.err


def test_machine_without_public_address(cloud):
    machine = machine_of(cloud, wire_server(**{SHARED: b'<SharedConfig><Incarnation instance="a"/><Instances>'
                                                       b'<Instance id="a" address="10.0.0.9"/></Instances></SharedConfig>'}))
    out = machine.metadata("--provider", "azure").out
    assert "AFTERBURN_AZURE_IPV4_DYNAMIC=10.0.0.9\n" in out and "VIRTUAL" not in out
