"""Amazon EC2."""

import pytest
from cloud import Reply, in_turn, paths

CONFIG = b'{"ignition": {"version": "3.4.0"}, "storage": {"files": [{"path": "/etc/motd", "contents": {"source": "data:,aws"}}]}}'
TOKEN = b"AQAAAE-token"
USER_DATA = "/2019-10-01/user-data"
BOTH = ["169.254.169.254/32", "fd00:ec2::254/128"]


def imds(answers: dict):
    """IMDSv2: a token for a PUT with a lifetime, and nothing without the token."""

    def script(request):
        if request.path == "/latest/api/token":
            if request.method != "PUT" or request.headers.get("x-aws-ec2-metadata-token-ttl-seconds") != "21600":
                return Reply(status=400)
            return Reply(body=TOKEN)
        if request.headers.get("x-aws-ec2-metadata-token") != TOKEN.decode():
            return Reply(status=401)
        return paths(answers)(request)

    return script


def test_config(cloud):
    machine = cloud()
    service = machine.serve(imds({USER_DATA: CONFIG}))
    found = machine.fetch("aws")
    found.gave(CONFIG)
    assert found.cache["storage"]["files"][0]["path"] == "/etc/motd"
    assert service.asked == ["PUT /latest/api/token", f"GET {USER_DATA}"]
    assert service.connections == 1
    assert found.elapsed < 1
