"""One first boot of the engine: each stage a process of its own, all in one mount namespace."""

import json
import os
import subprocess
from pathlib import Path


# A label of a partition is looked for on every disk of the machine: tests have one of their own.
ROOT_LABEL = f"root-{os.getpid()}"


class Boot:
    """The directory of one boot: config, cache, state, journal and root."""

    def __init__(self, programs, place: Path, config: dict):
        self.place = place
        self.root = place / "root"
        self.root.mkdir()
        self.program = programs.engine("ours")
        self.environment = {"PATH": os.environ["PATH"],
                            "IGNITION_CONFIG_FILE": str(place / "config.ign")}
        self.write(config)

    def write(self, config: dict) -> None:
        (self.place / "config.ign").write_text(json.dumps(config))

    def words(self, stage: str) -> list[str]:
        return [str(self.program), "-platform", "file", "-stage", stage, "-log-to-stdout",
                "-config-cache", str(self.place / "cache"), "-neednet", str(self.place / "neednet"),
                "-root", str(self.root), "-state-file", str(self.place / "state")]

    def shell(self, *lines: str, timeout: float = 120) -> subprocess.CompletedProcess:
        """Shell commands inside a namespace of their own."""
        return subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", "\n".join(lines)],
                              capture_output=True, text=True, timeout=timeout, check=False,
                              env=self.environment)

    def run(self, *stages: str, then: str = "true") -> subprocess.CompletedProcess:
        """All of @stages until one fails, then a shell command inside the namespace."""
        return self.shell(*[" ".join(self.words(stage)) + " || exit $?" for stage in stages], then)

    def state(self) -> dict:
        return json.loads((self.place / "state").read_text())

    def journal(self) -> list[dict]:
        return [json.loads(line) for line in (self.place / "state.journal").read_text().splitlines()]
