"""Runs preparation steps with their progress shown, one preparation of this checkout at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scripts.stack.debianPackages import exclusive
from scripts.stack.display import Report, makeReport, showFailure
from scripts.stack.paths import BUILD
from scripts.stack.steps import Step, StepFailedError, StepRunner

CANNOT_WRITE: Final = "See that this account may write below the checkout and that the disk has room, then try again."


def prepare(steps: Sequence[Step], report: Report) -> None:
    """Raises StepFailedError; another preparation that runs already is waited for."""
    try:
        with exclusive(BUILD / "prepare.lock"):
            StepRunner(steps, report).run()
    except OSError as error:
        raise StepFailedError("Preparation", str(error), CANNOT_WRITE) from error


def isPrepared(steps: Sequence[Step]) -> bool:
    """Prepare and tell how it went: for commands that do nothing else before."""
    try:
        with makeReport() as report:
            prepare(steps, report)
    except StepFailedError as error:
        showFailure(error.step, str(error), error.fix, error.log)
        return False
    return True
