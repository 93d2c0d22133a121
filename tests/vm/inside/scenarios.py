"""Disks as they are and configs for them: what both engines must make the same machine of.

Everything here is of spec 3.3 or older, which Debian's engine knows.  $a, $b are the guest's disks and
$a1 … their partitions, in preparations and in configs alike.
"""

import dataclasses
import hashlib
import json
from dataclasses import dataclass

UUID = "12345678-aaaa-bbbb-cccc-1234567890ab"
OTHER_UUID = "87654321-aaaa-bbbb-cccc-1234567890ab"
GUIDS = [f"1000000{n}-2000-4000-8000-00000000000{n}" for n in range(10)]
ESP = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
ROOT = "4f68bce3-e8cd-4db1-96e7-fbcaf984b709"
LINUX = "0fc63daf-8483-4772-8e79-3d69d8477de4"
FAILS = True


@dataclass(frozen=True)
class Scenario:
    storage: dict
    before: str = ""  # shell
    fails: bool = False
    version: str = "3.3.0"
    keeps_attributes: bool = False  # of partition 2 of TABLE, where Debian's engine loses them

    sectors: int = 512  # of its first disk

    @property
    def text(self) -> str:
        return json.dumps({"ignition": {"version": self.version}, "storage": self.storage})

    def config(self, names: dict[str, str]) -> str:
        return _fill(self.text, names)

    @property
    def serials(self) -> list[str]:
        """The disks that $a and $b are."""
        first = {512: "disk-a", 4096: "disk-4k"}[self.sectors]
        return [first, "disk-b"] if "$b" in self.before + self.text else [first]

    @property
    def stages(self) -> tuple[str, ...]:
        """Those that have something to do."""
        late = {"files", "luks"} & self.storage.keys() or any(
            "path" in entry for entry in self.storage.get("filesystems", []))
        return ("fetch-offline", "disks", "mount", "files") if late else ("fetch-offline", "disks")

    def preparation(self, disks: dict[str, str]) -> str:
        return _fill(self.before, disks)


def names(pair) -> dict[str, str]:
    """What $a … stand for when these are the disks, of class disks.Disk."""
    return {"$a": pair[0].node, "$b": pair[-1].node,
            **{f"$a{n}": pair[0].partition(n) for n in range(1, 10)}}


def _fill(text: str, names: dict[str, str]) -> str:
    for name in sorted(names, reverse=True):
        text = text.replace(name, names[name])
    return text


def entry(number=None, start=None, size=None, **more) -> dict:
    given = {"number": number, "startMiB": start, "sizeMiB": size, **more}
    return {key: value for key, value in given.items() if value is not None}


def disk(*entries: dict, wipe: bool | None = None, device: str = "$a") -> dict:
    made = {"device": device, "partitions": list(entries)}
    return made if wipe is None else {**made, "wipeTable": wipe}


def partitions(*entries: dict, before: str = "", wipe: bool | None = None, fails: bool = False):
    return Scenario({"disks": [disk(*entries, wipe=wipe)]}, before, fails)


def filesystem(device="$a", kind="ext4", **more) -> dict:
    return {"device": device, "format": kind, **more}


def filesystems(*entries: dict, before: str = "", fails: bool = False):
    return Scenario({"filesystems": list(entries)}, before, fails)


SETTLE = "udevadm settle || udevadm settle"
# Three partitions: 1 of 64 MiB, 2 of 128 MiB, 3 of 256 MiB, each with everything set.
TABLE = f"""sgdisk -U {GUIDS[0]} \
 -n 1:2048:+64M -u 1:{GUIDS[1]} -t 1:{ESP} -c 1:EFI-SYSTEM \
 -n 2:133120:+128M -u 2:{GUIDS[2]} -t 2:{LINUX} -c 2:data -A 2:set:60 \
 -n 3:411648:+256M -u 3:{GUIDS[3]} -t 3:{ROOT} -c 3:ROOT $a >/dev/null
"""
# The same with a filesystem on the second.
DATA = f"""{TABLE}{SETTLE}
mkfs.ext4 -q -U {UUID} -L data $a2
"""
# Its like on a disk of large sectors.
TABLE_4K = f"""sgdisk -U {GUIDS[0]} \
 -n 1:256:+64M -u 1:{GUIDS[1]} -t 1:{ESP} -c 1:EFI-SYSTEM \
 -n 3:51456:+256M -u 3:{GUIDS[3]} -t 3:{ROOT} -c 3:ROOT $a >/dev/null
"""
SECOND = entry(2, 65, 128, label="data", guid=GUIDS[2], typeGuid=LINUX)

