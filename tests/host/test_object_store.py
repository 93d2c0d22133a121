"""s3:, arn: and gs: over real sockets, at the stores' own names, inside a network of the test's own."""

import base64
import random
import time

import pytest

import network
from configs import config, files
from conftest import needs_root
from engine import Case
from network import Reply
from object_store import S3, Bucket, Ec2, Gce, Key, Refusal, signature
from test_fetch import CHECK, Fetched, net  # noqa: F401 (fixture)
from test_fetch_engine import as_reply, file_of

pytestmark = needs_root
METADATA = "169.254.169.254"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEBAaDF/secret=="
SECRETS = (SECRET, TOKEN, "imds-token", "ya29.secret", "other-secret")
BIG = random.Random(7).randbytes(2_000_000)
NAMES = [
    "s3.dualstack.us-east-1.amazonaws.com", "s3.dualstack.eu-west-1.amazonaws.com",
    "s3.dualstack.eu-west-2.amazonaws.com", "s3.dualstack.cn-north-1.amazonaws.com.cn",
    "bucket.s3.dualstack.us-east-1.amazonaws.com", "bucket.s3.dualstack.eu-west-1.amazonaws.com",
    "bucket.s3.dualstack.eu-west-2.amazonaws.com", "bucket.s3.dualstack.cn-north-1.amazonaws.com.cn",
    "point-123456789012.s3-accesspoint.dualstack.eu-west-1.amazonaws.com", "storage.googleapis.com",
]


class Cloud:
    """A network in which every name of the stores leads to one TLS server."""

    def __init__(self, place: network.Network, authority):
        self.place = place
        self.certificate, self._key = authority

    def serve(self, script) -> network.Server:
        return self.place.serve(script, port=443, tls=self._key)

    def metadata(self, script) -> network.Server:
        return self.place.serve(script, host=METADATA)

    def fetch(self, *words, **variables) -> Fetched:
        began = time.monotonic()
        environment = ["env", "-i", *(f"{name}={value}" for name, value in variables.items())]
        done = self.place.run([*environment, CHECK, "--authorities", self.certificate, *words])
        log = done.stderr.decode()
        for secret in SECRETS:
            assert secret not in log
        return Fetched(done.returncode, done.stdout, log, time.monotonic() - began)


@pytest.fixture(scope="module", name="authority")
def _authority(tmp_path_factory):
    return network.make_authority(tmp_path_factory.mktemp("tls"), ",".join(f"DNS:{name}" for name in NAMES))


@pytest.fixture
def cloud(net, authority) -> Cloud:  # noqa: F811
    return Cloud(net(addresses=[f"{METADATA}/32"], hosts="".join(f"127.0.0.1 {name}\n" for name in NAMES)), authority)


def keys_of(token=None) -> dict:
    variables = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET}
    return {**variables, "AWS_SESSION_TOKEN": token} if token else variables


def asked(server: network.Server) -> list:
    return [f"{request.method} {request.headers['host']}{request.path}" for request in server.requests]


def bucket(region="eu-west-1", public=True, **objects) -> dict:
    return {"bucket": Bucket(region, objects or {"k": b"object"}, public)}


def private(region="eu-west-1") -> S3:
    return S3(bucket(region, public=False), {"AKIDEXAMPLE": Key(SECRET)})


def test_the_verifier_agrees_with_amazon():
    """The published example: GET of the first ten bytes of test.txt."""
    request = network.Request("GET", "/test.txt", {
        "host": "examplebucket.s3.amazonaws.com", "range": "bytes=0-9", "x-amz-date": "20130524T000000Z",
        "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"})
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    names = ["host", "range", "x-amz-content-sha256", "x-amz-date"]
    assert signature(request, secret, "20130524/us-east-1/s3/aws4_request", names) == \
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"


# --- where an object is

def test_public_object(cloud):
    server = cloud.serve(S3(bucket()))
    got = cloud.fetch("s3://bucket/k")
    assert (got.status, got.body) == (0, b"object"), got.log
    assert asked(server) == ["HEAD s3.dualstack.us-east-1.amazonaws.com/bucket",
                             "GET bucket.s3.dualstack.eu-west-1.amazonaws.com/k"]
    assert all("authorization" not in request.headers for request in server.requests)


