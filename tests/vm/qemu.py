"""A virtual machine by what it is made of: run it to its end, and hear what it said.

Owns: QEMU's command line, the deadline, the console, the children, and the two drives through which a
test talks with our guest.
Leaves to others: what is on the drives (image.py makes the root of our Debian guest).

    machine = Machine(place)                     # place: a directory for console, sockets and scratch
    machine.boot_kernel(kernel, "root=/dev/nvme0n1 rw", initrd=None)       # or
    machine.boot_firmware(code, variables)       # UEFI; the variables file is written to
    machine.add_drive(image, serial="disk-1", bus="virtio", sector_bytes=4096, throwaway=True)
    machine.add_nic("user,net=169.254.169.0/24", mac="52:54:00:00:00:01")  # none unless asked for
    machine.add_smbios(1, manufacturer="Amazon EC2")
    machine.add_fw_cfg("opt/com.coreos/config", b"{}")
    machine.add_tpm()                            # a TPM 2.0 by swtpm, blank
    machine.run_in("ip", "netns", "exec", name)  # QEMU and its user network live in there
    ran = machine.run(seconds=120)               # to power-off; MachineError shows the whole console
    ran = machine.run(seconds=900, quiet_seconds=60)    # gives up sooner when the console is silent
    ran.console, ran.seconds

A Debian guest of image.py in one call, with a directory sent in and one brought back:

    machine = debian(place, guest)
    machine.send(directory)                      # read-only below /input; /input/start is run
    ran = machine.run(seconds=60)
    machine.collect(directory)                   # what it left in /output, and its exit as "status"

Machines live in no network, as long as none is added, and leave nothing behind: QEMU and swtpm are
killed when run() is left in whatever way, and when this process is.  KVM is not used even where it is:
all see the same machine.
"""

import os
import shutil
import signal
import subprocess
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path

import image

MEMORY_MIB = 1024
CPUS = 1
# What a guest may leave behind; the file is sparse.
OUTPUT_MIB = 256
# Of the writes to a disk; the file is sparse.
LOG_MIB = 2048
SWTPM_SECONDS = 10
# The counter of the processor is measured wrongly, and time runs four times too fast, when the machine
# around is busy at that moment.  What hardens a kernel costs a tenth of a guest's time.
KERNEL_ARGUMENTS = ("console=ttyS0 quiet panic=-1 clocksource=hpet random.trust_cpu=on mitigations=off "
                    "init_on_alloc=0 lsm=capability audit=0 no5lvl rcupdate.rcu_expedited=1")
POLL_SECONDS = 0.05


class MachineError(Exception):
    """The machine did not come to its end; the text holds its console from power-on."""


@dataclass(frozen=True)
class Ran:
    console: str
    seconds: float