PARTITIONS = {
    "one on a blank disk": partitions(entry(1, label="all")),
    "no number, no size": partitions(entry(label="all")),
    "number 0": partitions(entry(0, label="x", size=32)),
    "numbers 0 between others": partitions(
        entry(0, size=16, label="z"), entry(1, size=16), entry(3, size=16), entry(0, size=16, label="y")),
    "several with gaps in their numbers": partitions(
        entry(9, 1, 64, label="nine"), entry(3, 100, 64, label="three"), entry(1, 200, 64)),
    "everything given": partitions(
        entry(1, 1, 64, label="EFI-SYSTEM", guid=GUIDS[5], typeGuid=ESP),
        entry(2, 65, 128, label="ROOT", guid=GUIDS[6].upper(), typeGuid=ROOT.upper())),
    "size 0 takes the rest": partitions(entry(1, 1, 64), entry(2, 0, 0)),
    "the rest is given before another": partitions(entry(1, 0, 0), entry(2, 0, 64), fails=FAILS),
    "start 0 takes the largest free block": partitions(
        entry(1, 1, 16), entry(2, 400, 16), entry(3, 0, 32), entry(4, 0, 0)),
    "start at MiB 0": partitions(entry(1, 0, 64)),
    "only a start": partitions(entry(1, 100)),
    "only a size": partitions(entry(1, size=100), entry(2, size=100)),
    "a label of 36 letters": partitions(entry(1, label="abcdefghijklmnopqrstuvwxyz0123456789")),
    "a label beyond ASCII": partitions(entry(1, label="größe ☃")),
    "a label with spaces and punctuation": partitions(entry(1, label="a b/c,d'e\"f\\g|&")),
    "an empty label": partitions(entry(1, label="")),
    "ends where the disk ends": partitions(entry(1, 1023, 0)),
    "too large": partitions(entry(1, 1, 4096), fails=FAILS),
    "starts behind the end": partitions(entry(1, 2000, 16), fails=FAILS),
    "one over another": partitions(entry(1, 1, 64), entry(2, 32, 64), fails=FAILS),
    "one over another that is there": partitions(entry(4, 100, 16), before=TABLE, fails=FAILS),
    "fills a gap": partitions(entry(4, 193, 8), before=TABLE),
    "the largest free block beside others": partitions(entry(4, 0, 0), before=TABLE),
    "number 0 beside others": partitions(entry(0, 0, 8, label="new"), before=TABLE),
    "added behind others": partitions(entry(7, 600, 100, label="seven"), before=TABLE),
    "an empty list": partitions(before=TABLE),
    "all of a disk as asked": partitions(SECOND, before=TABLE),
    "GUIDs in other letter case": partitions(
        {**SECOND, "guid": GUIDS[2].upper(), "typeGuid": LINUX.upper()}, before=TABLE),
    "only a number matches": partitions(entry(2), before=TABLE),
    "matches by its label": partitions(entry(2, label="data"), before=TABLE),
    "wipe of what matches": partitions({**SECOND, "wipePartitionEntry": True}, before=TABLE),
    "another label": partitions(entry(2, label="other"), before=TABLE, fails=FAILS),
    "a label in other letter case": partitions(entry(2, label="DATA"), before=TABLE, fails=FAILS),
    "another size": partitions(entry(2, 65, 64), before=TABLE, fails=FAILS),
    "another start": partitions(entry(2, 66, 128), before=TABLE, fails=FAILS),
    "another GUID": partitions(entry(2, guid=GUIDS[7]), before=TABLE, fails=FAILS),
    "another type": partitions(entry(2, typeGuid=ESP), before=TABLE, fails=FAILS),
    "size 0 of one that does not fill": partitions(entry(2, 65, 0), before=TABLE, fails=FAILS),
    "start 0 and size 0 of one that is there": partitions(entry(3, 0, 0), before=TABLE, fails=FAILS),
    "replaced: another label": partitions(
        entry(2, label="other", wipePartitionEntry=True), before=TABLE),
    "replaced: another size": partitions(entry(2, 65, 64, wipePartitionEntry=True), before=TABLE),
    "replaced: another place": partitions(entry(2, 500, 64, wipePartitionEntry=True), before=TABLE),
    "replaced: another type": partitions(entry(2, typeGuid=ESP, wipePartitionEntry=True), before=TABLE),
    "replaced: another GUID": partitions(entry(2, guid=GUIDS[8], wipePartitionEntry=True), before=TABLE),
    "replaced: the rest of the disk": partitions(
        entry(3, 201, 0, label="ROOT", wipePartitionEntry=True), before=TABLE),
    "deleted": partitions(entry(2, shouldExist=False, wipePartitionEntry=True), before=TABLE),
    "deleted without leave": partitions(entry(2, shouldExist=False), before=TABLE, fails=FAILS),
    "one that is not there shall not be": partitions(entry(8, shouldExist=False), before=TABLE),
    "all deleted": partitions(
        *(entry(n, shouldExist=False, wipePartitionEntry=True) for n in (1, 2, 3)), before=TABLE),
    "deleted and made in its room": partitions(
        entry(2, shouldExist=False, wipePartitionEntry=True), entry(5, 65, 100, label="five"),
        before=TABLE),
    "deleted and its number drawn again": partitions(
        entry(2, shouldExist=False, wipePartitionEntry=True),
        entry(0, 65, 100, label="zero", wipePartitionEntry=True), before=TABLE, fails=FAILS),
    "two change places": partitions(
        entry(1, 65, 128, wipePartitionEntry=True), entry(2, 1, 64, wipePartitionEntry=True),
        before=TABLE),
    "deleted, replaced, kept and made": partitions(
        entry(1, shouldExist=False, wipePartitionEntry=True), {**SECOND},
        entry(3, 250, 100, label="moved", wipePartitionEntry=True), entry(8, 700, 16, label="new"),
        before=TABLE),
    "resized: larger": partitions(entry(3, size=400, resize=True, label="ROOT"), before=TABLE),
    "resized: to the end": partitions(entry(3, size=0, resize=True), before=TABLE),
    "resized: smaller": partitions(entry(3, size=100, resize=True), before=TABLE),
    "resized: as it is": partitions(entry(3, size=256, resize=True), before=TABLE),
    "resized: no size named": partitions(entry(3, resize=True), before=TABLE),
    "resized: into another": partitions(entry(1, size=100, resize=True), before=TABLE, fails=FAILS),
    "resized: but another label": partitions(
        entry(3, size=400, resize=True, label="other"), before=TABLE, fails=FAILS),
    "resized: but another start": partitions(
        entry(3, 300, 400, resize=True), before=TABLE, fails=FAILS),
    "resized: or replaced for another label": partitions(
        entry(3, size=400, resize=True, label="other", wipePartitionEntry=True), before=TABLE),
    "resized into the room of one deleted": Scenario({"disks": [disk(
        entry(3, shouldExist=False, wipePartitionEntry=True),
        entry(2, 65, 400, resize=True, label="data"))]}, TABLE, keeps_attributes=True),
    "table wiped": partitions(before=TABLE, wipe=True),
    "table wiped and made anew": partitions(entry(1, 1, 64, label="new"), before=TABLE, wipe=True),
    "a table that need not be wiped": partitions(entry(1, 1, 64), wipe=False),
    "wiped: a blank disk": partitions(entry(1), wipe=True),
    "wiped: a DOS label": partitions(
        entry(1), before="echo ',100M' | sfdisk -q --label dos $a", wipe=True),
    "kept: a DOS label": partitions(
        entry(1), before="echo ',100M' | sfdisk -q --label dos $a", fails=FAILS),
    "wiped: a filesystem on the whole disk": partitions(
        entry(1), before=f"mkfs.ext4 -q -U {UUID} $a", wipe=True),
    "wiped: the first copy is damaged": partitions(
        entry(1, label="new"), before=TABLE + "dd if=/dev/zero of=$a bs=512 seek=1 count=1 conv=notrunc\n",
        wipe=True),
    "wiped: both copies are damaged": partitions(
        entry(1, label="new"),
        before=TABLE + "printf x | dd of=$a bs=1 seek=600 conv=notrunc\n"
                       "printf x | dd of=$a bs=1 seek=1073741400 conv=notrunc\n", wipe=True),
    "two disks": Scenario({"disks": [
        disk(entry(1, label="one"), device="$a"), disk(entry(2, label="two"), device="$b")]}),
    "the second of two disks cannot": Scenario({"disks": [
        disk(entry(1, label="one"), device="$a"), disk(entry(2, 1, 4096), device="$b")]}, fails=FAILS),
    "a disk by its link": Scenario({"disks": [
        disk(entry(1, label="one"), device="/dev/disk/by-id/virtio-disk-a")]}),
    "spec 3.0": Scenario({"disks": [disk(entry(1, 1, 64, label="old"), wipe=True)]}, version="3.0.0"),
}

