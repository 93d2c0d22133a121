"""The engine with a network: configs that refer to configs, what they say about fetching, files."""

import base64
import gzip
import hashlib
import json
import re
import time

import pytest

from configs import config, data, files
from conftest import needs_root
from engine import Case
from network import Reply, in_turn
from test_fetch import authority, net, plain  # noqa: F401 (fixtures)

pytestmark = needs_root
STAGES = ("fetch-offline", "fetch", "files")


def as_reply(value, **options) -> Reply:
    return Reply(json.dumps(value).encode(), **options)


def merge(*sources, **more) -> dict:
    return config(ignition_config={"merge": [{"source": source} for source in sources]}, **more)


def file_of(path: str, source: str, **contents) -> dict:
    return {"path": path, "contents": {"source": source, **contents}}


@pytest.fixture
def run(make_engine, plain):  # noqa: F811
    """run(case) in the network `plain`."""

    def run_case(case: Case, **environment):
        runner = make_engine(case)
        runner.world.environment.update(environment)
        runner.world.enter = plain.enter
        return runner.run()

    return run_case


def test_config_refers_to_configs_over_http(run, plain):  # noqa: F811
    server = plain.serve(lambda request: {
        "/a": as_reply(merge("http://127.0.0.1/b")),
        "/b": as_reply(files(file_of("/etc/b", "http://127.0.0.1/file"))),
        "/file": Reply(b"over http\n"),
    }[request.path])
    outcome = run(Case(merge("http://127.0.0.1/a"), stages=STAGES))
    assert outcome.exits == [0, 0, 0], outcome.log
    assert outcome.needs_network
    assert (outcome.root / "etc/b").read_text() == "over http\n"
    assert {"/a", "/b", "/file"} == {request.path for request in server.requests}


def test_url_on_the_kernel_command_line(run, plain):  # noqa: F811
    plain.serve(as_reply(files(file_of("/etc/c", data("c")))))
    outcome = run(Case(cmdline="ignition.config.url=http://127.0.0.1/c?token=secret", stages=STAGES))
    assert outcome.exits == [0, 0, 0], outcome.log
    assert (outcome.root / "etc/c").read_text() == "c"
    assert "secret" not in outcome.log


def test_file_is_verified_and_unpacked(run, plain):  # noqa: F811
    server = plain.serve(Reply(gzip.compress(b"packed")))
    contents = {"compression": "gzip", "verification": {"hash": "sha256-" + hashlib.sha256(b"packed").hexdigest()},
                "httpHeaders": [{"name": "X-Token", "value": "t"}]}
    outcome = run(Case(files(file_of("/etc/p", "http://127.0.0.1/p", **contents)), stages=STAGES))
    assert outcome.exits == [0, 0, 0], outcome.log
    assert (outcome.root / "etc/p").read_text() == "packed"
    assert server.requests[0].headers["x-token"] == "t"


def many(count: int, **contents) -> dict:
    return files(*(file_of(f"/srv/{n // 10}/{n:03}", f"http://127.0.0.1/{n:03}", **contents) for n in range(count)))


def test_files_are_fetched_together(run, plain):  # noqa: F811
    server = plain.serve(lambda request: Reply(request.path.encode(), delay=0.05))
    outcome = run(Case(many(300), stages=STAGES))
    assert outcome.exits == [0, 0, 0], outcome.log
    for n in range(300):
        assert (outcome.root / f"srv/{n // 10}/{n:03}").read_text() == f"/{n:03}"
    assert len(server.requests) == 300
    assert server.connections <= 50
    assert server.requests[-1].at - server.requests[0].at < 5  # one after the other: 15


def test_failure_stops_what_is_behind_it(run, plain):  # noqa: F811
    replies = {"/003": Reply(status=404), "/004": Reply(status=503), "/005": Reply(b"late", delay=50)}
    plain.serve(lambda request: replies.get(request.path, Reply(b"x")))
    began = time.monotonic()
    outcome = run(Case(many(8), stages=STAGES))
    assert outcome.exits == [0, 0, 1]
    assert "GET http://127.0.0.1/003: attempt #1: resource not found: 404 Not Found" in outcome.log.splitlines()[-1]
    assert sorted(path.name for path in (outcome.root / "srv/0").iterdir()) == ["000", "001", "002"]
    assert time.monotonic() - began < 10


def test_failure_waits_for_what_is_before_it(run, plain):  # noqa: F811
    scripts = {"/000": in_turn(Reply(status=503), Reply(b"x"))}
    plain.serve(lambda request: scripts.get(request.path, in_turn(Reply(status=404)))(request))
    outcome = run(Case(many(2), stages=STAGES))
    assert outcome.exits == [0, 0, 1]
    assert (outcome.root / "srv/0/000").read_text() == "x"


