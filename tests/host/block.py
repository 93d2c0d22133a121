"""Loop devices for tests: attached with a partition scan, so that their nodes go with them."""

import os
import subprocess
from pathlib import Path

# Bytes compared at a time.
CHUNK = 4096


class Loops:
    """What one test attached; all of it is detached when the test ends, however it ends."""

    def __init__(self):
        self._attached: list[str] = []

    def attach(self, image: Path, sector_bytes: int = 512, read_only: bool = False) -> str:
        words = ["losetup", "--find", "--show", "--partscan", "--sector-size", str(sector_bytes)]
        if read_only:
            words.append("--read-only")
        node = subprocess.run([*words, image], capture_output=True, text=True, check=True,
                              timeout=30).stdout.strip()
        self._attached.append(node)
        return node

    def adopt(self, node: str) -> str:
        """One that the code under test attached."""
        self._attached.append(node)
        return node

    def release(self):
        for node in reversed(self._attached):
            subprocess.run(["losetup", "--detach", node], check=False, capture_output=True,
                           timeout=30)
        self._attached.clear()


def partitions(node: str) -> dict[int, tuple[int, int]]:
    """number -> (start, size) in 512-byte sectors, as the kernel has them."""
    name = os.path.basename(node)
    found = {}
    for entry in Path("/sys/class/block", name).glob(f"{name}p*"):
        number, start, size = (int((entry / f).read_text()) for f in ("partition", "start", "size"))
        found[number] = (start, size)
    return found


def contents(path: Path) -> list[tuple[int, bytes]]:
    """The bytes of an image that are not holes, with their offsets; zeros count as holes."""
    found, at = [], 0
    with open(path, "rb") as file:
        while True:
            try:
                start = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:
                return found
            at = os.lseek(file.fileno(), start, os.SEEK_HOLE)
            for offset in range(start, at, CHUNK):
                data = os.pread(file.fileno(), min(CHUNK, at - offset), offset)
                if data.strip(b"\0"):
                    found.append((offset, data))