def test_version(cloud):
    cloud.serve(S3({"bucket": Bucket("eu-west-1", {"k": b"new", ("k", "v/1+2"): b"old"}, True)}))
    assert cloud.fetch("s3://bucket/k?versionId=v%2F1%2B2", "s3://bucket/k").body == b"oldnew"


def test_arn_asks_a_region_of_its_partition(cloud):
    server = cloud.serve(S3(bucket("cn-north-1")))
    assert cloud.fetch("arn:aws-cn:s3:::bucket/k").body == b"object"
    assert asked(server)[0] == "HEAD s3.dualstack.cn-north-1.amazonaws.com.cn/bucket"


def test_access_point_names_its_region(cloud):
    server = cloud.serve(S3({"point-123456789012": Bucket("eu-west-1", {"a/k": b"object"})},
                            {"AKIDEXAMPLE": Key(SECRET)}))
    got = cloud.fetch("arn:aws:s3:eu-west-1:123456789012:accesspoint/point/object/a/k", **keys_of())
    assert (got.body, len(server.requests)) == (b"object", 1), got.log


def test_region_is_asked_for_once(cloud):
    server = cloud.serve(S3(bucket("eu-west-2", a=b"1", b=b"2", c=b"3")))
    assert cloud.fetch("s3://bucket/a", "s3://bucket/b", "s3://bucket/c").body == b"123"
    assert [request.method for request in server.requests] == ["HEAD", "GET", "GET", "GET"]


def test_bucket_that_moved(cloud):
    server = cloud.serve(S3(bucket("eu-west-2"), told={"bucket": "eu-west-1"}))
    got = cloud.fetch("s3://bucket/k")
    assert got.body == b"object", got.log
    assert asked(server)[1:] == ["GET bucket.s3.dualstack.eu-west-1.amazonaws.com/k",
                                 "GET bucket.s3.dualstack.eu-west-2.amazonaws.com/k"]


def test_region_in_a_refusal(cloud):
    store = S3(bucket("eu-west-2", public=False), {"AKIDEXAMPLE": Key(SECRET)}, told={"bucket": "eu-west-1"})
    store.faults.append(Refusal(400, "AuthorizationHeaderMalformed", Region="eu-west-2").reply)
    server = cloud.serve(store)
    assert cloud.fetch("s3://bucket/k", **keys_of()).body == b"object"
    assert [request.headers["host"].split(".")[3] for request in server.requests[1:]] == ["eu-west-1", "eu-west-2"]


def test_bucket_that_is_always_elsewhere(cloud):
    moves = [Reply(status=301, headers={"x-amz-bucket-region": f"eu-west-{1 + n % 2}"}) for n in range(9)]
    server = cloud.serve(S3(bucket("us-east-1"), faults=moves))
    got = cloud.fetch("s3://bucket/k")
    assert "failed to fetch resource: 301 Moved Permanently" in got.last
    assert len(server.requests) == 4


def test_redirects_are_not_followed(cloud):
    where = {"Location": "https://storage.googleapis.com/elsewhere"}
    server = cloud.serve(S3(bucket(), faults=[Reply(status=307, headers=where)]))
    got = cloud.fetch("s3://bucket/k", **keys_of())
    assert "307 Temporary Redirect" in got.last
    assert len(server.requests) == 2


# --- signatures

ODD_KEYS = ["a b", "a+b", "a/b//c/", "ä/ö", "~-_.!*'()", "a=b&c=d", "a%20b", "a:b@c,d;e", "dots/../x", "#?", "[x]{y}"]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_signature_of_a_key(cloud, key):
    store = private()
    store.buckets["bucket"].objects[key] = key.encode()
    cloud.serve(store)
    url = "s3://bucket/" + "".join(f"%{byte:02x}" for byte in key.encode())
    got = cloud.fetch(url, **keys_of())
    assert (got.status, got.body) == (0, key.encode()), got.log