FORMATS = ("ext4", "xfs", "btrfs", "vfat", "swap")
# A UUID as each format writes it, and a label that each can have.
IDENTITY = {kind: UUID for kind in FORMATS} | {"vfat": "2E24-EC82"}
MAKE = {
    "ext4": f"mkfs.ext4 -q -U {UUID} -L LABEL", "xfs": f"mkfs.xfs -q -m uuid={UUID} -L LABEL",
    "btrfs": f"mkfs.btrfs -q -U {UUID} -L LABEL", "vfat": "mkfs.vfat -i 2E24EC82 -n LABEL",
    "swap": f"mkswap -q -U {UUID} -L LABEL",
}
OTHER = {"ext4": "xfs", "xfs": "btrfs", "btrfs": "vfat", "vfat": "swap", "swap": "ext4"}
OPTIONS = {"ext4": ["-b", "1024"], "xfs": ["-i", "size=1024"], "btrfs": ["-m", "single"],
           "vfat": ["-F", "32"], "swap": ["-p", "4096"]}


def of_each_format():
    for kind in FORMATS:
        made, given = f"{MAKE[kind]} $a\n", {"label": "LABEL", "uuid": IDENTITY[kind]}
        yield f"{kind}: plain", filesystems(filesystem(kind=kind))
        yield f"{kind}: label and UUID", filesystems(filesystem(kind=kind, **given))
        yield f"{kind}: options", filesystems(filesystem(kind=kind, options=OPTIONS[kind]))
        yield f"{kind}: bad options", filesystems(
            filesystem(kind=kind, options=["--no-such-option"]), fails=FAILS)
        yield f"{kind}: reused", filesystems(filesystem(kind=kind), before=made)
        yield f"{kind}: reused by label and UUID", filesystems(
            filesystem(kind=kind, **given), before=made)
        yield f"{kind}: another label", filesystems(
            filesystem(kind=kind, label="OTHER"), before=made, fails=FAILS)
        yield f"{kind}: another UUID", filesystems(
            filesystem(kind=kind, uuid="1111-1111" if kind == "vfat" else OTHER_UUID), before=made,
            fails=FAILS)
        yield f"{kind}: another format is there", filesystems(
            filesystem(kind=OTHER[kind]), before=made, fails=FAILS)
        yield f"{kind}: wiped for another", filesystems(
            filesystem(kind=OTHER[kind], wipeFilesystem=True), before=made)
        yield f"{kind}: wiped for the same", filesystems(
            filesystem(kind=kind, label="NEW", wipeFilesystem=True), before=made)


