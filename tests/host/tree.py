"""What a directory tree is: to make one from a table, to take a picture of one, to compare two."""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Dir:
    mode: int = 0o755
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True)
class File:
    content: str | bytes = ""
    mode: int = 0o644
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True)
class Link:
    target: str
    uid: int = 0
    gid: int = 0


def make(root: Path, nodes: dict) -> None:
    """Make every node of {"/path": Dir|File|Link} below root, missing parents 0755."""
    for path, node in nodes.items():
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        _make_node(place, node)
        os.chown(place, node.uid, node.gid, follow_symlinks=False)
        if not isinstance(node, Link):
            place.chmod(node.mode)


def _make_node(place: Path, node) -> None:
    if isinstance(node, Dir):
        place.mkdir(exist_ok=True)
    elif isinstance(node, Link):
        place.symlink_to(node.target)
    else:
        content = node.content
        place.write_bytes(content if isinstance(content, bytes) else content.encode())


@dataclass(frozen=True)
class Node:
    kind: str
    mode: str
    owner: str
    content: bytes | str | None
    same_as: str | None  # first path of the same inode
    xattrs: tuple


def picture(root: Path, without: tuple[str, ...] = ()) -> dict[str, Node]:
    """Every node below root by path; times are left out, and the paths that are named."""
    nodes: dict[str, Node] = {}
    inodes: dict[tuple[int, int], str] = {}
    for place in sorted(_walk(root)):
        path = "/" + str(place.relative_to(root)) if place != root else "/"
        if path not in without:
            nodes[path] = _look(place, path, inodes)
    return nodes


def _walk(root: Path):
    yield root
    for directory, names, files in os.walk(root):
        for name in names + files:
            yield Path(directory, name)


def _look(place: Path, path: str, inodes: dict) -> Node:
    status = place.lstat()
    content: bytes | str | None = None
    if stat.S_ISREG(status.st_mode):
        content = _comparable(path, place.read_bytes())
    elif stat.S_ISLNK(status.st_mode):
        content = os.readlink(place)
    first = inodes.setdefault((status.st_dev, status.st_ino), path)
    return Node(
        kind=stat.filemode(status.st_mode)[0],
        mode=f"{stat.S_IMODE(status.st_mode):04o}",
        owner=f"{status.st_uid}:{status.st_gid}",
        content=content,
        same_as=None if first == path else first,
        xattrs=tuple(sorted(os.listxattr(place, follow_symlinks=False))),
    )


def _comparable(path: str, content: bytes) -> bytes:
    """The day of the last password change may turn; "*" and "!" both lock a group's password."""
    if path == "/etc/shadow":
        return re.sub(rb"(?m)^([^:]*:[^:]*):\d+:", rb"\1:DAY:", content)
    if path == "/etc/gshadow":
        return re.sub(rb"(?m)^([^:]*):[*!]:", rb"\1:LOCKED:", content)
    return content


def difference(ours: dict[str, Node], theirs: dict[str, Node]) -> list[str]:
    """One line for each path that differs; empty when the pictures are equal."""
    lines = []
    for path in sorted(ours.keys() | theirs.keys()):
        if ours.get(path) != theirs.get(path):
            lines.append(f"{path}\n    ours   {ours.get(path)}\n    theirs {theirs.get(path)}")
    return lines
