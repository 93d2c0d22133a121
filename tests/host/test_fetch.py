"""The fetcher over real sockets, in a network of its own: bytes, time and words."""

import gzip
import hashlib
import os
import random
import time
from dataclasses import dataclass
from email.utils import formatdate

import pytest

import network
from conftest import needs_root
from network import Reply, in_turn

pytestmark = needs_root
CHECK = network.program("tests/cloud/fetch_check")
BIG = random.Random(4).randbytes(3_000_000)
TAG = {"ETag": '"one"', "Accept-Ranges": "bytes"}


@dataclass
class Fetched:
    status: int
    body: bytes
    log: str
    seconds: float

    @property
    def last(self) -> str:
        return self.log.splitlines()[-1]


@pytest.fixture
def net(tmp_path):
    made = []

    def make(**options) -> network.Network:
        made.append(network.Network(tmp_path / f"net{len(made)}", **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def plain(net) -> network.Network:
    return net(addresses=["10.9.8.7/32", "169.254.10.1/32"],
               hosts="10.9.8.7 away.test\n169.254.10.1 hidden.test\n")


def fetch(place: network.Network, *words) -> Fetched:
    began = time.monotonic()
    done = place.run([CHECK, *words])
    return Fetched(done.returncode, done.stdout, done.stderr.decode(), time.monotonic() - began)


# --- answers

def test_request_is_upstreams(plain):
    server = plain.serve(Reply(b"x"))
    assert fetch(plain, "http://u:p%40@127.0.0.1/a/../b?c=d e#f").body == b"x"
    request = server.requests[0]
    assert (request.method, request.path) == ("GET", "/a/../b?c=d%20e")
    assert request.headers["user-agent"].startswith("Ignition/")
    assert request.headers["accept"] == "application/vnd.coreos.ignition+json;version=3.6.0, */*;q=0.1"
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["authorization"] == "Basic dTpwQA=="


def test_own_headers_win(plain):
    server = plain.serve(Reply(b"x"))
    fetch(plain, "--header", "accept=a/b", "--header", "X-Y=1", "--header", "x-y=2", "--header", "Host=evil",
          "--header", "Empty=", "http://127.0.0.1/")
    headers = server.requests[0].headers
    assert (headers["accept"], headers["x-y"], headers["host"], headers["empty"]) == ("a/b", "2", "127.0.0.1", "")


def test_header_cannot_smuggle_another(plain):
    server = plain.serve(Reply(b"x"))
    got = fetch(plain, "--header", "X=1\r\nY: 2", "http://127.0.0.1/")
    assert got.last == 'input: invalid header field value for "X"'
    assert not server.requests


def test_no_content_is_empty(plain):
    plain.serve(Reply(status=204))
    got = fetch(plain, "http://127.0.0.1/")
    assert (got.status, got.body) == (0, b"")


FINAL = [
    (404, "not found", "resource not found: 404 Not Found; check the URL"),
    (403, "network final", "failed to fetch resource: 403 Forbidden; check who may read it"),
    (408, "network final", "failed to fetch resource: 408 Request Timeout; check the URL"),
    (429, "network final", "failed to fetch resource: 429 Too Many Requests; the server wants fewer requests"),
    (206, "network final", "failed to fetch resource: 206 Partial Content; check the URL"),
    (302, "network final", "failed to fetch resource: 302 Found; check the URL"),
]


@pytest.mark.parametrize("status, kind, words", FINAL)
def test_answer_that_is_no(plain, status, kind, words):
    server = plain.serve(Reply(b"never shown", status))
    got = fetch(plain, "http://u:secret@127.0.0.1/x?token=secret")
    assert got.last == f"{kind}: GET http://127.0.0.1/x: attempt #1: {words}"
    assert (got.body, len(server.requests)) == (b"", 1)
    assert "secret" not in got.log


def test_server_errors_are_retried(plain):
    server = plain.serve(in_turn(Reply(hang_up=True), Reply(b"no", 500), Reply(b"no", 503), Reply(b"yes")))
    got = fetch(plain, "http://127.0.0.1/")
    assert got.body == b"yes"
    assert len(server.requests) == 4
    assert 1.0 < got.seconds < 6  # 200 + 400 + 800 ms, each less up to a quarter
    waits = [int(line.rsplit(" ", 1)[1]) for line in got.log.splitlines() if line.startswith("retry: ")]
    assert all(want * 3 // 4 <= wait <= want for wait, want in zip(waits, (200, 400, 800)))


def test_retry_after_is_kept(plain):
    server = plain.serve(in_turn(Reply(status=503, headers={"Retry-After": "2"}), Reply(b"yes")))
    assert fetch(plain, "http://127.0.0.1/").body == b"yes"
    assert server.requests[1].at - server.requests[0].at >= 1.99


def test_retry_after_as_a_date_is_kept(plain):
    def script(_request):
        if len(server.requests) > 1:
            return Reply(b"yes")
        return Reply(status=503, headers={"Retry-After": formatdate(time.time() + 3, usegmt=True)})

    server = plain.serve(script)
    assert fetch(plain, "http://127.0.0.1/").body == b"yes"
    # Dates have whole seconds.
    assert 1.9 <= server.requests[1].at - server.requests[0].at < 5


@pytest.mark.parametrize("value", ["-1", "soon", "", "Mon, 01 Jan 1990 00:00:00 GMT"])
def test_retry_after_that_means_nothing_is_none(plain, value):
    plain.serve(in_turn(Reply(status=503, headers={"Retry-After": value}), Reply(b"yes")))
    got = fetch(plain, "http://127.0.0.1/")
    assert got.body == b"yes"
    assert got.seconds < 1.5


NO_HTTP = [b"garbage\r\n\r\n", b"\0" * 100, b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 x\r\nContent-Length: x\r\n\r\nbody",
           b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 200 x\r\nno end"]


@pytest.mark.parametrize("raw", NO_HTTP)
def test_answer_that_is_no_http(plain, raw):
    plain.serve(Reply(raw=raw))
    got = fetch(plain, "--attempts", "1", "http://127.0.0.1/")
    assert (got.status, got.body) == (1, b""), got.log
    assert got.last.startswith("network: GET http://127.0.0.1/: attempt #1: failed to fetch resource: "), got.last


def test_attempts_can_be_bounded(plain):
    server = plain.serve(Reply(status=500))
    got = fetch(plain, "--attempts", "2", "http://127.0.0.1/")
    assert got.last.startswith("network: GET http://127.0.0.1/: attempt #2: failed to fetch resource: 500 ")
    assert len(server.requests) == 2


# --- time

def test_total_time_ends_retries(plain):
    plain.serve(Reply(status=503, headers={"Retry-After": "3600"}))
    got = fetch(plain, "--total", "1500", "http://127.0.0.1/")
    assert got.last == ("timeout: GET http://127.0.0.1/: attempt #1: unable to fetch resource in time (1500 ms): "
                        "503 Service Unavailable; look at the server")
    assert 1.4 < got.seconds < 4


def test_slow_headers_are_retried(plain):
    plain.serve(in_turn(Reply(b"late", delay=20), Reply(b"yes")))
    got = fetch(plain, "--response-headers", "500", "http://127.0.0.1/")
    assert got.body == b"yes"
    assert "timeout awaiting response headers (500 ms)" in got.log
    assert 0.5 < got.seconds < 5


def test_slow_body_ends_with_the_total_time(plain):
    plain.serve(Reply(b"never", pause=20))
    got = fetch(plain, "--total", "1000", "--response-headers", "400", "http://127.0.0.1/")
    assert got.last.startswith("timeout: GET http://127.0.0.1/: attempt #1: unable to fetch resource in time (1 s): ")
    assert 0.9 < got.seconds < 4


def test_slow_body_that_comes_is_waited_for(plain):
    plain.serve(Reply(BIG, chunk_pause=0.6))
    got = fetch(plain, "--response-headers", "200", "http://127.0.0.1/")
    assert got.body == BIG
    assert 1.1 < got.seconds < 5
    assert "progress: http://127.0.0.1/: " in got.log
    assert f"progress: http://127.0.0.1/: {len(BIG)} of {len(BIG)}, all" in got.log


def test_wait_without_limit_is_said(plain):
    """The one test that waits as long as people do: what is told every 30 s is told by then."""
    plain.serve(Reply(b"at last", delay=30.5))
    got = fetch(plain, "--total", "0", "--response-headers", "0", "http://u:p@127.0.0.1/x?secret")
    assert got.body == b"at last"
    assert "wait: http://127.0.0.1/x: -1" in got.log.splitlines()
    assert 30 < got.seconds < 35


def test_server_that_accepts_nothing(plain):
    plain.socket(("127.0.0.1", 81)).listen(0)
    got = fetch(plain, "--total", "1000", "--response-headers", "300", "http://127.0.0.1:81/")
    assert got.last.startswith("timeout: ")
    assert got.seconds < 4


def test_dns_that_never_answers(net):
    place = net(resolver="nameserver 127.0.0.1\n")
    silent = place.socket(("127.0.0.1", 53), network.socket.SOCK_DGRAM)
    got = fetch(place, "--total", "1500", "http://unknown.test/")
    assert got.last.startswith("timeout: GET http://unknown.test/: attempt #1: unable to fetch resource in time ")
    assert got.seconds < 4
    assert b"unknown" in silent.recv(512)


# --- bodies

def test_whole_body(plain):
    plain.serve(Reply(BIG))
    assert fetch(plain, "http://127.0.0.1/").body == BIG


@pytest.mark.parametrize("headers", [TAG, {"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}])
def test_broken_body_goes_on_where_it_was(plain, headers):
    def script(request):
        first = int(request.headers.get("range", "bytes=0-")[6:-1])
        if first == 0:
            return Reply(BIG, headers=headers, cut=1_000_000)
        extent = {"Content-Range": f"bytes {first}-{len(BIG) - 1}/{len(BIG)}"}
        return Reply(BIG[first:], 206, {**headers, **extent}, cut=1_500_000 if first < 2_000_000 else None)

    server = plain.serve(script)
    want = hashlib.sha256(BIG).hexdigest()
    got = fetch(plain, "--hash", f"sha256-{want}", "http://127.0.0.1/")
    assert (got.status, got.body == BIG) == (0, True), got.log
    assert len(server.requests) == 3
    assert server.requests[1].headers["if-range"] == next(iter(headers.values()))


def test_server_without_ranges_starts_over(plain):
    server = plain.serve(in_turn(Reply(BIG, headers=TAG, cut=1_000_000), Reply(BIG, headers=TAG)))
    assert fetch(plain, "http://127.0.0.1/").body == BIG
    assert len(server.requests) == 2


CHANGED = [
    Reply(BIG, headers={"ETag": '"two"'}),
    Reply(BIG[1_000_000:], 206, {"ETag": '"two"', "Content-Range": f"bytes 1000000-2999999/{len(BIG)}"}),
    Reply(BIG[1_000_000:], 206, {**TAG, "Content-Range": f"bytes 999999-2999998/{len(BIG)}"}),
    Reply(BIG[1_000_000:], 206, {**TAG, "Content-Range": "bytes 1000000-2999999/4000000"}),
    Reply(BIG[1_000_000:], 206, TAG),
]


@pytest.mark.parametrize("second", CHANGED)
def test_changed_body_is_noticed(plain, second):
    plain.serve(in_turn(Reply(BIG, headers=TAG, cut=1_000_000), second))
    got = fetch(plain, "http://127.0.0.1/")
    assert got.last == ("network final: GET http://127.0.0.1/: attempt #2: "
                        "the resource changed while it was being fetched")


def test_broken_body_without_validator_is_an_error(plain):
    server = plain.serve(Reply(b"12345678", cut=4))
    got = fetch(plain, "http://127.0.0.1/")
    assert got.last.startswith("network: GET http://127.0.0.1/: attempt #1: broke off after 4 bytes")
    assert len(server.requests) == 1


def test_more_than_was_announced_is_left(plain):
    plain.serve(Reply(b"12345678", length=4))
    assert fetch(plain, "http://127.0.0.1/").body == b"1234"


def test_too_many_headers(plain):
    plain.serve(Reply(headers={f"X{i}": "y" * 60_000 for i in range(5)}))
    got = fetch(plain, "http://127.0.0.1/")
    assert got.last == "network final: GET http://127.0.0.1/: attempt #1: the answer has too many headers"


def test_endless_refusal_is_cut(plain):
    plain.serve(Reply(b"x" * 200_000, 404, length=10**12, pause=0))
    got = fetch(plain, "http://127.0.0.1/")
    assert got.last.startswith("not found: ")
    assert got.seconds < 3


def test_wrong_hash(plain):
    plain.serve(Reply(b"x"))
    got = fetch(plain, "--hash", "sha256-" + "0" * 64, "http://127.0.0.1/")
    assert got.last.startswith("verify: hash verification failed (calculated 2d711642")


def test_gzip(plain):
    plain.serve(Reply(gzip.compress(BIG)))
    assert fetch(plain, "--gzip", "http://127.0.0.1/").body == BIG


def test_gzip_bomb(plain):
    plain.serve(Reply(gzip.compress(bytes(300 << 20), 1)))
    got = fetch(plain, "--gzip", "http://127.0.0.1/")
    assert got.last == "input: GET http://127.0.0.1/: attempt #1: too large"


# --- redirects

def test_redirect_carries_no_headers(plain):
    plain.serve(Reply(status=302, headers={"Location": "http://10.9.8.7:82/there"}))
    there = plain.serve(Reply(b"moved"), "10.9.8.7", 82)
    got = fetch(plain, "--header", "Authorization=secret", "--header", "X-Token=secret", "http://u:p@127.0.0.1/")
    assert got.body == b"moved"
    assert set(there.requests[0].headers) == {"host", "user-agent", "accept-encoding"}


def test_relative_redirect(plain):
    server = plain.serve(in_turn(Reply(status=307, headers={"Location": "../c"}), Reply(b"x")))
    assert fetch(plain, "http://127.0.0.1/a/b/").body == b"x"
    assert server.requests[1].path == "/a/c"


def test_redirects_end(plain):
    server = plain.serve(Reply(status=301, headers={"Location": "/"}))
    got = fetch(plain, "http://127.0.0.1/")
    assert got.last == ("network final: GET http://127.0.0.1/: attempt #1: failed to fetch resource: "
                        "more than 10 redirects (http://127.0.0.1/); use a URL that needs no redirect")
    assert len(server.requests) == 11


@pytest.mark.parametrize("target, why", [
    ("http://169.254.10.1/x?y", "redirected to a link-local address (http://169.254.10.1/x)"),
    ("http://hidden.test/x", "redirected to a name with a link-local address"),
    ("file:///etc/shadow", "redirected to"),
])
def test_redirect_is_refused(plain, target, why):
    inside = plain.serve(Reply(b"secret"), "169.254.10.1")
    plain.serve(Reply(status=302, headers={"Location": target}))
    got = fetch(plain, "http://127.0.0.1/")
    assert got.last.startswith("network final: ") and why in got.last
    assert not inside.requests


# --- TLS

@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return network.make_authority(tmp_path_factory.mktemp("authority"))


def test_tls_with_an_authority(plain, authority):
    certificate, server = authority
    plain.serve(Reply(b"safe"), port=443, tls=server)
    assert fetch(plain, "--authorities", certificate, "https://localhost/").body == b"safe"


def test_tls_without_the_authority(plain, authority):
    server = plain.serve(Reply(b"safe"), port=443, tls=authority[1])
    got = fetch(plain, "--attempts", "1", "https://localhost/")
    assert got.last.startswith("verify: GET https://localhost/: attempt #1: failed to fetch resource: SSL certificate")
    assert got.last.endswith("check the clock, the host name and ignition.security.tls.certificateAuthorities")
    assert not server.requests


def with_places(place, *words, **places):
    return Fetched(*(lambda done: (done.returncode, done.stdout, done.stderr.decode(), 0))(
        place.run(["env", *(f"{name}={value}" for name, value in places.items()), CHECK, *words])))


def test_file_of_the_environment(plain, authority):
    """As Go has it: in the place of the system's."""
    plain.serve(Reply(b"safe"), port=443, tls=authority[1])
    assert with_places(plain, "https://localhost/", SSL_CERT_FILE=authority[0]).body == b"safe"


def test_directories_of_the_environment(plain, authority, tmp_path):
    """All files of each; what is none is passed over."""
    plain.serve(Reply(b"safe"), port=443, tls=authority[1])
    (tmp_path / "one").mkdir()
    (tmp_path / "two/below").mkdir(parents=True)
    (tmp_path / "two/a.pem").write_bytes(authority[0].read_bytes())
    places = f"{tmp_path}/none::{tmp_path}/one:{tmp_path}/two"
    assert with_places(plain, "https://localhost/", SSL_CERT_DIR=places).body == b"safe"


@pytest.mark.parametrize("content", [None, b"", b"no certificate\n"], ids=["missing", "empty", "text"])
def test_file_of_the_environment_without_certificates(plain, authority, tmp_path, content):
    """Then nobody is trusted."""
    server = plain.serve(Reply(b"safe"), port=443, tls=authority[1])
    if content is not None:
        (tmp_path / "pem").write_bytes(content)
    got = with_places(plain, "--attempts", "1", "https://localhost/", SSL_CERT_FILE=tmp_path / "pem")
    assert got.last.startswith("verify: GET https://localhost/: attempt #1: failed to fetch resource: ")
    assert not server.requests


def test_places_beside_the_configs_authorities(plain, authority, tmp_path):
    plain.serve(Reply(b"safe"), port=443, tls=authority[1])
    assert with_places(plain, "--authorities", authority[0], "https://localhost/",
                       SSL_CERT_FILE=tmp_path / "none").body == b"safe"


def test_empty_place_is_unset(plain, authority):
    plain.serve(Reply(b"safe"), port=443, tls=authority[1])
    assert with_places(plain, "--authorities", authority[0], "https://localhost/",
                       SSL_CERT_FILE="", SSL_CERT_DIR="").body == b"safe"


def test_tls_of_another_host(plain, authority):
    certificate, server = authority
    plain.serve(Reply(b"safe"), "10.9.8.7", 443, tls=server)
    got = fetch(plain, "--attempts", "1", "--authorities", certificate, "https://away.test/")
    assert got.last.startswith("verify: ")


def test_redirect_from_https_to_http(plain, authority):
    certificate, server = authority
    plain.serve(Reply(status=302, headers={"Location": "http://127.0.0.1/"}), port=443, tls=server)
    below = plain.serve(Reply(b"open"))
    got = fetch(plain, "--authorities", certificate, "https://localhost/")
    assert "redirected from https to http (http://127.0.0.1/)" in got.last
    assert not below.requests


def test_authorities_that_are_none(plain, tmp_path, authority):
    bad = tmp_path / "bad.pem"
    bad.write_bytes(authority[0].read_bytes() + b"\n")
    got = fetch(plain, "--authorities", bad, "https://localhost/")
    assert got.last == "input: certificate authority 1: unable to decode PEM block"


def test_tls_with_an_expired_certificate(plain, tmp_path):
    # -days -1 ends it yesterday.
    certificate, server = network.make_authority(tmp_path / "old", valid=("-days", "-1"))
    served = plain.serve(Reply(b"old"), port=443, tls=server)
    got = fetch(plain, "--attempts", "1", "--authorities", certificate, "https://localhost/")
    assert got.last.startswith("verify: GET https://localhost/: attempt #1: failed to fetch resource: SSL certificate")
    assert "expired" in got.last and "check the clock" in got.last
    assert not served.requests


# --- HTTP/2

@pytest.fixture
def http2(plain, authority, programs, tmp_path):
    """A directory that a server of HTTP/2 shows at https://localhost/, and what it says."""
    server = programs.oracle / "usr/sbin/nghttpd"
    if not server.exists():
        pytest.skip("nghttpd is not there")
    place, log = tmp_path / "http2", tmp_path / "http2.log"
    place.mkdir()
    key = authority[1].parent
    libraries = next((programs.oracle / "usr/lib").glob("*-linux-gnu"))
    with log.open("wb") as output:
        plain.start([server, "--verbose", "--htdocs", place, "443", key / "server.key", key / "server.crt"],
                    stdout=output, env={"LD_LIBRARY_PATH": str(libraries)})
    for _ in range(100):
        if plain.run(["ss", "-Hltn", "sport", "=", "443"]).stdout:
            break
        time.sleep(0.02)
    return place, log


def test_http2_carries_many_on_one_connection(plain, authority, http2):
    place, log = http2
    bodies = [random.Random(n).randbytes(1000 * n) for n in range(20)]
    for n, body in enumerate(bodies):
        (place / f"{n}").write_bytes(body)
    got = fetch(plain, "--authorities", authority[0], *(f"https://localhost/{n}" for n in range(20)))
    assert (got.status, got.body == b"".join(bodies)) == (0, True), got.log
    said = log.read_text(errors="replace")
    assert said.count("recv HEADERS frame") == 20
    assert {line.split("]")[0] for line in said.splitlines() if line.startswith("[id=")} == {"[id=1"}


def test_http2_says_no(plain, authority, http2):
    got = fetch(plain, "--authorities", authority[0], "https://localhost/none")
    assert got.last == ("not found: GET https://localhost/none: attempt #1: resource not found: 404 Not Found; "
                        "check the URL")


# --- proxies, IPv6, many, tftp

def test_proxy(plain):
    proxy = plain.serve(Reply(b"by proxy"), port=3128)
    got = fetch(plain, "--http-proxy", "127.0.0.1:3128", "--https-proxy", "http://127.0.0.1:1", "http://away.test/x")
    assert got.body == b"by proxy"
    assert proxy.requests[0].path == "http://away.test/x"


def test_https_goes_through_a_tunnel(plain, authority):
    certificate, key = authority
    plain.serve(Reply(b"safe"), "10.9.8.7", 443, tls=key)
    proxy = plain.tunnel(3128, ("10.9.8.7", 443))
    got = fetch(plain, "--attempts", "1", "--https-proxy", "http://u:p@127.0.0.1:3128", "--http-proxy",
                "http://127.0.0.1:1", "--authorities", certificate, "--header", "X-Token=secret", "https://away.test/")
    # The certificate is of another name: whoever looks at it looked through the tunnel.
    assert got.last.startswith("verify: ")
    assert proxy.heads[0].startswith(b"CONNECT away.test:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dTpw\r\n" in proxy.heads[0]
    assert b"secret" not in proxy.heads[0]


@pytest.mark.parametrize("except_, url", [
    ("10.0.0.0/8", "http://10.9.8.7/"), (".test", "http://away.test/"), ("*", "http://away.test/"),
    ("other", "http://127.0.0.1/"), ("other", "http://169.254.10.1/"),
])
def test_no_proxy(plain, except_, url):
    proxy = plain.serve(Reply(b"by proxy"), port=3128)
    for host in ("127.0.0.1", "10.9.8.7", "169.254.10.1"):
        plain.serve(Reply(b"direct"), host)
    got = fetch(plain, "--http-proxy", "http://127.0.0.1:3128", "--no-proxy", except_, url)
    assert (got.body, proxy.requests) == (b"direct", [])


def test_proxy_of_the_environment_is_ignored(plain, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    plain.serve(Reply(b"direct"), "10.9.8.7")
    assert fetch(plain, "--attempts", "1", "http://away.test/").body == b"direct"


def test_ipv6_only(net):
    place = net(addresses=["fd00:1::1/128 nodad"], hosts="fd00:1::1 six.test\n")
    server = place.serve(Reply(b"six"), "fd00:1::1")
    assert fetch(place, "http://six.test/", "http://[fd00:1::1]/").body == b"sixsix"
    assert len(server.requests) == 2


def test_many_at_once_in_order(plain):
    server = plain.serve(lambda request: Reply(request.path.encode(), delay=0.1))
    urls = [f"http://127.0.0.1/{n:03}" for n in range(96)]
    got = fetch(plain, *urls)
    assert got.body == b"".join(url[16:].encode() for url in urls)
    assert server.connections <= 50
    assert got.seconds < 5  # one after the other: 9.6


def test_one_of_many_fails(plain):
    plain.serve(lambda request: Reply(b"x", 404 if request.path == "/2" else 200))
    got = fetch(plain, *(f"http://127.0.0.1/{n}" for n in range(4)))
    assert (got.status, got.body) == (1, b"xxx")
    assert got.last.startswith("not found: GET http://127.0.0.1/2: ")


def test_connection_is_kept(plain):
    server = plain.serve(in_turn(Reply(status=500), Reply(status=500), Reply(b"x")))
    fetch(plain, "http://127.0.0.1/")
    assert (len(server.requests), server.connections) == (3, 1)


@pytest.mark.parametrize("size", [0, 511, 512, 2000])
def test_tftp(plain, size):
    content = os.urandom(size)
    server = network.TftpServer(plain.socket(("127.0.0.1", 69), network.socket.SOCK_DGRAM), content)
    assert fetch(plain, "tftp://127.0.0.1/a/b%20c").body == content
    assert server.names == [b"/a/b c\0octet\0"]


def test_tftp_with_loss(plain):
    content = os.urandom(2000)
    network.TftpServer(plain.socket(("127.0.0.1", 69), network.socket.SOCK_DGRAM), content, lose=[2])
    got = fetch(plain, "tftp://127.0.0.1/x")
    assert got.body == content
    assert 4.9 < got.seconds < 12
    assert [line for line in got.log.splitlines() if "tftp:" in line] == [
        "event: GET tftp://127.0.0.1/x: attempt #1",
        "retry: GET tftp://127.0.0.1/x, block 2 #1: no answer: 0",
        "progress: tftp://127.0.0.1/x: 1024 of 0",
        "progress: tftp://127.0.0.1/x: 2000 of 0, all"]


def test_tftp_without_a_server(plain):
    silent = plain.socket(("127.0.0.1", 69), network.socket.SOCK_DGRAM)
    got = fetch(plain, "--total", "1000", "tftp://127.0.0.1/x")
    assert got.last == "timeout: GET tftp://127.0.0.1/x: unable to fetch resource in time"
    assert 0.9 < got.seconds < 4
    assert silent.recv(512) == b"\0\1/x\0octet\0"


def test_tftp_of_nothing(plain):
    network.TftpServer(plain.socket(("127.0.0.1", 69), network.socket.SOCK_DGRAM), b"")
    assert fetch(plain, "tftp://127.0.0.1/missing").last.startswith("not found: GET tftp://127.0.0.1/missing: ")


def test_object_of_google_cloud_storage(net, tmp_path):
    certificate, key = network.make_authority(tmp_path / "gs", "DNS:storage.googleapis.com")
    place = net(hosts="127.0.0.1 storage.googleapis.com\n")
    server = place.serve(Reply(b"object"), port=443, tls=key)
    assert fetch(place, "--authorities", certificate, "gs://bucket/a%20b/c?d").body == b"object"
    assert server.requests[0].path == "/storage/v1/b/bucket/o/a%20b%2Fc?alt=media"
    assert "authorization" not in server.requests[0].headers
