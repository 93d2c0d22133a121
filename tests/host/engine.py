"""Run the first-boot engine, ours or Debian's, on a root, and keep all that it leaves behind."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import machine
import tree

OURS = "ours"
THEIRS = "theirs"
STAGES = ("fetch-offline", "files")

# Copies that useradd and its kin keep of what was before; how many calls were made shows there.
BACKUPS = tuple(f"/etc/{name}-" for name in ("passwd", "group", "shadow", "gshadow", "subuid", "subgid"))
RESULT = "/etc/.ignition-result.json"
RECEIPTS = "/etc/.slipway-journal"
# Debian's build of the engine insists on a policy to relabel for; ours takes a target without as it is.
POLICY = {"/etc/selinux/config": tree.File("SELINUXTYPE=x\n")}


@dataclass(frozen=True)
class Programs:
    """Where the programs under test and the oracle are."""

    ours: Path
    oracle: Path

    def ours_named(self, name: str) -> Path:
        """In PATH, called by its path, or under a peer's name."""
        libexec = self.ours.parent / "libexec"
        generators = self.ours.parent / "lib/systemd/system-generators"
        places = [directory / name for directory in (self.ours, libexec, libexec / "slipway/drop-in", generators)]
        return next((place for place in places if place.exists()), places[0])

    def engine(self, which: str) -> Path:
        if which == OURS:
            return self.ours / "ignition"
        return self.oracle / "usr/lib/dracut/modules.d/30ignition/ignition"

    def validate(self, which: str) -> Path:
        place = self.ours if which == OURS else self.oracle / "usr/bin"
        return place / "ignition-validate"

    @property
    def slipway(self) -> Path:
        return self.ours / "slipway"


def as_text(config) -> bytes:
    """A config as bytes; objects are written as JSON."""
    if isinstance(config, bytes):
        return config
    return (config if isinstance(config, str) else json.dumps(config)).encode()


@dataclass
class Case:
    """One machine and what it is asked to become."""

    config: object = b""
    root: dict = field(default_factory=dict)
    base: dict = field(default_factory=dict)  # name: config, of base.d
    base_platform: dict = field(default_factory=dict)  # name: config, of base.platform.d/file
    user: object = None  # user.ign of the image
    cmdline: str = ""
    stages: tuple = STAGES
    runs: int = 1  # how often the files stage is run
    skeleton: dict | None = None


@dataclass
class Outcome:
    """All that a run left behind."""

    place: Path
    exits: list[int] = field(default_factory=list)
    log: str = ""
    stderr: str = ""

    @property
    def root(self) -> Path:
        return self.place / "root"

    @property
    def verdict(self) -> int:
        return self.exits[-1]

    def picture(self) -> dict:
        without = BACKUPS + (RESULT, RECEIPTS, "/etc/selinux", *POLICY)
        return tree.picture(self.root, without=without)

    def json_of(self, name: str):
        place = self.place / name
        return json.loads(place.read_text()) if place.exists() else None

    @property
    def cache(self):
        return self.json_of("ignition.json")

    @property
    def state(self):
        return self.json_of("state")

    @property
    def result(self):
        return self.json_of("root" + RESULT)

    @property
    def needs_network(self) -> bool:
        return (self.place / "neednet").exists()


class Engine:
    """One engine with one case laid out in a directory of its own."""

    def __init__(self, programs: Programs, which: str, place: Path, case: Case):
        self.program = programs.engine(which)
        self.which = which
        self.case = case
        self.world = machine.World()
        self.outcome = Outcome(place)
        policy = POLICY if which == THEIRS and case.skeleton is None else {}
        machine.make_root(self.outcome.root, {**policy, **case.root}, case.skeleton)
        self._lay_out()

    def _lay_out(self) -> None:
        place, case = self.outcome.place, self.case
        (place / "config.ign").write_bytes(as_text(case.config))
        (place / "cmdline").write_text(case.cmdline + "\n")
        vendor = place / "vendor/ignition"
        vendor.mkdir(parents=True)
        for directory, fragments in (("base.d", case.base), ("base.platform.d/file", case.base_platform)):
            for name, config in fragments.items():
                (vendor / directory).mkdir(parents=True, exist_ok=True)
                (vendor / directory / name).write_bytes(as_text(config))
        if case.user is not None:
            (vendor / "user.ign").write_bytes(as_text(case.user))
        self._surround(place, vendor)

    def _surround(self, place: Path, vendor: Path) -> None:
        """Debian's build has no variables for these places, so they are mounted for it."""
        world = self.world
        world.environment["IGNITION_CONFIG_FILE"] = str(place / "config.ign")
        if self.which == THEIRS:
            world.path_first.append(machine.stub(place / "stubs", "setfiles", "exit 0\n"))
            world.bind(place / "cmdline", "/proc/cmdline")
            world.mounts.append(
                f"mount -t overlay -o lowerdir='{vendor.parent}':/usr/lib overlay /usr/lib"
            )
            return
        world.environment["IGNITION_KERNEL_CMDLINE_PATH"] = str(place / "cmdline")
        world.environment["IGNITION_SYSTEM_CONFIG_DIR"] = str(vendor)
        for name in ("RUNTIME", "LOCAL"):
            world.environment[f"IGNITION_SYSTEM_{name}_CONFIG_DIR"] = str(place / name.lower())

    def stage(self, stage: str, log_to_stdout: bool = True) -> subprocess.CompletedProcess:
        place = self.outcome.place
        argv = [self.program, "-platform", "file", "-stage", stage, "-root", self.outcome.root]
        argv += ["-config-cache", place / "ignition.json", "-neednet", place / "neednet"]
        argv += ["-state-file", place / "state"]
        if log_to_stdout:
            argv.append("-log-to-stdout")
        done = self.world.run(argv, cwd=place)
        self.outcome.exits.append(done.returncode)
        self.outcome.log += done.stdout
        self.outcome.stderr += done.stderr
        return done

    def run(self) -> Outcome:
        """Every stage in order until one fails; the last one as often as the case says."""
        stages = list(self.case.stages) + [self.case.stages[-1]] * (self.case.runs - 1)
        for stage in stages:
            if self.stage(stage).returncode != 0:
                break
        return self.outcome
