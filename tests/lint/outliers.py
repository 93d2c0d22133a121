"""Functions and files beyond the shape that the style guide aims for: listed, never failed.

Counted on text without comments and strings, which is near enough for a list to look at.
"""

import re
import subprocess

import tracked

MAX_LINES, MAX_COMPLEXITY, MAX_PARAMETERS, MAX_NESTING, MAX_FILE_LINES = 70, 12, 5, 3, 600
NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
DECISION = re.compile(r"\b(?:if|for|while|case)\b|&&|\|\||\?")


def _blank(text: str) -> str:
    """The text with comments and literals as spaces; lines stay where they are."""
    return NOISE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def functions(names: list[str]):
    """(file, function, first line, last line, signature) of every function, from ctags."""
    if not names:
        return
    listing = subprocess.run(
        ["ctags", "-x", "--languages=C", "--kinds-C=f", "--fields=+neS",
         "--_xformat=%F\t%N\t%n\t%e\t%S", *names],
        cwd=tracked.TOP, capture_output=True, text=True, check=True,
    )
    for line in listing.stdout.splitlines():
        name, function, first, last, signature = line.split("\t")
        if last.isdigit():
            yield name, function, int(first), int(last), signature


def _parameters(signature: str) -> int:
    inside = re.sub(r"\([^()]*\)", "", signature.strip()[1:-1])
    return 0 if inside.strip() in ("", "void") else inside.count(",") + 1


def _nesting(body: str) -> int:
    """Depth of blocks below the function's own."""
    depth = deepest = 0
    for brace in re.findall(r"[{}]", body):
        depth += 1 if brace == "{" else -1
        deepest = max(deepest, depth)
    return deepest - 1


def _excess(lines: list[str], first: int, last: int, signature: str) -> list[str]:
    body = "\n".join(lines[first - 1:last])
    measures = [
        ("lines", last - first + 1, MAX_LINES),
        ("complexity", 1 + len(DECISION.findall(body)), MAX_COMPLEXITY),
        ("parameters", _parameters(signature), MAX_PARAMETERS),
        ("nesting", _nesting(body), MAX_NESTING),
    ]
    return [f"{what} {got} > {limit}" for what, got, limit in measures if got > limit]


def listing() -> list[str]:
    names = tracked.of_type(".c", ".h", below=("src/", "providers/"))
    texts = {name: _blank((tracked.TOP / name).read_text()).splitlines() for name in names}
    found = [
        f"{name}: {len(lines)} lines > {MAX_FILE_LINES}"
        for name, lines in texts.items() if len(lines) > MAX_FILE_LINES
    ]
    for name, function, first, last, signature in functions(names):
        excess = _excess(texts[name], first, last, signature)
        if excess:
            found.append(f"{name}:{first}: {function}: {', '.join(excess)}")
    return found


def medians() -> str:
    lengths = sorted(
        last - first + 1
        for _, _, first, last, _ in functions(tracked.of_type(".c", below=("src/", "providers/")))
    )
    if not lengths:
        return "no functions"
    return (f"{len(lengths)} functions, lines: median {lengths[len(lengths) // 2]}, "
            f"p95 {lengths[len(lengths) * 95 // 100]}, max {lengths[-1]}")