class Machine:
    """Parts are added, then it runs once."""

    def __init__(self, place: Path, memory_mib: int = MEMORY_MIB, cpus: int = CPUS):
        self.place = place
        place.mkdir(parents=True, exist_ok=True)
        self.console = place / "console"
        self._words = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
                       "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max",
                       "-m", str(memory_mib), "-smp", str(cpus), "-no-reboot",
                       "-chardev", f"file,id=console,path={self.console}", "-serial", "chardev:console",
                       "-device", "virtio-scsi-pci,id=scsi", "-nic", "none"]
        self._enter: list[str] = []
        self._drives = self._nics = 0
        self._swtpm: Path | None = None

    # --- parts

    def boot_kernel(self, kernel: Path, arguments: str, initrd: Path | None = None) -> None:
        self._words += ["-kernel", str(kernel), "-append", arguments]
        if initrd:
            self._words += ["-initrd", str(initrd)]

    def boot_firmware(self, code: Path, variables: Path) -> None:
        for unit, (path, mode) in enumerate(((code, ",readonly=on"), (variables, ""))):
            self._words += ["-drive", f"if=pflash,unit={unit},format=raw,file={path}{mode}"]

    def add_drive(self, path: Path, serial: str, bus: str = "virtio", sector_bytes: int = 512,
                  read_only: bool = False, throwaway: bool = False, large_blocks: bool = False,
                  shared: bool = False) -> None:
        """@bus: virtio, nvme, scsi or cdrom.  @throwaway: writes never reach the file.  @large_blocks: of
        4096 bytes below smaller sectors (512e).  @shared: added more than once, as a disk with paths."""
        drive = f"drive{self._drives}"
        self._drives += 1
        words = f"if=none,id={drive},format=raw,cache=unsafe,discard=unmap,file={path}"
        words += ",readonly=on" if read_only else ""
        words += ",snapshot=on" if throwaway else ""
        words += ",file.locking=off" if shared else ""
        device = {"virtio": "virtio-blk-pci", "nvme": "nvme", "scsi": "scsi-hd,bus=scsi.0",
                  "cdrom": "scsi-cd,bus=scsi.0"}[bus]
        sectors = f",logical_block_size={sector_bytes},physical_block_size={max(4096, sector_bytes)}"
        sectors = sectors if sector_bytes != 512 or large_blocks else ""
        sectors += ",share-rw=on" if shared else ""
        self._words += ["-drive", words, "-device", f"{device},drive={drive},serial={serial}{sectors}"]

    def add_logged_drive(self, path: Path, log: Path, serial: str, sector_bytes: int = 512) -> None:
        """A virtio disk whose writes and flushes are also appended to @log, as power_cut.py reads it."""
        drive = f"drive{self._drives}"
        self._drives += 1
        log.touch()
        os.truncate(log, LOG_MIB << 20)
        for name, file in ((f"{drive}-file", path), (f"{drive}-log", log)):
            self._words += ["-blockdev", f"driver=file,node-name={name},cache.no-flush=on,filename={file}"]
        self._words += ["-blockdev", f"driver=blklogwrites,node-name={drive},file={drive}-file,"
                                     f"log={drive}-log,log-sector-size=512",
                        "-device", f"virtio-blk-pci,drive={drive},serial={serial},"
                                   f"logical_block_size={sector_bytes},"
                                   f"physical_block_size={max(4096, sector_bytes)}"]

    def add_nic(self, backend: str, mac: str) -> None:
        """@backend: as after -netdev, without an id: "user,net=…" or "socket,…"."""
        nic = f"nic{self._nics}"
        self._nics += 1
        self._words += ["-netdev", f"{backend},id={nic}",
                        "-device", f"virtio-net-pci,netdev={nic},mac={mac},romfile="]

    def add_smbios(self, kind: int, **fields: str) -> None:
        words = "".join(f",{name}={value.replace(',', ',,')}" for name, value in fields.items())
        self._words += ["-smbios", f"type={kind}{words}"]

    def add_fw_cfg(self, name: str, content: bytes) -> None:
        path = self.place / f"fw_cfg-{name.replace('/', '-')}"
        path.write_bytes(content)
        self._words += ["-fw_cfg", f"name={name},file={path}"]

    def add_tpm(self) -> None:
        self._swtpm = self.place / "tpm"
        self._swtpm.mkdir()
        self._words += ["-chardev", f"socket,id=tpm,path={self._swtpm}/socket",
                        "-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0"]

    def run_in(self, *command: str) -> None:
        """A command that leads into other namespaces and then becomes what follows it."""
        self._enter = list(command)

    def send(self, directory: Path) -> None:
        """Give the guest a copy of @directory as the drive "input"."""
        path = self.place / "input"
        used_kib = int(_output("du", "-sk", str(directory)).split()[0])
        _output("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", str(directory), str(path),
                f"{used_kib + used_kib // 4 + 8192}k")
        self.add_drive(path, "input", read_only=True)
        self.add_drive(make_sparse(self.place / "output", OUTPUT_MIB), "output")

    def collect(self, directory: Path) -> None:
        """Unpack what the guest left in /output; nothing when it got nowhere."""
        directory.mkdir(parents=True, exist_ok=True)
        try:
            with tarfile.open(self.place / "output", "r:") as tar:
                tar.extractall(directory)
        except tarfile.ReadError:
            pass

    # --- running

    def run(self, seconds: float, quiet_seconds: float | None = None) -> Ran:
        """Until it powers itself off.  MachineError when it takes longer, panics, or QEMU refuses."""
        began = time.monotonic()
        children: list[subprocess.Popen] = []
        try:
            if self._swtpm:
                children.append(self._start_swtpm())
            children.append(self._start(self._enter + self._words, "qemu"))
            status = self._wait(children[-1], seconds, quiet_seconds or seconds)
        finally:
            for child in children:
                _end(child)
        console = self._said()
        if status or "Kernel panic" in console:
            raise self._error(f"ended with status {status}: "
                              + (self.place / "qemu.log").read_text(errors="replace"))
        return Ran(console, time.monotonic() - began)

    def _wait(self, child: subprocess.Popen, seconds: float, quiet_seconds: float) -> int:
        began = heard = time.monotonic()
        size = 0
        while (status := child.poll()) is None:
            time.sleep(POLL_SECONDS)
            now = time.monotonic()
            if self.console.exists() and self.console.stat().st_size != size:
                heard, size = now, self.console.stat().st_size
            if now - began > seconds:
                raise self._error(f"not off after {seconds:g} s")
            if now - heard > quiet_seconds:
                raise self._error(f"silent for {quiet_seconds:g} s")
        return status

    def _said(self) -> str:
        return self.console.read_text(errors="replace") if self.console.exists() else ""

    def _start(self, words: list[str], name: str) -> subprocess.Popen:
        """In a session of its own, so that all of it can be ended; it ends with us in any case."""
        with (self.place / f"{name}.log").open("wb") as log:
            return subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *words], stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=log, start_new_session=True)

    def _start_swtpm(self) -> subprocess.Popen:
        sock = self._swtpm / "socket"
        child = self._start(["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self._swtpm}",
                             "--ctrl", f"type=unixio,path={sock}"], "swtpm")
        deadline = time.monotonic() + SWTPM_SECONDS
        while not sock.exists():
            if child.poll() is not None or time.monotonic() > deadline:
                _end(child)
                raise self._error("swtpm does not start: " + (self.place / "swtpm.log").read_text())
            time.sleep(POLL_SECONDS)
        return child

    def _error(self, what: str) -> MachineError:
        return MachineError(f"{self.place.name}: {what}\n--- its console from power-on:\n{self._said()}")


def debian(place: Path, guest: image.Guest, arguments: str = "", **parts) -> Machine:
    """Our Debian guest, whose root forgets what is written to it."""
    machine = Machine(place, **parts)
    # With ext4 and NVMe in the kernel no initramfs is needed, which saves two thirds of the boot.
    machine.boot_kernel(guest.kernel, f"root=/dev/nvme0n1 rw {KERNEL_ARGUMENTS} {arguments}")
    machine.add_drive(guest.root, "root", bus="nvme", throwaway=True)
    return machine


def make_sparse(path: Path, mib: int) -> Path:
    """A blank disk."""
    with path.open("wb") as file:
        file.truncate(mib << 20)
    return path


def _output(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout


def _end(child: subprocess.Popen) -> None:
    """The child and all that it started."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()
