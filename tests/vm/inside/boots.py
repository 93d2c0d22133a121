"""A first boot of either engine on the guest's own disks, each stage a process as in an initramfs."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import disks
import engine
import machine
import tree
from systemd_socket import SystemdSocket

STAGES = ("fetch-offline", "disks", "mount", "files")
STAGE_SECONDS = 120
SYSTEMD = Path("/run/systemd/private")


@dataclass
class Outcome:
    exits: dict[str, int] = field(default_factory=dict)
    log: str = ""
    cache: dict | None = None
    states: dict[str, dict | None] = field(default_factory=dict)  # after each stage
    stacks: dict = field(default_factory=dict)  # arrays and volumes that run
    mounts: list[str] = field(default_factory=list)
    tree: dict = field(default_factory=dict)

    @property
    def verdict(self) -> int:
        return list(self.exits.values())[-1]


class Boot:
    """One engine in one place; its target root is a directory, on which it mounts."""

    def __init__(self, programs, which: str, place: Path, config):
        self.program = programs.engine(which)
        self.place = place
        self.root = place / "root"
        machine.make_root(self.root, engine.POLICY if which == engine.THEIRS else None)
        self.configure(config)
        stubs = machine.stub(place / "stubs", "setfiles", "exit 0\n")
        self.environment = {"PATH": f"{stubs}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8",
                            "IGNITION_CONFIG_FILE": str(place / "config.ign")}

    def configure(self, config) -> None:
        (self.place / "config.ign").write_text(config if isinstance(config, str) else json.dumps(config))

    def stage(self, stage: str) -> subprocess.CompletedProcess:
        place = self.place
        return subprocess.run(
            [self.program, "-platform", "file", "-stage", stage, "-root", self.root,
             "-log-to-stdout", "-config-cache", place / "ignition.json", "-neednet", place / "neednet",
             "-state-file", place / "state"],
            env=self.environment, cwd=place, text=True, errors="backslashreplace", check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=STAGE_SECONDS)

    def run(self, stages=STAGES) -> Outcome:
        """Stages in order until one fails; what they left is looked at before it is taken off."""
        outcome = Outcome()
        try:
            with SystemdSocket(SYSTEMD):
                for stage in stages:
                    done = self.stage(stage)
                    outcome.exits[stage] = done.returncode
                    outcome.log += done.stdout
                    outcome.states[stage] = self._json_of("state")
                    if done.returncode:
                        break
            self._look(outcome)
        finally:
            disks.release()
        return outcome

    def _json_of(self, name: str):
        path = self.place / name
        return json.loads(path.read_text()) if path.exists() else None

    def _look(self, outcome: Outcome) -> None:
        outcome.cache = self._json_of("ignition.json")
        outcome.stacks = disks.stacks()
        outcome.mounts = [f"{target.removeprefix(str(self.root))} {source} {kind} {options}"
                          for source, target, kind, options in disks.mounts()
                          if target.startswith(str(self.root))]
        outcome.tree = tree.picture(self.root, without=(
            engine.RESULT, engine.RECEIPTS, "/etc/selinux", *engine.POLICY))


SYSTEMD.parent.mkdir(parents=True, exist_ok=True)