@pytest.mark.parametrize("name", ["my.bucket", "Bucket_1"])
def test_signature_with_the_bucket_in_the_path(cloud, name):
    server = cloud.serve(S3({name: Bucket("eu-west-1", {"k": b"object"})}, {"AKIDEXAMPLE": Key(SECRET)}))
    got = cloud.fetch(f"s3://{name}/k?versionId=", f"s3://{name}/k", **keys_of())
    assert got.body == b"object"
    assert "invalid S3 object VersionId" in got.log
    assert asked(server)[-1] == f"GET s3.dualstack.eu-west-1.amazonaws.com/{name}/k"


def test_session_token(cloud):
    cloud.serve(S3(bucket(public=False), {"AKIDEXAMPLE": Key(SECRET, TOKEN)}))
    assert cloud.fetch("s3://bucket/k", **keys_of(TOKEN)).body == b"object"


def test_each_attempt_is_signed_anew(cloud):
    store = private()
    store.faults += [Reply(status=503, headers={"Retry-After": "2"})]
    server = cloud.serve(store)
    assert cloud.fetch("s3://bucket/k", **keys_of()).body == b"object"
    first, second = (request.headers["x-amz-date"] for request in server.requests[1:])
    assert first < second


def test_broken_body_goes_on_signed(cloud):
    store = private()
    store.buckets["bucket"].objects["big"] = BIG
    whole = store(network.Request("GET", "/big", {"host": NAMES[5]}))
    assert whole.status == 403
    answers = []

    def script(request):
        reply = store(request)
        if request.method == "GET":
            answers.append(reply.status)
            reply.cut = 500_000 if len(answers) == 1 else None
        return reply

    cloud.serve(script)
    got = cloud.fetch("s3://bucket/big", **keys_of())
    assert (got.body == BIG, answers) == (True, [200, 206]), got.log


# --- refusals

REFUSED = [
    (403, "AccessDenied", "network final", "AccessDenied: ", "failed to fetch resource: 403 Forbidden"),
    (404, "NoSuchKey", "not found", "NoSuchKey (check the key of the object): ", "resource not found: 404 Not Found"),
    (404, "NoSuchVersion", "not found", "NoSuchVersion (check the versionId): ", "resource not found: 404 Not Found"),
    (403, "RequestTimeTooSkewed", "network final", "RequestTimeTooSkewed (check the clock of this machine): ",
     "failed to fetch resource: 403 Forbidden"),
    (400, "ExpiredToken", "network final", "ExpiredToken (the credentials have expired): ",
     "failed to fetch resource: 400 Bad Request"),
    (403, "Evil\x1bCode", "network final", "", "failed to fetch resource: 403 Forbidden"),
]


@pytest.mark.parametrize("status, code, kind, front, words", REFUSED)
def test_refusal(cloud, status, code, kind, front, words):
    server = cloud.serve(S3(bucket(), faults=[Refusal(status, code).reply] * 2))
    got = cloud.fetch("s3://bucket/k?versionId=secret-version", **keys_of())
    where = "GET https://bucket.s3.dualstack.eu-west-1.amazonaws.com/k: attempt #1: "
    assert got.last.startswith(f"{kind}: {front}{where}{words}; ")
    assert (got.body, len(server.requests)) == (b"", 2)


def test_wrong_secret(cloud):
    cloud.serve(private())
    got = cloud.fetch("s3://bucket/k", AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="other-secret")
    assert got.last.startswith("network final: SignatureDoesNotMatch (check the secret access key): ")


def test_the_last_refusal_counts(cloud):
    faults = [Refusal(503, "SlowDown").reply, Refusal(404, "NoSuchKey").reply]
    cloud.serve(S3(bucket(), faults=faults))
    got = cloud.fetch("s3://bucket/k")
    assert got.last.startswith("not found: NoSuchKey (check the key of the object): GET https://bucket.")
    assert ": attempt #2: " in got.last


