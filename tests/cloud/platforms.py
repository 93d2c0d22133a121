"""docs/platforms.md from the registry of platforms and the tests that name them.

Usage: platforms.py [PATH OF slipway] >docs/platforms.md
"""

import ast
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEAD = """\
# Platforms

Generated from the registry by `tests/cloud/platforms.py`; a test holds it against the programs.

`ignition --platform`, `slipway metadata --provider` and the kernel argument `ignition.platform.id` take a platform's id
or one of its other names; `auto` finds it out and refuses without proof. **Config**: a place for a user config.
**Says**: attributes, SSH keys or a host name for `slipway metadata`. **Network**: without it there is no config.
**Found**: `slipway detect` knows what it looks like. **Deletes**: the config can be removed after the first boot.
**Tests**: number of tests in the file of `tests/cloud`; those of the rest are in `tests/host` and `tests/vm`.

| id | platform | other names | config | says | network | found | deletes | tests |
|---|---|---|---|---|---|---|---|---|
"""


def tests_of(name: str) -> str:
    path = HERE / f"test_{name.replace('-', '_')}.py"
    if not path.exists():
        return "–"
    tree = ast.parse(path.read_text())
    return f"`{path.name}`: {sum(_count(node) for node in tree.body)}"


def _count(node) -> int:
    """Tests of a function, or of a class, with those that it has from tests/cloud/faults.py."""
    if isinstance(node, ast.FunctionDef):
        return node.name.startswith("test_")
    if not isinstance(node, ast.ClassDef):
        return 0
    return len({name for owner in [node, *_bases(node)] for name in _tests(owner)})


def _bases(node: ast.ClassDef) -> list:
    names = {base.id for base in node.bases if isinstance(base, ast.Name)}
    shared = ast.parse((HERE / "faults.py").read_text()).body
    return [found for found in shared if isinstance(found, ast.ClassDef) and found.name in names]


def _tests(node: ast.ClassDef) -> list[str]:
    return [item.name for item in node.body if isinstance(item, ast.FunctionDef) and item.name.startswith("test_")]


def page(platforms: list[dict]) -> str:
    def mark(platform: dict, key: str) -> str:
        return "yes" if platform[key] else "–"

    rows = []
    for platform in platforms:
        cells = [f"`{platform['name']}`", platform["title"],
                 ", ".join(f"`{alias}`" for alias in platform["aliases"]) or "–",
                 *(mark(platform, key) for key in ("config", "metadata", "needs_network", "detected", "deletes_config")),
                 tests_of(platform["name"])]
        rows.append("| " + " | ".join(cells) + " |\n")
    return HEAD + "".join(rows)


def registry(slipway) -> list[dict]:
    return json.loads(subprocess.run([slipway, "detect", "--platforms", "--json"], check=True, capture_output=True).stdout)


if __name__ == "__main__":
    sys.stdout.write(page(registry(sys.argv[1] if len(sys.argv) > 1 else "slipway")))