def test_wrong_bytes_stop_the_stage(run, plain):  # noqa: F811
    plain.serve(Reply(b"other"))
    contents = {"verification": {"hash": "sha256-" + "0" * 64}}
    outcome = run(Case(files(file_of("/etc/p", "http://127.0.0.1/p", **contents)), stages=STAGES))
    assert outcome.exits == [0, 0, 1]
    assert "hash verification failed" in outcome.log
    assert not (outcome.root / "etc/p").exists()


@pytest.mark.parametrize("reply, more", [
    (Reply(b" " * (1 << 20), repeat=300), {}),
    (Reply(gzip.compress(b" " * (300 << 20), 1)), {"compression": "gzip"}),
])
def test_config_that_is_too_large(run, plain, reply, more):  # noqa: F811
    plain.serve(reply)
    outcome = run(Case(config(ignition_config={"merge": [{"source": "http://127.0.0.1/a", **more}]}), stages=STAGES))
    assert outcome.exits == [0, 1]
    assert "resource is larger than 256 MiB" in outcome.log.splitlines()[-1]


def test_killed_while_it_fetches(make_engine, plain):  # noqa: F811
    """Neither a part of a file nor a temporary stays, and the next run has all."""
    pauses = [0.0] * 20 + [30.0] * 20
    plain.serve(lambda request: Reply(request.path.encode() * 100_000, pause=pauses[int(request.path[1:])]))
    runner = make_engine(Case(many(40)))
    runner.world.enter = plain.enter
    assert runner.stage("fetch").returncode == 0
    runner.world.enter = [*plain.enter, "timeout", "--signal=KILL", "1"]
    assert runner.stage("files").returncode != 0
    place = runner.outcome.root / "srv"
    assert all(path.read_text() == f"/{path.name}" * 100_000 for path in place.rglob("0??"))
    pauses[:] = [0.0] * 40
    runner.world.enter = plain.enter
    assert runner.stage("files").returncode == 0, runner.outcome.log
    assert len(list(place.rglob("*"))) == 4 + 40
    assert all((place / f"{n // 10}/{n:03}").read_text() == f"/{n:03}" * 100_000 for n in range(40))


def test_timeouts_of_the_config_count(run, plain):  # noqa: F811
    plain.serve(Reply(status=503))
    began = time.monotonic()
    outcome = run(Case(merge("http://127.0.0.1/a", ignition_timeouts={"httpTotal": 1}), stages=STAGES))
    assert outcome.exits == [0, 1]
    assert "unable to fetch resource in time (1 s): 503 Service Unavailable" in outcome.log
    assert time.monotonic() - began < 6


def test_authority_of_a_parent_is_trusted_and_kept(run, plain, authority):  # noqa: F811
    certificate, server = authority
    plain.serve(as_reply(files(file_of("/etc/t", "https://localhost/file"))) , port=443, tls=server)
    ca_server = plain.serve(Reply(gzip.compress(certificate.read_bytes())))
    source = {"source": "http://127.0.0.1/ca", "compression": "gzip"}
    parent = merge("https://localhost/a", ignition_security={"tls": {"certificateAuthorities": [source]}})
    outcome = run(Case(parent, stages=STAGES))
    assert outcome.exits == [0, 0, 0], outcome.log
    assert (outcome.root / "etc/t").exists()
    kept = outcome.cache["ignition"]["security"]["tls"]["certificateAuthorities"]
    assert [entry["source"].split(",")[0] for entry in kept] == ["data:text/plain;charset=utf-8;base64"]
    assert base64.b64decode(kept[0]["source"].split(",")[1]) == certificate.read_bytes()
    assert "compression" not in kept[0]
    assert len(ca_server.requests) == 1
    # Once in the stage that fetches the config, once in the one that fetches files.
    assert outcome.log.count('Adding "Test Authority" to list of CAs') == 2


def test_without_the_authority_nothing_is_trusted(run, plain, authority):  # noqa: F811
    plain.serve(as_reply(config()), port=443, tls=authority[1])
    outcome = run(Case(merge("https://localhost/a", ignition_timeouts={"httpTotal": 1}), stages=STAGES))
    assert outcome.exits == [0, 1]
    assert "certificate" in outcome.log


def test_proxy_of_the_config(run, plain):  # noqa: F811
    proxy = plain.serve(as_reply(files(file_of("/etc/x", data("x")))), port=3128)
    parent = merge("http://away.test/a", ignition_proxy={"httpProxy": "http://127.0.0.1:3128"})
    outcome = run(Case(parent, stages=STAGES))
    assert outcome.exits == [0, 0, 0], outcome.log
    assert [request.path for request in proxy.requests] == ["http://away.test/a"]