def test_unknown_bucket(cloud):
    server = cloud.serve(S3({}))
    got = cloud.fetch("s3://bucket/k")
    assert got.last == ("not found: couldn't determine the region for bucket \"bucket\": "
                        "HEAD https://s3.dualstack.us-east-1.amazonaws.com/bucket: attempt #1: "
                        "resource not found: 404 Not Found; check the URL")
    assert len(server.requests) == 1


def test_region_is_asked_for_again(cloud):
    store, calls = S3(bucket()), []

    def script(request):
        calls.append(request.method)
        return Reply(status=503) if len(calls) < 3 else store(request)

    cloud.serve(script)
    assert cloud.fetch("s3://bucket/k").body == b"object"
    assert calls == ["HEAD", "HEAD", "HEAD", "GET"]


def test_region_that_leads_elsewhere(cloud):
    server = cloud.serve(lambda request: Reply(status=403, headers={"x-amz-bucket-region": "evil.test/x"}))
    got = cloud.fetch("s3://bucket/k", **keys_of())
    assert "couldn't determine the region" in got.last
    assert len(server.requests) == 1


def test_total_time_counts_for_all_questions(cloud):
    cloud.serve(Reply(status=503))
    got = cloud.fetch("--total", "1500", "s3://bucket/k")
    assert got.last.startswith("timeout: couldn't determine the region for bucket \"bucket\": ")
    assert 1.4 < got.seconds < 4


# --- the instance's role

def test_role_of_an_instance(cloud):
    server = cloud.serve(S3(bucket("eu-west-1", public=False), {"ASIA1": Key(SECRET, TOKEN)}))
    metadata = cloud.metadata(Ec2([("ASIA1", Key(SECRET, TOKEN))]))
    got = cloud.fetch("--platform", "aws", "s3://bucket/k", "s3://bucket/k")
    assert got.body == b"object" * 2, got.log
    assert asked(server)[0] == "HEAD s3.dualstack.eu-west-1.amazonaws.com/bucket"
    paths = [request.path for request in metadata.requests]
    assert paths.count("/latest/meta-data/iam/security-credentials/the%20role") == 1


def test_metadata_is_not_asked_without_the_platform(cloud):
    cloud.serve(private())
    metadata = cloud.metadata(Ec2([("AKIDEXAMPLE", Key(SECRET))]))
    assert cloud.fetch("s3://bucket/k").last.startswith("network final: AccessDenied: ")
    assert not metadata.requests


def test_metadata_is_not_asked_without_an_object(cloud):
    cloud.place.serve(Reply(b"x"), port=80)
    metadata = cloud.metadata(Ec2([("AKIDEXAMPLE", Key(SECRET))]))
    assert cloud.fetch("--platform", "aws", "http://127.0.0.1/").body == b"x"
    assert not metadata.requests


def test_instance_with_ipv6_only(net, authority):  # noqa: F811
    hosts = "".join(f"127.0.0.1 {name}\n" for name in NAMES)
    cloud = Cloud(net(addresses=["fd00:ec2::254/128"], hosts=hosts), authority)
    cloud.serve(S3(bucket(public=False), {"ASIA1": Key(SECRET, TOKEN)}))
    cloud.place.serve(Ec2([("ASIA1", Key(SECRET, TOKEN))]), host="fd00:ec2::254")
    got = cloud.fetch("--platform", "aws", "arn:aws:s3:::bucket/k")
    assert got.body == b"object", got.log
    assert got.seconds < 14


def test_environment_comes_first(cloud):
    cloud.serve(private())
    metadata = cloud.metadata(Ec2([("ASIA1", Key("other-secret"))]))
    got = cloud.fetch("--platform", "aws", "arn:aws:s3:::bucket/k", **keys_of())
    assert (got.body, metadata.requests) == (b"object", [])


def test_instance_without_tokens(cloud):
    cloud.serve(S3(bucket(public=False), {"ASIA1": Key(SECRET, TOKEN)}))
    metadata = cloud.metadata(Ec2([("ASIA1", Key(SECRET, TOKEN))], token_status=404))
    assert cloud.fetch("--platform", "aws", "s3://bucket/k").body == b"object"
    assert all("x-aws-ec2-metadata-token" not in request.headers for request in metadata.requests)


