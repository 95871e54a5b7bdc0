"""What `scripts/up` prepares: nothing that went away with the environment counts as done."""

from __future__ import annotations

import pytest

from scripts.stack.paths import VENV
from scripts.stack.preparation import pythonSteps
from scripts.stack.steps import Step

IN_THE_ENVIRONMENT = [step for step in pythonSteps() if step.name in ("python", "extensionInstall")]


@pytest.mark.parametrize("step", IN_THE_ENVIRONMENT, ids=lambda step: step.name)
def testADeletedEnvironmentIsFilledAgain(step: Step) -> None:
    assert step.outputs
    assert all(output.is_relative_to(VENV) and output.exists() for output in step.outputs)
