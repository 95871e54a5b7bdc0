from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from zxcvbn_rs_py import Entropy, zxcvbn

from shared.backend.passwords.guessEstimate import GuessEstimate
from shared.backend.passwords.passwordList import PasswordList, squeezed

_LIST: Final = Path(__file__).parent / "commonLongPasswords.txt"
_LISTED: Final = "it is on the lists that guessers try first"
_MOST_OWN_WORDS: Final = 20
_PART_LENGTH: Final = 48
# zxcvbn tries every way to read these as letters, which takes it a second for some texts; one way is enough here.
_READ_AS: Final = str.maketrans("@({[<!|$+%", "accccii" + "stx")


class PasswordGuesser:
    """
    The whole password against lists of common and breached ones, and against zxcvbn's walks, repeats and dates.

    zxcvbn's own lists know mostly short passwords: long ones that are a repeat or a walk it finds, long phrases not.
    Its time grows fast with the length and it holds the interpreter, so it sees both ends of a very long password.
    `leastGuessesLog10`: how many guesses a password must take, as a power of ten; what is on the lists takes too few.
    """

    def __init__(self, leastGuessesLog10: float) -> None:
        self._known, self._leastGuessesLog10 = PasswordList.load(), leastGuessesLog10
        zxcvbn("the first estimate builds the lists")

    def estimate(self, password: str, ownWords: Sequence[str]) -> GuessEstimate:
        """How soon this password in NFC would be guessed; what is on the lists is guessed at once."""
        if squeezed(password) in commonLongPasswords() or password in self._known:
            return GuessEstimate(guessesLog10=0, weakness=_LISTED)
        words = [word.translate(_READ_AS) for word in ownWords[:_MOST_OWN_WORDS]]
        entropies = [zxcvbn(part.translate(_READ_AS), words) for part in _parts(password)]
        guessesLog10 = max(entropy.guesses_log10 for entropy in entropies)
        weakness = None if guessesLog10 >= self._leastGuessesLog10 else _reason(entropies[0])
        return GuessEstimate(guessesLog10=guessesLog10, weakness=weakness)


def _parts(password: str) -> tuple[str, ...]:
    return (password,) if len(password) <= _PART_LENGTH else (password[:_PART_LENGTH], password[-_PART_LENGTH:])


def _reason(entropy: Entropy) -> str:
    warning = None if entropy.feedback is None else entropy.feedback.warning
    return _LISTED if warning is None else str(warning)


@cache
def commonLongPasswords() -> frozenset[str]:
    """Common long passwords, squeezed; read once."""
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(squeezed(line) for line in lines if line and not line.startswith("#"))