def test_instance_without_a_role(cloud):
    cloud.serve(S3(bucket()))
    cloud.metadata(Ec2([], role=None))
    got = cloud.fetch("--platform", "aws", "s3://bucket/k")
    assert got.body == b"object"
    assert ("event: no credentials from the role of the EC2 instance: the instance has no role; "
            "objects are asked for anonymously") in got.log


def test_metadata_that_is_switched_off(cloud):
    cloud.serve(private())
    metadata = cloud.metadata(Ec2([], token_status=403))
    got = cloud.fetch("--platform", "aws", "s3://bucket/k")
    assert got.last.startswith("network final: no credentials from the role of the EC2 instance: "
                               f"PUT http://{METADATA}/latest/api/token: attempt #1: failed to fetch resource: "
                               "403 Forbidden; check who may read it: AccessDenied: GET https://bucket.")
    assert {request.method for request in metadata.requests} == {"PUT"}
    assert got.seconds < 5


def test_metadata_that_is_silent(cloud):
    cloud.serve(S3(bucket()))
    cloud.metadata(Reply(delay=60))
    got = cloud.fetch("--platform", "aws", "--total", "2000", "--response-headers", "60000", "s3://bucket/k")
    assert got.last.startswith("timeout: ")
    assert 1.9 < got.seconds < 4


def test_silence_is_waited_for_once(cloud):
    cloud.serve(S3(bucket()))
    cloud.metadata(Reply(delay=60))
    got = cloud.fetch("--platform", "aws", "s3://bucket/k", "s3://bucket/k")
    assert got.body == b"object" * 2
    assert 14 < got.seconds < 20


BAD_CREDENTIALS = [
    (b"{}", "the answer has no credentials"),
    (b"<html>", "the answer is no JSON object"),
    (b'{"Code": "AssumeRoleUnauthorizedAccess"}', "the role's credentials could not be made"),
    (b'{"AccessKeyId": "a", "SecretAccessKey": "other-secret"}', "the credentials do not say when they expire"),
    (b'{"AccessKeyId": "a\\nb: c", "SecretAccessKey": "other-secret", "Expiration": "2100-01-01T00:00:00Z"}',
     "the answer has no credentials"),
    (b"x" * 70_000, "the answer is larger than 64 KiB"),
]


@pytest.mark.parametrize("answer, words", BAD_CREDENTIALS)
def test_credentials_that_are_none(cloud, answer, words):
    cloud.serve(S3(bucket()))
    good = Ec2([])
    cloud.metadata(lambda request: Reply(answer) if request.path.endswith("%20role") else good(request))
    got = cloud.fetch("--platform", "aws", "s3://bucket/k")
    assert got.body == b"object"
    assert words in got.log


def test_expired_credentials_are_renewed(cloud):
    cloud.serve(S3(bucket(public=False), {"ASIA1": Key(SECRET, TOKEN, has_expired=True), "ASIA2": Key(SECRET, TOKEN)}))
    cloud.metadata(Ec2([("ASIA1", Key(SECRET, TOKEN)), ("ASIA2", Key(SECRET, TOKEN))]))
    got = cloud.fetch("--platform", "aws", "s3://bucket/k")
    assert got.body == b"object", got.log


def test_credentials_that_will_expire_soon_are_renewed(cloud):
    server = cloud.serve(S3(bucket(public=False), {"ASIA1": Key(SECRET, TOKEN), "ASIA2": Key(SECRET, TOKEN)}))
    cloud.metadata(Ec2([("ASIA1", Key(SECRET, TOKEN)), ("ASIA2", Key(SECRET, TOKEN))], lifetime_s=200))
    assert cloud.fetch("--platform", "aws", "s3://bucket/k", "s3://bucket/k").body == b"object" * 2
    assert "Credential=ASIA2/" in server.requests[-1].headers["authorization"]


def test_credentials_that_stay_expired(cloud):
    server = cloud.serve(S3(bucket(public=False), {"ASIA1": Key(SECRET, TOKEN, has_expired=True)}))
    cloud.metadata(Ec2([("ASIA1", Key(SECRET, TOKEN))]))
    got = cloud.fetch("--platform", "aws", "s3://bucket/k")
    assert got.last.startswith("network final: ExpiredToken (the credentials have expired): ")
    assert len(server.requests) == 4


