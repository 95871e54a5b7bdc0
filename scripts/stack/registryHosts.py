"""No tracked file names the host of a package registry: which one is used is each machine's own matter."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from scripts.stack.paths import ROOT

# Written in parts, so that this file does not name them either.
HOSTS: Final = tuple(
    re.escape(".".join(parts))
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"),
        ("static", "crates", "io"), ("index", "crates", "io"), ("proxy", "golang", "org"), ("sum", "golang", "org"),
        ("deb", "debian", "org"), ("security", "debian", "org"), ("archive", "ubuntu", "com"),
        ("repo", "maven", "apache", "org"), ("pkg", "dev"), ("jfrog", "io"), ("nodesource", "com"), ("luarocks", "org"),
    )
)  # fmt: skip
# cargo writes this name of its index, which is not an address it fetches from, into every lock file.
CARGO_INDEX: Final = "registry+https://github.com/rust-lang/" + "crates" + ".io-index"
PATTERN: Final = re.compile(rf"(?<![\w-])(?:[\w-]+\.)*(?:{'|'.join(HOSTS)})(?![\w-])")


def findHosts(text: str) -> Iterator[tuple[int, str]]:
    """Line numbers and the hosts that stand there."""
    for number, line in enumerate(text.splitlines(), start=1):
        for found in PATTERN.finditer(line.replace(CARGO_INDEX, "")):
            yield number, found.group()


def trackedFiles() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def main() -> int:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {host}"
        for path in trackedFiles()
        for number, host in findHosts(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
