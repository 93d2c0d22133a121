"""No write leaves the target root, whatever links a config or an image contains."""

import ctypes
import os
import threading
from pathlib import Path

import pytest

import cases
import engine
import tree
from configs import config, data, file, files, passwd, storage, units
from engine import Case
from tree import Dir, File, Link

# {out} stands for an absolute path outside the root; below the root there is no such path.
IMAGES = {
    "absolute link": {"/etc/way": Link("{out}")},
    "link that climbs": {"/etc/way": Link("../../../../../../../../../../../../../../..{out}")},
    "two absolute links": {"/etc/way": Link("/var/step"), "/var/step": Link("{out}")},
    "absolute link inside the target of another": {
        "/etc/way": Link("/var/a/b"), "/var/a": Link("{out}")},
    "three relative links": {
        "/etc/way": Link("one"), "/etc/one": Link("../var/two"), "/var/two": Link("{out}")},
    "link through the process": {"/etc/way": Link("/proc/self/root{out}")},
    "link to itself": {"/etc/way": Link("way")},
    "link whose parent is a link": {"/etc/way": Link("/opt/x/../.."), "/opt/x": Link("{out}")},
}

REQUESTS = {
    "file": files(file("/etc/way/new", "written")),
    "file, overwriting": files(file("/etc/way/keep", "written", overwrite=True)),
    "file at the link itself": files(file("/etc/way", "written", overwrite=True)),
    "append": files(file("/etc/way/keep", None, append=[{"source": data("more")}])),
    "mode and owner": files(file("/etc/way/keep", None, mode=0o777, user={"id": 7})),
    "directory": storage(directories=[{"path": "/etc/way/new", "mode": 0o777}]),
    "directory, overwriting": storage(directories=[{"path": "/etc/way/dir", "overwrite": True}]),
    "symbolic link": storage(links=[{"path": "/etc/way/new", "target": "x"}]),
    "hard link from it": storage(links=[{"path": "/etc/h", "target": "/etc/way/keep", "hard": True}]),
    "hard link into it": storage(links=[{"path": "/etc/way/h", "target": "/etc/passwd", "hard": True}]),
}

# Paths of the engine's own making, led away by a link of the image.
OWN_PATHS = {
    "units": (units({"name": "a.service", "contents": cases.SERVICE, "enabled": True, "dropins": [
        {"name": "a.conf", "contents": "[Service]\n"}]}), {"/etc/systemd": Link("{out}/dir")}),
    "masked unit": (units({"name": "keep", "mask": True}), {"/etc/systemd/system": Link("{out}")}),
    "mask of a .service": (
        units({"name": "a.service", "mask": True}), {"/etc/systemd/system": Link("{out}")}),
    "presets": (units({"name": "a.service", "enabled": True}),
                {"/etc/systemd/system-preset": Link("{out}")}),
    "the preset file": (units({"name": "a.service", "enabled": True}),
                        {"/etc/systemd/system-preset/20-ignition.preset": Link("{out}/keep")}),
    "keys below a home that is a link": (
        passwd(users=[{"name": "root", "sshAuthorizedKeys": [cases.KEY]}]),
        {"/root/.ssh": Link("{out}")}),
    "keys file that is a link": (
        passwd(users=[{"name": "root", "sshAuthorizedKeys": [cases.KEY]}]),
        {"/root/.ssh/authorized_keys.d/ignition": Link("{out}/keep")}),
    "the result file": (config(), {"/etc/.ignition-result.json": Link("{out}/keep")}),
    "the journal in the target": (
        files(file("/etc/hosts", None, append=[{"source": data("x")}])),
        {"/etc/.slipway-journal": Link("{out}/keep")}),
}


def lead(nodes: dict, out: Path) -> dict:
    return {path: Link(node.target.replace("{out}", str(out))) if isinstance(node, Link) else node
            for path, node in nodes.items()}


