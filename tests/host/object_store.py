"""Amazon S3 and the metadata services of two clouds, as scripts for network.Server."""

import calendar
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote

from network import Reply, Request

_HOST = re.compile(r"(?:(?P<bucket>[a-z0-9-]+)\.)?s3\.dualstack\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
_POINT = re.compile(r"(?P<bucket>[a-z0-9-]+)\.s3-accesspoint\.dualstack\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")
_AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<scope>[^,]+), "
                            r"SignedHeaders=(?P<names>[^,]+), Signature=(?P<signature>[0-9a-f]{64})")
_EMPTY = hashlib.sha256(b"").hexdigest()
_SKEW_S = 900


class Refusal(Exception):
    """S3 says no; `more` are further elements of its answer."""

    def __init__(self, status: int, code: str, headers=None, **more):
        super().__init__(code)
        body = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
        self.reply = Reply(f"<?xml version='1.0'?>\n<Error><Code>{code}</Code>{body}</Error>".encode(), status,
                           headers or {})


@dataclass
class Key:
    secret: str
    token: str | None = None
    has_expired: bool = False


@dataclass
class Bucket:
    region: str
    objects: dict  # key, or (key, version): bytes
    public: bool = False


def signature(request: Request, secret: str, scope: str, names: list) -> str:
    """Signature Version 4 of a request without a body, from what arrived."""
    path, _, query = request.path.partition("?")
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~"))
                   for name, value in parse_qsl(query, keep_blank_values=True))
    lines = [request.method, quote(unquote(path), safe="/-_.~"), "&".join(f"{n}={v}" for n, v in pairs)]
    lines += [f"{name}:{request.headers[name]}" for name in names] + ["", ";".join(names), _EMPTY]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, digest])
    key = ("AWS4" + secret).encode()
    for step in scope.split("/"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@dataclass
class S3:
    """All regions of it.  `told` is where HEAD says that a bucket is, when that is not the truth."""

    buckets: dict
    keys: dict = field(default_factory=dict)
    told: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)  # replies to the next requests for objects

    def __call__(self, request: Request) -> Reply:
        try:
            return self._answer(request)
        except Refusal as refusal:
            return refusal.reply

    def _answer(self, request: Request) -> Reply:
        host = _HOST.fullmatch(request.headers["host"]) or _POINT.fullmatch(request.headers["host"])
        path, _, query = request.path.partition("?")
        name, key = host["bucket"], unquote(path[1:])
        if name is None:
            name, _, key = key.partition("/")
        bucket = self.buckets.get(name)
        if request.method == "HEAD":
            region = self.told.get(name, bucket.region if bucket else None)
            status = 404 if region is None else 301 if region != host["region"] else 403
            return Reply(status=status, headers={"x-amz-bucket-region": region} if region else {})
        if self.faults:
            return self.faults.pop(0)
        if bucket is None:
            raise Refusal(404, "NoSuchBucket")
        if host["region"] != bucket.region:
            raise Refusal(301, "PermanentRedirect", {"x-amz-bucket-region": bucket.region})
        if "authorization" in request.headers:
            self._authenticate(request, host["region"])
        elif not bucket.public:
            raise Refusal(403, "AccessDenied")
        return self._object(request, bucket, key, dict(parse_qsl(query)).get("versionId"))

    def _authenticate(self, request: Request, region: str) -> None:
        said = _AUTHORIZATION.fullmatch(request.headers["authorization"])
        date, named_region, service, end = said["scope"].split("/")
        names = said["names"].split(";")
        if named_region != region:
            raise Refusal(400, "AuthorizationHeaderMalformed", Region=region)
        assert (service, end) == ("s3", "aws4_request")
        assert names == sorted(names) and "host" in names
        assert {name for name in request.headers if name.startswith("x-amz-")} <= set(names)
        assert request.headers["x-amz-content-sha256"] == _EMPTY
        at = calendar.timegm(time.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%SZ"))
        if abs(at - time.time()) > _SKEW_S or not request.headers["x-amz-date"].startswith(date):
            raise Refusal(403, "RequestTimeTooSkewed")
        key = self.keys.get(said["id"])
        if key is None:
            raise Refusal(403, "InvalidAccessKeyId")
        if request.headers.get("x-amz-security-token") != key.token:
            raise Refusal(400, "InvalidToken")
        if key.has_expired:
            raise Refusal(400, "ExpiredToken")
        if signature(request, key.secret, said["scope"], names) != said["signature"]:
            raise Refusal(403, "SignatureDoesNotMatch")

    @staticmethod
    def _object(request: Request, bucket: Bucket, key: str, version) -> Reply:
        if key not in bucket.objects:
            raise Refusal(404, "NoSuchKey")
        if version and (key, version) not in bucket.objects:
            raise Refusal(404, "NoSuchVersion")
        content = bucket.objects[(key, version) if version else key]
        headers = {"ETag": '"' + hashlib.md5(content).hexdigest() + '"'}
        if (extent := request.headers.get("range")) is None:
            return Reply(content, headers=headers)
        first = int(extent[len("bytes="):-1])
        headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        return Reply(content[first:], 206, headers)


@dataclass
class Ec2:
    """The metadata service of an instance.  Each question for credentials takes the next key, the last for ever."""

    keys: list  # of (id, Key)
    region: str = "eu-west-1"
    role: str | None = "the role"
    token_status: int = 200
    lifetime_s: int = 6 * 3600

    def __call__(self, request: Request) -> Reply:
        if request.path == "/latest/api/token":
            assert request.method == "PUT"
            assert request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
            return Reply(b"imds-token" if self.token_status == 200 else b"", self.token_status)
        assert request.method == "GET"
        if self.token_status == 200 and request.headers.get("x-aws-ec2-metadata-token") != "imds-token":
            return Reply(status=401)
        if request.path == "/latest/dynamic/instance-identity/document":
            return Reply(json.dumps({"region": self.region}).encode())
        if self.role is None or not request.path.startswith("/latest/meta-data/iam/security-credentials/"):
            return Reply(status=404)
        name = request.path.rpartition("/")[2]
        if not name:
            return Reply(self.role.encode())
        assert unquote(name) == self.role
        key_id, key = self.keys.pop(0) if len(self.keys) > 1 else self.keys[0]
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.lifetime_s))
        return Reply(json.dumps({"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": key_id,
                                 "SecretAccessKey": key.secret, "Token": key.token, "Expiration": end}).encode())


@dataclass
class Gce:
    """The metadata server.  Each question for a token takes the next, the last for ever."""

    tokens: list
    scopes: str | None = "https://www.googleapis.com/auth/devstorage.read_only\n"
    flavor: str = "Google"

    def __call__(self, request: Request) -> Reply:
        assert request.headers["metadata-flavor"] == "Google"
        path, _, query = request.path.partition("?")
        account, _, what = path.rpartition("/")
        assert account == "/computeMetadata/v1/instance/service-accounts/default"
        headers = {"Metadata-Flavor": self.flavor}
        if self.scopes is None:
            return Reply(status=404, headers=headers)
        if what == "scopes":
            return Reply(self.scopes.encode(), headers=headers)
        assert (what, query) == ("token", "scopes=https://www.googleapis.com/auth/devstorage.read_only")
        token = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
        return Reply(json.dumps({"access_token": token, "expires_in": 3599, "token_type": "Bearer"}).encode(),
                     headers=headers)
