"""A machine on a cloud: a network that owns the cloud's addresses, servers that say what a script says,
firmware strings, labelled drives, a kernel command line; and the programs that look at all that.

How to add a cloud, in a page: a file test_NAME.py beside this one, NAME the platform's id with '_' for '-'.

    from cloud import Reply, paths

    CONFIG = b'{"ignition": {"version": "3.4.0"}}'

    def test_config(cloud):
        machine = cloud(addresses=["169.254.169.254/32"])
        service = machine.serve(paths({"/latest/user-data": CONFIG}))
        found = machine.fetch("exoscale")
        found.gave(CONFIG)                          # these bytes, by their SHA-512 in the log
        assert found.elapsed < 1
        assert service.asked == ["GET /latest/user-data"]

    def test_nothing(cloud):
        machine = cloud(addresses=["169.254.169.254/32"])
        machine.serve(paths({}))                    # 404 for everything
        machine.fetch("exoscale").gave_nothing()

    def test_refused(cloud):
        machine = cloud(addresses=["169.254.169.254/32"])
        machine.serve(Reply(status=403))
        machine.fetch("exoscale").failed("403 Forbidden")

A service is a script: a Reply, in_turn(Reply, …), paths({path: bytes or Reply, …}) or a function of the request
(method, path, headers in lower case) that returns a Reply: status, body, headers; delay before the headers, pause
before the body, a wrong length, cut off after some bytes, hang_up.  paths() takes `needs={"header": "value"}`: 403
without it, and "PUT /path" for another method than GET.

machine = cloud(addresses, dmi={"sys_vendor": "…"}, cmdline="…", hosts="…", drives=[image], files={"hypervisor/uuid": …},
hole=["169.254.169.254"], link=["fe80::a9fe:a9fe/64"], cpuinfo="…", replace={"/etc/passwd": "…"}, trees={"/run": {"path": "…"}}): no address is "no route"; one in `hole` swallows every packet; `link` are addresses of a link of its own, link0.  drive(place, label, files)
makes an ext4 image, the one type that the test kernel can mount; cloud-init does not mind.
machine.fetch(platform) runs `ignition --stage fetch`, machine.metadata(platform, …) `slipway metadata`,
machine.detect() `slipway detect`, machine.cloud_init("Ec2") Debian's cloud-init with DataSourceEc2 on the same fakes.

Three faults are asked of every platform besides the happy path and the empty config; each states the time and the
words.  Waits are cut with fetch(platform, timeout="2s").
"""

import contextlib
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "host"))

import network
from network import Reply, in_turn  # noqa: F401: for the tests

LINK_LOCAL = "169.254.169.254/32"
_HERE = Path(__file__).resolve().parent
_REAL_SYS = ("block", "class/block", "class/net", "dev", "devices", "bus", "fs")
_RUN_S = 60
_WAITS = {"timeout": 5, "max_wait": 10, "timeouts": 5, "retries": 2}  # of cloud-init


def paths(answers: dict, needs: dict | None = None, otherwise: Reply | None = None):
    """A script: answers by "/path" or "METHOD /path"; 404 for the rest; 403 without the headers in `needs`."""

    def script(request: network.Request) -> Reply:
        answer = answers.get(f"{request.method} {request.path}")
        if answer is None and request.method == "GET":
            answer = answers.get(request.path)
        if answer is None:
            return otherwise or Reply(status=404, body=b"not here")
        if any(request.headers.get(name.lower()) != value for name, value in (needs or {}).items()):
            return Reply(status=403, body=b"headers")
        if callable(answer):
            answer = answer(request)
        return answer if isinstance(answer, Reply) else Reply(body=answer)

    return script


def drive(place: Path, label: str, files: dict) -> Path:
    """An image with a filesystem of that label, holding {path: bytes}."""
    tree = place.with_suffix(".tree")
    tree.mkdir(parents=True)
    for path, content in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_bytes(content)
    subprocess.run(["mkfs.ext4", "-q", "-L", label, "-d", tree, place, "4M"], check=True, capture_output=True)
    return place


@dataclass
class Found:
    """What came of a run."""

    status: int
    log: str
    elapsed: float
    cache: dict | None  # the rendered config

    def gave(self, config: bytes) -> None:
        assert self.status == 0, self.log
        assert f"parsing config with SHA512: {hashlib.sha512(config).hexdigest()}" in self.log, self.log

    def gave_nothing(self) -> None:
        assert self.status == 0, self.log
        assert "not a config (empty)" in self.log, self.log

    def failed(self, words: str) -> None:
        assert self.status != 0, self.log
        assert self.cache is None, "a failure left a config behind"
        assert words in self.log, self.log


@dataclass
class Ran:
    """What a command said."""

    status: int
    out: str
    err: str
    elapsed: float


class Service(network.Server):
    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.requests]


