from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.stack import steps
from scripts.stack.steps import Step, StepFailedError, StepRun, StepRunner


class SilentReport:
    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}

    def begin(self, name: str, title: str) -> None: ...

    def say(self, name: str, line: str) -> None: ...

    def end(self, name: str, outcome: str, seconds: float) -> None:
        self.outcomes[name] = outcome


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(steps, "BUILD", tmp_path)


def aStep(name: str, run: Callable[[StepRun], None], facts: str = "1", needs: tuple[str, ...] = ()) -> Step:
    return Step(name, name, run, inputs=lambda: facts, needs=needs, fix="do this")


def testAStepRunsAgainOnlyWhenItsInputsChange() -> None:
    runs: list[str] = []
    for facts in ("1", "1", "2"):
        StepRunner([aStep("a", lambda _: runs.append("a"), facts)], SilentReport()).run()
    assert runs == ["a", "a"]


def testAMissingOutputRunsItAgain(tmp_path: Path) -> None:
    output = tmp_path / "out"
    step = Step("a", "a", lambda _: output.touch(), inputs=lambda: "1", outputs=(output,))
    StepRunner([step], SilentReport()).run()
    output.unlink()
    StepRunner([step], SilentReport()).run()
    assert output.exists()


@pytest.mark.parametrize("rest", [b"\xff\xfe\x00", b""])
def testADamagedStampRunsItAgain(tmp_path: Path, rest: bytes) -> None:
    runs: list[str] = []
    step = aStep("a", lambda _: runs.append("a"))
    StepRunner([step], SilentReport()).run()
    step.stamp.write_bytes(rest)
    StepRunner([step], SilentReport()).run()
    assert runs == ["a", "a"]


def testAStepWaitsForWhatItNeeds() -> None:
    order: list[str] = []

    def beSlow(_: StepRun) -> None:
        time.sleep(0.1)
        order.append("first")

    first = aStep("first", beSlow)
    second = aStep("second", lambda _: order.append("second"), needs=("first",))
    StepRunner([second, first], SilentReport()).run()
    assert order == ["first", "second"]


def testIndependentStepsRunSideBySide() -> None:
    meeting = threading.Barrier(2, timeout=5)

    def meet(_: StepRun) -> None:
        meeting.wait()

    both = [aStep(name, meet) for name in ("a", "b")]
    StepRunner(both, SilentReport()).run()


def testAFailureKeepsItsWordsEndsTheOthersAndIsNotRemembered() -> None:
    report = SilentReport()
    failing = aStep("bad", lambda run: run.command([sys.executable, "-c", "print('why'); raise SystemExit(7)"]))
    slow = aStep("slow", lambda run: run.command(["sleep", "60"]))
    startedAt = time.monotonic()
    with pytest.raises(StepFailedError, match="exit code 7") as caught:
        StepRunner([failing, slow], report).run()
    assert time.monotonic() - startedAt < 10
    assert caught.value.fix == "do this"
    assert caught.value.log is not None
    assert "why" in caught.value.log.read_text()
    assert not failing.isDone()
    assert not slow.isDone()