MOUNTED = [{"path": "/var/lib/a", "contents": {"source": "data:,here"}}]

FILESYSTEMS = {
    **dict(of_each_format()),
    "a UUID in other letter case": filesystems(filesystem(uuid=UUID.upper()), before=f"{MAKE['ext4']} $a\n"),
    "a UUID of vfat in other letter case": filesystems(
        filesystem(kind="vfat", uuid="2e24-ec82"), before=f"{MAKE['vfat']} $a\n"),
    "a label in other letter case": filesystems(
        filesystem(label="label"), before=f"{MAKE['ext4']} $a\n", fails=FAILS),
    "erased": filesystems(filesystem(kind="none", wipeFilesystem=True), before=f"{MAKE['ext4']} $a\n"),
    "erased without leave": filesystems(filesystem(kind="none"), before=f"{MAKE['ext4']} $a\n", fails=FAILS),
    "nothing on a blank disk": filesystems(filesystem(kind="none")),
    "no format": filesystems({"device": "$a", "wipeFilesystem": False}, before=f"{MAKE['xfs']} $a\n"),
    "a partition table is no filesystem": filesystems(filesystem(), before=TABLE),
    "a partition table is wiped": filesystems(filesystem(wipeFilesystem=True), before=DATA),
    "old bytes of another filesystem below a new one": filesystems(
        filesystem(kind="vfat", wipeFilesystem=True),
        before=f"{MAKE['btrfs']} $a\n{MAKE['ext4']} -F $a\n"),
    "two signatures": filesystems(
        filesystem(), before=f"{MAKE['vfat']} $a\ndd if=/dev/zero of=/tmp/s bs=1M count=64 2>/dev/null\n"
        "mkfs.btrfs -q -f $b\ndd if=$b of=$a bs=4096 skip=16 seek=16 count=1 conv=notrunc 2>/dev/null\n",
        fails=FAILS),
    "two disks": filesystems(filesystem(), filesystem("$b", "xfs")),
    "one of two disks cannot": filesystems(
        filesystem(options=["--no-such-option"]), filesystem("$b", "vfat"), fails=FAILS),
    "mounted and written": Scenario(
        {"filesystems": [filesystem(path="/var")], "files": MOUNTED}),
    "mounted with options": Scenario({
        "filesystems": [filesystem(path="/var", mountOptions=["noatime", "nodev"])], "files": MOUNTED}),
    "bad mount options": Scenario({
        "filesystems": [filesystem(path="/var", mountOptions=["no_such"])]}, fails=FAILS),
    "mounted one below the other": Scenario({
        "filesystems": [filesystem("$b", "xfs", path="/var/lib"), filesystem(path="/var")],
        "files": MOUNTED}),
    "mounted at a new place": Scenario(
        {"filesystems": [filesystem(path="/srv/a/b")], "files": [{"path": "/srv/a/b/c"}]}),
    "mounted through a link": Scenario({
        "filesystems": [filesystem(path="/link/a")],
        "links": [{"path": "/link", "target": "/var"}]}, fails=FAILS),
    "swap is not mounted": Scenario({"filesystems": [filesystem(kind="swap", path="/swap")]}),
    "reused with its files": Scenario(
        {"filesystems": [filesystem(path="/var")], "files": MOUNTED},
        before=f"{MAKE['ext4']} $a\nmount $a /mnt\necho kept >/mnt/kept\numount /mnt\n"),
    "spec 3.0": Scenario({"filesystems": [
        filesystem(path="/var", label="OLD", uuid=UUID)], "files": MOUNTED}, version="3.0.0"),
}