class Machine:
    def __init__(self, place: Path, programs: dict, addresses=(LINK_LOCAL,), hosts="", dmi=None, cmdline="",
                 drives=(), files=None, hole=(), link=(), cpuinfo=None, replace=None,
                 attach=None, trees=None):
        self.place = place
        self._programs = programs
        self._stack = contextlib.ExitStack()
        self._loops = [Path(attach(image)) for image in drives]
        sys_files = {f"class/dmi/id/{name}": text + "\n" for name, text in (dmi or {}).items()}
        setup = self._private_sys({**sys_files, **(files or {})}) + self._private_dev()
        setup += self._replace("/proc/cmdline", cmdline + "\n") + ["mount -t tmpfs run /run"]
        for name, text in {**({} if cpuinfo is None else {"/proc/cpuinfo": cpuinfo}), **(replace or {})}.items():
            setup += self._replace(name, text)
        for name, files in (trees or {}).items():
            setup += self._tree(name, files)
        self.network = network.Network(place / "net", addresses, hosts, setup=setup + _holes(hole) + _link(link))
        self._stack.callback(self.network.close)

    def _private_sys(self, files: dict) -> list[str]:
        """The real /sys where devices are concerned, and firmware of the test's own."""
        keep = self.place / "sys"
        keep.mkdir(parents=True)
        tree = self.place / "firmware"
        for name, text in {"kernel/mark": "", **files}.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text)
        script = [f"mount --rbind /sys '{keep}'", "mount -t tmpfs sys /sys", f"cp -r '{tree}/.' /sys"]
        for name in _REAL_SYS:
            script += [f"if [ -d '{keep}/{name}' ]; then mkdir -p /sys/{name};"
                       f" mount --rbind '{keep}/{name}' /sys/{name}; fi"]
        return script

    def _private_dev(self) -> list[str]:
        """No device of the host but those that the test attached: others may carry the same labels."""
        nodes = ["null", "zero", "full", "random", "urandom", *(loop.name for loop in self._loops)]
        keep = self.place / "dev"
        keep.mkdir()
        return [f"mount --rbind /dev '{keep}'", "mount -t tmpfs dev /dev",
                *(f"cp -a '{keep}/{node}' /dev/{node}" for node in nodes),
                f"umount -l '{keep}'"]

    def _tree(self, name: str, files: dict) -> list[str]:
        """A directory of the machine that holds these files and nothing else."""
        tree = self.place / ("tree" + name.replace("/", "-"))
        for path, text in files.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(text)
        return [f"mount --bind '{tree}' {name}"]

    def _replace(self, name: str, text: str) -> list[str]:
        path = self.place / Path(name).name
        path.write_text(text)
        return [f"mount --bind '{path}' {name}"]

    def serve(self, script, host: str = "169.254.169.254", port: int = 80, tls: Path | None = None) -> Service:
        listener = self.network.socket((host, port))
        listener.listen(128)
        return Service(listener, script, tls)

    def fetch(self, platform: str, timeout: str = "5s", stage: str = "fetch", environment=None, keep=False) -> Found:
        """One stage of the engine; its log goes to standard output.  @keep: after what an earlier one left."""
        run = self.place / "run"
        run.mkdir(exist_ok=True)
        cache = run / "ignition.json"
        if not keep:
            cache.unlink(missing_ok=True)
        names = ("IGNITION_SYSTEM_RUNTIME_CONFIG_DIR", "IGNITION_SYSTEM_LOCAL_CONFIG_DIR", "IGNITION_SYSTEM_CONFIG_DIR")
        words = ["env", *(f"{name}={run}/none" for name in names), *(environment or ()),
                 self._programs["ignition"], "-platform", platform, "-stage", stage, "-root", run, "-log-to-stdout",
                 "-config-cache", cache, "-neednet", run / "neednet", "-state-file", run / "state",
                 "-fetch-timeout", timeout]
        ran = self.run(words)
        rendered = json.loads(cache.read_text()) if cache.exists() else None
        return Found(ran.status, ran.out + ran.err, ran.elapsed, rendered)

    def metadata(self, *words) -> Ran:
        return self.run([self._programs["slipway"], "metadata", *words])

    def detect(self, *words) -> Ran:
        return self.run([self._programs["slipway"], "detect", *words])

    def rmcfg(self, platform: str) -> Ran:
        """The engine under its other name, as the first boot's last step runs it."""
        name = self.place / "ignition-rmcfg"
        if not name.exists():
            name.symlink_to(self._programs["ignition"])
        return self.run([name, "--platform", platform, "--log-to-stdout"])

    def cloud_init(self, source: str, settings: dict | None = None) -> dict:
        """{"userdata", "vendordata", "keys", "hostname", "metadata"} as Debian's cloud-init has it."""
        oracle = Path(self._programs["oracle"]) / "usr/lib/python3/dist-packages"
        run = self.place / "cloud-init"
        run.mkdir(exist_ok=True)
        ran = self.run(["env", f"PYTHONPATH={oracle}", "PYTHONDONTWRITEBYTECODE=1", "/usr/bin/python3",
                        _HERE / "cloud_init_run.py", source, run, json.dumps({**_WAITS, **(settings or {})})])
        assert ran.status == 0, ran.err
        return json.loads(ran.out.splitlines()[-1])

    def run(self, words) -> Ran:
        start = time.monotonic()
        done = self.network.run(words, timeout=_RUN_S)
        elapsed = time.monotonic() - start
        return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"), elapsed)

    def close(self) -> None:
        self._stack.close()


def _holes(addresses) -> list[str]:
    """A link whose neighbour takes packets and never answers."""
    if not addresses:
        return []
    return ["ip link add hole0 type veth peer name hole1", "ip link set hole0 up", "ip link set hole1 up",
            "ip addr add 192.0.2.1/24 dev hole0", "ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:99 dev hole0",
            *(f"ip route add {address} via 192.0.2.2" for address in addresses)]


def _link(addresses) -> list[str]:
    """A link, link0, with addresses of its own."""
    if not addresses:
        return []
    return ["ip link add link0 type veth peer name link1", "ip link set link0 up", "ip link set link1 up",
            *(f"ip addr add {address} dev link0 nodad" for address in addresses)]


def attributes(text: str) -> dict:
    """The attributes file as systemd reads it."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return {name: "".join(shlex.split(value)) for name, _, value in (line.partition("=") for line in lines)}


def attempts(log: str) -> int:
    return len(re.findall(r"(?m)attempt #\d+$", log))


def has_root() -> bool:
    return os.geteuid() == 0
