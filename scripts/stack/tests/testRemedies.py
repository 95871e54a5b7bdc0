"""The sentence after a failed start is about this failure, not about an earlier one in the same log."""

from __future__ import annotations

from pathlib import Path

from scripts.stack.display import lastLines
from scripts.stack.remedies import OTHERWISE, remedyFor


def testAnEarlierFailureInTheSameLogIsAnOldStory(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("Address already in use\n")
    assert "port" in remedyFor(log)
    before = log.stat().st_size
    log.write_text(log.read_text() + "something else\n")
    assert remedyFor(log, before) == OTHERWISE
    assert lastLines(log, before) == ["something else"]


def testALogThatWasMovedAsideIsReadFromItsBeginning(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("No space left on device\n")
    assert "disk" in remedyFor(log, sinceByte=1_000_000)


def testTheReasonCountsWhereThereIsNoLog(tmp_path: Path) -> None:
    assert ".env" in remedyFor(tmp_path / "none.log", reason="GATEWAY_WORKERS must be a whole number of at least 1")
