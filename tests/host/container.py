"""A systemd of its own on a copy of this machine's root: processes, mounts, host name and network are its own.

    with container.boot(tmp_path) as machine:
        machine.write("/root/user_data", text)
        machine.run("coreos-cloudinit", "-from-file", "/root/user_data")

The root is an overlay over "/": what is written there is gone with the container.
"""

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

SYSTEMD = Path("/lib/systemd/systemd")
START_SECONDS = 60

# $1: a directory of the caller's.  The first process of the namespace of processes becomes systemd.
ENTER = """set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount -t tmpfs -o mode=755 tmpfs sys
mkdir -p sys/fs/cgroup
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do
	touch "dev/$node"
	mount --bind "/dev/$node" "dev/$node"
done
touch dev/console
ip link set lo up
# Nothing of this machine's own is to start.
rm -rf etc/systemd/system/* etc/systemd/network/*
exec chroot . env -i PATH="$PATH" container=test /lib/systemd/systemd --unit=basic.target
"""


def is_possible() -> bool:
    return SYSTEMD.exists() and shutil.which("unshare") is not None and os.geteuid() == 0


class Machine:
    def __init__(self, pid: int):
        self.pid = pid
        self.root = Path(f"/proc/{pid}/root")

    def run(self, *words, timeout=120) -> subprocess.CompletedProcess:
        return subprocess.run(["nsenter", "-t", str(self.pid), "-a", "-r", "-w", *map(str, words)],
                              capture_output=True, text=True, timeout=timeout, check=False,
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})

    def path(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def write(self, path: str, data: str | bytes) -> None:
        place = self.path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data if isinstance(data, bytes) else data.encode())

    def read(self, path: str) -> str:
        return self.path(path).read_text()

    def is_active(self, unit: str) -> bool:
        return self.run("systemctl", "is-active", "-q", unit).returncode == 0


def _child_of(pid: int) -> int:
    """The only child of @pid, when it has one."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(text[0]) if text else 0


def _wait(machine: Machine, keeper: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while machine.run("systemctl", "is-system-running").stdout.strip() not in ("running", "degraded"):
        if keeper.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("systemd does not come up: " + keeper.stderr.read() if keeper.poll() else "time")
        time.sleep(0.1)


def _first_process(keeper: subprocess.Popen) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and keeper.poll() is None:
        pid = _child_of(keeper.pid)
        if pid and os.readlink(f"/proc/{pid}/exe").endswith("/systemd"):
            return pid
        time.sleep(0.05)
    raise RuntimeError("no systemd was started")


@contextmanager
def boot(place: Path):
    place.mkdir(parents=True, exist_ok=True)
    keeper = subprocess.Popen(["unshare", "--mount", "--pid", "--fork", "--uts", "--ipc", "--cgroup", "--net",
                               "--kill-child", "sh", "-c", ENTER, "sh", place],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
    try:
        machine = Machine(_first_process(keeper))
        _wait(machine, keeper)
        yield machine
    finally:
        keeper.kill()
        keeper.wait()
        keeper.stderr.close()