@pytest.fixture
def outside(tmp_path) -> Path:
    """A directory beside the root that nobody may touch."""
    place = tmp_path / "outside"
    place.mkdir(mode=0o755)
    tree.make(place, {"/keep": File("keep me", 0o640, 3, 4), "/dir/inner": File("me too"),
                      "/dir": Dir(0o751, 5, 6), "/system": Dir()})
    return place


def check_untouched(make_engine, outside: Path, case: Case) -> engine.Outcome:
    before = tree.picture(outside)
    links = {place: os.stat(place).st_nlink for place in outside.rglob("*")}
    outcome = make_engine(case).run()
    assert not tree.difference(before, tree.picture(outside)), outcome.log
    assert links == {place: os.stat(place).st_nlink for place in outside.rglob("*")}
    assert outcome.verdict in (0, 1)
    return outcome


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
@pytest.mark.parametrize("image", IMAGES.values(), ids=IMAGES.keys())
def test_links_of_the_image(make_engine, outside, image, request_):
    check_untouched(make_engine, outside, Case(request_, lead(image, outside)))


@pytest.mark.parametrize("request_, image", OWN_PATHS.values(), ids=OWN_PATHS.keys())
def test_paths_of_our_own(make_engine, outside, request_, image):
    check_untouched(make_engine, outside, Case(request_, lead(image, outside)))


def test_home_outside(make_engine, outside):
    passwd_file = f"root:x:0:0::/root:/bin/sh\nfar:x:0:0::{outside}/../outside:/bin/sh\n"
    case = Case(passwd(users=[{"name": "far", "sshAuthorizedKeys": [cases.KEY]}]),
                {"/etc/passwd": File(passwd_file)})
    check_untouched(make_engine, outside, case)


def test_link_made_by_the_config(make_engine, outside):
    """The validator knows the plain form; this one hides behind another entry's path."""
    case = Case(storage(links=[{"path": "/srv/l", "target": str(outside)}],
                        files=[file("/opt/alias/l/keep", "x", overwrite=True)]),
                {"/opt/alias": Link("/srv"), "/srv": Dir()})
    check_untouched(make_engine, outside, case)


def test_overwrite_of_the_root_is_refused_or_stays_inside(make_engine, outside):
    check_untouched(make_engine, outside, Case(storage(
        directories=[{"path": "/", "overwrite": True}])))


def test_overwrite_does_not_follow_links_of_the_tree(make_engine, outside):
    case = Case(storage(directories=[{"path": "/srv", "overwrite": True}]),
                {"/srv/l": Link(str(outside)), "/srv/d/l": Link(f"{outside}/dir")})
    assert check_untouched(make_engine, outside, case).verdict == 0


AT_FDCWD, RENAME_EXCHANGE = -100, 2


def exchange(one: Path, other: Path) -> None:
    """Both names change places at once; Python has no call for it."""
    names = [AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other)]
    if ctypes.CDLL(None, use_errno=True).renameat2(*names, RENAME_EXCHANGE) != 0:
        raise OSError(ctypes.get_errno(), "renameat2")


def swap(directory: Path, link: Path, stop: threading.Event) -> None:
    """Exchange a directory and a link under one name until told to stop."""
    while not stop.is_set():
        exchange(directory, link)


@pytest.mark.parametrize("attempt", range(8))
def test_race_of_a_directory_with_a_link(make_engine, outside, attempt):
    names = [f"/srv/d/sub/{attempt}-{number}" for number in range(300)]
    runner = make_engine(Case(files(*[file(name, "x" * 100, mode=0o600) for name in names]),
                              {"/srv/d/sub": Dir(), "/srv/link": Link(str(outside))}))
    runner.stage("fetch-offline")
    before = tree.picture(outside)
    srv, stop = runner.outcome.root / "srv", threading.Event()
    swapper = threading.Thread(target=swap, args=(srv / "d", srv / "link", stop))
    swapper.start()
    try:
        done = runner.stage("files")
    finally:
        stop.set()
        swapper.join()
    assert not tree.difference(before, tree.picture(outside)), done.stdout
