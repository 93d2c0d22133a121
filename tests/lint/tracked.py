"""The files of the tree: what git tracks, or everything outside build/ in a release tarball."""

import os
import subprocess
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


@cache
def files() -> list[str]:
    """Paths relative to the top, sorted; under sudo git would distrust another user's checkout."""
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={TOP}", "ls-files", "-z", "--cached"],
        cwd=TOP, capture_output=True, text=True, check=False,
    )
    if listing.returncode == 0:
        return sorted(name for name in listing.stdout.split("\0") if name and (TOP / name).is_file())
    return sorted(
        os.path.relpath(Path(directory, name), TOP)
        for directory, _, names in os.walk(TOP)
        if not Path(directory).relative_to(TOP).parts[:1] == ("build",)
        for name in names
    )


def of_type(*suffixes: str, below: tuple[str, ...] = ("",)) -> list[str]:
    return [name for name in files() if name.endswith(suffixes) and name.startswith(below)]


def interpreted_by(program: str) -> list[str]:
    """Scripts whose first line names the program."""
    found = []
    for name in files():
        with open(TOP / name, "rb") as stream:
            line = stream.readline(200)
        words = line[2:].split() if line.startswith(b"#!") else []
        if program.encode() in [os.path.basename(word) for word in words]:
            found.append(name)
    return found