def test_metadata_does_not_redirect(cloud):
    cloud.serve(S3(bucket()))
    other = cloud.place.serve(Reply(b"{}"), port=81)
    cloud.metadata(Reply(status=302, headers={"Location": "http://127.0.0.1:81/"}))
    assert cloud.fetch("--platform", "aws", "s3://bucket/k").body == b"object"
    assert not other.requests


# --- Google Cloud Storage

def guarded(*tokens):
    def script(request):
        proof = request.headers.get("authorization", "")
        return Reply(b"object") if proof in [f"Bearer {token}" for token in tokens] else Reply(status=401)

    return script


def test_service_account(cloud):
    server = cloud.serve(guarded("ya29.secret"))
    metadata = cloud.metadata(Gce(["ya29.secret"]))
    got = cloud.fetch("--platform", "gcp", "gs://bucket/a/b", "gs://bucket/c")
    assert got.body == b"object" * 2, got.log
    assert "GET storage.googleapis.com/storage/v1/b/bucket/o/a%2Fb?alt=media" in asked(server)
    assert len(metadata.requests) == 2


ANONYMOUS = [
    (Gce([], scopes=None), "the machine has no service account with scopes"),
    (Gce([], scopes="\n"), "the machine has no service account with scopes"),
    (Gce(["ya29.secret"], flavor="Other"), "who answered is not Google's metadata server"),
    (Gce(["a\r\nb"]), "the answer has no token"),
]


@pytest.mark.parametrize("service, words", ANONYMOUS)
def test_machine_without_service_account(cloud, service, words):
    server = cloud.serve(Reply(b"public"))
    cloud.metadata(service)
    got = cloud.fetch("--platform", "gcp", "gs://bucket/k")
    assert got.body == b"public"
    assert words in got.log
    assert "authorization" not in server.requests[0].headers


def test_token_that_is_refused_is_renewed(cloud):
    server = cloud.serve(guarded("ya29.secret2"))
    cloud.metadata(Gce(["ya29.secret1", "ya29.secret2"]))
    assert cloud.fetch("--platform", "gcp", "gs://bucket/k").body == b"object"
    assert len(server.requests) == 2


def test_token_stays_with_the_store(cloud):
    away = "https://s3.dualstack.eu-west-1.amazonaws.com/away"

    def script(request):
        return Reply(b"object") if request.path == "/away" else Reply(status=302, headers={"Location": away})

    server = cloud.serve(script)
    cloud.metadata(Gce(["ya29.secret"]))
    assert cloud.fetch("--platform", "gcp", "gs://bucket/k").body == b"object"
    assert ["authorization" in request.headers for request in server.requests] == [True, False]


def test_clouds_are_not_mixed(cloud):
    cloud.serve(S3(bucket()))
    metadata = cloud.metadata(Gce(["ya29.secret"]))
    assert cloud.fetch("--platform", "gcp", "s3://bucket/k").body == b"object"
    assert not metadata.requests


# --- the engine

def test_config_and_file_from_s3(cloud, make_engine):
    authority = cloud.certificate.read_bytes()
    parent = config(ignition_config={"merge": [{"source": "s3://bucket/config"}]}, version="3.4.0",
                    ignition_security={"tls": {"certificateAuthorities": [
                        {"source": "data:;base64," + base64.b64encode(authority).decode()}]}})
    child = as_reply(files(file_of("/etc/x", "arn:aws:s3:::bucket/file"), version="3.4.0")).body
    cloud.serve(S3(bucket(config=child, file=b"from s3\n")))
    runner = make_engine(Case(parent, stages=("fetch-offline", "fetch", "files")))
    runner.world.enter = cloud.place.enter
    outcome = runner.run()
    assert outcome.exits == [0, 0, 0], outcome.log
    assert outcome.needs_network
    assert (outcome.root / "etc/x").read_text() == "from s3\n"
