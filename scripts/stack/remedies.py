"""One sentence on what to do about a failure, from what the failing program said last."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

TAIL_BYTES: Final = 8_000
REMEDIES: Final = (
    (r"Address already in use|address in use", "Another program took the port at that moment: run scripts/up again."),
    (r"No space left on device", "The disk is full: free some space, then run scripts/up again."),
    (r"database files are incompatible", "Another PostgreSQL made var/postgres: move it away or install that one."),
    (r"password authentication failed", ".env and var/postgres do not belong together: restore one of them."),
    (r"could not create shared memory|No space left.*shm", "Give this container more shared memory (--shm-size=128m)."),
    (r"ModuleNotFoundError|ImportError", "A package is missing: delete var/build/stamps, then run scripts/up again."),
    (r"Can't locate revision", "The database is newer than this checkout: update the checkout."),
    (r"ettings|validation error", "Compare .env with .env.example: the lines above name every bad or missing value."),
    (r"GATEWAY_[A-Z_]+ ", "Compare .env with .env.example: it explains what this setting may be."),
)  # fmt: skip
OTHERWISE: Final = "Run scripts/doctor for what is missing on this machine, and scripts/logs for the whole story."


def remedyFor(log: Path, sinceByte: int = 0, reason: str = "") -> str:
    """The first remedy whose pattern the end of the log shows; what was written before `sinceByte` is an old story."""
    said = f"{saidSince(log, sinceByte)[-TAIL_BYTES:]}\n{reason}"
    return next((remedy for pattern, remedy in REMEDIES if re.search(pattern, said)), OTHERWISE)


def saidSince(log: Path, sinceByte: int) -> str:
    """What was written after that place; all of it when the log has been moved aside since."""
    if not log.exists():
        return ""
    content = log.read_bytes()
    return content[sinceByte if len(content) >= sinceByte else 0 :].decode(errors="replace")
