"""The picture of a tree tells what it must tell apart, so that an equal picture means something."""

import os

import pytest

import machine
import tree
from tree import Dir, File, Link

NODES = {"/d": Dir(0o750, 1, 2), "/d/f": File("text", 0o640, 3, 4), "/l": Link("d/f")}

CHANGES = {
    "mode of a file": lambda root: (root / "d/f").chmod(0o641),
    "set-id bit": lambda root: (root / "d/f").chmod(0o4640),
    "mode of a directory": lambda root: (root / "d").chmod(0o700),
    "owner": lambda root: os.chown(root / "d/f", 5, 4),
    "group": lambda root: os.chown(root / "d", 1, 5),
    "owner of a link": lambda root: os.lchown(root / "l", 7, 0),
    "content": lambda root: (root / "d/f").write_text("texT"),
    "one file more": lambda root: (root / "d/g").touch(),
    "one file less": lambda root: (root / "d/f").unlink(),
    "an empty directory more": lambda root: (root / "e").mkdir(),
    "link target": lambda root: ((root / "l").unlink(), (root / "l").symlink_to("d")),
    "hard link": lambda root: ((root / "l").unlink(), os.link(root / "d/f", root / "l")),
    "extended attribute": lambda root: os.setxattr(root / "d/f", "user.a", b"b"),
}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_picture_shows(tmp_path, change):
    root = machine.make_root(tmp_path / "root", NODES)
    before = tree.picture(root)
    assert not tree.difference(before, tree.picture(root))
    change(root)
    assert tree.difference(before, tree.picture(root))
