"""The doctor says what is wrong with a broken `.env`, and does not stumble over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.stack import doctor
from scripts.stack.envFile import createEnvFile
from scripts.stack.paths import ENV_EXAMPLE


@pytest.fixture(name="envFile")
def useOwnEnvFile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    envFile = tmp_path / ".env"
    createEnvFile(ENV_EXAMPLE, envFile)
    monkeypatch.setattr(doctor, "ENV_FILE", envFile)
    monkeypatch.setattr(doctor, "runningState", lambda: None)
    return envFile


def testAnUnfitSettingIsNamedWithWhatToDo(envFile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unfit = {"REDIS_PORT": "abc", "ADMIN_SERVER_PORT": "99999", "CRYPTO_MASTER_KEY": ""}
    with envFile.open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in unfit.items())
    assert doctor.main([]) == 1
    said = capsys.readouterr().out
    assert all(name in said for name in unfit)
    assert ".env.example" in said
