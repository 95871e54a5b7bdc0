"""What `scripts/up` prepares: nothing that went away with the environment counts as done."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.stack import prepare
from scripts.stack.display import PlainReport
from scripts.stack.paths import VENV
from scripts.stack.preparation import pythonSteps
from scripts.stack.steps import Step, StepFailedError

IN_THE_ENVIRONMENT = [step for step in pythonSteps() if step.name in ("python", "extensionInstall")]


@pytest.mark.parametrize("step", IN_THE_ENVIRONMENT, ids=lambda step: step.name)
def testADeletedEnvironmentIsFilledAgain(step: Step) -> None:
    assert step.outputs
    assert all(output.is_relative_to(VENV) and output.exists() for output in step.outputs)


def testACheckoutThatCannotBeWrittenIsSaidInASentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "build").write_text("a file where a folder should be")
    monkeypatch.setattr(prepare, "BUILD", tmp_path / "build")
    with pytest.raises(StepFailedError) as failure:
        prepare.prepare([], PlainReport())
    assert "write" in failure.value.fix
