"""What a distribution chooses when it builds: each option of configure reaches config.h."""

import os
import re
import subprocess
from pathlib import Path

import pytest

BUILD = Path(os.environ.get("SLIPWAY_BUILD", ""))
SECONDS = 200

CHOICES = {
    "--with-profile=upstream": 'DEFAULT_PROFILE "upstream"',
    "--with-runtime-config-dir=/run/c": 'RUNTIME_CONFIG_DIRECTORY "/run/c"',
    "--with-local-config-dir=/etc/c": 'LOCAL_CONFIG_DIRECTORY "/etc/c"',
    "--with-system-config-dir=/usr/c": 'SYSTEM_CONFIG_DIRECTORY "/usr/c"',
    "--with-luks-key-dir=/etc/k": 'CRYPTTAB_KEY_DIRECTORY "/etc/k"',
    "--with-result-file=no": 'RESULT_PATH ""',
    "--with-kargs-helper=args": 'KARGS_HELPER "args"',
    "--with-live-helper=live": 'LIVE_HELPER "live"',
    "--disable-selinux-relabel": "LABELS_FILES false",
    "--disable-keys-fragment": "KEYS_FRAGMENT_DEFAULT 0",
}
DEFAULTS = (
    'RUNTIME_CONFIG_DIRECTORY "/run/ignition"', 'LOCAL_CONFIG_DIRECTORY "/etc/ignition"',
    'SYSTEM_CONFIG_DIRECTORY "/usr/lib/ignition"', 'CRYPTTAB_KEY_DIRECTORY "/etc/luks"',
    'RESULT_PATH "/etc/.ignition-result.json"', 'KARGS_HELPER "ignition-kargs-helper"',
    'LIVE_HELPER "is-live-image"', "LABELS_FILES true", "KEYS_FRAGMENT_DEFAULT PASSWD_KEYS_FRAGMENT",
)


def source_tree() -> Path:
    found = re.search(r"(?m)^srcdir = (.+)$", (BUILD / "Makefile").read_text())
    return (BUILD / found[1]).resolve()


def configure(place: Path, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run([source_tree() / "configure", "-q", *words], cwd=place, capture_output=True, text=True,
                          check=False, timeout=SECONDS)


def test_choices_reach_the_build(tmp_path):
    done = configure(tmp_path, *CHOICES)
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "config.h").read_text().splitlines()
    assert [choice for choice in CHOICES.values() if f"#define {choice}" not in lines] == []


def test_defaults_are_upstreams():
    """Of the build that is tested; it is configured without choices."""
    lines = (BUILD / "config.h").read_text().splitlines()
    assert [default for default in DEFAULTS if f"#define {default}" not in lines] == []


@pytest.mark.parametrize("word", ["--with-system-config-dir=usr/c", "--with-luks-key-dir=no",
                                  "--with-result-file=x", "--with-profile=other"])
def test_choice_that_cannot_be(tmp_path, word):
    done = configure(tmp_path, word)
    assert done.returncode != 0
    assert word in done.stderr


def test_help_tells_every_choice():
    done = subprocess.run([source_tree() / "configure", "--help"], capture_output=True, text=True, check=True,
                          timeout=SECONDS)
    told = set(re.findall(r"--(?:with|disable)-[a-z-]+", done.stdout))
    assert {word.split("=")[0] for word in CHOICES} <= told
