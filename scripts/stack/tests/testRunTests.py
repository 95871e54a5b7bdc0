from __future__ import annotations

import sys
from itertools import chain, combinations
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

from scripts.stack import runTests
from scripts.stack.runTests import NO_TEST_COLLECTED, PARTS, PYTEST, Command, Part

MARKS = ("stack", "browser", "alone", "long")
EVERY_MIXTURE = list(chain.from_iterable(combinations(MARKS, size) for size in range(len(MARKS) + 1)))
SELECTIONS = [
    command[len(PYTEST) :][command[len(PYTEST) :].index("-m") + 1]
    for part in PARTS
    for command in part.commands
    if command[: len(PYTEST)] == PYTEST
]


@pytest.mark.parametrize("marks", EVERY_MIXTURE, ids=" ".join)
def testEveryTestIsRunOnceWhateverItsMarks(marks: tuple[str, ...]) -> None:
    def isMarked(name: str, /, **_: str | int | bool | None) -> bool:
        return name in marks

    chosen = [selection for selection in SELECTIONS if Expression.compile(selection).evaluate(isMarked)]
    assert len(chosen) == 1


def testTheFirstFailureIsThePartsAndTheOtherCommandsRunAllTheSame(tmp_path: Path) -> None:
    left = tmp_path / "left"
    writing = f"import pathlib; pathlib.Path({str(left)!r}).touch()"
    assert outcomeOf(ending(3), (sys.executable, "-c", writing)) == 3
    assert left.exists()


def testALaterFailureIsThePartsToo() -> None:
    assert outcomeOf(ending(0), ending(4)) == 4
    assert outcomeOf(ending(0), ending(0)) == 0


def testNoTestAtAllIsAFailureOfAnyRunnerButPytest() -> None:
    assert outcomeOf(ending(NO_TEST_COLLECTED)) == NO_TEST_COLLECTED


def ending(code: int) -> Command:
    return (sys.executable, "-c", f"raise SystemExit({code})")


def outcomeOf(*commands: Command) -> int:
    return runTests._run(Part("any", "Any", commands, list)).code
