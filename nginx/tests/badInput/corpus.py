"""Reads `cases.txt`; how a case is written stands at its top."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CASES: Final = Path(__file__).with_name("cases.txt")
SILENCE: Final = "silence"
REPEATED: Final = re.compile(r"\{([^{}]*)\*(\d+)\}")
ESCAPED: Final = re.compile(r"\\(x[0-9a-f]{2}|.)")
NAMED: Final = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}


@dataclass(frozen=True)
class Expected:
    """One answer, and what of the request reaches a server; an empty `server` says that nothing does."""

    statuses: frozenset[str]
    server: str = ""
    method: str = ""
    target: str = ""
    body: bytes | None = None


@dataclass(frozen=True)
class Case:
    name: str
    sent: bytes
    answers: Sequence[Expected]

    @property
    def mayBeSilent(self) -> bool:
        return SILENCE in self.answers[-1].statuses


def readCases(path: Path = CASES) -> list[Case]:
    return list(_casesIn(path.read_text(encoding="utf-8").splitlines()))


def _casesIn(lines: Sequence[str]) -> Iterator[Case]:
    name, sent, answers = "", "", list[Expected]()
    for line in [*lines, "== "]:
        if line.startswith("== "):
            if name:
                yield Case(name, _unescaped(_expanded(sent)), answers)
            name, sent, answers = line[3:], "", []
        elif line.startswith("=> "):
            answers.append(_expectedOf(line[3:]))
        elif not answers:
            sent += line


def _expectedOf(text: str) -> Expected:
    statuses, *reached = text.split(" ", 4)
    if len(reached) < 3:
        return Expected(frozenset(text.split("/")))
    body = _unescaped(reached[3]) if len(reached) > 3 else None
    return Expected(frozenset(statuses.split("/")), reached[0], reached[1], reached[2], body)


def _expanded(text: str) -> str:
    while (found := REPEATED.search(text)) is not None:
        text = text[: found.start()] + found[1] * int(found[2]) + text[found.end() :]
    return text


def _unescaped(text: str) -> bytes:
    def byteOf(found: re.Match[str]) -> str:
        return chr(int(found[1][1:], 16)) if found[1][0] == "x" else NAMED[found[1]]

    return ESCAPED.sub(byteOf, text).encode("latin-1")
