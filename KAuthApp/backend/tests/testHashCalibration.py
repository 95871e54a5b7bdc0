"""How the costs of a password hash are found for a machine."""

from __future__ import annotations

import pytest

from KAuthApp.backend.domain.policies.hashCalibration import STEPS, calibrate
from KAuthApp.backend.infrastructure.cli import calibrateHashing
from shared.backend.config.settings import LOWEST_HASH_COSTS


@pytest.mark.parametrize(
    ("speed", "target", "memoryKib", "iterations"),
    [
        (1.0, 100.0, 65_536, 1),
        (1.0, 130.0, 131_072, 1),
        (1.0, 60.0, 47_104, 1),
        (1.0, 45.0, 19_456, 2),
        (1.0, 40.0, 19_456, 2),
        (0.1, 100.0, 262_144, 3),
        (0.001, 100.0, 262_144, 64),
    ],
)
def testMemoryComesFirstThenIterationsAndTheTargetIsKept(
    speed: float, target: float, memoryKib: int, iterations: int
) -> None:
    found = calibrate(target, lambda memory, passes: memory / 1024 * passes * speed)
    assert (found.memoryKib, found.iterations) == (memoryKib, iterations)
    assert found.milliseconds <= target


def testASlowMachineStillGetsWhatIsSafe() -> None:
    found = calibrate(10.0, lambda memory, passes: memory / 1024 * passes)
    assert (found.memoryKib, found.iterations) == STEPS[-1]
    assert found.milliseconds > 10


def testNoStepIsCheaperThanTheSettingsAllow() -> None:
    for memoryKib, iterations in STEPS:
        assert any(memoryKib >= memory and iterations >= passes for memory, passes in LOWEST_HASH_COSTS)


def testTheCommandMeasuresThisMachineAndPrintsSettings(capsys: pytest.CaptureFixture[str]) -> None:
    assert calibrateHashing.main(["--milliseconds", "0.5"]) == 0
    printed = capsys.readouterr()
    assert printed.out == "HASH_MEMORY_KIB=19456\nHASH_ITERATIONS=2\n"
    assert "lowest costs that are safe" in printed.err
