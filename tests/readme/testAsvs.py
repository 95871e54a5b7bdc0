"""`docs/asvs.md` answers every requirement of ASVS 5.0 that it promises to, by tests that exist or by a reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.support.runningStack import ROOT

PAGE: Final = ROOT / "docs" / "asvs.md"
ROW: Final = re.compile(r"^\| (?P<number>\d+\.\d+\.\d+) \| (?P<level>\d) \| (?P<text>[^|]+) \| (?P<shown>.+) \|$")
NAMED: Final = re.compile(r"`([\w./-]+\.(?:py|mjs|tsx?))::([^`]+)`")
LINK: Final = re.compile(r"\[[^\]]+\]\(#([\w-]+)\)")
REASON: Final = "Reason: "
SHORTEST_REASON: Final = 40
# The levels of all requirements in version 5.0.0, section by section: Authentication, Session Management, Tokens.
LEVELS: Final = {
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "11223333",
    "6.4": "112233",
    "6.5": "22222333",
    "6.6": "2223",
    "6.7": "33",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "223",
    "7.6": "22",
    "9.1": "111",
    "9.2": "1222",
}
REQUIRED: Final = {
    f"{section}.{number}": int(level)
    for section, levels in LEVELS.items()
    for number, level in enumerate(levels, start=1)
    if level in "12"
}


@dataclass(frozen=True)
class Requirement:
    number: str
    level: int
    shown: str

    @property
    def tests(self) -> list[tuple[Path, str]]:
        return [(ROOT / path, name) for path, name in NAMED.findall(self.shown)]


def requirementsOf(page: str) -> list[Requirement]:
    rows = [ROW.match(line) for line in page.splitlines()]
    return [Requirement(row["number"], int(row["level"]), row["shown"]) for row in rows if row is not None]


REQUIREMENTS: Final = requirementsOf(PAGE.read_text(encoding="utf-8"))


def testEveryRequirementIsAnsweredOnce() -> None:
    assert len(REQUIREMENTS) == len(REQUIRED)
    assert {each.number: each.level for each in REQUIREMENTS} == REQUIRED


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda each: each.number)
def testItIsAnsweredByTestsThatExistOrByAReason(requirement: Requirement) -> None:
    if requirement.shown.startswith(REASON):
        assert len(requirement.shown) >= SHORTEST_REASON
    else:
        assert requirement.tests, "names neither a test nor a reason"
    assert [f"{path.relative_to(ROOT)}::{name}" for path, name in requirement.tests if not isTest(path, name)] == []


def testEveryLinkInsideThePageLeadsSomewhere() -> None:
    page = PAGE.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-")
        for line in page.splitlines()
        if line.startswith("#")
    }
    assert set(LINK.findall(page)) <= headings


@pytest.mark.parametrize(
    "written",
    [
        "# def testGone() -> None: ...",
        '"""\ndef testGone() -> None: ...\n"""',
        "def helper() -> None:\n    def testGone() -> None: ...",
        "class Group:\n    testGone = 1",
    ],
)
def testATestThatIsGoneIsNotFoundInWhatIsLeftOfIt(tmp_path: Path, written: str) -> None:
    path = tmp_path / "testSample.py"
    path.write_text(written)
    assert not isTest(path, "testGone")


def isTest(path: Path, name: str) -> bool:
    """Whether this file holds a test of this name that its runner would collect."""
    return path.is_file() and name in _testsIn(path)


@cache
def _testsIn(path: Path) -> frozenset[str]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return frozenset(_titlesIn(source))
    isCollected = path.name.startswith("test")
    return frozenset(_functionsIn(ast.parse(source))) if isCollected else frozenset()


def _functionsIn(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield node.name


def _titlesIn(source: str) -> Iterator[str]:
    """The titles of the tests of a JavaScript file: calls of `test` that begin a line, so none in a comment."""
    uncommented = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    for title in re.findall(r"^\s*test\('((?:[^'\\]|\\.)+)'", uncommented, flags=re.MULTILINE):
        yield title.replace("\\'", "'")
