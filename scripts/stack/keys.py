"""The RSA pairs of development: the merchant signs with one, the bank (the simulator) with the other."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

OWNERS: Final = ("merchant", "bank")
KEY_BITS: Final = 2048


def ensureKeys(folder: Path) -> list[Path]:
    """Make the pairs that are missing; an existing private key is never replaced. Returns the new files."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return [path for owner in OWNERS for path in _ensurePair(folder, owner)]


def _ensurePair(folder: Path, owner: str) -> list[Path]:
    private, public = folder / f"{owner}PrivateKey.pem", folder / f"{owner}PublicKey.pem"
    if private.exists() and public.exists():
        return []
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    _writePrivately(private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return [private, public]


def _writePrivately(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


if __name__ == "__main__":
    ensureKeys(Path(sys.argv[1]))
