"""Who includes whom: allowed edges (the table beside this file), own header first, no cycles."""

import re
from pathlib import Path

import tracked

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
# What glibc and the kernel's headers provide; any other <header> belongs to a library.
SYSTEM = re.compile(r"^(sys|linux|arpa|net|netinet|asm|sanitizer)/|^[a-z0-9_]+\.h$")
LIBRARIES = re.compile(r"^(yaml|zlib|jansson|lzma|zstd|expat|curl/|nettle/|openssl/|blkid/|libfdisk/|parted/)")


def allowed() -> dict[str, tuple[set[str], tuple[str, ...]]]:
    """From the table: directory -> (directories, prefixes of library headers)."""
    table = {}
    for line in (tracked.TOP / "tests/lint/includes").read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            directory, rest = line.split(":", 1)
            libraries = re.search(r"\[(.*)\]", rest)
            edges = re.sub(r"\[.*\]", "", rest).split()
            table[directory] = (set(edges), tuple(libraries[1].split()) if libraries else ())
    return table


def room(name: str, table: dict) -> str | None:
    """The directory of the table that a file is in."""
    matches = [directory for directory in table if name.startswith(directory + "/")]
    return max(matches, key=len, default=None)


def includes(name: str) -> list[tuple[str, bool]]:
    """(header, is project's) in order."""
    text = (tracked.TOP / name).read_text(errors="replace")
    return [(own or system, bool(own)) for own, system in INCLUDE.findall(text)]


def resolve(name: str, header: str) -> str | None:
    """Path of a project header, looked for as the compiler does."""
    for place in (Path(name).parent, Path("src"), Path(""), Path("tests/unit")):
        candidate = (place / header).as_posix()
        if candidate in SOURCES:
            return candidate
    return None


SOURCES = frozenset(tracked.of_type(".c", ".h"))


def _wrong_edge(name: str, header: str, own: bool, table: dict) -> str | None:
    here = room(name, table)
    if here is None:
        return f"{name}: its directory is not in tests/lint/includes"
    directories, libraries = table[here]
    if not own:
        if LIBRARIES.match(header) and not header.startswith(libraries or ("\0",)):
            return f"{name}: {here} may not use <{header}>"
        return None if SYSTEM.match(header) or LIBRARIES.match(header) else f"{name}: <{header}>?"
    target = resolve(name, header)
    if target is None:
        return None if header == "config.h" else f'{name}: "{header}" is not in the tree'
    there = room(target, table)
    if there is None or there == here or there in directories:
        return None
    return f"{name}: {here} may not include {there} ({header})"


def check_edges() -> list[str]:
    table = allowed()
    wrong = []
    for name in sorted(SOURCES):
        for header, own in includes(name):
            problem = _wrong_edge(name, header, own, table)
            if problem:
                wrong.append(problem)
    return wrong


def check_own_first() -> list[str]:
    """Each .c that has a header of its own includes it first, which proves that it stands alone."""
    wrong = []
    for name in sorted(SOURCES):
        header = name.removesuffix(".c") + ".h"
        if name.endswith(".c") and header in SOURCES:
            first = includes(name)[:1]
            if not first or resolve(name, first[0][0]) != header:
                wrong.append(f"{name}: does not include its own header first")
    return wrong


def check_cycles() -> list[str]:
    graph = {
        name: [target for header, own in includes(name) if own and (target := resolve(name, header))]
        for name in SOURCES
    }
    done: set[str] = set()
    wrong: list[str] = []

    def walk(name: str, path: list[str]) -> None:
        if name in path:
            wrong.append(" -> ".join(path[path.index(name):] + [name]))
        elif name not in done:
            for target in graph[name]:
                walk(target, path + [name])
            done.add(name)

    for name in sorted(graph):
        walk(name, [])
    return wrong
