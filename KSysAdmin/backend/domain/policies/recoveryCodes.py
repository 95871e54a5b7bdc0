from __future__ import annotations

import hashlib
import secrets
from typing import Final
from uuid import UUID

CODES: Final = 10
GROUPS: Final = 6
GROUP_LENGTH: Final = 4
ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread; 24 of 31: 118 bits, for a plain hash


def newRecoveryCodes() -> list[str]:
    """Ten codes such as `k3fh-8wqz-2m7c-pa9x-4vjt-6nsy`, shown once."""
    return ["-".join(_group() for _ in range(GROUPS)) for _ in range(CODES)]


def hashRecoveryCode(administratorId: UUID, code: str) -> str:
    """Under which a code is stored; spaces, dashes and capitals make no difference."""
    normal = "".join(letter for letter in code.lower() if letter in ALPHABET)
    return hashlib.sha256(f"{administratorId}:{normal}".encode()).hexdigest()


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH))
