"""The Debian guest of the VM tests: a root filesystem and its kernel, built once and kept.

Owns: what is in the image, and when an old one no longer counts.
Leaves to others: running it (qemu.py), and what happens in it (init, inside/).

    guest = image.get(cache)        # builds for about a minute when there is none
    guest.kernel, guest.root        # a bzImage, an ext4 filesystem whose /sbin/init is our init

Built by mmdebstrap from wherever this machine's apt gets Debian, so that no mirror is named here.  The
image is kept under a key made of this directory's recipe and of the versions apt would install now;
whatever changes there makes a new image and removes the old one.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
KERNEL = "linux-image-cloud-amd64"
BUILD_SECONDS = 900
# Room for what tests install or write into the root; the file is sparse.
SPARE_MIB = 512
LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*")

# The kernel is unpacked, not installed: its package would want an initramfs made, which takes longer
# than all the rest and is of no use to a kernel with ext4 and NVMe built in.  $1 is the new root.
ADD_KERNEL = """set -e
name=$(APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-cache depends %s |
	sed -n 's/^ *Depends: \\(linux-image-[0-9].*\\)/\\1/p')
mkdir "$1/kernel" && cd "$1/kernel"
APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -q -o APT::Sandbox::User=root download "$name"
dpkg-deb --fsys-tarfile ./*.deb | tar -x --keep-directory-symlink -C ..
cd / && rm -r "$1/kernel"
chroot "$1" depmod "${name#linux-image-}"
""" % KERNEL


@dataclass(frozen=True)
class Guest:
    kernel: Path
    root: Path


def get(cache: Path) -> Guest:
    """The image for the packages of today, built if it is not in @cache."""
    cache.mkdir(parents=True, exist_ok=True)
    _refresh_lists_if_empty()
    place = cache / f"guest-{_key()}"
    with _locked(cache / "lock"):
        if not place.exists():
            _remove_old(cache)
            _build(cache, place)
    return Guest(place / "kernel", place / "root")


def listed_packages() -> list[str]:
    lines = (HERE / "packages").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@contextmanager
def _locked(path: Path):
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _output(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=BUILD_SECONDS,
                          env={**os.environ, "LC_ALL": "C"})
    return done.stdout


def _sources() -> str:
    """Where this machine's apt gets Debian, one line for each suite and component."""
    return _output("apt-get", "indextargets", "Created-By: Packages", "Origin: Debian", "--format",
                   "deb $(REPO_URI) $(RELEASE) $(COMPONENT)")


def _refresh_lists_if_empty() -> None:
    if not _sources():
        _output("apt-get", "-q", "update")


def _key() -> str:
    """Of the recipe and the versions of today."""
    recipe = b"".join((HERE / name).read_bytes() for name in ("image.py", "init", "packages"))
    versions = _output("apt-cache", "policy", KERNEL, *listed_packages())
    candidates = "".join(line for line in versions.splitlines(True) if "Installed" not in line
                         and line.startswith(("  Candidate", *"abcdefghijklmnopqrstuvwxyz")))
    return hashlib.sha256(recipe + candidates.encode()).hexdigest()[:16]


def _remove_old(cache: Path) -> None:
    for old in cache.glob("guest-*"):
        shutil.rmtree(old)


def _build(cache: Path, place: Path) -> None:
    with tempfile.TemporaryDirectory(dir=cache, prefix="building-") as name:
        work = Path(name)
        tree, ready = work / "tree", work / "ready"
        ready.mkdir()
        _debootstrap(work, tree)
        shutil.copy(HERE / "init", tree / "sbin/init")
        shutil.move(next(tree.glob("boot/vmlinuz-*")), ready / "kernel")
        _make_filesystem(tree, ready / "root")
        ready.rename(place)


def _debootstrap(work: Path, tree: Path) -> None:
    (work / "sources.list").write_text(_sources())
    codename = _output("sh", "-c", ". /etc/os-release; printf %s \"$VERSION_CODENAME\"")
    words = ["mmdebstrap", "--mode=root", "--variant=essential",
             "--aptopt=APT::Install-Recommends \"false\"", f"--include={','.join(listed_packages())}",
             f"--customize-hook={ADD_KERNEL}"]
    words += [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    done = subprocess.run([*words, codename, tree, work / "sources.list"], check=False, text=True,
                          capture_output=True, timeout=BUILD_SECONDS)
    if done.returncode:
        raise RuntimeError(f"mmdebstrap failed:\n{done.stderr}")


def _make_filesystem(tree: Path, image: Path) -> None:
    used_kib = int(_output("du", "-sk", str(tree)).split()[0])
    _output("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-L", "guest", "-d", str(tree),
            str(image), f"{used_kib + used_kib // 4 + SPARE_MIB * 1024}k")