WHOLE = {
    "partitions by their labels, with filesystems and files": Scenario({
        "disks": [disk(entry(1, size=64, label="VAR"), entry(2, size=400, label="SRV DATA"), wipe=True)],
        "filesystems": [
            filesystem("/dev/disk/by-partlabel/VAR", path="/var", uuid=UUID),
            filesystem("/dev/disk/by-partlabel/SRV\\x20DATA", "xfs", path="/srv", label="srv")],
        "files": MOUNTED}),
    "a partition by its GUID": Scenario({
        "disks": [disk(entry(1, guid=GUIDS[4]))],
        "filesystems": [filesystem(f"/dev/disk/by-partuuid/{GUIDS[4]}", "btrfs", label="pool")]}),
    "a partition grows below its filesystem": Scenario({
        "disks": [disk(entry(2, shouldExist=False, wipePartitionEntry=True),
                       entry(1, size=180, resize=True))],
        "filesystems": [filesystem("$a1", path="/var")]},
        before=DATA + f"{SETTLE}\nmkfs.ext4 -q -U {OTHER_UUID} $a1\n"),
    "old filesystems show through a new table": Scenario({
        "disks": [disk(entry(1, 65, 128), wipe=True)],
        "filesystems": [filesystem("$a1", "xfs")]}, before=DATA, fails=FAILS),
    "old filesystems show through a new table and are wiped": Scenario({
        "disks": [disk(entry(1, 65, 512), wipe=True)],
        "filesystems": [filesystem("$a1", "xfs", wipeFilesystem=True)]}, before=DATA),
    "old filesystems are reused in a new table": Scenario({
        "disks": [disk(entry(1, 65, 128), wipe=True)],
        "filesystems": [filesystem("$a1", "ext4")]}, before=DATA),
    "a device that never comes": Scenario(
        {"filesystems": [filesystem("$a9")]}, before=DATA, fails=FAILS),
}



