"""slipway install: options, config files, streams, and what the first boot finds (spec 3.2-3.4, 3.10)."""

import json
import subprocess

import pytest

import conftest
import installing
import network
from test_install import OK, SOURCE, USAGE, VERIFY, Disk

pytestmark = conftest.needs_root
ENTRY = "title X\noptions ignition.platform.id=metal console=tty0 rw\n"
CONFIG = '{"ignition": {"version": "3.3.0"}}'


@pytest.fixture
def install(programs):
    def run(*words, status=OK, enter=(), stdin=None):
        done = subprocess.run([*enter, programs.ours / "slipway-install", *map(str, words)], input=stdin,
                              capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == status, done.stdout + done.stderr
        return done

    return run


@pytest.fixture
def disk(loops, tmp_path):
    return Disk(loops, tmp_path / "disk")


@pytest.fixture(scope="module")
def image(tmp_path_factory, programs):
    """An image whose filesystem is labelled boot, with the files of one of Fedora CoreOS."""
    place = tmp_path_factory.mktemp("image")
    tree = place / "tree"
    for name, text in (("loader/entries/ostree-1.conf", ENTRY), ("ignition.firstboot", ""),
                       ("grub2/grub.cfg", "# CONSOLE-SETTINGS-START\n# CONSOLE-SETTINGS-END\n")):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    path = installing.make_image(place / "image.raw", with_filesystem=False)
    subprocess.run(["mkfs.ext4", "-q", "-L", "boot", "-d", tree, "-E", f"offset={5 * installing.MIB}", path, "8M"],
                   check=True, capture_output=True, timeout=60)
    return path


def boot_file(disk, path):
    """(mode, contents) of a file on the installed boot filesystem; None: there is none."""
    image = disk.path.with_name("boot")
    with disk.path.open("rb") as stream:
        stream.seek(5 * installing.MIB)
        image.write_bytes(stream.read(8 * installing.MIB))
    facts = subprocess.run(["debugfs", "-R", f"stat {path}", image], capture_output=True, text=True, check=True, timeout=60)
    if "Mode:" not in facts.stdout:
        return None
    text = subprocess.run(["debugfs", "-R", f"cat {path}", image], capture_output=True, text=True, check=True, timeout=60)
    return facts.stdout.split("Mode:")[1].split()[0], text.stdout


@pytest.mark.parametrize("words, want", [
    ((), "no disk is named to install to"),
    (("-u", "http://a/", "-f", "b", "/dev/x"), "image-url and image-file do not go together"),
    (("-s", "next", "-f", "b", "/dev/x"), "image-file and stream do not go together"),
    (("-f", "b", "-I", "http://a/c", "/dev/x"), "ignition-url is of http, where anybody may change it"),
    (("-f", "b", "-I", "ftp://a/c", "/dev/x"), "ignition-url must be of http or https"),
    (("--offline", "/dev/x"), "this system carries no image of its own"),
    (("-f", "b", "--secure-ipl", "/dev/x"), "for the firmware of s390x only"),
    (("-f", "b", "--console", "tty9", "/dev/x"), 'console "tty9" is none of'),
    (("-f", "b", "--fetch-retries", "often", "/dev/x"), "fetch-retries must be a number or infinite"),
    (("-f", "b", "-n", "--network-dir", "/nowhere", "/dev/x"), "/nowhere: No such file or directory"),
    (("-f", "b", "-i", "/nowhere", "/dev/x"), "config of the first boot: "),
    (("-c", "/nowhere", "/dev/x"), "/nowhere"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_does_not_go_together(words, want, install):
    assert want in install(*words, status=USAGE).stderr


def test_a_config_that_is_wrong_is_shown_and_nothing_is_written(install, disk, image, tmp_path):
    config = tmp_path / "config.bu"
    config.write_text("variant: fcos\nversion: 1.4.0\nstorage:\n  files:\n    - path: relative\n")
    done = install("--insecure", "-f", image, "-i", config, disk.node, status=USAGE)
    assert f"{config}:5:13: error: $.storage.files[0].path: path not absolute" in done.stderr
    assert disk.is_untouched


def test_all_settings_are_found_by_the_first_boot(install, disk, image, tmp_path):
    net = tmp_path / "net"
    net.mkdir()
    (net / "eth0.nmconnection").write_text("[connection]\n")
    settings = tmp_path / "settings.yaml"
    settings.write_text(f"image-file: {image}\ninsecure: true\nappend-karg: [a=1]\ncopy-network: true\n"
                        f"network-dir: {net}\ndest-device: {disk.node}\n")
    config = tmp_path / "config.ign"
    config.write_text(CONFIG)
    install("-c", settings, "-i", config, "--append-karg", "b", "--delete-karg", "rw", "--console", "ttyS0,115200",
            "--console", "tty0")
    assert boot_file(disk, "ignition/config.ign") == ("0600", CONFIG)
    assert boot_file(disk, "coreos-firstboot-network/eth0.nmconnection") == ("0600", "[connection]\n")
    assert boot_file(disk, "loader/entries/ostree-1.conf") == (
        "0644", "title X\noptions ignition.platform.id=metal console=tty0 a=1 b console=ttyS0,115200n8 console=tty0\n")
    assert "serial --unit=0 --speed=115200" in boot_file(disk, "grub2/grub.cfg")[1]


def test_another_dialect_becomes_ignition(install, disk, image):
    install("--insecure", "-f", image, "-i", "-", disk.node,
            stdin="variant: fcos\nversion: 1.4.0\nstorage:\n  files:\n    - path: /a\n      contents: {inline: x}\n")
    placed = json.loads(boot_file(disk, "ignition/config.ign")[1])
    assert placed["ignition"]["version"] == "3.3.0" and placed["storage"]["files"][0]["path"] == "/a"


@pytest.fixture
def net(tmp_path):
    made = network.Network(tmp_path / "net")
    yield made
    made.close()


def stream(artifact):
    return json.dumps({"architectures": {"test": {"artifacts": {"metal": {"formats": {"raw.xz": artifact}}}}}}).encode()


def test_a_stream_names_the_image(install, disk, image, net):
    answers = {"/streams/next.json": stream({"disk": {"location": "http://127.0.0.1/image"}}), "/image": image.read_bytes(),
               "/config": CONFIG.encode()}
    net.serve(lambda request: network.Reply(answers[request.path]) if request.path in answers else network.Reply(status=404))
    install("--insecure", "-s", "next", "-a", "test", "--stream-base-url", "http://127.0.0.1/streams/",
            "-I", "http://127.0.0.1/config", "--insecure-ignition", disk.node, enter=net.enter)
    assert installing.table(disk.path)
    assert boot_file(disk, "ignition/config.ign") == ("0600", CONFIG)


@pytest.mark.parametrize("words, status, want", [
    (("-s", "none"), SOURCE, "404 Not Found"),
    (("-s", "html"), SOURCE, "stream metadata http://127.0.0.1/streams/html.json"),
    (("-s", "other"), SOURCE, "the stream has no test"),
    (("-s", "next", "-I", "http://127.0.0.1/streams/other.json", "--ignition-hash", "sha256-" + "0" * 64), VERIFY,
     "config of the first boot"),
], ids=["no stream", "a web page", "no architecture", "a config with another hash"])
def test_a_stream_that_does_not_help(words, status, want, install, disk, net):
    answers = {"/streams/html.json": b"<html>", "/streams/other.json": b'{"architectures": {}}'}
    net.serve(lambda request: network.Reply(answers[request.path]) if request.path in answers else network.Reply(status=404))
    done = install("-a", "test", "--stream-base-url", "http://127.0.0.1/streams/", *words, disk.node, status=status,
                   enter=net.enter)
    assert want in done.stderr
    assert disk.is_untouched
