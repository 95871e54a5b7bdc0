from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

from rbloom import Bloom

SHIPPED_LIST: Final = Path(__file__).parent / "commonPasswords.bloom"
_HASH_BYTES: Final = 16


class PasswordList:
    """
    Common and breached passwords as a Bloom filter: none of them is ever missed, and one other in many thousands is
    taken for one. Case, blanks and the way accents are typed make no difference.
    """

    def __init__(self, bloom: Bloom) -> None:
        self._bloom = bloom

    @classmethod
    def build(cls, passwords: Iterable[str], falsePositives: float) -> PasswordList:
        entries = {squeezed(password) for password in passwords} - {""}
        bloom = Bloom(max(1, len(entries)), falsePositives, _numberOf)
        bloom.update(entries)
        return cls(bloom)

    @classmethod
    def load(cls, path: Path = SHIPPED_LIST) -> PasswordList:
        return cls(Bloom.load(path, _numberOf))

    def save(self, path: Path) -> None:
        self._bloom.save(path)

    def __contains__(self, password: str) -> bool:
        return squeezed(password) in self._bloom

    def __len__(self) -> int:
        """About how many there are."""
        return round(self._bloom.approx_items)


def squeezed(password: str) -> str:
    """One form for all spellings that a guesser tries together."""
    return "".join(unicodedata.normalize("NFC", password).casefold().split())


def _numberOf(text: object) -> int:
    """Rbloom takes 128 bits; Python's own hash differs from run to run."""
    return int.from_bytes(sha256(str(text).encode(errors="surrogatepass")).digest()[:_HASH_BYTES], "big", signed=True)
