"""A small machine to provision: its root directory, and the world that an engine sees.

An engine runs in a mount namespace of its own with an empty /run, so that nothing of the host is
read or written but what the test says.
"""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import tree

PASSWD = """root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
app:x:4321:4321:An Application:/home/app:/bin/sh
"""
GROUP = "root:x:0:\ndaemon:x:1:\nsudo:x:27:\napp:x:4321:\nwheel:x:4400:app\n"
SHADOW = "root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\napp:!:19000:0:99999:7:::\n"
GSHADOW = "root:*::\ndaemon:*::\nsudo:*::\napp:!::\nwheel:!::app\n"
LOGIN_DEFS = """UID_MIN 1000
UID_MAX 60000
GID_MIN 1000
GID_MAX 60000
SYS_UID_MIN 100
SYS_UID_MAX 999
SYS_GID_MIN 100
SYS_GID_MAX 999
USERGROUPS_ENAB yes
UMASK 022
HOME_MODE 0750
ENCRYPT_METHOD SHA512
"""

SKELETON = {
    "/": tree.Dir(),
    "/etc/passwd": tree.File(PASSWD),
    "/etc/group": tree.File(GROUP),
    "/etc/shadow": tree.File(SHADOW, 0o640),
    "/etc/gshadow": tree.File(GSHADOW, 0o640),
    "/etc/login.defs": tree.File(LOGIN_DEFS),
    "/etc/issue": tree.File("Welcome\n"),
    "/home": tree.Dir(),
    "/home/app": tree.Dir(0o700, 4321, 4321),
    "/root": tree.Dir(0o700),
    "/opt": tree.Dir(),
    "/tmp": tree.Dir(0o1777),
    "/usr/lib": tree.Dir(),
    "/var/lib": tree.Dir(),
}


def make_root(place: Path, extra: dict | None = None, skeleton: dict | None = None) -> Path:
    """A target root with users app and daemon, and what the test adds."""
    place.mkdir(parents=True)
    tree.make(place, SKELETON if skeleton is None else skeleton)
    tree.make(place, extra or {})
    return place


# Arguments: a script of mounts, then the command.  The script runs before the command does.
_ENTER = (
    'set -e; mount -t tmpfs -o mode=0755 run /run; eval "$1"; shift; exec "$@"'
)


@dataclass
class World:
    """What surrounds a process under test; mounts are shell commands run in its namespace."""

    mounts: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    path_first: list[Path] = field(default_factory=list)
    enter: list[str] = field(default_factory=list)  # command that leads into other namespaces

    def bind(self, source: Path, target: str) -> None:
        self.mounts.append(f"mount --bind '{source}' '{target}'")

    def command(self, argv: list) -> list[str]:
        script = "\n".join(self.mounts)
        enter = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER, "sh"]
        return self.enter + enter + [script] + [str(word) for word in argv]

    def variables(self) -> dict[str, str]:
        path = [str(place) for place in self.path_first] + [os.environ["PATH"]]
        kept = {
            name: value
            for name, value in os.environ.items()
            if name.startswith(("ASAN_", "UBSAN_", "LSAN_", "LLVM_PROFILE"))
        }
        return {**kept, "PATH": ":".join(path), "LC_ALL": "C.UTF-8", **self.environment}

    def run(self, argv: list, timeout: float = 60, **options) -> subprocess.CompletedProcess:
        """Run to the end; output as text, with bytes that are none shown as escapes."""
        options.setdefault("stdin", None if "input" in options else subprocess.DEVNULL)
        if options["stdin"] is None:
            del options["stdin"]
        return subprocess.run(
            self.command(argv),
            env=self.variables(),
            capture_output=True,
            timeout=timeout,
            text=True,
            errors="backslashreplace",
            check=False,
            **options,
        )


def stub(directory: Path, name: str, script: str) -> Path:
    """A program that stands first in PATH."""
    directory.mkdir(parents=True, exist_ok=True)
    place = directory / name
    place.write_text("#!/bin/sh\n" + script)
    place.chmod(0o755)
    return directory