def array(level: str, *devices: str, **more) -> dict:
    return {"name": "data", "level": level, "devices": list(devices), **more}


def raid(*arrays: dict, before: str = "", fails: bool = False, **storage):
    """On four small partitions, whose first synchronisation is over soon."""
    parts = [entry(number, size=32) for number in range(1, 5)]
    return Scenario({"disks": [disk(*parts)], "raid": list(arrays), **storage}, before, fails)


LEVELS = {"linear": 2, "raid0": 2, "stripe": 2, "raid1": 2, "mirror": 3, "4": 3, "raid5": 3, "raid6": 4,
          "10": 4}
PARTS = ("$a1", "$a2", "$a3", "$a4")

RAID = {
    **{f"level {level}": raid(array(level, *PARTS[:count])) for level, count in LEVELS.items()},
    "a spare": raid(array("raid1", *PARTS[:3], spares=1)),
    "two spares": raid(array("raid5", *PARTS, "$b", spares=2)),
    "options": raid(array("raid5", *PARTS[:3], options=["--chunk=128", "--assume-clean"])),
    "old metadata": raid(array("raid1", *PARTS[:2], options=["--metadata=0.90"])),
    "a bad option": raid(array("raid1", *PARTS[:2], options=["--no-such-option"]), fails=FAILS),
    "a device that is too small": raid(
        array("raid1", "$a1", "$a2", options=["--size=64M"]), fails=FAILS),
    "a name with a dash and a dot": raid({**array("raid0", *PARTS[:2]), "name": "my-data.1"}),
    "two arrays": raid(array("raid1", *PARTS[:2]), {**array("raid0", *PARTS[2:]), "name": "more"}),
    "a filesystem on it": raid(
        array("raid1", *PARTS[:2], options=["--assume-clean"]), files=MOUNTED,
        filesystems=[filesystem("/dev/md/data", path="/var", label="VAR", uuid=UUID)]),
    "members that had filesystems": Scenario(
        {"raid": [array("raid1", "$a1", "$a2")]},
        TABLE + f"{SETTLE}\nmkfs.ext4 -q $a1\nmkswap -q $a2\n"),
    "members of an old array": Scenario(
        {"raid": [array("raid1", "$a1", "$a2")]},
        TABLE + f"""{SETTLE}
mdadm --create old --force --run --homehost any --level 1 --raid-devices 2 $a1 $a2 2>/dev/null
{SETTLE}
mdadm --stop /dev/md/old
"""),
    "spec 3.0": Scenario({"disks": [disk(entry(1, size=32), entry(2, size=32))],
                          "raid": [array("raid1", "$a1", "$a2")]}, version="3.0.0"),
}

KEY = {"source": "data:,correct%20horse"}
# Deriving a key as slowly as a default would have it takes a minute in the guest.
FAST = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]


def volume(device: str = "$a", name: str = "vault", **more) -> dict:
    return {"name": name, "device": device, "options": FAST, **more}


def luks(*entries: dict, before: str = "", fails: bool = False, **storage):
    return Scenario({"luks": list(entries), **storage}, before, fails)


def encrypted(words: str = "", key: str = "correct horse") -> str:
    """A preparation that leaves a closed volume."""
    return f"printf '{key}' | cryptsetup luksFormat -q {' '.join(FAST)} {words} $a -\n"


OLD = encrypted(f"--type luks2 --uuid {UUID} --label OLD")
TANG = {"url": "$tang", "thumbprint": "$thumbprint"}