def test_fetch_timeout_bounds_the_platforms_config(make_engine, plain):  # noqa: F811
    plain.serve(Reply(status=500))
    runner = make_engine(Case(cmdline="ignition.config.url=http://127.0.0.1/"))
    runner.world.enter = plain.enter
    place = runner.outcome.place
    began = time.monotonic()
    done = runner.world.run([runner.program, "-platform", "file", "-stage", "fetch", "-log-to-stdout",
                             "-fetch-timeout", "1700ms", "-config-cache", place / "cache", "-state-file",
                             place / "state", "-root", runner.outcome.root], cwd=place)
    assert done.returncode == 1
    assert "unable to fetch resource in time (1 s)" in done.stdout
    assert time.monotonic() - began < 4


def test_rehearsal_fetches_and_says_so(programs, plain, tmp_path):  # noqa: F811
    plain.serve(lambda request: {
        "/a": as_reply(files(file_of("/srv/f", "http://127.0.0.1/f?token=secret"))),
        "/f": Reply(b"x" * 4000),
    }[request.path.partition("?")[0]])
    config_file = tmp_path / "c.ign"
    config_file.write_text(json.dumps(merge("http://127.0.0.1/a")))
    done = plain.run([programs.slipway, "rehearse", "--root", tmp_path / "root", config_file])
    said = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "root/srv/f").read_text() == "x" * 4000
    assert "fetched http://127.0.0.1/f, 4000 bytes\n" in said
    assert "secret" not in said


def test_rehearsal_says_how_far_it_is(programs, plain, tmp_path):  # noqa: F811
    body = bytes(64 << 20)
    plain.serve(Reply(body, chunk_pause=0.04))
    config_file = tmp_path / "c.ign"
    config_file.write_text(json.dumps(files(file_of("/srv/f", "http://127.0.0.1/f"))))
    done = plain.run([programs.slipway, "rehearse", "--root", tmp_path / "root", config_file])
    said = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert re.search(rf"fetching http://127.0.0.1/f: \d+ of {len(body)} bytes\n", said), said


# --- oem:

@pytest.fixture
def flatcar(plain, tmp_path):  # noqa: F811
    """A system whose image names the profile flatcar."""
    upper, work = tmp_path / "upper", tmp_path / "work"
    (upper / "slipway").mkdir(parents=True)
    (upper / "slipway/profile").write_text("flatcar\n")
    work.mkdir()
    options = f"lowerdir=/usr/lib,upperdir={upper},workdir={work}"
    if plain.run(["mount", "-t", "overlay", "overlay", "-o", options, "/usr/lib"]).returncode != 0:
        pytest.skip("this kernel has no overlay filesystem")
    oem = tmp_path / "oem"
    (oem / "a b").mkdir(parents=True)
    (oem / "a b/file").write_text("vendor's\n")
    return oem


def of(place) -> dict:
    """The environment in which the vendor's files are in `place`, and on no drive."""
    return {"IGNITION_OEM_LOOKASIDE_DIR": str(place), "IGNITION_OEM_DEVICE": "/dev/null"}


def test_oem_file_needs_no_network(run, flatcar):
    (flatcar / "more.ign").write_text(json.dumps(files(file_of("/etc/v", "oem:///a%20b/file"))))
    outcome = run(Case(merge("oem:///more.ign")), **of(flatcar))
    assert outcome.exits == [0, 0], outcome.log
    assert not outcome.needs_network
    assert (outcome.root / "etc/v").read_text() == "vendor's\n"


def test_oem_config_of_the_kernel_command_line(run, flatcar):
    (flatcar / "c.json").write_text(json.dumps(files(file_of("/etc/v", data("v")))))
    outcome = run(Case(cmdline="ignition.config.url=oem:///c.json"), **of(flatcar))
    assert outcome.exits == [0, 0], outcome.log
    assert (outcome.root / "etc/v").read_text() == "v"


@pytest.mark.parametrize("source, words", [
    ("oem:///none", "oem:/none: "), ("oem://host", "path is not absolute"), ("oem:x", "path is not absolute"),
])
def test_oem_file_that_is_not_there(run, flatcar, source, words):
    outcome = run(Case(files(file_of("/etc/v", source))), **of(flatcar))
    assert outcome.exits[-1] == 1
    assert words in outcome.log
    assert not (outcome.root / "etc/v").exists()


def test_oem_is_not_in_other_profiles(run):
    outcome = run(Case(files(file_of("/etc/v", "oem:///x"))))
    assert outcome.exits == [1]
    assert "invalid url scheme" in outcome.log
