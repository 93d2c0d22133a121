"""Faults that are asked of every platform whose config is one request away.

    class TestFaults(HttpFaults):
        platform, path = "vultr", "/user-data/user-data"
"""

from cloud import Reply, drive, paths


class HttpFaults:
    platform = ""
    path = ""
    body = b'{"ignition": {"version": "3.4.0"}, "systemd": {}}'

    def test_errors_stay(self, cloud):
        machine = cloud()
        machine.serve(Reply(status=500))
        found = machine.fetch(self.platform, timeout="1s")
        found.failed("unable to fetch resource in time (1 s): 500 Internal Server Error")
        assert 1 <= found.elapsed < 2

    def test_body_that_breaks_off(self, cloud):
        machine = cloud()
        machine.serve(paths({self.path: Reply(body=self.body, cut=20)}))
        machine.fetch(self.platform, timeout="1s").failed("broke off after 20 bytes")

    def test_redirect_is_refused(self, cloud):
        machine = cloud(addresses=["169.254.169.254/32", "10.9.9.9/32"])
        other = machine.serve(Reply(body=self.body), host="10.9.9.9")
        machine.serve(Reply(status=302, headers={"Location": "http://10.9.9.9/"}))
        machine.fetch(self.platform).failed("302 Found")
        assert other.asked == []

    def test_no_link(self, cloud):
        found = cloud(addresses=[]).fetch(self.platform, timeout="1s")
        found.failed("unable to fetch resource in time (1 s)")
        assert 1 <= found.elapsed < 2


class DriveFaults:
    platform = ""
    label = ""
    path = ""  # of the config

    def test_drive_that_never_comes(self, cloud):
        found = cloud(addresses=[]).fetch(self.platform, timeout="2s")
        found.failed(f'no drive labelled "{self.label}" appeared within 2 s; a machine that is to have no config')
        assert 2 <= found.elapsed < 4

    def test_unreadable_drive(self, cloud, tmp_path):
        image = drive(tmp_path / "broken.img", self.label, {self.path: b"{}"})
        with image.open("r+b") as file:
            file.seek(2048)  # the group descriptors; the label stays
            file.write(b"\xff" * 4096)
        cloud(addresses=[], drives=[image]).fetch(self.platform).failed("(ext4): ")

    def test_config_that_is_none(self, cloud, tmp_path):
        machine = cloud(addresses=[], drives=[drive(tmp_path / "d.img", self.label, {self.path: b"<html>"})])
        machine.fetch(self.platform).failed("config is not valid")
