from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

_SHORTEST_WORD: Final = 4
_LEAST_OF_ANYTHING_ELSE: Final = 8


def isMadeOf(texts: Sequence[str], password: str) -> bool:
    """Whether fewer than eight letters are left of a password without these texts and their parts."""
    folded = password.casefold()
    rest = folded
    for word in sorted(splitWords(texts), key=len, reverse=True):
        rest = rest.replace(word, "")
    letters = sum(character.isalnum() for character in rest)
    return len(rest) < len(folded) and letters < _LEAST_OF_ANYTHING_ELSE


def splitWords(texts: Sequence[str]) -> frozenset[str]:
    """The texts and their parts (an address is its name, its domain, …), case folded, the very short ones left out."""
    folded = [unicodedata.normalize("NFC", text).casefold() for text in texts]
    parts = [part for text in folded for part in "".join(_orSpace(character) for character in text).split()]
    return frozenset(word for word in (*folded, *parts) if len(word) >= _SHORTEST_WORD)


def _orSpace(character: str) -> str:
    return character if character.isalnum() else " "
