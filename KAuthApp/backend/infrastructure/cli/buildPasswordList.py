"""`buildPasswordList`: the compact list of passwords that are refused, from text files with one password a line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from KAuthApp.backend.domain.policies.passwordPolicy import LOWEST_MINIMUM
from shared.backend.passwords.passwordList import SHIPPED_LIST, PasswordList

FAILED: Final = 1
FALSE_POSITIVES: Final = 0.00002
MOST_FALSE_POSITIVES: Final = 0.01


def main(argv: Sequence[str]) -> int:
    """0 and a line about the list on standard output; else 1 and a sentence on standard error."""
    parser = argparse.ArgumentParser(prog="buildPasswordList", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="UTF-8, one password a line")
    parser.add_argument("--output", type=Path, default=SHIPPED_LIST, help="default: the list this version ships")
    parser.add_argument("--false-positives", type=float, default=FALSE_POSITIVES, dest="falsePositives")
    asked = parser.parse_args(argv)
    if not 0 < asked.falsePositives <= MOST_FALSE_POSITIVES:
        parser.error(f"--false-positives is more than 0 and at most {MOST_FALSE_POSITIVES}")
    try:
        built = PasswordList.build(_linesOf(asked.files), asked.falsePositives)
        built.save(asked.output)
    except OSError as error:
        sys.stderr.write(f"buildPasswordList: {error}\n")
        return FAILED
    sys.stdout.write(f"{asked.output}: about {len(built)} passwords in {asked.output.stat().st_size} bytes\n")
    return 0


def _linesOf(files: Sequence[Path]) -> Iterator[str]:
    """What could be chosen at all: shorter ones are refused for their length."""
    for file in files:
        with file.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            yield from (line for line in lines if len(line.rstrip("\r\n")) >= LOWEST_MINIMUM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
