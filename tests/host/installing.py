"""Images, keys and disks for tests of the installer."""

import bz2
import gzip
import lzma
import os
import random
import subprocess
from pathlib import Path

MIB = 1 << 20
SEED = 20231
IMAGE_MIB = 24
DISK_MIB = 96
LABELS = ("EFI-SYSTEM", "OEM", "ROOT")


def sfdisk(path, script: str, *words) -> None:
    subprocess.run(["sfdisk", "--quiet", *words, path], input=script, text=True, check=True,
                   capture_output=True, timeout=60)


def make_image(path: Path, mib: int = IMAGE_MIB, with_filesystem: bool = True) -> Path:
    """Random bytes, zeros, and an ext4 labelled OEM, in a GPT, with boot code in its MBR."""
    with path.open("wb") as stream:
        stream.truncate(mib * MIB)
    sfdisk(path, "label: gpt\n"
           "start=1M, size=4M, name=EFI-SYSTEM, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B\n"
           "start=5M, size=8M, name=OEM\n"
           f"start=13M, size={mib - 15}M, name=ROOT\n")
    generator = random.Random(SEED)
    if with_filesystem:
        subprocess.run(["mkfs.ext4", "-q", "-L", "OEM", "-E", f"offset={5 * MIB}", path, "8M"],
                       check=True, capture_output=True, timeout=60)
    with path.open("r+b") as stream:
        stream.write(b"boot code " * 44)
        stream.seek(MIB)
        stream.write(generator.randbytes(3 * MIB + 12345))
        stream.seek(14 * MIB)
        stream.write(generator.randbytes(2 * MIB))
    return path


def compress(image: Path, kind: str) -> bytes:
    data = image.read_bytes()
    if kind == "xz":
        return subprocess.run(["xz", "-T2", "-1", "--block-size=1MiB", "-c", image],
                              check=True, capture_output=True, timeout=60).stdout
    if kind == "zst":
        return subprocess.run(["zstd", "-q", "-c", image], check=True, capture_output=True, timeout=60).stdout
    return {"raw": lambda d: d, "gz": lambda d: gzip.compress(d, 1), "bz2": bz2.compress,
            "xz1": lambda d: lzma.compress(d, preset=0)}[kind](data)


class Keys:
    """A home of gpg with keys made for the occasion."""

    def __init__(self, home: Path):
        self.home = home
        home.mkdir(mode=0o700)

    def run(self, *words, **options):
        return subprocess.run(["gpg", "--homedir", self.home, "--batch", "--quiet", "--yes", *map(str, words)],
                              check=True, capture_output=True, timeout=60, **options)

    def make(self, name: str, *words, expires: str = "never") -> None:
        self.run(*words, "--passphrase", "", "--quick-generate-key", f"{name} <{name}@example.com>", "ed25519",
                 "sign", expires)

    def sign(self, name: str, path: Path, *words) -> Path:
        signature = path.with_name(path.name + ".sig")
        self.run(*words, "--local-user", name, "--output", signature, "--detach-sign", path)
        return signature

    def export(self, path: Path, *names, armour: bool = False) -> Path:
        self.run(*(["--armor"] if armour else []), "--output", path, "--export", *names)
        return path

    def close(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], check=False, timeout=30)


def same_image(image: Path, disk: Path, until: int | None = None) -> bool:
    """Whether the disk holds the image, but for what its table says of the end of the disk."""
    end = (until or image.stat().st_size) - MIB
    with image.open("rb") as left, disk.open("rb") as right:
        if left.read(446) != right.read(446):
            return False
        left.seek(MIB)
        right.seek(MIB)
        return left.read(end - MIB) == right.read(end - MIB)


def table(disk: Path) -> dict[int, tuple]:
    """number -> (start in MiB, size in MiB, name, GUID) of the disk's GPT; {} without one."""
    done = subprocess.run(["sgdisk", "--print", disk], capture_output=True, text=True, check=False, timeout=60)
    found = {}
    for line in done.stdout.splitlines():
        words = line.split()
        if not words or not words[0].isdigit():
            continue
        number = int(words[0])
        info = subprocess.run(["sgdisk", f"--info={number}", disk], capture_output=True, text=True,
                              check=True, timeout=60).stdout
        guid = next(l.split(": ")[1] for l in info.splitlines() if l.startswith("Partition unique GUID"))
        name = next(l.split("'")[1] for l in info.splitlines() if l.startswith("Partition name"))
        found[number] = (int(words[1]) // 2048, (int(words[2]) + 1 - int(words[1])) // 2048, name, guid)
    return found


def verify(disk: Path) -> str:
    return subprocess.run(["sgdisk", "--verify", disk], capture_output=True, text=True, check=False, timeout=60).stdout


def digest_of(path: Path) -> bytes:
    import hashlib
    return hashlib.sha256(path.read_bytes()).digest()