LUKS = {
    "a key that is given": luks(volume(keyFile=KEY)),
    "a key that is drawn": luks(volume()),
    "label and UUID": luks(volume(keyFile=KEY, label="SECRET", uuid=UUID)),
    "options": luks(volume(keyFile=KEY, options=[
        *FAST, "--cipher", "aes-cbc-essiv:sha256", "--key-size", "256", "--sector-size", "4096"])),
    "a bad option": luks(volume(keyFile=KEY, options=["--no-such-option"]), fails=FAILS),
    "a key and its hash": luks(volume(keyFile={**KEY, "verification": {
        "hash": f"sha256-{hashlib.sha256(b'correct horse').hexdigest()}"}})),
    "a key with another hash": luks(
        volume(keyFile={**KEY, "verification": {"hash": f"sha256-{'0' * 64}"}}), fails=FAILS),
    "in a partition": luks(volume("$a1", keyFile=KEY), disks=[disk(entry(1, size=64), wipe=True)]),
    "two of them": luks(
        volume("$a2", "second"), volume("$a1", "first", keyFile=KEY),
        disks=[disk(entry(1, size=64), entry(2, size=64))]),
    "a filesystem in it": luks(
        volume(keyFile=KEY), files=MOUNTED,
        filesystems=[filesystem("/dev/mapper/vault", path="/var", label="VAR", uuid=UUID)]),
    "on an array": Scenario({
        "disks": [disk(entry(1, size=64), entry(2, size=64))],
        "raid": [array("raid1", "$a1", "$a2", options=["--assume-clean"])],
        "luks": [volume("/dev/md/data", keyFile=KEY)],
        "filesystems": [filesystem("/dev/mapper/vault", "ext4", uuid=UUID)]}),
    "wiped: a filesystem": luks(volume(keyFile=KEY, wipeVolume=True), before=f"{MAKE['ext4']} $a\n"),
    "wiped: another volume": luks(volume(keyFile=KEY, wipeVolume=True), before=OLD),
    "a filesystem is there": luks(volume(keyFile=KEY), before=f"{MAKE['ext4']} $a\n", fails=FAILS),
    "reused": luks(volume(keyFile=KEY), before=OLD),
    "reused by label and UUID": luks(volume(keyFile=KEY, label="OLD", uuid=UUID), before=OLD),
    "another label": luks(volume(keyFile=KEY, label="NEW"), before=OLD, fails=FAILS),
    "another UUID": luks(volume(keyFile=KEY, uuid=OTHER_UUID), before=OLD, fails=FAILS),
    "another key": luks(volume(keyFile={"source": "data:,wrong"}), before=OLD, fails=FAILS),
    "no key for one that is there": luks(volume(), before=OLD, fails=FAILS),
    "clevis for one that is there": luks(
        volume(keyFile=KEY, clevis={"tpm2": True}), before=OLD, fails=FAILS),
    "an old LUKS is there": luks(
        volume(keyFile=KEY), fails=FAILS,
        before=f"printf 'correct horse' | cryptsetup luksFormat -q --type luks1 "
               f"--pbkdf-force-iterations 1000 --uuid {UUID} $a -\n"),
    "tang and tpm2, both needed": luks(volume(clevis={"tang": [TANG], "tpm2": True, "threshold": 2})),
    "tang with another thumbprint": luks(
        volume(clevis={"tang": [{**TANG, "thumbprint": "A" * 43}]}), fails=FAILS),
    "a pin of one's own beside a key": luks(
        volume(keyFile=KEY, clevis={"custom": {"pin": "tpm2", "config": "{}"}})),
    "spec 3.2": Scenario({"luks": [volume(keyFile=KEY)]}, version="3.2.0"),
}

LARGE_SECTORS = {
    label: dataclasses.replace(scenario, sectors=4096) for label, scenario in {
        "one partition": PARTITIONS["one on a blank disk"],
        "everything given": PARTITIONS["everything given"],
        "size 0 takes the rest": PARTITIONS["size 0 takes the rest"],
        "start 0 takes the largest free block": PARTITIONS["start 0 takes the largest free block"],
        "the end of the disk": PARTITIONS["ends where the disk ends"],
        "a table that is there": partitions(
            entry(1, 1, 64, label="EFI-SYSTEM"), entry(3, size=0, resize=True), entry(4, 100, 16),
            before=TABLE_4K),
        "replaced and deleted": partitions(
            entry(1, shouldExist=False, wipePartitionEntry=True),
            entry(3, 200, 100, label="new", wipePartitionEntry=True), before=TABLE_4K),
        **{kind: filesystems(filesystem(kind=kind, label="LABEL", uuid=IDENTITY[kind]))
           for kind in FORMATS},
        "a volume": LUKS["a key that is given"],
        "an array": RAID["level raid1"],
    }.items()
}

GROUPS = {"partitions": PARTITIONS, "filesystems": FILESYSTEMS, "whole": WHOLE, "raid": RAID,
          "luks": LUKS, "large sectors": LARGE_SECTORS}
