"""scripts/gen_structures.sh: every tracked file with the sentence it opens with, as Markdown and as JSON."""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from scripts.stack.paths import ROOT

MARKDOWN: Final = ROOT / "ProjectStructures.md"
JSON: Final = ROOT / "ProjectStructures.json"
COMMENT: Final = re.compile(r"^\s*(?:#(?!!)|//!?|--|/\*\*?|<!--)\s*(.+?)\s*(?:\*/|-->)?\s*$")
READ_LINES: Final = 12
LONGEST: Final = 160
GENERATED: Final = {"ProjectStructures.md", "ProjectStructures.json"}


@dataclass(frozen=True)
class Entry:
    path: str
    says: str


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/gen_structures.sh", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the files are out of date")
    given = parser.parse_args(argv)
    entries = [Entry(path, firstSentence(ROOT / path)) for path in trackedPaths()]
    wanted = {MARKDOWN: asMarkdown(entries), JSON: json.dumps([asdict(entry) for entry in entries], indent=1) + "\n"}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    if given.check:
        print("\n".join(f"{path.name} is out of date: run scripts/gen_structures.sh" for path in stale))
        return 1 if stale else 0
    for path, text in wanted.items():
        path.write_text(text)
    return 0


def trackedPaths() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(name for name in listed.stdout.split("\0") if name and name not in GENERATED)


def firstSentence(path: Path) -> str:
    """The docstring's or the first comment's first line; nothing for what is not text."""
    try:
        text = path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError):
        return ""
    said = _docstring(text) if path.suffix == ".py" else _heading(path, text)
    return said if len(said) <= LONGEST else said[: LONGEST - 1].rstrip() + "…"


def _docstring(text: str) -> str:
    try:
        said = ast.get_docstring(ast.parse(text)) or ""
    except SyntaxError:
        return ""
    return said.splitlines()[0].strip() if said else ""


def _heading(path: Path, text: str) -> str:
    lines = text.splitlines()[:READ_LINES]
    if path.suffix == ".md":
        return next((line.lstrip("# ").strip() for line in lines if line.startswith("#")), "")
    found = (COMMENT.match(line) for line in lines)
    return next((match.group(1).strip() for match in found if match and re.search(r"[A-Za-z]{3}", match.group(1))), "")


def asMarkdown(entries: Sequence[Entry]) -> str:
    """A heading for each folder, a line for each file."""
    lines = ["# Project structure", "", "Made by `scripts/gen_structures.sh`; the first sentence of every file.", ""]
    folder = ""
    for entry in entries:
        parent = str(Path(entry.path).parent)
        if parent != folder or len(lines) == 4:
            lines += ["", f"## {parent}/" if parent != "." else "## /", ""]
            folder = parent
        says = f": {entry.says}" if entry.says else ""
        lines.append(f"- `{Path(entry.path).name}`{says}")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


if __name__ == "__main__":
    sys.exit(main())
