"""z/VM: programs of the s390-tools, of which the test makes its own."""

import pytest

CONFIG = '{"ignition": {"version": "3.4.0"}}'
HEAD = "ORIGINID FILE CLASS RECORDS  CPY HOLD DATE  TIME     NAME      TYPE     DIST\n"
ROW = "RHCOS    %s A PUN 00000006 001 NONE 06/06 10:00:00 %s %s RHCOS\n"
LIST = HEAD + ROW % ("0012", "other", "txt") + ROW % ("0013", "config", "ign") + ROW % ("0014", "late", "ign")


def programs(place, spool=LIST, online="exit 0", receive=None):
    """PATH with chccwdev, cio_ignore and vmur in it; each notes how it was called."""
    place = place / "programs"
    place.mkdir()
    (place / "spool").write_text(spool)
    (place / "contents").write_text(CONFIG + "\0\0")
    note = f'echo "$(basename "$0") $*" >>{place}/called\n'
    scripts = {"chccwdev": online, "cio_ignore": f"touch {place}/free", "modprobe": "exit 1",
               "vmur": f'case $1 in li) cat {place}/spool;; re) {receive or f"cat {place}/contents"};; esac'}
    for name, text in scripts.items():
        (place / name).write_text(f"#!/bin/sh\n{note}{text.replace('FREE', str(place / 'free'))}\n")
        (place / name).chmod(0o755)
    return place, [f"PATH={place}:/usr/sbin:/usr/bin:/sbin:/bin"]


def test_config(cloud, tmp_path):
    place, environment = programs(tmp_path)
    found = cloud(addresses=[]).fetch("zvm", stage="fetch-offline", environment=environment)
    found.gave(CONFIG.encode())
    assert (place / "called").read_text().splitlines()[1:] == ["chccwdev -e 000c", "vmur li", "vmur re -f -O 0013"]


def test_reader_on_the_list_of_ignored_devices(cloud, tmp_path):
    place, environment = programs(tmp_path, online="test -e FREE")
    cloud(addresses=[]).fetch("zvm", environment=environment).gave(CONFIG.encode())
    assert "cio_ignore -r 000c" in (place / "called").read_text()


@pytest.mark.parametrize("spool", ["", HEAD, HEAD + ROW % ("0012", "ign", "txt"), HEAD + "RHCOS 0012 ign\n"])
def test_no_config(cloud, tmp_path, spool):
    _, environment = programs(tmp_path, spool)
    cloud(addresses=[]).fetch("zvm", environment=environment).gave_nothing()


@pytest.mark.parametrize("options, words", [
    ({"online": "echo no such device >&2; exit 1"}, "bring the card reader online"),
    ({"receive": "echo spool error >&2; exit 2"}, "receive spool file 0013"),
    ({"receive": "echo '<html>'"}, "config is not valid"),
])
def test_faults(cloud, tmp_path, options, words):
    _, environment = programs(tmp_path, **options)
    found = cloud(addresses=[]).fetch("zvm", environment=environment)
    found.failed(words)
    assert found.elapsed < 2


def test_number_that_is_none_is_not_handed_on(cloud, tmp_path):
    place, environment = programs(tmp_path, HEAD + ROW % ("-rf", "config", "ign"))
    cloud(addresses=[]).fetch("zvm", environment=environment).gave_nothing()
    assert "vmur re" not in (place / "called").read_text()


def test_no_programs_is_no_empty_config(cloud):
    cloud(addresses=[]).fetch("zvm").failed("bring the card reader online")
