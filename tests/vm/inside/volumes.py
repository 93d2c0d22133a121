"""First boots with arrays and encrypted volumes, on the spare disks of the guest, and what is left of
them afterwards.

    boot = Boot(tmp_path, config)
    done = boot.run("fetch-offline", "disks")    # a finished process; its output in done.stdout
    boot.close()                                 # mappings and arrays stopped, disks blank again
"""

import json
import os
import subprocess
import threading
import urllib.request
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import disks

BIN = Path(os.environ.get("SLIPWAY_BIN", "/usr/bin"))
# Two disks of one size, by the names that udev gives them.
DISK_A = "/dev/disk/by-id/virtio-disk-a"
DISK_B = "/dev/disk/by-id/virtio-disk-b"
DISK_4K = "/dev/disk/by-id/virtio-disk-4k"
DISKS = (DISK_A, DISK_B, DISK_4K)
SECONDS = 240
# Deriving a key as slowly as a default would have it takes a minute on this machine.
FAST = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]


def run(*words, check=True, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False,
                          timeout=SECONDS, **more)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def output(*words):
    return run(*words).stdout.strip()


class Boot:
    """Each stage is a process of its own, as in an initramfs."""

    def __init__(self, place: Path, config: dict):
        self.place = place
        self.root = place / "root"
        (self.root / "etc").mkdir(parents=True, exist_ok=True)
        (self.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (self.root / "etc/group").write_text("root:x:0:\n")
        self.configure(config)

    def configure(self, config: dict) -> None:
        self.config = {"ignition": {"version": "3.4.0"}, **config}
        (self.place / "config.ign").write_text(json.dumps(self.config))

    def run(self, *stages, path=None):
        """All of @stages until one fails."""
        done = None
        for stage in stages:
            done = run(BIN / "ignition", "-platform", "file", "-stage", stage, "-log-to-stdout",
                       "-config-cache", self.place / "cache", "-neednet", self.place / "neednet",
                       "-root", self.root, "-state-file", self.place / "state", check=False,
                       env={"PATH": path or os.environ["PATH"],
                            "IGNITION_CONFIG_FILE": str(self.place / "config.ign")})
            if done.returncode:
                break
        return done

    def succeed(self, *stages):
        done = self.run(*stages)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fail(self, *stages):
        done = self.run(*stages)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stdout

    def state(self):
        return json.loads((self.place / "state").read_text())

    def forget(self):
        """As if the machine had been given to another provisioning."""
        for name in ("state", "state.journal", "cache", "neednet"):
            (self.place / name).unlink(missing_ok=True)


def clear():
    """Stop all that tests may have made, from the top down, and blank the disks."""
    disks.release()
    for link in DISKS:
        if os.path.exists(link):
            disks.Disk(link.removeprefix("/dev/disk/by-id/virtio-")).wipe()
    disks.settle()


def partition(disk, number):
    node = os.path.realpath(disk)
    return f"{node}{'p' if node[-1].isdigit() else ''}{number}"


def two_partitions(disk=DISK_A, mib=48):
    return {"device": disk, "partitions": [
        {"number": 1, "sizeMiB": mib, "label": "one"}, {"number": 2, "sizeMiB": mib, "label": "two"}]}


class Tang:
    """Debian's tang server, started anew for each connection as by its socket unit."""

    def __init__(self, place: Path):
        self.keys = place / "tang"
        self.keys.mkdir()
        run("/usr/libexec/tangd-keygen", self.keys)
        keys = self.keys
        self.asked = []
        asked = self.asked

        class Handler(StreamRequestHandler):
            def handle(self):
                asked.append(self.client_address)
                subprocess.run(["/usr/libexec/tangd", str(keys)], stdin=self.connection,
                               stdout=self.connection, stderr=subprocess.DEVNULL, check=False)

        ThreadingTCPServer.daemon_threads = True
        ThreadingTCPServer.allow_reuse_address = True
        self.server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def advertisement_text(self):
        with urllib.request.urlopen(f"{self.url}/adv") as answer:
            return answer.read().decode()

    def thumbprint(self):
        """Of its signing key, as an operator would copy it."""
        for key in self.keys.iterdir():
            if '"sign"' in key.read_text():
                return output("jose", "jwk", "thp", "-i", key, "-a", "S256")
        raise AssertionError("tang has no signing key")

    def close(self):
        self.server.shutdown()
        self.server.server_close()
