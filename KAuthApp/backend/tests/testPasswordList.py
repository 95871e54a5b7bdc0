"""The compact list of common and breached passwords, and the command that builds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from KAuthApp.backend.domain.exceptions.authErrors import PasswordCompromisedError
from KAuthApp.backend.domain.policies.passwordPolicy import LOWEST_MINIMUM, PasswordPolicy
from KAuthApp.backend.infrastructure.cli import buildPasswordList
from KAuthApp.backend.infrastructure.security.zxcvbnPasswordGuesser import ZxcvbnPasswordGuesser
from shared.backend.passwords.passwordList import SHIPPED_LIST, PasswordList
from shared.backend.utils.uuid import generateId

SHIPPED = PasswordList.load()
AT_LEAST = 100_000
AT_MOST_BYTES = 1_100_000


def testTheShippedListIsLongAndSmall() -> None:
    assert len(SHIPPED) > AT_LEAST
    assert SHIPPED_LIST.stat().st_size < AT_MOST_BYTES


@pytest.mark.parametrize(
    "breached",
    ["09072010olechka", "!chamatkar1dikha#chala4ma$", "11235813213455h", "090807060504030201", "000webhostilm10"],
)
def testWhatWasBreachedIsRefusedWithTheReasonHoweverItIsWritten(breached: str) -> None:
    for spelling in (breached, breached.upper(), " ".join(breached)):
        with pytest.raises(PasswordCompromisedError, match="lists that guessers try first"):
            PasswordPolicy().ensureAcceptable(spelling, (), ZxcvbnPasswordGuesser(), field="password")


def testHardlyAnyOtherPasswordIsTakenForAListedOne() -> None:
    others = (f"{generateId().hex} of my own" for _ in range(20_000))
    assert sum(other in SHIPPED for other in others) <= 5


def testAListIsBuiltFromTextFiles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, built = tmp_path / "first.txt", tmp_path / "second.txt", tmp_path / "built.bloom"
    first.write_text("Sunny Harbour Days\r\nshort\nzu viele nächte\n\n", encoding="utf-8")
    second.write_text("sunnyharbourdays\nwindmills-of-1987", encoding="utf-8")
    assert buildPasswordList.main([str(first), str(second), "--output", str(built)]) == 0
    assert capsys.readouterr().out.startswith(f"{built}: about ")
    listed = PasswordList.load(built)
    assert all(each in listed for each in ("sunny harbour days", "WINDMILLS-of-1987", "zu viele na\u0308chte"))
    assert "short" not in listed
    assert len("short") < LOWEST_MINIMUM
    assert "another harbour entirely" not in listed


def testAFileThatIsNotThereIsNamed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert buildPasswordList.main([str(tmp_path / "none.txt"), "--output", str(tmp_path / "x")]) == 1
    assert "none.txt" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
