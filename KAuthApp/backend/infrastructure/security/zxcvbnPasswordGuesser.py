from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from zxcvbn_rs_py import zxcvbn

from KAuthApp.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface

_LIST: Final = Path(__file__).parent / "commonLongPasswords.txt"
_TOO_FEW_GUESSES_LOG10: Final = 6.0
_LISTED: Final = "it is on the lists that guessers try first"
_MOST_OWN_WORDS: Final = 20


class ZxcvbnPasswordGuesser(PasswordGuesserInterface):
    """The whole password against zxcvbn's lists, walks, repeats and dates, and a list of common long ones.

    zxcvbn knows mostly short passwords: long ones that are a repeat or a walk it finds, long phrases it may not.
    """

    def weaknessOf(self, password: str, ownWords: Sequence[str]) -> str | None:
        if _squeezed(password) in commonLongPasswords():
            return _LISTED
        estimate = zxcvbn(password, list(ownWords[:_MOST_OWN_WORDS]))
        if estimate.guesses_log10 >= _TOO_FEW_GUESSES_LOG10:
            return None
        warning = estimate.feedback.warning if estimate.feedback is not None else None
        return _LISTED if warning is None else str(warning)


@cache
def commonLongPasswords() -> frozenset[str]:
    """Common passwords of 12 characters and more, squeezed; read once."""
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(_squeezed(line) for line in lines if line and not line.startswith("#"))


def _squeezed(password: str) -> str:
    return "".join(password.casefold().split())
